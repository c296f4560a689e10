"""What the product must find in the two real logs, worked out without the product.

Plain Python over the CSV files: tiers month by month, due times, verdicts, overruns and
points. Nothing here imports or copies the addons, so that agreement means something. Run
``python -m tests.replay.oracle`` to print the figures.

The rules, in the order in which they are applied:

- Ladder of this bank: Diamond from 60,000 CZK and 7 transactions in the month, Platinum
  from 30,000 and 5, Silver everyone else; retaining asks as much as qualifying. The review
  of a month takes effect on the first day of the next one.
- Working time: Monday to Friday, 8 to 12 and 13 to 17, UTC, no holidays.
- A promise is that of the service item and of the client's tier on the day of opening. A
  working day lasts until the same time of day on the next working day, from the opening
  if nobody worked when it began: as all days of this calendar are alike, 8 hours.
- Every counted second is working time in which the incident neither waits for the client
  nor is solved. Waiting for others is our time.
- Due is the instant at which the promised seconds have been counted, or, if counting ends
  just then, at which it goes on. Solved at that instant or earlier is met; else the
  promise was missed at that instant, and its overrun is what was counted from then until
  the incident was solved.
- Reopened after a met promise: it goes on, without the solved time. A missed one stays.
- Another service item in between: its promise, counted from the same start, unless the
  one before has fewer seconds. Promises kept or broken by then do not change, so one that
  is solved and given another item in the same minute is judged by the item before. It is
  not due before the change: nobody can break what was not promised yet.
- Feedback (REQUIREMENTS S2): 24 hours around the clock from the opening, without waiting
  for the client, until the client is told: at the event that first resolves the incident.
- Hand-over (S5, S6): an hour of working time, counted as above, from the moment at which
  an incident that passed from one team to another is open and nobody holds it; until
  somebody does, or it is resolved. If it passes on first, nothing is owed unless the hour
  was over by then; that is late until it passed on.
- Answers (REQUIREMENTS V1): an answer is about the last event that resolved the incident
  before it, and belongs to who held it at that event, in the team of then. The first one
  about an event counts, in the month in which it was given. Satisfied is 4 or 5.
- Points: REQUIREMENTS P1 and P2, over the promises to key clients. The overrun is that of
  who held the incident then; the first five minutes that count after a hand-over, or a
  fifth of the promise if that is less, are those of who bore it before.
"""

import sys
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from . import answers, log

SILVER, PLATINUM, DIAMOND = 1, 2, 3
TIER_NAMES = {DIAMOND: "Diamond", PLATINUM: "Platinum", SILVER: "Silver"}
#: tier → least deposit (CZK) and volume (transactions) of the month.
LADDER = {DIAMOND: (Decimal(60000), 7), PLATINUM: (Decimal(30000), 5)}

MET, MISSED, RUNNING, PAUSED = "met", "missed", "running", "paused"


# --------------------------------------------------------------------------- tiers
@dataclass
class Tiers:
    """The outcome of all reviews: ``after[month][ref]`` is the tier that the review of
    that month asks for, ``rises`` and ``falls`` count its proposals."""

    after: dict = field(default_factory=dict)
    rises: dict = field(default_factory=dict)
    falls: dict = field(default_factory=dict)
    approved: list = field(default_factory=list)

    def at(self, ref, day):
        """Return the tier in force on ``day``: approved reviews of earlier months."""
        place = bisect_right(self.approved, log.add_months(day.replace(day=1), -1))
        return (
            self.after[self.approved[place - 1]].get(ref, SILVER) if place else SILVER
        )

    def ladder(self, month):
        """Return tier → number of clients that the review of ``month`` leaves there."""
        return Counter(self.after[month].values())


def tier_of(deposit, volume):
    """Return the tier earned by one month's ``deposit`` (CZK) and ``volume``.

    >>> tier_of(Decimal(60000), 7), tier_of(Decimal(60000), 6), tier_of(Decimal(1), 99)
    (3, 2, 1)
    """
    for tier, (least_deposit, least_volume) in LADDER.items():
        if deposit >= least_deposit and volume >= least_volume:
            return tier
    return SILVER


def reviews(facts, undecided=0):
    """Return the :class:`Tiers` after one review per month of ``facts``.

    All proposals are approved but those of the last ``undecided`` months.
    """
    values = {(fact.ref, fact.month): (fact.deposit, fact.volume) for fact in facts}
    refs = sorted({fact.ref for fact in facts})
    months = sorted({fact.month for fact in facts})
    tiers = Tiers(approved=months[: len(months) - undecided])
    now = dict.fromkeys(refs, SILVER)
    for month in months:
        after = {ref: tier_of(*values.get((ref, month), (0, 0))) for ref in refs}
        tiers.after[month] = after
        tiers.rises[month] = sum(after[ref] > now[ref] for ref in refs)
        tiers.falls[month] = sum(after[ref] < now[ref] for ref in refs)
        if month in tiers.approved:
            now = after
    return tiers


# --------------------------------------------------------------------- working time
MONDAY = datetime(1990, 1, 1)
DAY_PARTS = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
DAY_SECONDS = sum(stop - start for start, stop in DAY_PARTS)


def worked(at):
    """Return the working seconds from the Monday of 1 January 1990 until ``at``.

    >>> worked(datetime(1990, 1, 1, 9)), worked(datetime(1990, 1, 8)) // 3600
    (3600, 40)
    """
    days, seconds = divmod(int((at - MONDAY).total_seconds()), 86400)
    weeks, weekday = divmod(days, 7)
    total = weeks * 5 * DAY_SECONDS + min(weekday, 5) * DAY_SECONDS
    if weekday < 5:
        total += sum(max(0, min(seconds, stop) - start) for start, stop in DAY_PARTS)
    return total


def when_worked(total):
    """Return the earliest instant at which :func:`worked` is ``total``.

    >>> when_worked(worked(datetime(2016, 3, 4, 16)) + 3600)
    datetime.datetime(2016, 3, 4, 17, 0)
    >>> when_worked(worked(datetime(2016, 3, 4, 16)) + 3601)
    datetime.datetime(2016, 3, 7, 8, 0, 1)
    """
    days, rest = divmod(total - 1, DAY_SECONDS)
    weeks, weekday = divmod(days, 5)
    rest += 1
    for start, stop in DAY_PARTS:
        if rest <= stop - start:
            break
        rest -= stop - start
    return MONDAY + timedelta(weeks=weeks, days=weekday, seconds=start + rest)


# -------------------------------------------------------------------------- promises
ONE_DAY = DAY_SECONDS
#: service item → promised working seconds to (regular, key) clients: REQUIREMENTS S1.
#: Remote help to regular clients is promised to begin at once; for its end there is only
#: the promise of anything else.
RESOLUTION = {
    "opening_ordinary": (30 * 60, 15 * 60),
    "opening_online": (20 * 60, 5 * 60),
    "activation_ordinary": (ONE_DAY, 4 * 3600),
    "activation_online": (10 * 60, 3 * 60),
    "data_change": (ONE_DAY, 30 * 60),
    "remote_help": (ONE_DAY, 3 * 60),
    "authorisation_code": (15 * 60, 3 * 60),
    "password_reset": (ONE_DAY, 15 * 60),
    "transfer": (ONE_DAY, 30 * 60),
    "closing": (ONE_DAY, 30 * 60),
    "other": (ONE_DAY, 30 * 60),
}


@dataclass
class Clock:
    """One promise on one incident and what came of it. Times are naive UTC."""

    number: str
    item: str
    key: bool
    started: datetime
    seconds: int
    state: str = RUNNING
    promised: datetime | None = None  # when it was, if later than it started
    due: datetime | None = None
    stop: datetime | None = None
    overrun: int | None = None
    held: dict = field(default_factory=dict)  # bearer → overrun seconds
    holder: log.State | None = None  # the state in force at the breach


def spans(states):
    """Return (start, stop or None, state) for each of consecutive ``states``."""
    stops = [state.at for state in states[1:]] + [None]
    return [(s.at, stop, s) for s, stop in zip(states, stops, strict=True)]


def counts(state):
    """Return whether working time in ``state`` counts against us."""
    return state.stage not in (log.AWAITING_CLIENT, log.RESOLVED, log.CLOSED)


def solved(state):
    return state.stage in (log.RESOLVED, log.CLOSED)


def due_time(states, seconds, counted=counts, amount=worked, when=when_worked):
    """Return when ``seconds`` have been counted, or None if ``states`` end before."""
    left = seconds
    for start, stop, state in spans(states) if states else ():
        if not counted(state):
            continue
        if not left:
            return start
        due = when(amount(start) + left)
        if stop is None or due < stop:
            return due
        left -= amount(stop) - amount(start)
    return None


def due_of(clock, states):
    """Return when ``clock`` is due by ``states``: not before it was promised."""
    due = due_time(states, clock.seconds)
    return max(due, clock.promised) if due and clock.promised else due


def judge(clock, states, now):
    """Fill in the verdict of ``clock`` over ``states``, all that happened up to ``now``."""
    due = due_of(clock, states)
    kept = met_at(states, due)
    if due is not None and due < now and kept is None:
        clock.state, clock.due = MISSED, due
        clock.holder = next(s for s in reversed(states) if s.at <= due)
        clock.stop = next((s.at for s in states if solved(s) and s.at > due), None)
        grace = min(300, clock.seconds // 5)
        clock.held = held(states, due, clock.stop, grace) if clock.stop else {}
        clock.overrun = sum(clock.held.values()) if clock.stop else None
    elif kept is not None:
        clock.state, clock.stop = MET, kept
        clock.due = due_of(clock, [s for s in states if s.at < kept])
    else:
        clock.state = RUNNING if counts(states[-1]) else PAUSED
        clock.due = due
    return clock


def met_at(states, due):
    """Return when the incident was solved for good in time, or None."""
    if not solved(states[-1]):
        return None
    last = max((place for place, s in enumerate(states) if not solved(s)), default=-1)
    stop = states[last + 1].at
    return stop if due is None or stop <= due else None


USER, TEAM = "user", "team"


def held(states, start, stop, grace):
    """Return bearer → counted working seconds between ``start`` and ``stop``.

    The bearer is the agent, or the team while nobody was assigned, as (kind, name); in
    order of who bore it last. For ``grace`` seconds after a hand-over that is who bore it
    before.
    """
    result, bearer, holder, left, late = {}, None, None, 0, worked(start)
    for begin, end, state in spans(states):
        end = min(end or stop, stop)
        if not counts(state) or begin >= end:
            continue
        taken = (USER, state.user) if state.user else (TEAM, state.team)
        left = left if taken == holder else grace
        holder, bearer = taken, bearer or taken
        low, high = worked(begin), worked(end)
        split = low if holder == bearer else min(high, low + left)
        left -= split - low
        for who, one, other in ((bearer, low, split), (holder, split, high)):
            seconds = other - max(one, late)
            if seconds > 0:
                result[who] = result.pop(who, 0) + seconds
        bearer = holder if split < high else bearer
    return result


def resolution(incident, key, now):
    """Return the resolution :class:`Clock` in force at the end, judged at ``now``."""
    opening = incident.states[0]
    clock = Clock(
        incident.number,
        opening.item,
        key,
        opening.at,
        RESOLUTION[opening.item][key],
    )
    promised = {opening.item: None}
    for place, state in enumerate(incident.states[1:], 1):
        before = incident.states[:place]
        due = due_of(clock, before)
        broken = due is not None and due < state.at
        closed = solved(before[-1]) or solved(state) or broken
        seconds = RESOLUTION[state.item][key]
        if not closed and seconds <= clock.seconds:
            clock.item, clock.seconds = state.item, seconds
            clock.promised = promised.setdefault(state.item, state.at)
    return judge(clock, incident.states, now)


# ------------------------------------------------------------- feedback and hand-over
FEEDBACK = 24 * 3600
HAND_OVER = 3600


@dataclass(frozen=True)
class Round:
    """One round of a promise. ``start``, ``due``, ``stop``: naive UTC."""

    number: str
    start: datetime
    state: str
    due: datetime | None
    stop: datetime | None
    overrun: int | None


def passed(at):
    """Return the seconds around the clock until ``at``; :func:`when_passed` is back."""
    return int((at - MONDAY).total_seconds())


def when_passed(seconds):
    return MONDAY + timedelta(seconds=seconds)


def our_time(state):
    """Return whether the client waits for us to tell, solved or not."""
    return state.stage != log.AWAITING_CLIENT


def judged(number, states, seconds, stop, now, lapses=False, **measure):
    """Return the :class:`Round` over ``states``, which begin with it.

    ``stop``: when it ended, None if it goes on; None instead of a round is returned when
    it lapsed in time.
    """
    start = states[0].at
    told = [s for s in states if s.at < stop] if stop else states
    due = due_time(told or states[:1], seconds, **measure)
    if due is not None and due < (stop or now):
        overrun = None
        if stop:
            amount = measure.get("amount", worked)
            counted = measure.get("counted", counts)
            overrun = sum(
                amount(min(end or stop, stop)) - amount(max(begin, due))
                for begin, end, state in spans(told)
                if counted(state) and (end is None or end > due)
            )
        return Round(number, start, MISSED, due, stop, overrun)
    if stop:
        return None if lapses else Round(number, start, MET, due, stop, None)
    counted = measure.get("counted", counts)
    state = RUNNING if counted(states[-1]) else PAUSED
    return Round(number, start, state, due, None, None)


def feedback(incident, now):
    """Return the :class:`Round` in which the client is told of the result."""
    told = next((s.at for s in incident.states if solved(s)), None)
    around = {"counted": our_time, "amount": passed, "when": when_passed}
    return judged(incident.number, incident.states, FEEDBACK, told, now, **around)


def hand_overs(incident, now):
    """Return the rounds in which the incident was passed from team to team."""
    states = incident.states
    result = []
    team, pending = None, False
    for place, state in enumerate(states):
        if state.team and state.team != team:
            pending, team = team is not None, state.team
        if state.user:
            pending = False
        if pending and not solved(state):
            pending = False
            result.append(_hand_over(incident.number, states[place:], now))
    return [found for found in result if found]


def _hand_over(number, states, now):
    team = states[0].team
    for state in states[1:]:
        if state.team != team:
            return judged(number, states, HAND_OVER, state.at, now, lapses=True)
        if state.user or solved(state):
            return judged(number, states, HAND_OVER, state.at, now)
    return judged(number, states, HAND_OVER, None, now)


# ---------------------------------------------------------------------------- points
@dataclass(frozen=True)
class Entry:
    """What one bearer loses for one missed promise. ``bearer`` is (kind, name)."""

    bearer: tuple
    number: str
    points: Decimal
    ordinal: int | None = None


BAND_POINTS = ((5 * 60, Decimal("0.50")), (10 * 60, Decimal("1.00")))
ERROR_POINTS = (Decimal("1.50"), Decimal("3.00"), Decimal("3.00"))


def entries(clocks):
    """Return the :class:`Entry` list that the missed promises to key clients cost.

    Up to five minutes 0.5 and up to ten 1.0 point, shared by the overrun that each one
    held; above, an error of who held it longest (of equals, last): the first of the
    calendar month in which it was solved costs 1.5, every later one 3.0 points.
    """
    result, errors = [], Counter()
    charged = [clock for clock in clocks if clock.key and clock.overrun]
    for clock in sorted(charged, key=lambda clock: (clock.stop, clock.due)):
        points = next((p for upto, p in BAND_POINTS if clock.overrun <= upto), None)
        if points:
            result += [
                Entry(bearer, clock.number, share)
                for bearer, share in shares(points, clock.held).items()
                if share
            ]
            continue
        bearer = max(reversed(clock.held), key=clock.held.get)
        month = (bearer, clock.stop.year, clock.stop.month)
        errors[month] += 1
        cost = ERROR_POINTS[min(errors[month], len(ERROR_POINTS)) - 1]
        result.append(Entry(bearer, clock.number, cost, errors[month]))
    return result


def shares(points, held):
    """Divide ``points`` by the seconds of ``held``, in cents that sum exactly.

    >>> shares(Decimal("0.50"), {"a": 1, "b": 2})
    {'a': Decimal('0.17'), 'b': Decimal('0.33')}
    """
    cents, total = int(points * 100), sum(held.values())
    exact = {key: Fraction(cents * seconds, total) for key, seconds in held.items()}
    whole = {key: int(value) for key, value in exact.items()}
    missing = cents - sum(whole.values())
    order = sorted(held, key=lambda key: (whole[key] - exact[key], -held[key]))
    for key in order[:missing]:
        whole[key] += 1
    return {key: Decimal(value).scaleb(-2) for key, value in whole.items()}


# --------------------------------------------------------------------------- figures
@dataclass
class Figures:
    """Everything that the product must find, in one place."""

    tiers: Tiers
    incidents: list
    clocks: dict  # number → Clock
    entries: list
    feedback: list  # Round
    hand_overs: list  # Round
    answers: Counter  # (TEAM or USER, name, month) → answers; with "satisfied" behind

    def verdicts(self):
        """Return (service item, key client) → Counter of states."""
        result = {}
        for clock in self.clocks.values():
            result.setdefault((clock.item, clock.key), Counter())[clock.state] += 1
        return result

    def points(self):
        """Return bearer → points lost."""
        result = Counter()
        for entry in self.entries:
            result[entry.bearer] += entry.points
        return result


def figures(plan, facts, incidents):
    """Work everything out for the logs as ``plan`` moves them and cuts them off."""
    tiers = reviews(plan.facts(facts), plan.undecided)
    told = plan.incidents(incidents)
    clocks = {
        incident.number: resolution(
            incident,
            tiers.at(incident.ref, incident.opened.date()) > SILVER,
            plan.now,
        )
        for incident in told
    }
    return Figures(
        tiers,
        told,
        clocks,
        entries(clocks.values()),
        [feedback(incident, plan.now) for incident in told],
        [found for incident in told for found in hand_overs(incident, plan.now)],
        answers_of(told, plan.now),
    )


def answers_of(incidents, now):
    """Return how many answers count for each user and team in each month.

    Keys are (``USER`` or ``TEAM``, name, month); the satisfied ones have a key of their
    own, with "satisfied" behind.
    """
    by_number = {incident.number: incident for incident in incidents}
    counted, result = set(), Counter()
    for at, number, grade in answers.given(incidents, now):
        closing = [s for s in answers.closings(by_number[number]) if s.at <= at][-1]
        if (number, closing.at) in counted:
            continue
        counted.add((number, closing.at))
        month = at.date().replace(day=1)
        for kind, name in ((USER, closing.user), (TEAM, closing.team)):
            if name:
                result[kind, name, month] += 1
                result[kind, name, month, "satisfied"] += grade >= 4
    return result


def main():
    """Print the figures of the true dates, or of the demo of a day given as argument."""
    from .plan import Plan

    facts = log.read_activity()
    incidents = log.read_incidents(facts=facts)
    today = [datetime.fromisoformat(argument) for argument in sys.argv[1:2]]
    plan = Plan.make(facts, incidents, bool(today), today=today[0] if today else None)
    found = figures(plan, facts, incidents)
    month = found.tiers.approved[-1]
    ladder = found.tiers.ladder(month)
    counts = ", ".join(f"{name} {ladder[tier]}" for tier, name in TIER_NAMES.items())
    print(f"Ladder after the review of {month:%Y-%m}: {counts}")
    print(f"Tickets: {len(found.incidents)}")
    names = (MET, MISSED, RUNNING, PAUSED)
    print(f"{'Resolution':34}" + "".join(f"{name:>9}" for name in names))
    for item in log.ITEMS:
        for key in (False, True):
            states = found.verdicts().get((item, key), Counter())
            label = f"{item}, {'key' if key else 'regular'}"
            print(f"  {label:32}" + "".join(f"{states[name]:9}" for name in names))
    for label, rounds in (
        ("Feedback", found.feedback),
        ("Hand-over", found.hand_overs),
    ):
        states = Counter(one.state for one in rounds)
        print(f"{label:34}" + "".join(f"{states[name]:9}" for name in names))
    print("Points lost, most first")
    for bearer, points in found.points().most_common(5):
        print(f"{points:10}  {bearer[1]}")


if __name__ == "__main__":
    main()
