from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import add_months

from .common import DUE, ScoreCase


@tagged("post_install", "-at_install")
class TestWhatifPoints(ScoreCase):
    """What a draft would have cost, by the bands of the rules alone."""

    def whatif(self, *lines):
        target = self.env["sla.target"].search([("item_limit", "=", True)], limit=1)
        tier = self.env["vip.tier"]._lowest(self.company)
        whatif = self.env["sla.whatif"].create({})
        ticket, _stop = self.ticket([(self.agent, 60)])
        self.env["sla.whatif.line"].create(
            [
                {
                    "whatif_id": whatif.id,
                    "ticket_id": ticket.id,
                    "metric": target.metric,
                    "policy_id": target.policy_id.id,
                    "tier_id": tier.id,
                    "kind": kind,
                    "due_at": DUE,
                    "overrun_seconds": drafted,
                    "actual_due_at": DUE,
                    "actual_overrun_seconds": really,
                }
                for kind, really, drafted in lines
            ]
        )
        whatif.sudo().write({"state": "done", "run_at": DUE})
        return whatif.with_user(self.manager)

    def test_each_lateness_costs_what_its_band_says_on_either_side(self):
        whatif = self.whatif(("both", 60, 300), ("gone", 60, 0), ("risk", 0, 60))
        really, drafted = whatif._costs()
        one, other = (
            abs(self.charge(self.breach(seconds, due=due)).points)
            for seconds, due in ((60, DUE), (300, DUE.replace(hour=12)))
        )
        self.assertEqual(really, {"points": -2 * one})
        self.assertEqual(drafted, {"points": -other})

    def test_the_page_and_the_draft_show_both(self):
        whatif = self.whatif(("both", 60, 300))
        [row] = whatif.whatif_result()["extra"]
        self.assertEqual(row["label"], "Points deducted")
        self.assertEqual(row["actual"], "-0.50")
        line = whatif._trial_lines()[-1]
        self.assertEqual(line.value, f"{row['actual']} → {row['draft']}")

    def test_a_rule_that_was_not_in_force_then_costs_nothing(self):
        whatif = self.whatif(("both", 60, 300))
        self.env["score.rule"].search([]).date_from = add_months(DUE.date(), 2)
        self.assertEqual(whatif._costs(), ({}, {}))
