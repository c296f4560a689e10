"""Client groups and falls by the quarter over the bank's facts, against plain Python."""

from datetime import datetime, time

from odoo.addons.vip_service.tools.event_time import at_context

from . import ground, load, log
from .activity import import_facts, review_months
from .common import ReplayCase
from .groups import QUARTER, RULES, consents, outcomes
from .oracle import DIAMOND, PLATINUM, SILVER


class TestGroups(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        replay = load._begin(cls.env, False, None, None, cls.env.flush_all)
        for step in (ground.prepare_company, ground.make_users, ground.make_clients):
            step(replay)
        import_facts(replay)
        # The facts of a month are known on the morning after it.
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE vip_activity SET recorded_at = month + interval '1 month 1 hour'"
        )
        cls.env.invalidate_all()
        cls.replay, cls.company = replay, replay.company
        cls._set_rules()
        cls.facts = log.read_activity()
        cls._record_consents()
        review_months(replay)
        cls.found = outcomes(cls.facts)
        cls.ranks = dict(cls.rows("SELECT id, rank FROM vip_tier"))

    @classmethod
    def _set_rules(cls):
        cls.company.write({"vip_falls_every": str(QUARTER), "vip_one_step_down": False})
        metrics = {m.code: m for m in cls.env["vip.metric"].search([])}
        for tier in cls.env["vip.tier"]._ladder(cls.company):
            tier.criterion_ids.unlink()
            tier.write({"grace_reviews": 0, "match": "all"})
            for aggregate, months, metric, qualify, retain in RULES.get(tier.rank, ()):
                cls.env["vip.tier.criterion"].create(
                    {
                        "tier_id": tier.id,
                        "aggregate": aggregate,
                        "window_months": months,
                        "metric_id": metrics[metric].id,
                        "qualify": qualify,
                        "retain": retain,
                    }
                )

    @classmethod
    def _record_consents(cls):
        """Record each consent, and later its end, in the evening of its day."""
        clients = dict(
            cls.rows(
                "SELECT client_number, id FROM res_partner"
                " WHERE client_number IS NOT NULL"
            )
        )
        groups = {}
        for one in consents(cls.facts):
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

    def verdicts(self, reviews):
        """Return month → outcome → ``{client: (tier asked for, reviews below)}``."""
        found = {}
        for verdict in reviews.verdict_ids:
            month = found.setdefault(verdict.review_id.month, {})
            month.setdefault(verdict.outcome, {})[verdict.partner_id.client_number] = (
                self.ranks[verdict.target_id.id],
                verdict.streak,
            )
        return found

    def reviews(self):
        return self.env["vip.tier.review"].search([("trial", "=", False)])

    def test_every_rise_fall_and_grace_of_every_month(self):
        actual = self.verdicts(self.reviews())
        for month, outcome in self.found.items():
            with self.subTest(month=month):
                got = actual.get(month, {})
                rises, falls, grace = (
                    got.get(name, {}) for name in ("promotion", "demotion", "grace")
                )
                self.assertEqual({c: v[0] for c, v in rises.items()}, outcome.rises)
                self.assertEqual({c: v[0] for c, v in falls.items()}, outcome.falls)
                self.assertEqual({c: v[1] for c, v in grace.items()}, outcome.grace)

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
                self.assertIn(ref, [member["number"] for member in members])

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

    def test_a_trial_as_known_then_finds_what_the_review_found(self):
        real = self.verdicts(self.reviews())
        trials = self.env["vip.tier.review"].create(
            [
                {"company_id": self.company.id, "month": month}
                | {"trial": True, "facts": "then"}
                for month in self.found
            ]
        )
        trials._run(at=self.replay.plan.now)
        self.assertEqual(self.verdicts(trials), real)
