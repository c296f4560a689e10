"""The bank's facts reviewed under other rules than the shipped ones."""

from odoo.fields import Command

from . import ground, load
from .activity import import_facts, review_months
from .common import ReplayCase


class RulesCase(ReplayCase):
    """Sets rules, reviews every month, and compares with a working-out in plain Python.

    A class of its own says which rules (`set_rules`) and what they lead to (`expected`).
    """

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
        cls.set_rules()
        # As the server does by itself with what is committed.
        cls.env.flush_all()
        cls.env.cr.execute("ANALYZE")
        review_months(replay)
        cls.found = cls.expected()
        cls.ranks = dict(cls.rows("SELECT id, rank FROM vip_tier"))

    @classmethod
    def set_rules(cls):
        raise NotImplementedError

    @classmethod
    def expected(cls):
        """Return month → outcome, with ``rises``, ``falls`` and ``grace``."""
        raise NotImplementedError

    @classmethod
    def set_criteria(cls, rules):
        """Replace the criteria of all tiers.

        :param rules: rank → (aggregate, months, metric, to rise, to stay, client type)
            of each criterion
        """
        metrics = {m.code: m.id for m in cls.env["vip.metric"].search([])}
        for tier in cls.env["vip.tier"]._ladder(cls.company):
            criteria = [
                Command.create(
                    {
                        "aggregate": aggregate,
                        "window_months": months,
                        "metric_id": metrics[metric],
                        "qualify": qualify,
                        "retain": retain,
                        "client_type": kind,
                    }
                )
                for aggregate, months, metric, qualify, retain, kind in rules.get(
                    tier.rank, ()
                )
            ]
            tier.write({"criterion_ids": [Command.clear(), *criteria]})

    @classmethod
    def clients(cls, column):
        """Return client reference → ``column`` of its partner."""
        query = (
            f"SELECT client_number, {column} FROM res_partner"
            " WHERE client_type IS NOT NULL AND client_number IS NOT NULL"
        )
        return dict(cls.rows(query))

    def reviews(self):
        return self.env["vip.tier.review"].search([("trial", "=", False)])

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
        self.assertFalse(trials.change_ids)
