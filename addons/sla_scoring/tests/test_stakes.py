from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import DUE, LATER, ScoreCase


@tagged("post_install", "-at_install")
class TestStakes(ScoreCase):
    """What points hang on a decision, beside its buttons."""

    def stakes(self, record):
        record.invalidate_recordset(["stakes"])
        parts = record.with_user(self.manager).stakes or []
        return {part["key"]: part for part in parts}

    def appeal(self, entry):
        appeals = self.env["score.appeal"].with_user(self.agent)
        return appeals.with_context(**at_context(LATER)).create(
            {"entry_id": entry.id, "reason_code": "other", "reason": "It was on hold"}
        )

    def test_an_excuse_shows_whose_points_it_gives_back(self):
        breach = self.breach(60)
        entry = self.charge(breach)
        excuse = (
            self.env["sla.excuse"]
            .with_user(self.boss)
            .create(
                {
                    "breach_id": breach.id,
                    "reason_id": self.env.ref("sla_promise.reason_outage").id,
                    "evidence": "Power cut",
                }
            )
        )
        [line] = self.stakes(excuse)["sla_scoring/points"]["lines"]
        self.assertEqual(line["text"], self.agent.display_name)
        self.assertEqual(line["link"]["id"], entry.id)
        self.assertIn("0.5", line["value"])

    def test_what_charges_nobody_says_so(self):
        breach = self.breach(60)
        points = self.stakes(breach)["sla_scoring/points"]
        self.assertIn("No points are drafted yet", points["empty"])
        breach.sudo().scored_at = LATER
        points = self.stakes(breach)["sla_scoring/points"]
        self.assertIn("No rule charges", points["empty"])

    def test_an_appeal_shows_entry_promise_and_what_was_asked_before(self):
        entry = self.posted()
        parts = self.stakes(self.appeal(entry))
        [line] = parts["sla_scoring/points"]["lines"]
        self.assertEqual(line["link"]["id"], entry.id)
        self.assertIn("sla_promise/promise", parts)
        self.assertIn("Nobody asked", parts["sla_scoring/excuses"]["empty"])
        history = self.agent.with_user(self.manager)._request_history(LATER)
        self.assertIn("Appeals", [one.text for one in history[0].lines])

    def test_a_draft_shows_the_other_points_of_the_month(self):
        posted = self.posted()
        draft = self.charge(self.breach(900, due=DUE.replace(hour=11)))
        own, other = self.stakes(draft)["sla_scoring/month"]["lines"]
        self.assertEqual(own["tone"], "soon")
        self.assertEqual(
            self.entries.search(other["link"]["domain"]), posted, "exactly its rows"
        )

    def test_a_posted_entry_waits_for_nobody(self):
        self.assertFalse(self.stakes(self.posted()))
