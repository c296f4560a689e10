"""Ladders that change while files come late and are corrected, against plain Python."""

import base64
from collections import Counter
from datetime import datetime, time, timedelta
from decimal import Decimal

from odoo.fields import Command, Date
from odoo.tests import new_test_user

from odoo.addons.vip_base.tools.times import at_context

from . import ground, load, log
from .common import ReplayCase
from .ladders import (
    BRONZE,
    DIAMOND,
    FALL,
    GOLD,
    GRACE,
    PLATINUM,
    RISE,
    SILVER,
    Criterion,
    Ladder,
    Life,
)

AGENT = "agent"
HEADER = "client_ref,month,deposit,volume\n"
#: The place of the month from which on the other ladder holds.
MIDDLE = 7


def after(month, day, hour):
    """Return an hour of a day of the month after ``month``."""
    first = datetime.combine(log.add_months(month, 1), time(hour))
    return first + timedelta(days=day - 1)


def different(found, expected):
    """Return reference → (found, expected) of those that are not the same."""
    return {
        ref: (found.get(ref), expected.get(ref))
        for ref in found.keys() | expected.keys()
        if found.get(ref) != expected.get(ref)
    }


class LaddersCase:
    """The life of the bank under two ladders, one after the other.

    A class of its own says which ones, and what is late or corrected.
    """

    first = second = None
    one_step, falls_every = False, 1
    #: Places of the months whose trading volumes come on a later day, whose files come
    #: with those of the month after next, and which are corrected before and after the
    #: proposals are decided; and how many months had to wait.
    late, later, corrected, decided, waited = {}, (), (), (), 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        replay = load._begin(cls.env, False, None, None, cls.env.flush_all)
        for step in (ground.prepare_company, ground.make_users, ground.make_clients):
            step(replay)
        cls.company = replay.company
        cls.company.write(
            {
                "vip_review_day": 1,
                "vip_one_step_down": cls.one_step,
                "vip_falls_every": str(cls.falls_every),
            }
        )
        cls.manager, cls.admin = (
            new_test_user(cls.env, f"ladders.{role}", f"vip_base.group_vip_{role}")
            for role in ("manager", "admin")
        )
        cls.tiers = {t.code: t for t in cls.env["vip.tier"]._ladder(cls.company)}
        cls.facts = log.read_activity()
        cls.months = sorted({fact.month for fact in cls.facts})
        cls.life = Life(
            cls.types(), cls.first, one_step=cls.one_step, falls_every=cls.falls_every
        )
        cls.set_up_ladder()
        cls.env.flush_all()
        cls.env.cr.execute("ANALYZE")
        cls.probes = {}
        for at, _order, happens, *what in sorted(cls.story(), key=lambda e: e[:2]):
            happens(cls.env(context={**cls.env.context, **at_context(at)}), at, *what)

    @classmethod
    def types(cls):
        rows = cls.rows(
            "SELECT client_number, client_type FROM res_partner"
            " WHERE client_number LIKE 'PKDD-%%'"
        )
        return dict(rows)

    # The ladders, as people set them

    @classmethod
    def set_up_ladder(cls):
        """Nothing rests on the ladder yet: its tiers are edited in place."""
        for code, tier in cls.tiers.items():
            tier.write(cls.said(cls.first, code))

    @classmethod
    def said(cls, ladder, code):
        metrics = {m.code: m.id for m in cls.env["vip.metric"].search([])}
        joint, criteria = ladder.asks.get(code, (all, ()))
        return {
            "match": joint.__name__,
            "grace_reviews": ladder.grace.get(code, 0),
            "criterion_ids": [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "aggregate": one.aggregate,
                            "window_months": one.months,
                            "metric_id": metrics[one.metric],
                            "qualify": one.rise,
                            "retain": one.stay,
                            "client_type": one.kind,
                        }
                    )
                    for one in criteria
                ),
            ],
        }

    @classmethod
    def prepare(cls, env, at):
        """An administrator proposes the other ladder, a manager puts it in force."""
        day = cls.months[MIDDLE]
        versions = env["vip.ladder.version"]
        shared = env["res.company"]
        draft = versions._draft(shared, date_from=day, reason="Board")
        draft.rung_ids.filtered(
            lambda rung: rung.tier_id.code not in cls.second.tiers
        ).unlink()
        rungs = {rung.tier_id.code: rung for rung in draft.rung_ids}
        for place, code in enumerate(cls.second.tiers):
            if code not in rungs:
                tier = env["vip.tier"].create(
                    {"name": code, "code": code, "active": False, "company_id": False}
                )
                draft.rung_ids = [
                    Command.create({"tier_id": tier.id, "rank": 100 + place})
                ]
                cls.tiers[code] = tier
        for rank, code in enumerate(cls.second.tiers, 1):
            rung = draft.rung_ids.filtered(lambda r, code=code: r.tier_id.code == code)
            rung.write({"rank": rank, **cls.said(cls.second, code)})
        for plan in draft.plan_ids:
            plan.to_tier_id = cls.tiers[cls.second.plan[plan.from_tier_id.code]]
        draft.with_user(cls.admin).action_propose()
        draft.with_user(cls.manager).action_put_in_force()

    # What happens

    @classmethod
    def story(cls):
        """Yield (when, order, what happens, …): files, the job, decisions, the ladder."""
        for place, month in enumerate(cls.months):
            yield from cls.files_of(place, month)
            yield after(month, 1, 2), 2, cls.job
            yield after(month, 10, 9), 3, cls.decide
            yield after(month, 10, 10), 4, cls.probe
            if place in cls.late:
                yield after(month, cls.late[place], 2), 2, cls.job
                yield after(month, cls.late[place], 9), 3, cls.decide
        for place in cls.decided[1::2]:
            yield after(cls.months[place], 25, 9), 3, cls.decide
        middle = cls.months[MIDDLE - 2]
        yield after(middle, 26, 9), 0, cls.prepare
        yield datetime.combine(cls.months[MIDDLE], time(0, 30)), 0, cls.begin

    @classmethod
    def files_of(cls, place, month):
        right = {
            fact.ref: {"deposit": fact.deposit, "volume": Decimal(fact.volume)}
            for fact in cls.facts
            if fact.month == month
        }
        wrong = {
            ref: {"deposit": v["deposit"] * (3 if n % 2 else 0), "volume": v["volume"]}
            for n, (ref, v) in enumerate(sorted(right.items()))
            if n % 3 == 0
        }
        at = after(month, 1, 1)
        if place in cls.later:
            at = after(log.add_months(month, 2), 1, 1)
        if place in cls.late:
            for day, metric in ((1, "deposit"), (cls.late[place], "volume")):
                rows = {ref: {metric: v[metric]} for ref, v in right.items()}
                yield after(month, day, 1), 1, cls.file, month, rows
            return
        for places, day in ((cls.corrected, 5), (cls.decided, 20)):
            if place in places:
                yield at, 1, cls.file, month, {**right, **wrong}
                yield after(month, day, 1), 1, cls.file, month, right
                return
        yield at, 1, cls.file, month, right

    @classmethod
    def file(cls, env, at, month, rows):
        lines = [
            f"{ref},{month:%Y-%m},{v.get('deposit', '')},{v.get('volume', '')}"
            for ref, v in sorted(rows.items())
        ]
        record = env["vip.activity.import"].create(
            {
                "file": base64.b64encode((HEADER + "\n".join(lines) + "\n").encode()),
                "file_name": f"{month:%Y-%m}.csv",
                "confirmed": True,
                "company_id": cls.company.id,
            }
        )
        record.action_import()
        if record.rejected_count:
            raise AssertionError(record.rejected_count)
        cls.life.file(month, rows, at)

    @classmethod
    def job(cls, env, at):
        env["vip.tier.review"]._catch_up(cls.company, at)
        over = [m for m in cls.months if log.add_months(m, 1) <= at.date()]
        cls.life.job(over, at)

    @classmethod
    def decide(cls, env, at):
        waiting = env["vip.tier.change"].search([("state", "=", "proposed")])
        seen = {change.id: change.figures_changed_at for change in waiting}
        if waiting:
            waiting.with_user(cls.manager)._approve(at=at, seen=seen)
        cls.life.decide(at)

    @classmethod
    def begin(cls, env, at):
        env["vip.ladder.version"]._take_effect(cls.company, at)
        cls.life.begin(cls.months[MIDDLE], cls.second, at)

    @classmethod
    def probe(cls, env, at):
        cls.probes[at.date()] = cls.life.tiers()

    # Compared

    def test_every_review_found_the_same_of_every_client(self):
        self.assertEqual(list(self.life.reviews), self.months)
        for month, review in self.life.reviews.items():
            with self.subTest(month=month):
                verdicts = self.review(month).verdict_ids
                found = {
                    v.partner_id.client_number: (v.outcome, v.target_id.code, v.streak)
                    for v in verdicts
                }
                self.assertEqual(different(found, review.found), {})

    def test_every_client_had_the_same_tier_on_every_day(self):
        partners = self.env["res.partner"].search([("client_number", "like", "PKDD-%")])
        self.assertEqual(len(partners), len(self.life.types))
        for day, tiers in self.probes.items():
            with self.subTest(day=day):
                found = partners._tier_at(Date.to_date(day), self.company)
                found = {p.client_number: found[p.id].code for p in partners}
                self.assertEqual(different(found, tiers), {})

    def test_every_correction_after_a_decision_is_listed(self):
        listed = 0
        for month in self.months:
            with self.subTest(month=month):
                review = self.review(month)
                review._find_corrections()
                expected = self.life.corrections(month)
                found = self.env["vip.tier.correction"].search(
                    [("review_id", "=", review.id)]
                )
                found = {
                    c.partner_id.client_number: (c.found_id.code, c.now_id.code)
                    for c in found
                }
                self.assertEqual(different(found, expected), {})
                listed += len(expected)
        self.assertTrue(listed)

    def test_what_waits_in_the_end_is_the_same(self):
        waiting = self.env["vip.tier.change"].search([("state", "=", "proposed")])
        found = {c.partner_id.client_number: c.to_tier_id.code for c in waiting}
        self.assertEqual(found, self.life.proposals)

    def test_the_data_show_all_that_is_tested(self):
        """Else the comparisons above would prove little."""
        reviews = self.life.reviews
        for months in (self.months[:MIDDLE], self.months[MIDDLE:]):
            seen = Counter(
                outcome
                for month in months
                for outcome, _tier, _row in reviews[month].found.values()
            )
            self.assertEqual(set(seen), {RISE, FALL, GRACE})
        late = [m for m, r in reviews.items() if r.run_at > after(m, 2, 0)]
        self.assertEqual(len(late), self.waited)
        targets = {tier for tiers in self.probes.values() for tier in tiers.values()}
        self.assertEqual(targets, {*self.first.tiers, *self.second.tiers})

    def review(self, month):
        return self.env["vip.tier.review"].search(
            [("month", "=", month), ("company_id", "=", self.company.id)]
        )


class TestTierComesBetween(LaddersCase, ReplayCase):
    """Gold comes between Silver and Platinum, with other thresholds and grace."""

    first = Ladder(
        (SILVER, PLATINUM, DIAMOND),
        {
            PLATINUM: (
                all,
                (
                    Criterion("avg", 3, "deposit", 30_000, 20_000),
                    Criterion("last", 1, "volume", 5, 3),
                    Criterion("max", 2, "deposit", 45_000, 30_000, AGENT),
                ),
            ),
            DIAMOND: (
                any,
                (
                    Criterion("sum", 2, "deposit", 140_000, 110_000),
                    Criterion("max", 3, "volume", 16, 13),
                ),
            ),
        },
        {PLATINUM: 1, DIAMOND: 1},
    )
    second = Ladder(
        (SILVER, GOLD, PLATINUM, DIAMOND),
        {
            GOLD: (all, (Criterion("sum", 2, "deposit", 40_000, 25_000),)),
            PLATINUM: (
                all,
                (
                    Criterion("avg", 2, "deposit", 35_000, 28_000),
                    Criterion("min", 2, "volume", 4, 3),
                ),
            ),
            DIAMOND: (
                all,
                (
                    Criterion("max", 3, "deposit", 60_000, 50_000),
                    Criterion("sum", 3, "volume", 24, 18, AGENT),
                ),
            ),
        },
        {GOLD: 0, PLATINUM: 2, DIAMOND: 1},
    )
    one_step = True
    late = {2: 15, 10: 18}
    later = (4,)
    waited = 4
    corrected = (1, 6, 8, 12)
    decided = (3, 9, 13)


class TestTierGoesAndAnotherComesBelow(LaddersCase, ReplayCase):
    """Diamond becomes Platinum, and Bronze comes below Silver; falls by the quarter."""

    first = Ladder(
        (SILVER, PLATINUM, DIAMOND),
        {
            PLATINUM: (any, (Criterion("sum", 3, "deposit", 90_000, 60_000),)),
            DIAMOND: (
                all,
                (
                    Criterion("avg", 2, "deposit", 50_000, 40_000),
                    Criterion("sum", 3, "volume", 15, 12),
                ),
            ),
        },
        {DIAMOND: 2},
    )
    second = Ladder(
        (BRONZE, SILVER, PLATINUM),
        {
            SILVER: (
                any,
                (
                    Criterion("last", 1, "deposit", 15_000, 10_000),
                    Criterion("avg", 3, "volume", 4, 2),
                ),
            ),
            PLATINUM: (
                all,
                (
                    Criterion("sum", 3, "deposit", 110_000, 80_000),
                    Criterion("last", 1, "volume", 4, 3, AGENT),
                ),
            ),
        },
        {SILVER: 1, PLATINUM: 1},
        {DIAMOND: PLATINUM, SILVER: BRONZE},
    )
    falls_every = 3
    #: Who judges the seventh month asks for no volumes any more: it does not wait.
    late = {6: 15, 11: 12}
    later = (2,)
    waited = 3
    corrected = (4, 9, 12)
    decided = (5, 8, 10)
