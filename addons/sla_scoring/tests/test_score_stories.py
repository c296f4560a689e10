import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import add_months, at_context

from tests.proof import seeds

from .common import ScoreCase

FIRST = date(2023, 1, 1)
MONTHS = [add_months(FIRST, place) for place in range(24)]
#: The price of the errors of a month, from the first on (REQUIREMENTS P2).
PRICES = ("1.5", "3", "3", "3", "3", "3", "3", "3", "3", "3", "3")


def exact(points):
    return Decimal(f"{points or 0:.2f}")


def paid(points):
    """What comes of a month: what was lost, less the offsets that it needs.

    Of what happened in it, whatever months count it.
    """
    lost = sum((point for point in points if point < 0), Decimal(0))
    return lost + min(sum((p for p in points if p > 0), Decimal(0)), -lost)


class Story:
    """Two years of a team: who is late, excused, given points, moved; months close.

    What it takes back it writes down itself: the sums are told from that and from what
    was charged, never from what the ledger gave back.
    """

    def __init__(self, case, seed):
        self.case, self.env = case, case.env
        self.dice = random.Random(seed)
        self.agents = case.agent | case.other
        self.now = datetime.combine(FIRST, datetime.min.time())
        #: Entry → how many of its points were taken back.
        self.undone = {}
        self.open = list(MONTHS)
        self.closed_cards = {}
        self.excused = []

    def live(self):
        for month in MONTHS:
            start = datetime.combine(month, datetime.min.time())
            moments = sorted(
                self.dice.randrange(28 * 24 * 60)
                for _ in range(self.dice.randint(0, 4))
            )
            for minutes in moments:
                self.now = start + timedelta(minutes=minutes)
                self.dice.choice(self.deeds())()
            self.now = start + timedelta(days=27, hours=23)
            if self.dice.random() < 0.6:
                self.score()
            while len(self.open) > 2 and self.open[0] < month:
                self.close()
            if self.open[0] < month and self.dice.random() < 0.6:
                self.close()
        self.now = datetime(2025, 3, 1)
        self.score()
        self.score()
        while self.open:
            self.close()
        # What came too late for its month counts in these.
        for month in (date(2025, 1, 1), date(2025, 2, 1)):
            self.open.append(month)
            self.close()

    def deeds(self):
        return [
            *(self.late, self.late, self.late, self.late_beside),
            *(self.give, self.give, self.excuse, self.excuse),
            *(self.take_back, self.take_back, self.contest),
            *(self.move, self.leave_late, self.score),
        ]

    # What happens

    def agent(self):
        return self.dice.choice(self.agents)

    def late(self, holds=None):
        seconds = self.dice.choice([60, 400, 700, 900])
        self.case.breach(seconds, holds or [(self.agent(), seconds)], due=self.now)

    def late_beside(self):
        """Two people hold it, or nobody does."""
        holders = self.dice.choice([self.agents, [None], [self.case.agent, None]])
        self.late([(holder, 240) for holder in holders])

    def give(self):
        kind = self.dice.choice(["offset", "offset", "award"])
        points = self.dice.choice([0.5, 1, 1.5, 2.25])
        gift = self.env["score.entry"].create(
            {
                "kind": kind,
                "user_id": self.agent().id,
                "team_id": self.dice.choice([self.case.team.id, False]),
                "points": points,
                "reason": "Idea",
                "occurred_at": self.now,
            }
        )
        gift._post(self.now)

    def standing(self, kinds):
        entries = self.env["score.entry"].search(
            [("kind", "in", kinds), ("state", "=", "posted")], order="id"
        )
        return entries.filtered(lambda entry: not entry.reversal_ids)

    def excuse(self):
        breaches = self.env["sla.breach"].search(
            [("state", "=", "open"), ("id", "in", self.case.breach_ids())], order="id"
        )
        if breaches:
            breach = self.dice.choice(breaches)
            self.case.excuse(breach, self.case.boss, self.case.manager)
            self.score()

    def take_back(self):
        entries = self.standing(["deduction", "error", "offset", "award"])
        if entries:
            entry = self.dice.choice(entries)
            self.undone[entry.id] = abs(exact(entry.points))
            entry._reverse("Wrong", self.now, by=self.case.manager)

    def contest(self):
        charges = self.standing(["deduction", "error"])
        charges = charges.filtered(lambda e: e.points < -0.3 and not e.appeal_ids)
        charges = charges.filtered("user_id")
        if not charges:
            return
        entry = self.dice.choice(charges)
        appeals = self.env["score.appeal"].with_context(**at_context(self.now))
        appeal = appeals.create(
            {"entry_id": entry.id, "user_id": entry.user_id.id, "reason": "No"}
        )
        back = self.dice.choice([0.25, -entry.points])
        appeal = appeal.with_user(self.case.manager)
        appeal.write({"comment": "Seen", "points_returned": back})
        self.undone[entry.id] = exact(back)
        appeal._decide("partly" if back == 0.25 else "upheld", at=self.now)

    def move(self):
        agent = self.agent()
        company = self.dice.choice([self.case.company, self.case.elsewhere])
        agent.write(
            {
                "active": self.dice.random() < 0.8,
                "company_ids": [Command.set(company.ids)],
                "company_id": company.id,
            }
        )

    def leave_late(self):
        """Somebody was ill some days ago, and says so now."""
        agent = self.agent()
        leaves = self.env["resource.calendar.leaves"]
        start = self.now - timedelta(days=self.dice.randint(1, 20))
        leaves.create(
            {
                "name": "Ill",
                "resource_id": leaves._resource_of(agent).id,
                "date_from": start,
                "date_to": start + timedelta(days=1),
            }
        )

    def score(self):
        self.case.score(self.now)

    def close(self):
        month = self.open.pop(0)
        self.check_errors(month)
        after = datetime.combine(add_months(month, 1), datetime.min.time())
        at = max(self.now, after + timedelta(hours=1))
        close = self.env["score.close"].create({"month": month})
        with patch.object(type(close), "_commit_batch", lambda _self: None):
            close._run(at, self.case.boss)
        self.case.assertEqual(close.state, "closed")
        for card in self.cards().filtered(lambda card: card.month == month):
            self.closed_cards[card] = (card.total, card.award, card.correction)

    # What must be so

    def cards(self):
        mine = [("company_id", "=", self.case.company.id)]
        return self.env["score.card"].search(mine)

    def check_errors(self, month):
        """As long as a month is open, its errors cost what their number says."""
        errors = self.env["score.entry"].search(
            [("kind", "=", "error"), ("period", "=", month), ("month", "=", month)]
        )
        for _who, own in errors.grouped(lambda e: e.user_id or e.team_id).items():
            standing = own.filtered(lambda error: not error.reversal_ids)
            if own.reversal_ids.filtered(lambda r: r.undone < -r.reversal_of_id.points):
                continue  # what somebody gave back in part stays as it was decided
            prices = sorted(-exact(error.points) for error in standing)
            self.case.assertEqual(prices, [Decimal(p) for p in PRICES[: len(prices)]])

    def left(self, entry):
        """Return what is left of an entry, by what this story took back itself."""
        points = exact(entry.points)
        anew = self.env["score.entry"].search_count(
            [("source_key", "=", f"anew:{entry.id}")], limit=1
        )
        if anew or entry.breach_id.state == "excused" and entry.id not in self.undone:
            return Decimal(0)
        undone = self.undone.get(entry.id, Decimal(0))
        return points + undone if points < 0 else points - undone

    def check_sums(self):
        entries = self.env["score.entry"].search(
            [("state", "=", "posted"), ("kind", "!=", "reversal")]
        )
        cards = self.cards()
        for card, was in self.closed_cards.items():
            self.case.assertEqual((card.total, card.award, card.correction), was)
        for agent in self.agents:
            own = entries.filtered(lambda entry, agent=agent: entry.user_id == agent)
            awards = own.filtered(lambda entry: entry.kind == "award")
            months = (own - awards).grouped("period").values()
            total = sum(
                (paid([self.left(entry) for entry in month]) for month in months),
                Decimal(0),
            )
            mine = cards.filtered(lambda card, agent=agent: card.user_id == agent)
            self.case.assertEqual(sum(map(exact, mine.mapped("total"))), total)
            given = sum(map(self.left, awards), Decimal(0))
            self.case.assertEqual(sum(map(exact, mine.mapped("award"))), given)
        self.check_team(entries)

    def check_team(self, entries):
        team = self.case.team
        own = entries.filtered(lambda e: e.team_id == team and e.kind != "award")
        total = sum(
            (
                paid([self.left(entry) for entry in month])
                for month in own.grouped("period").values()
            ),
            Decimal(0),
        )
        cards = self.env["score.team.card"].search([("team_id", "=", team.id)])
        self.case.assertEqual(sum(map(exact, cards.mapped("total"))), total)


@tagged("post_install", "-at_install")
class TestScoreStories(ScoreCase):
    """Two years with transfers, reversals, late leave and closes keep all sums."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.env["score.award.rule"].search([]).unlink()
        cls.env["score.measure.rule"].search([]).unlink()
        cls.before = cls.env["sla.breach"].search([])

    def breach_ids(self):
        return (self.env["sla.breach"].search([]) - self.before).ids

    def score(self, at):
        cron = self.env.registry["ir.cron"]
        entries = self.entries.with_context(**at_context(at))
        with patch.object(cron, "_commit_progress", lambda *_args, **_more: 1):
            entries._cron_score()

    def test_stories_keep_their_sums(self):
        for seed in seeds("stories"):
            with self.subTest(seed=seed):
                savepoint = self.env.cr.savepoint()
                try:
                    story = Story(self, seed)
                    story.live()
                    story.check_sums()
                    self.assertFalse(self.env["score.aside"].search([]))
                finally:
                    savepoint.close(rollback=True)
