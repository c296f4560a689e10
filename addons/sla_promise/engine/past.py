"""What is recorded of a ticket's past, as it became known. Plain Python, no ORM.

Instants are epoch seconds. A what-if tells these pasts once more, event by event.
"""

from typing import NamedTuple

from .obligations import Deed
from .timeline import Change, Moment, Outage

#: Kinds of events, in the order in which those of one second are told.
RECKONED, DECIDED, CHANGED, RETIERED, HEARD, UNHEARD, EXTENDED = range(7)


class Contact(NamedTuple):
    """A contact with the client, a step on the ticket, or a deed of an obligation.

    ``recorded``: when it became known; ``outgoing``: we spoke, None if nobody spoke to
    anybody; ``step``: it is a step of work; ``void``: from when on it does not count,
    because it had never arrived; ``deed``: what happened to an obligation.
    """

    at: int
    recorded: int
    outgoing: bool | None
    team_id: int | None
    step: bool = False
    void: int | None = None
    deed: Deed | None = None

    def counts(self, now):
        """Tell whether it was known and counted at an instant."""
        return self.recorded <= now and (self.void is None or now < self.void)


class Extended(NamedTuple):
    """The limit of what is owed in a metric was extended by seconds of working time."""

    at: int
    metric: str
    seconds: int


class Stretch(NamedTuple):
    """A span of a ticket with all that a change of it could say.

    ``stage_id``, ``resumed``: by which a late message is seen to have begun it;
    ``client_id``, ``client_type``: of the commercial partner of its contact.
    """

    moment: Moment
    category_id: int | None
    category_path: str | None
    calendar_id: int | None
    priority: str | None
    partner_id: int | None
    client_id: int | None = None
    client_type: str | None = None
    stage_id: int | None = None
    resumed: bool = False

    @property
    def matched(self):
        """What policies look at and the timeline shows."""
        return (
            self.category_id,
            self.moment.team_id,
            self.priority,
            self.partner_id,
        )


class Decision(NamedTuple):
    """A decision on an outage; ``known``: the approved outages from then on."""

    at: int
    outage: Outage
    known: tuple


class Reckoned(NamedTuple):
    """Working time that may concern a ticket has changed.

    ``switches``: its team or company has got another calendar, ``calendar_id``.
    """

    at: int
    switches: bool = False
    calendar_id: int | None = None


class Event(NamedTuple):
    """Something that became known ``at`` an instant.

    ``what``: the Decision, the place of the stretch, the Reckoned, the Extended, the set
    of instants of contacts that count no more, or None.
    """

    at: int
    kind: int
    what: object = None


class Past(NamedTuple):
    """A ticket as it went: its parts in order of time."""

    ticket_id: int
    company_id: int
    first_response_at: int | None
    tiers: tuple
    stretches: tuple
    contacts: tuple = ()
    reckoned: tuple = ()
    extensions: tuple = ()

    def change(self, place):
        """Return the :class:`~.timeline.Change` with which a stretch began.

        >>> work = Moment(0, 9, True, False, False, False, None, 1, None)
        >>> past = Past(7, 1, None, (), (
        ...     Stretch(work, 5, "5/", None, "1", None),
        ...     Stretch(work._replace(start=9, stop=None, user_id=3), 6, "6/", None, "1",
        ...             None)))
        >>> past.change(0).new, past.change(1).rematches, past.change(1).taken
        (True, True, True)
        """
        new = self.stretches[place]
        old = self.stretches[place - 1] if place else None
        if old is None:
            return self._change(new, new.moment.start, True, True, True, False)
        moment, before = new.moment, old.moment
        return self._change(
            new,
            moment.start,
            False,
            moment.counting[2:] != before.counting[2:],
            new.matched != old.matched or (before.cancels and not moment.cancels),
            (before.user_id is None and moment.user_id is not None)
            or (moment.taken and not before.taken)
            or bool(moment.worked),
        )

    def only_waits(self, place):
        """Tell whether a stretch differs from the one before in waiting and no more.

        Nothing is decided then: clocks stand still or go on, which their timeline says
        whenever they are judged next.

        >>> work = Moment(0, 9, True, False, False, False, None)
        >>> wait = work._replace(start=9, stop=12, waiting_on="client")
        >>> solved = work._replace(start=12, stop=None, solved=True)
        >>> past = Past(7, 1, None, (), tuple(
        ...     Stretch(moment, 5, "5/", None, "1", None) for moment in (work, wait, solved)))
        >>> [past.only_waits(place) for place in range(3)]
        [False, True, False]
        """
        if not place:
            return False
        old, new = self.stretches[place - 1], self.stretches[place]
        return (
            new.matched == old.matched
            and _unwaited(new.moment) == _unwaited(old.moment)
            and not new.moment.worked
        )

    def rematch(self, place, at):
        """Return the Change by which the ticket of a stretch is matched again."""
        return self._change(self.stretches[place], at, False, False, True, False)

    def present(self, place, at):
        """Return the Change by which nothing changes in a stretch."""
        return self._change(self.stretches[place], at, False, False, False, False)

    def _change(self, stretch, at, new, counting, rematches, taken):
        at = max(at, stretch.moment.start)
        return Change(
            self.ticket_id,
            at,
            new,
            counting,
            rematches,
            taken,
            self.company_id,
            stretch.partner_id,
            stretch.category_id,
            stretch.category_path,
            stretch.moment.team_id,
            self.calendar_at(stretch, at),
            stretch.priority,
            self.tier_at(at),
            self.responded(at),
            False,
            stretch.moment._replace(start=at, stop=None),
        )

    def calendar_at(self, stretch, at):
        """Return the id of the calendar of the team, or company, within a stretch."""
        found = stretch.calendar_id
        for change in self.reckoned:
            if change.switches and stretch.moment.start < change.at <= at:
                found = change.calendar_id
        return found

    def events(self, decisions=()):
        """Return the :class:`Event` list of all that became known, in order.

        Decisions on outages count from the opening on, and so do contacts.
        """
        first = self.stretches[0].moment.start
        events = [Event(at, CHANGED, place) for place, at in enumerate(self._told())]
        events += [Event(step.at, RETIERED) for step in self.tiers if step.rematch]
        heard = sorted({c.recorded for c in self.contacts if c.recorded >= first})
        events += [Event(at, HEARD) for at in heard]
        for at in sorted({c.void for c in self.contacts if c.void is not None}):
            instants = frozenset(c.at for c in self.contacts if c.void == at)
            events.append(Event(at, UNHEARD, instants))
        events += [Event(e.at, EXTENDED, e) for e in self.extensions if e.at > first]
        events += [Event(d.at, DECIDED, d) for d in decisions if d.at > first]
        events += [Event(c.at, RECKONED, c) for c in self.reckoned if c.at > first]
        return sorted(events, key=lambda event: (event.at, event.kind))

    def _told(self):
        """Return when each stretch became known: when it began, or with a late message.

        >>> wait = Moment(0, 9, True, False, False, False, "client")
        >>> past = Past(7, 1, None, (), (
        ...     Stretch(wait, 5, "5/", None, "1", None, stage_id=2),
        ...     Stretch(wait._replace(start=9, stop=None, waiting_on=None), 5, "5/", None,
        ...             "1", None, stage_id=2, resumed=True)),
        ...     (Contact(9, 12, False, None),))
        >>> past._told()
        [0, 12]
        """
        result = []
        for place, stretch in enumerate(self.stretches):
            at = stretch.moment.start
            old = self.stretches[place - 1] if place else stretch
            if old.stage_id == stretch.stage_id and old.resumed != stretch.resumed:
                at = max((c.recorded for c in self.contacts if c.at == at), default=at)
            result.append(max(at, result[-1]) if result else at)
        return result

    def stretch_at(self, instant):
        """Return the stretch in which the ticket was at an instant."""
        found = self.stretches[0]
        for stretch in self.stretches:
            if stretch.moment.start > instant:
                break
            found = stretch
        return found

    def tier_at(self, instant):
        """Return the id of the tier by which the ticket was promised at an instant."""
        found = None
        for step in self.tiers:
            if step.at > instant:
                break
            found = step.tier_id
        return found

    def responded(self, now):
        """Return the first response as it was known by ``now``, None if there was none.

        Contacts and closing are first responses. One that neither explains was known
        when it happened: the ticket was made while talking to the client.

        >>> work = Moment(0, None, True, False, False, False, None)
        >>> past = Past(7, 1, 20, (), (Stretch(work, 5, "5/", None, "1", None),),
        ...             (Contact(30, 30, True, None), Contact(20, 45, True, None)))
        >>> past.responded(29), past.responded(30), past.responded(45)
        (None, 30, 20)
        >>> past._replace(first_response_at=0).responded(29)
        0
        """
        answers = [
            (c.at, c.recorded)
            for c in self.contacts
            if c.outgoing and (c.void is None or now < c.void)
        ]
        for stretch in self.stretches:
            if stretch.moment.closed and not stretch.moment.cancels:
                answers.append((stretch.moment.start, stretch.moment.start))
                break
        first = self.first_response_at
        if first is not None and first not in {at for at, _recorded in answers}:
            answers.append((first, first))
        return min((at for at, known in answers if known <= now), default=None)


def _unwaited(moment):
    """Return all but when a moment was and whether it waited."""
    return (*moment[2:6], moment.team_id, moment.user_id)


def decisions(declared):
    """Return the :class:`Decision` list on outages, in order of time.

    :param declared: (Outage, when it was approved, when its end was said or None if at
        once, when it was revoked or None)

    >>> outage = Outage(7, 10, 30, frozenset({1}), None, None)
    >>> for at, about, known in decisions([(outage, 12, 31, 50)]):
    ...     print(at, about.stop, [one.stop for one in known])
    12 None [None]
    31 30 [30]
    50 30 []
    """
    steps = []
    for outage, approved, said, revoked in declared:
        first = outage if said is None else outage._replace(stop=None)
        steps.append((approved, first))
        steps += [(at, outage) for at in (said, revoked) if at is not None]
    gone = {(revoked, outage.id) for outage, _at, _said, revoked in declared}
    known, result = {}, []
    for at, outage in sorted(steps, key=lambda step: step[0]):
        known[outage.id] = outage
        if (at, outage.id) in gone:
            del known[outage.id]
        ordered = sorted(known.values(), key=lambda one: (one.start, one.id))
        result.append(Decision(at, outage, tuple(ordered)))
    return result
