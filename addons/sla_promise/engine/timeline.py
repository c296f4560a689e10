"""A ticket's timeline as the clocks read it, and outages laid over it. No ORM.

Instants are epoch seconds. A declared outage cuts the moments that it meets; the pieces
inside it carry its id, and what pauses for outages does not count them.
"""

from typing import NamedTuple


class Moment(NamedTuple):
    """A span as it is judged: epoch seconds, what stands the clocks still, who held it.

    ``of_team``: whether who holds it was of its team when it began; ``worked``: it began
    with a person's move to a stage that means work; ``outage_id``: the declared outage in
    which it lies; see :func:`cut`.
    """

    start: int
    stop: int | None
    active: bool
    solved: bool
    closed: bool
    cancels: bool
    waiting_on: str | None
    team_id: int | None = None
    user_id: int | None = None
    of_team: bool | None = True
    worked: bool | None = False
    outage_id: int | None = None

    @property
    def counting(self):
        """The moment without who held it: all that the time of most clocks needs."""
        return (*self[:7], self.outage_id)

    @property
    def taken(self):
        """Whether somebody of its team holds it."""
        return self.user_id is not None and self.of_team is not False


class Change(NamedTuple):
    """A difference between a ticket and its open span, and the facts for matching.

    ``new``: it had no timeline; ``counting``: what stands clocks still has changed;
    ``rematches``: what policies look at has changed; ``taken``: somebody holds what
    nobody held, or nobody of its team, or has begun to work on it; ``answered``: staff
    made the ticket while talking to the client.
    """

    ticket_id: int
    at: int
    new: bool
    counting: bool
    rematches: bool
    taken: bool
    company_id: int
    partner_id: int | None
    category_id: int | None
    category_path: str | None
    team_id: int | None
    team_calendar_id: int | None
    priority: str | None
    tier_id: int | None
    first_response_at: int | None
    answered: bool
    moment: Moment


def cancelled_since(timeline):
    """Return when the last, still lasting cancellation began; None if there is none."""
    since = None
    for moment in reversed(timeline):
        if not moment.cancels:
            break
        since = moment.start
    return since


def last_turn(timeline):
    """Return when something of a ticket changed last.

    Where a piece begins or ends only by an outage nothing has changed; such a piece may
    lie ahead, by an outage that is planned.

    >>> from .timeline import Moment
    >>> work = Moment(0, 5, True, False, False, False, None, worked=True)
    >>> solved = Moment(5, 20, True, True, False, False, None)
    >>> ahead = [solved._replace(start=20, stop=30, outage_id=7), solved._replace(start=30)]
    >>> last_turn([work, solved, *ahead]), last_turn([work, work._replace(start=5)])
    (5, 5)
    """
    last = timeline[-1]
    for moment in reversed(timeline[:-1]):
        # All but the instants, ``worked`` and the outage is the same in every piece.
        if last.worked or moment[2:10] != last[2:10]:
            break
        last = moment
    return last.start


class Outage(NamedTuple):
    """An approved outage; ``stop`` is None while it lasts, empty scope means None."""

    id: int
    start: int
    stop: int | None
    company_ids: frozenset
    team_ids: frozenset | None
    category_ids: frozenset | None


class Place(NamedTuple):
    """Where a ticket was during a moment, as far as outages ask."""

    company_id: int
    team_id: int | None
    category_id: int | None


def concerns(outage, place):
    """Tell whether an outage stands this place still.

    >>> outage = Outage(1, 0, 9, frozenset({1}), frozenset({4}), None)
    >>> concerns(outage, Place(1, 4, None)), concerns(outage, Place(1, 5, None))
    (True, False)
    """
    return (
        place.company_id in outage.company_ids
        and (outage.team_ids is None or place.team_id in outage.team_ids)
        and (outage.category_ids is None or place.category_id in outage.category_ids)
    )


def cut(moment, place, outages):
    """Return the moment in pieces, those inside an outage with its id.

    Of outages that overlap the one that began first names the piece. The pieces follow
    each other from the start of the moment to its stop.

    >>> from .timeline import Moment
    >>> moment = Moment(0, None, True, False, False, False, None)
    >>> outages = [Outage(7, 10, 20, frozenset({1}), None, None),
    ...            Outage(8, 15, 30, frozenset({1}), None, None)]
    >>> for piece in cut(moment, Place(1, None, None), outages):
    ...     print(piece.start, piece.stop, piece.outage_id)
    0 10 None
    10 20 7
    20 30 8
    30 None None
    """
    pieces, at = [], moment.start
    concerned = [outage for outage in outages if meets(outage, place, moment)]
    for outage in sorted(concerned, key=lambda outage: (outage.start, outage.id)):
        if _after(at, outage.stop):
            continue
        if outage.start > at:
            pieces.append(moment._replace(start=at, stop=outage.start))
            at, moment = outage.start, moment._replace(worked=False)
        stop = _earlier(outage.stop, moment.stop)
        pieces.append(moment._replace(start=at, stop=stop, outage_id=outage.id))
        at, moment = stop, moment._replace(worked=False)
        if at is None or at == moment.stop:
            return pieces
    return [*pieces, moment._replace(start=at)]


def opening(moment, place, outages, now):
    """Return the timeline of a ticket whose first moment began some time ago.

    What is planned is not known to have happened: the piece of ``now`` goes on.

    >>> from .timeline import Moment
    >>> moment = Moment(0, None, True, False, False, False, None)
    >>> outages = [Outage(7, 10, 20, frozenset({1}), None, None)]
    >>> [(m.start, m.stop) for m in opening(moment, Place(1, None, None), outages, 15)]
    [(0, 10), (10, None)]
    """
    outages = [outage for outage in outages if outage.start <= now]
    pieces = cut(moment, place, outages) if outages else (moment,)
    past = [piece for piece in pieces if piece.start <= now]
    return (*past[:-1], past[-1]._replace(stop=None))


def meets(outage, place, moment):
    """Tell whether a moment at a place lies in an outage."""
    return (
        concerns(outage, place)
        and (outage.stop is None or moment.start < outage.stop)
        and (moment.stop is None or moment.stop > outage.start)
    )


def _after(at, stop):
    return stop is not None and at >= stop


def _earlier(one, other):
    """Return the earlier of two instants of which None is never."""
    return min((at for at in (one, other) if at is not None), default=None)
