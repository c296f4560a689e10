"""The back-test against the reviews that were really run, and against plain Python."""

from collections import Counter
from datetime import date
from decimal import Decimal

from . import log, oracle
from .common import ReplayCase

#: The draft: tier → [(metric, months, aggregate, qualify, retain)], all or any of them.
DRAFT = {
    oracle.DIAMOND: (
        any,
        [("deposit", 2, sum, 110_000, 90_000), ("volume", 3, max, 12, 10)],
    ),
    oracle.PLATINUM: (
        all,
        [("deposit", 3, sum, 60_000, 45_000), ("volume", 2, min, 4, 2)],
    ),
}
AGGREGATES = {sum: "sum", max: "max", min: "min"}


def simulate(facts):
    """Return ({(month, ref, from, to)}, {ref: tier at the end}) under :data:`DRAFT`.

    A month without a fact counts as zero. A tier above the present one is reached by its
    qualify thresholds, the present one and those below are kept by theirs to retain.
    """
    values = {
        (fact.ref, fact.month): {"deposit": fact.deposit, "volume": fact.volume}
        for fact in facts
    }
    months = sorted({fact.month for fact in facts})
    tiers = dict.fromkeys((fact.ref for fact in facts), oracle.SILVER)
    moves = set()

    def measured(ref, month, metric, window, aggregate):
        return aggregate(
            Decimal(values.get((ref, log.add_months(month, -back)), {}).get(metric, 0))
            for back in range(window)
        )

    def passes(ref, month, tier, now):
        joint, criteria = DRAFT[tier]
        return joint(
            measured(ref, month, metric, window, aggregate)
            >= (qualify if tier > now else retain)
            for metric, window, aggregate, qualify, retain in criteria
        )

    for month in months:
        for ref, now in list(tiers.items()):
            best = next(
                (tier for tier in DRAFT if passes(ref, month, tier, now)), oracle.SILVER
            )
            if best != now:
                moves.add((month, ref, now, best))
                tiers[ref] = best
    return moves, tiers


class TestBacktest(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report, cls.found = cls.play(shift=False, tickets=60)
        cls.facts = log.read_activity()
        cls.months = sorted({fact.month for fact in cls.facts})
        cls.company = cls.env.company

    def backtest(self):
        return self.env["vip.tier.backtest"].create(
            {"month_from": self.months[0], "months": len(self.months)}
        )

    def draft(self, backtest):
        """Put :data:`DRAFT` in the place of the thresholds of the bank."""
        backtest.criterion_ids.unlink()
        metrics = {
            metric.code: metric.id for metric in self.env["vip.metric"].search([])
        }
        for line in backtest.tier_line_ids.filtered(lambda line: line.rank in DRAFT):
            joint, criteria = DRAFT[line.rank]
            line.match = joint.__name__
            backtest.criterion_ids.create(
                [
                    {
                        "backtest_id": backtest.id,
                        "tier_id": line.tier_id.id,
                        "metric_id": metrics[metric],
                        "window_months": window,
                        "aggregate": AGGREGATES[aggregate],
                        "qualify": qualify,
                        "retain": retain,
                    }
                    for metric, window, aggregate, qualify, retain in criteria
                ]
            )

    def moves(self, table, month, condition):
        """Return {(month, client, from rank, to rank)} of the rows of a table."""
        rows = self.rows(
            f"""
            SELECT {month}, p.client_number, f.rank, t.rank FROM {table}
              JOIN res_partner p ON p.id = x.partner_id
              JOIN vip_tier f ON f.id = x.from_tier_id
              JOIN vip_tier t ON t.id = x.to_tier_id
             WHERE {condition}
            """
        )
        self.assertEqual(len(rows), len(set(rows)))
        return set(rows)

    def simulated(self, backtest):
        return self.moves(
            "vip_tier_backtest_line x", "x.month", f"x.backtest_id = {backtest.id}"
        )

    def counts(self, backtest):
        """Return {rank: clients under the draft} as the page shows them."""
        tiers = backtest.backtest_result()["tiers"]
        return {tier["rank"]: tier["draft"] for tier in tiers}

    def test_unchanged_thresholds_equal_the_reviews_that_were_run(self):
        self.assertEqual(len(self.months), 15)
        backtest = self.backtest()
        tables = self.checksums()
        backtest.action_run()
        self.assertEqual(self.checksums(), tables)
        real = self.moves(
            "vip_tier_change x JOIN vip_tier_review r ON r.id = x.review_id",
            "r.month",
            "x.state = 'applied'",
        )
        self.assertTrue(real)
        self.assertEqual(self.simulated(backtest), real)
        for month in backtest.backtest_result()["months"]:
            rises, falls = (sum(month[key].values()) for key in ("rises", "falls"))
            first = date.fromisoformat(month["month"])
            self.assertEqual(
                (rises, falls),
                (self.found.tiers.rises[first], self.found.tiers.falls[first]),
            )
            self.assertEqual(month["actual"], {"promotion": rises, "demotion": falls})
        self.assertFalse(
            backtest.line_ids.filtered(lambda x: x.actual_tier_id != x.to_tier_id)
        )
        # Each client's tier of each month, from the first on.
        tiers = dict.fromkeys({fact.ref for fact in self.facts}, oracle.SILVER)
        moves = {}
        for month, ref, _start, stop in self.simulated(backtest):
            moves.setdefault(month, {})[ref] = stop
        for month in self.months:
            tiers.update(moves.get(month, {}))
            self.assertEqual(tiers, self.tiers_on(log.add_months(month, 1)), month)
        ladder = Counter(tiers.values())
        result = backtest.backtest_result()
        for tier in result["tiers"]:
            self.assertEqual(tier["present"], tier["draft"])
            if tier["rank"] > oracle.SILVER:
                self.assertEqual(tier["draft"], ladder[tier["rank"]])
        self.assertFalse(backtest.ticket_ids)

    def test_other_thresholds_equal_plain_python(self):
        backtest = self.backtest()
        self.draft(backtest)
        tables = self.checksums()
        backtest.action_run()
        self.assertEqual(self.checksums(), tables)
        moves, tiers = simulate(self.facts)
        self.assertTrue({m for m in moves if m[2] > m[3]})
        self.assertEqual(self.simulated(backtest), moves)
        ladder = Counter(tiers.values())
        for rank in (oracle.PLATINUM, oracle.DIAMOND):
            self.assertEqual(self.counts(backtest)[rank], ladder[rank])
