"""Reviews with windows, grace and soft landing over the bank's facts, against Python."""

from . import ground, load, log
from .activity import import_facts, review_months
from .common import ReplayCase
from .grace import GRACE, RULES, outcomes
from .oracle import DIAMOND, PLATINUM


class TestGrace(ReplayCase):
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
        cls.replay = replay
        cls._set_rules()
        review_months(replay)
        types = dict(
            cls.rows(
                "SELECT client_number, client_type FROM res_partner"
                " WHERE client_type IS NOT NULL AND client_number IS NOT NULL"
            )
        )
        cls.found = outcomes(log.read_activity(), types)
        cls.ranks = dict(cls.rows("SELECT id, rank FROM vip_tier"))

    @classmethod
    def _set_rules(cls):
        company = cls.replay.company
        company.vip_one_step_down = True
        metrics = {m.code: m for m in cls.env["vip.metric"].search([])}
        for tier in cls.env["vip.tier"]._ladder(company):
            tier.criterion_ids.unlink()
            tier.grace_reviews = GRACE.get(tier.rank, 0)
            for aggregate, months, metric, qualify, retain, kind in RULES.get(
                tier.rank, ()
            ):
                cls.env["vip.tier.criterion"].create(
                    {
                        "tier_id": tier.id,
                        "aggregate": aggregate,
                        "window_months": months,
                        "metric_id": metrics[metric].id,
                        "qualify": qualify,
                        "retain": retain,
                        "client_type": kind,
                    }
                )

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

    def reviews(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["vip.tier.review"].search(domain)

    def test_every_rise_fall_and_grace_of_every_month(self):
        actual = self.verdicts(self.reviews(trial=False))
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
        falls = {tier for o in self.found.values() for tier in o.falls.values()}
        self.assertEqual(falls, {PLATINUM - 1, DIAMOND - 1})
        streaks = {streak for o in self.found.values() for streak in o.grace.values()}
        self.assertEqual(streaks, {1, 2})
        self.assertTrue(any(o.rises for o in self.found.values()))

    def test_proposals_are_the_rises_and_falls_and_nothing_else(self):
        changes = self.env["vip.tier.change"].search([("review_id", "!=", False)])
        actual = {(c.review_id.month, c.partner_id.client_number) for c in changes}
        expected = {
            (month, ref) for month, o in self.found.items() for ref in o.rises | o.falls
        }
        self.assertEqual(actual, expected)
        self.assertEqual(len(changes), len(expected))

    def test_a_trial_as_known_then_finds_what_the_review_found(self):
        real = self.verdicts(self.reviews(trial=False))
        trials = self.env["vip.tier.review"].create(
            [
                {"company_id": self.replay.company.id, "month": month}
                | {"trial": True, "facts": "then"}
                for month in self.found
            ]
        )
        trials._run(at=self.replay.plan.now)
        self.assertEqual(self.verdicts(trials), real)
        self.assertFalse(trials.change_ids)
