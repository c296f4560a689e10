"""What a clock is made of: its columns, said once. Plain Python, no ORM.

The fields of the classes below are the columns of ``sla_clock``; the annotation of each
says how it is kept (see :class:`Column`). What reads, writes, compares or copies clocks
takes names, types and order from here, so that a new column is written down once.
"""

from typing import Annotated, NamedTuple, get_type_hints

from . import states
from .obligations import is_obligation

#: The longest time that a column of a clock keeps.
MOST_SECONDS = 2**31 - 1


class Level(NamedTuple):
    """A level as it is promised: ``moment`` is percent, before or after."""

    id: int
    moment: str
    amount: int

    def offset(self, seconds):
        """Return after how many seconds of a promise of ``seconds`` it is reached.

        >>> Level(1, "percent", 80).offset(900)
        720
        >>> Level(1, "before", 10).offset(900), Level(1, "after", 15).offset(900)
        (300, 1800)
        """
        if self.moment == "percent":
            return max(1, seconds * self.amount // 100)
        minutes = -self.amount if self.moment == "before" else self.amount
        return seconds + 60 * minutes


class Fired(NamedTuple):
    """A clock whose levels number ``was`` + 1 to ``now`` came true."""

    clock_id: int
    was: int
    now: int
    company_id: int
    level_ids: list


def compiled(levels, seconds):
    """Return ``(ids, offsets)`` of a promise of ``seconds``, in order of time.

    A level that would come before the promise begins, such as an hour before the limit
    of half an hour, does not apply.

    >>> plan = [Level(7, "after", 0), Level(8, "percent", 80), Level(9, "before", 60)]
    >>> compiled(plan, 1800)
    ((8, 7), (1440, 1800))
    >>> compiled([], 1800)
    ((), ())
    """
    pairs = [
        (level.offset(seconds), place, level.id) for place, level in enumerate(levels)
    ]
    pairs = sorted(pair for pair in pairs if pair[0] > 0)
    return tuple(pair[2] for pair in pairs), tuple(pair[0] for pair in pairs)


#: Kinds of columns. An instant is epoch seconds here, a timestamp in the database.
Integer = Annotated[int | None, "integer"]
Text = Annotated[str | None, "text"]
Flag = Annotated[bool, "flag"]
Count = Annotated[int, "count"]
Instant = Annotated[int | None, "instant"]
Integers = Annotated[tuple, "integers"]


class Key(NamedTuple):
    """Whose promise it is and by what it was made; ``round``: for which time."""

    ticket_id: Integer
    company_id: Integer
    policy_id: Integer
    target_id: Integer
    match_id: Integer
    round: Integer
    tier_id: Integer
    partner_id: Integer
    calendar_id: Integer
    item_limit: Flag
    key_client: Flag


class Course(NamedTuple):
    """What a target says of how its promise runs; its clocks keep it.

    ``from_solving``: feedback is owed from solving on, not from the opening;
    ``new_on_reopening``: a reopened ticket gets a new round, else the old one goes on;
    ``pause_on_…``: the clock stands still while we wait for the client or somebody else,
    or in an outage; ``around_the_clock``: of its calendar only the zone counts.
    """

    from_solving: Flag = False
    new_on_reopening: Flag = False
    pause_on_client: Flag = False
    pause_on_third_party: Flag = False
    pause_on_outage: Flag = False
    around_the_clock: Flag = False

    @property
    def recurs(self):
        """Whether solving or reopening may begin a round."""
        return self.from_solving or self.new_on_reopening

    def counts(self, moment, metric=states.RESOLUTION):
        """Tell whether a clock of this metric runs in a :class:`~.timeline.Moment`.

        Cancelled tickets are not worked on. Neither are solved ones, but the client has
        to be told of the result: feedback goes on, and so does what an addon says is
        owed. Archiving a ticket changes nothing.

        >>> from .timeline import Moment
        >>> waiting = Moment(0, None, True, False, False, False, "client")
        >>> Course(pause_on_client=True).counts(waiting)
        False
        >>> Course(pause_on_client=True).counts(waiting._replace(waiting_on=None,
        ...                                                      active=False))
        True
        >>> course = Course(pause_on_third_party=True)
        >>> course.counts(waiting)
        True
        >>> course.counts(waiting._replace(solved=True))
        False
        >>> course.counts(waiting._replace(solved=True), "feedback")
        True
        >>> working = waiting._replace(waiting_on=None, outage_id=7)
        >>> course.counts(working), Course(pause_on_outage=True).counts(working)
        (True, False)
        """
        if moment.cancels:
            return False
        if moment.solved and metric != states.FEEDBACK and not is_obligation(metric):
            return False
        if self.pause_on_outage and moment.outage_id is not None:
            return False
        if moment.waiting_on == "client":
            return not self.pause_on_client
        if moment.waiting_on == "third_party":
            return not self.pause_on_third_party
        return True


class Basis(NamedTuple):
    """By which working time a promise is counted, and from when on it binds.

    ``version_id``: the version of working time by which its limit is found, None around
    the clock; what has stopped or was missed keeps it;
    ``binds_at``: it cannot be missed before, however early its limit is, because it was
    promised, or its working time was changed, only then;
    ``earlier``: the versions of calendars in which it counted before this one, each
    followed by the instant until which it did.
    """

    version_id: Integer = None
    binds_at: Instant = None
    earlier: Integers = ()


class Terms(NamedTuple):
    """A promise as a clock keeps it.

    ``started_at``: from when it counts, which is later than when its round began
    (``began_at``) only where a change of the ticket made it start again;
    ``level_ids``, ``level_offsets``: its escalation, and after how many seconds each
    level is reached.
    """

    metric: Text
    started_at: Instant
    seconds: Integer
    # Not kept where the clock has counted from its round's beginning.
    began_at: Annotated[int, "instant", "started_at"]
    level_ids: Integers = ()
    level_offsets: Integers = ()
    course: Course = Course()
    basis: Basis = Basis()

    def longer(self, seconds, fired=0):
        """Return the terms with a limit that is so many seconds later.

        Levels come so much later, too, but for those that came true before.
        """
        offsets = self.level_offsets
        later = (offset + seconds for offset in offsets[fired:])
        return self._replace(
            seconds=min(self.seconds + seconds, MOST_SECONDS),
            level_offsets=(*offsets[:fired], *later),
        )


class Judged(NamedTuple):
    """What judging finds; ``level_at``: the instants of the levels, as far as known.

    ``left_seconds``: working seconds left of a promise that waits, else None.
    """

    state: Text
    due_at: Instant = None
    stopped_at: Instant = None
    overrun_seconds: Integer = None
    warn_at: Instant = None
    next_event_at: Instant = None
    level_at: Integers = ()
    left_seconds: Integer = None


class Clock(NamedTuple):
    """One promise on one ticket; ``id`` is None before it is written.

    ``extended_seconds``: how much of its limit was added by a decision.
    """

    id: int | None
    key: Key
    terms: Terms
    judged: Judged
    levels_fired: Count = 0
    extended_seconds: Count = 0

    @property
    def ticket_id(self):
        return self.key.ticket_id

    @property
    def metric(self):
        return self.terms.metric

    @property
    def which(self):
        """What is promised on which ticket for which time: one live clock has it."""
        return self.key.ticket_id, self.terms.metric, self.key.round

    @property
    def state(self):
        return self.judged.state

    @property
    def open(self):
        """Whether it may still be kept."""
        return self.judged.state in states.OPEN_STATES

    @property
    def owed(self):
        """Whether the promised thing is still to come, in time or late."""
        return is_owed(self.judged.state, self.judged.stopped_at)

    def values(self):
        """Return the values of :data:`COLUMNS`."""
        *terms, course, basis = self.terms
        counts = self.levels_fired, self.extended_seconds
        return (*self.key, *terms, *course, *basis, *self.judged, *counts)


class Column(NamedTuple):
    """How a column is kept.

    ``kind``: integer, text, flag (false if empty), count (0 if empty), instant or
    integers; ``like``: the column whose value it has where it is empty.
    """

    kind: str
    like: str | None = None


def is_owed(state, stopped_at):
    """Tell whether a clock still owes what it promised, in time or late."""
    return state in states.OPEN_STATES or (
        state == states.MISSED and stopped_at is None
    )


def _columns(part):
    hints = get_type_hints(part, include_extras=True)
    return {
        name: Column(*hint.__metadata__)
        for name, hint in hints.items()
        if hasattr(hint, "__metadata__")
    }


#: Every column of a clock but its id; what of it judging changes, and what changes when
#: working time does.
COLUMNS = {
    name: column
    for part in (Key, Terms, Course, Basis, Judged, Clock)
    for name, column in _columns(part).items()
}
JUDGED = Judged._fields
COUNTED_BY = Basis._fields
#: What of that is its verdict, once it was met, missed or cancelled.
VERDICT = ("state", "due_at", "stopped_at", "overrun_seconds")
#: What a breach keeps of its clock.
KEPT_BY_BREACH = (
    *("company_id", "metric", "policy_id", "target_id", "tier_id"),
    *("key_client", "item_limit"),
)
_INTEGERS = [i for i, c in enumerate(COLUMNS.values()) if c.kind == "integers"]
_TERMS = len(Key._fields)
_COURSE = _TERMS + len(Terms._fields) - 2
_BASIS = _COURSE + len(Course._fields)
_JUDGED = _BASIS + len(Basis._fields)


def clock_of(id_, values):
    """Return the :class:`Clock` of the values of :data:`COLUMNS`, as read.

    >>> from .states import RUNNING
    >>> terms = Terms("update", 9, 60, 9, (7,), (48,), Course(pause_on_client=True))
    >>> key = Key(1, 2, 3, 4, 5, 1, None, 6, None, False, True)
    >>> clock = Clock(8, key, terms, Judged(RUNNING, 69), 0)
    >>> clock_of(8, clock.values()) == clock
    True
    """
    values = list(values)
    for place in _INTEGERS:
        values[place] = tuple(values[place] or ())
    return Clock(
        id_,
        Key(*values[:_TERMS]),
        Terms(
            *values[_TERMS:_COURSE],
            Course(*values[_COURSE:_BASIS]),
            Basis(*values[_BASIS:_JUDGED]),
        ),
        Judged(*values[_JUDGED:-2]),
        *values[-2:],
    )


def columns_of(clock):
    """Return ``{column: value}`` of a clock."""
    return dict(zip(COLUMNS, clock.values(), strict=True))
