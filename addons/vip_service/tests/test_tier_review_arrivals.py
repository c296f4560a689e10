"""However files come, corrections and reviews between them: undecided, it all ends as if
every file had come in time."""

import random

from odoo.addons.vip_base.tools.times import add_months, at_context

from tests.proof import seeds

from ..models.review import vip_tier_review_again
from .common import JANUARY
from .review_case import HEADER, ReviewCase, morning

MONTHS = [add_months(JANUARY, place) for place in range(4)]
CLIENTS = ["A", "B", "C", "D"]
#: Around the thresholds of the ladder: a month without any is one without a row.
DEPOSITS = [None, 0, 300_000, 500_000, 800_000, 1_000_000]
LOTS = [None, 0, 100, 200, 500, 700]


class TestArrivals(ReviewCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = [cls.client(number) for number in CLIENTS]
        cls.late = cls.env["res.company"].create({"name": "Late Broker"})
        cls.late.resource_calendar_id.tz = "UTC"
        cls.ladders = {
            cls.company: [cls.silver, cls.platinum, cls.diamond],
            cls.late: cls.own_ladder(cls.late),
        }

    def setUp(self):
        super().setUp()
        cron = self.registry["ir.cron"]
        self.patch(cron, "_commit_progress", lambda *args, **kwargs: 1.0)

    def test_undecided_all_ends_as_if_every_file_had_come_in_time(self):
        for seed in seeds("arrivals"):
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self.live(random.Random(seed))
                savepoint.rollback()
                self.env.invalidate_all()

    def live(self, dice):
        self.draw_rules(dice)
        truth = {month: self.draw_file(dice) for month in MONTHS}
        # The job begins with the month in which figures began to come.
        truth[JANUARY]["A"] = (dice.choice(DEPOSITS[1:]), dice.choice(LOTS[1:]))
        self.in_time(truth)
        told = self.by_chance(dice, truth)
        self.assertEqual(self.found(self.late), self.found(self.company), told)
        for company in self.company, self.late:
            self.approve_all(company)
        self.assertEqual(self.held(self.late), self.held(self.company), told)

    # What is drawn

    def draw_rules(self, dice):
        values = {
            "vip_one_step_down": dice.random() < 0.3,
            "vip_falls_every": dice.choice(["1", "1", "3"]),
        }
        ranks = [dice.choice([0, 0, 1, 2]) for _client in CLIENTS]
        tiers = [
            {"match": dice.choice(["all", "any"]), "grace_reviews": dice.randrange(3)}
            for _tier in range(2)
        ]
        window = {
            "window_months": dice.randint(1, 3),
            "aggregate": dice.choice(["sum", "avg", "max", "last"]),
        }
        for company, ladder in self.ladders.items():
            company.write(values)
            for tier, own in zip(ladder[1:], tiers, strict=True):
                tier.write(own)
                tier.criterion_ids.write(window)
            for client, rank in zip(self.clients, ranks, strict=True):
                if rank:
                    self.env["vip.tier.membership"].create(
                        {
                            "company_id": company.id,
                            "partner_id": client.id,
                            "tier_id": ladder[rank].id,
                            "date_from": add_months(JANUARY, -1),
                        }
                    )

    def draw_file(self, dice):
        return {
            number: (dice.choice(DEPOSITS), dice.choice(LOTS)) for number in CLIENTS
        }

    # What happens

    def load(self, company, month, rows, at):
        lines = [
            f"{number},{month:%Y-%m},{_cell(deposit)},{_cell(lots)}"
            for number, (deposit, lots) in rows.items()
            if (deposit, lots) != (None, None)
        ]
        if lines:
            case = self.at(at)
            case.import_csv(HEADER + "\n".join(lines), company=company)

    def in_time(self, truth):
        for month in MONTHS:
            self.load(self.company, month, truth[month], morning(month, 1, 1))
            self.review(month, at=morning(month))

    def by_chance(self, dice, truth):
        """Let files of the late company come somehow, and reviews run in between.

        :return: what happened, to be told when it ends wrong
        """
        self.patch(vip_tier_review_again, "FEW_FACTS", dice.choice([0, 1000]))
        told, coming = [], []
        for month in MONTHS:
            coming += self.draw_parts(dice, month, truth[month])
            at = morning(month)
            begins = [part for part in coming if month == MONTHS[0]][:1]
            for part in begins + [part for part in coming if dice.random() < 0.6]:
                self.arrive(part, at, coming, told)
            if dice.random() < 0.7:
                self.judge(at, dice, told)
        at = morning(MONTHS[-1], 20)
        dice.shuffle(coming)
        # A wrong file never comes after the right one.
        for part in sorted(coming, key=lambda part: part[0] == "right"):
            self.arrive(part, at, coming, told)
            if dice.random() < 0.3:
                self.judge(at, dice, told)
        self.judge(at, dice, told, anyway=True)
        return "\n".join(told)

    def draw_parts(self, dice, month, rows):
        """Return the files of a month: one of each metric or both, some wrong first."""
        parts = [("right", month, rows)]
        if dice.random() < 0.4:
            parts = [
                ("right", month, {n: (row[0], None) for n, row in rows.items()}),
                ("right", month, {n: (None, row[1]) for n, row in rows.items()}),
            ]
        if dice.random() < 0.5:
            wrong = {
                number: tuple(
                    None if value is None else dice.choice(values[1:])
                    for value, values in zip(row, (DEPOSITS, LOTS), strict=True)
                )
                for number, row in rows.items()
            }
            parts.insert(0, ("wrong", month, wrong))
        return parts

    def arrive(self, part, at, coming, told):
        kind, month, rows = part
        first = [p for p in coming if p[1] == month and p[0] == "wrong"]
        if kind == "right" and first:
            return self.arrive(first[0], at, coming, told)
        if part in coming:
            coming.remove(part)
            told.append(f"{at}: {kind} file of {month:%Y-%m}: {rows}")
            self.load(self.late, month, rows, at)

    def judge(self, at, dice, told, anyway=False):
        reviews = self.env["vip.tier.review"].with_context(**at_context(at))
        reviews._judge_outdated(self.late, at)
        reviews._catch_up(self.late, at)
        for month in reviews._months_due(self.late, at):
            if not anyway and dice.random() < 0.6:
                break
            reviews._review_of(self.late, month)._run(at=at, anyway="By chance")
        told.append(f"{at}: judged {self.states()}")

    def states(self):
        return {f"{m:%m}": r.state for m, r in self.reviews(self.late).items()}

    # What came of it

    def found(self, company):
        """Return per month what was found of whom, and what waits for a decision."""
        verdicts = {
            (f"{review.month:%Y-%m}", v.partner_id.client_number): (
                *(v.tier_id.code, v.target_id.code, v.outcome, v.streak),
                v.figures,
            )
            for review in self.reviews(company).values()
            for v in review.verdict_ids
        }
        last = self.reviews(company)[MONTHS[-1]]
        self.assertEqual(last.state, "done")
        waiting = {
            change.partner_id.client_number: (
                *(change.from_tier_id.code, change.to_tier_id.code, change.direction),
                [row["value"] for row in change.evidence["criteria"]],
            )
            for change in last.change_ids
            if change.state == "proposed"
        }
        counts = (last.promotion_count, last.demotion_count, last.grace_count)
        return verdicts, waiting, counts, self.open_elsewhere(company, last)

    def open_elsewhere(self, company, last):
        domain = [("company_id", "=", company.id), ("state", "=", "proposed")]
        changes = self.env["vip.tier.change"].search(domain)
        return changes.review_id - last

    def approve_all(self, company):
        changes = self.env["vip.tier.change"].search(
            [("company_id", "=", company.id), ("state", "=", "proposed")]
        )
        self.manager.company_ids |= company
        changes = changes.with_user(self.manager).with_context(
            allowed_company_ids=company.ids
        )
        for change in changes:
            seen = {change.id: change.figures_changed_at}
            change._approve(at=morning(MONTHS[-1], 21), seen=seen)

    def held(self, company):
        found = self.env["vip.tier.membership"].search(
            [("company_id", "=", company.id)], order="partner_id, date_from"
        )
        return [
            (m.partner_id.client_number, m.tier_id.code, m.date_from, m.date_to)
            for m in found
        ]


def _cell(value):
    return "" if value is None else value
