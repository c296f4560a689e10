"""A fourth, independent working-out of tiers: ladders that change while files come late.

Plain Python, no product. A :class:`Life` is told what happens, in order: files, the job,
decisions, the day of a new ladder. It keeps what every review found of every client.

- A month is judged once every metric that its ladder measures and that was known before
  has figures; months in order.
- What the job finds waits for a decision; the next month takes its place.
- A file that changes figures lets what nobody has decided about be judged anew: the newest
  review, and those before it since whose run nothing was decided.
- A month is judged by the ladder of its last day, from the tiers that are held when it is
  judged. A tier that is new since can neither be reached nor lost by it.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from . import log

BRONZE, SILVER, GOLD = "bronze", "silver", "gold"
PLATINUM, DIAMOND = "platinum", "diamond"
RISE, FALL, GRACE = "promotion", "demotion", "grace"
AGGREGATES = {
    "sum": sum,
    "max": max,
    "min": min,
    "avg": lambda values: sum(values) / Decimal(len(values)),
    "last": lambda values: values[0],
}


@dataclass(frozen=True)
class Criterion:
    aggregate: str
    months: int
    metric: str
    rise: int
    stay: int
    kind: str | None = None


@dataclass(frozen=True)
class Ladder:
    """Tiers from the lowest to the highest; what each asks, how often it forgives.

    ``plan`` says which tier comes for the holders of one that goes.
    """

    tiers: tuple
    asks: dict  # tier → (all or any, criteria)
    grace: dict = field(default_factory=dict)
    plan: dict = field(default_factory=dict)

    def measured(self):
        return {one.metric for _joint, asked in self.asks.values() for one in asked}

    def behind(self, other):
        """Return this ladder as it judges a month when ``other`` is the one in force."""
        return Ladder(
            other.tiers,
            {tier: self.asks[tier] for tier in other.tiers if tier in self.asks},
            {
                tier: (self if tier in self.tiers else other).grace.get(tier, 0)
                for tier in other.tiers
            },
        )


@dataclass
class Review:
    month: object
    run_at: object
    ladder: Ladder
    held: dict  # reference → tier that was held when it was first run
    found: dict = field(default_factory=dict)  # reference → (outcome, tier, in a row)
    decided: set = field(default_factory=set)  # of whom people have decided since


class Life:
    """What becomes of the clients of a company.

    :param types: the type of each reference
    :param falls_every: a fall is proposed in every so-manieth month of the year only
    """

    def __init__(self, types, ladder, one_step=False, falls_every=1):
        self.types, self.one_step, self.falls_every = types, one_step, falls_every
        self.ladders = [(None, ladder)]
        self.facts, self.given, self.proposals = {}, {}, {}
        self.reviews, self.metrics = {}, {}
        self.decided_at = None

    @property
    def ladder(self):
        return self.ladders[-1][1]

    def tiers(self):
        """Return reference → tier that it has now."""
        return {ref: self.given.get(ref, self.ladder.tiers[0]) for ref in self.types}

    # What happens

    def file(self, month, rows, at):
        """A file of a month comes: reference → {metric: value}."""
        changed = False
        for ref, values in rows.items():
            for metric, value in values.items():
                changed |= self.facts.get((ref, month, metric)) != value
                self.facts[ref, month, metric] = value
                self.metrics.setdefault(month, set()).add(metric)
        if changed:
            for review in self._open():
                if review.month >= month:
                    self._judge(review)

    def job(self, months, at):
        """The job looks at these months, in order, until one is not complete."""
        for month in months:
            if month in self.reviews:
                continue
            ladder = next(
                one
                for day, one in reversed(self.ladders)
                if day is None or day < log.add_months(month, 1)
            )
            if ladder is not self.ladder:
                ladder = ladder.behind(self.ladder)
            known = set().union(*(v for m, v in self.metrics.items() if m < month))
            missing = (known & ladder.measured()) - self.metrics.get(month, set())
            if missing or month not in self.metrics:
                return
            self.proposals = {}
            review = Review(month, at, ladder, self.tiers())
            self.reviews[month] = review
            self._judge(review)

    def decide(self, at):
        """Everything that waits is approved."""
        for ref, tier in self.proposals.items():
            self._give(ref, tier, at)
        self.proposals = {}

    def begin(self, day, ladder, at):
        """The day of another ladder comes."""
        gone = set(self.ladder.tiers) - set(ladder.tiers)
        held = {ref: tier for ref, tier in self.given.items() if tier in gone}
        self.ladders.append((day, ladder))
        for ref, tier in held.items():
            self._give(ref, ladder.plan[tier], at)
        self.proposals = {
            ref: tier
            for ref, tier in self.proposals.items()
            if tier not in gone and ref not in held
        }

    def _give(self, ref, tier, at):
        self.given[ref] = tier
        self.decided_at = at
        for review in self.reviews.values():
            review.decided.add(ref)

    # Judging

    def _open(self):
        found = []
        for review in reversed(self.reviews.values()):
            if found and self.decided_at and self.decided_at > review.run_at:
                break
            found.insert(0, review)
        return found

    def _judge(self, review):
        for ref in self.types.keys() - review.decided:
            review.found.pop(ref, None)
            if outcome := self.outcome(review, ref):
                review.found[ref] = outcome
        if review is list(self.reviews.values())[-1]:
            self.proposals = {
                ref: tier
                for ref, (outcome, tier, _row) in review.found.items()
                if outcome != GRACE and ref not in review.decided
            }

    def outcome(self, review, ref):
        """Return (outcome, tier asked for, shortfalls in a row) by the figures of now."""
        ladder, held = review.ladder, review.held[ref]
        place = ladder.tiers.index(held)
        best = next(
            (
                rank
                for rank in range(len(ladder.tiers) - 1, 0, -1)
                if self._holds(review, ref, ladder.tiers[rank], rank > place, held)
            ),
            0,
        )
        if best == place:
            return None
        if best > place:
            return RISE, ladder.tiers[best], 0
        before = self.reviews.get(log.add_months(review.month, -1))
        row = 1
        if before and before.held[ref] == held and ref in before.found:
            row += before.found[ref][2]
        if self.one_step:
            below = ladder.tiers[1:place]
            best = max(
                (n for n, t in enumerate(below, 1) if self._asked(review, ref, t)),
                default=0,
            )
        target = ladder.tiers[best]
        closes = review.month.month % self.falls_every == 0
        falls = row > ladder.grace.get(held, 0) and closes
        return FALL if falls else GRACE, target, row

    def _holds(self, review, ref, tier, rising, held):
        asked = self._asked(review, ref, tier)
        if not asked:
            return tier == held  # given and taken by people only
        joint, _criteria = review.ladder.asks[tier]
        return joint(
            self._measure(ref, review.month, one) >= (one.rise if rising else one.stay)
            for one in asked
        )

    def _asked(self, review, ref, tier):
        _joint, criteria = review.ladder.asks.get(tier, (all, ()))
        return [one for one in criteria if one.kind in (None, self.types[ref])]

    def _measure(self, ref, month, one):
        return AGGREGATES[one.aggregate](
            [
                Decimal(
                    self.facts.get((ref, log.add_months(month, -back), one.metric), 0)
                )
                for back in range(one.months)
            ]
        )

    # Afterwards

    def corrections(self, month):
        """Return reference → (tier found then, tier by the figures of now)."""
        review, found = self.reviews[month], {}
        for ref in self.types:
            if ref in self.proposals and review is list(self.reviews.values())[-1]:
                continue
            then, now = (
                tier if outcome and outcome != GRACE else review.held[ref]
                for outcome, tier, _row in (
                    review.found.get(ref) or (None, None, 0),
                    self.outcome(review, ref) or (None, None, 0),
                )
            )
            if then != now:
                found[ref] = (then, now)
        return found
