"""Client groups and falls by the quarter over the bank's facts, against plain Python."""

from datetime import datetime, time

from odoo.addons.vip_base.tools.times import at_context

from . import log
from .groups import QUARTER, RULES, consents, outcomes
from .oracle import DIAMOND, PLATINUM, SILVER
from .rules import RulesCase


class TestGroups(RulesCase):
    @classmethod
    def set_rules(cls):
        cls.company.write({"vip_falls_every": str(QUARTER), "vip_one_step_down": False})
        ladder = cls.env["vip.tier"]._ladder(cls.company)
        ladder.write({"grace_reviews": 0, "match": "all"})
        cls.set_criteria(RULES)
        cls._record_consents()

    @classmethod
    def expected(cls):
        return outcomes(log.read_activity())

    @classmethod
    def _record_consents(cls):
        """Record each consent, and later its end, in the evening of its day."""
        clients = cls.clients("id")
        groups = {}
        for one in consents(log.read_activity()):
            if one.group not in groups:
                groups[one.group] = cls.env["vip.client.group"].create(
                    {"name": f"Group {one.group}", "company_id": cls.company.id}
                )
            member = (
                cls.env["vip.client.group.member"]
                .with_context(**at_context(datetime.combine(one.since, time(1))))
                .create(
                    {
                        "group_id": groups[one.group].id,
                        "partner_id": clients[one.ref],
                        "consented_by": one.ref,
                        "consented_on": one.since,
                        "date_from": one.since,
                        "evidence": "Letter",
                    }
                )
            )
            if one.until:
                at = datetime.combine(one.until, time(1))
                member._end(one.until, "Withdrawn", at=at)

    def test_the_data_show_all_that_is_tested(self):
        """Else the comparison above would prove little."""
        rises = {tier for o in self.found.values() for tier in o.rises.values()}
        self.assertEqual(rises, {PLATINUM, DIAMOND})
        falls = {tier for o in self.found.values() for tier in o.falls.values()}
        self.assertIn(SILVER, falls)
        months = {m.month % QUARTER for m, o in self.found.items() if o.falls}
        self.assertEqual(months, {0})
        streaks = {streak for o in self.found.values() for streak in o.grace.values()}
        self.assertTrue({1, 2} <= streaks)
        for moved in "rises", "falls", "grace":
            together = sum(
                len(getattr(o, moved).keys() & o.together) for o in self.found.values()
            )
            self.assertGreater(together, 10, moved)

    def test_the_evidence_names_who_was_judged_together(self):
        for change in self.reviews().change_ids:
            outcome = self.found[change.review_id.month]
            ref = change.partner_id.client_number
            members = change.evidence.get("group", {}).get("members", [])
            if ref in outcome.together:
                self.assertGreater(len(members), 1)
            if members:
                self.assertIn(change.partner_id.id, [m["id"] for m in members])

    def test_a_back_test_finds_the_same(self):
        months = sorted(self.found)
        backtest = self.env["vip.tier.backtest"].create(
            {"month_from": months[0], "months": len(months)}
        )
        backtest._run()
        moved = {
            (line.month, line.partner_id.client_number, self.ranks[line.to_tier_id.id])
            for line in backtest.line_ids
        }
        expected = {
            (month, ref, tier)
            for month, o in self.found.items()
            for ref, tier in (o.rises | o.falls).items()
        }
        self.assertEqual(moved, expected)
