"""Clocks of past tickets in memory: what a what-if writes instead of the database.

A what-if runs the clocks' own code over past timelines under other policies. The ledger
travels in the context as an object, which a remote call cannot send; where it is there,
reading and writing clocks goes to it and nothing reaches the database.
"""

from typing import NamedTuple

from ..engine import states
from .outages import Place, cut
from .rounds import Answer
from .timeline import Change, Moment

CONTEXT_KEY = "sla_replay"
#: Numbers of clocks in memory; they are never those of the database.
FIRST_ID = 1


class Contact(NamedTuple):
    """A contact with the client; ``recorded``: when it became known."""

    at: int
    recorded: int
    outgoing: bool
    team_id: int | None


class Stretch(NamedTuple):
    """A span of a ticket with all that a change of it could say."""

    moment: Moment
    category_id: int | None
    category_path: str | None
    calendar_id: int | None
    priority: str | None
    partner_id: int | None


class Past(NamedTuple):
    """A ticket as it went: its :class:`Stretch` and :class:`Contact` in order of time."""

    ticket_id: int
    company_id: int
    tier_id: int | None
    first_response_at: int | None
    stretches: tuple
    contacts: tuple = ()

    def change(self, place):
        """Return the :class:`~.timeline.Change` with which a stretch began.

        >>> work = Moment(0, 9, True, False, False, False, None, 1, None)
        >>> past = Past(7, 1, None, None, (
        ...     Stretch(work, 5, "5/", None, "1", None),
        ...     Stretch(work._replace(start=9, stop=None, user_id=3), 6, "6/", None, "1",
        ...             None)))
        >>> past.change(0).new, past.change(1).facts, past.change(1).taken
        (True, True, True)
        """
        new = self.stretches[place]
        old = self.stretches[place - 1] if place else None
        first = self.first_response_at
        at = new.moment.start
        return Change(
            self.ticket_id,
            at,
            old is None,
            old is None or new.moment.counting[2:] != old.moment.counting[2:],
            old is None
            or _facts(new) != _facts(old)
            or (old.moment.cancels and not new.moment.cancels),
            bool(old and old.moment.user_id is None and new.moment.user_id is not None),
            self.company_id,
            new.partner_id,
            new.category_id,
            new.category_path,
            new.moment.team_id,
            new.calendar_id,
            new.priority,
            self.tier_id,
            first if first is not None and first <= at else None,
            False,
            new.moment._replace(stop=None),
        )

    def events(self):
        """Return (instant, place of a stretch or None) of all that happened, in order.

        A change of the ticket comes before a contact of the same second.
        """
        events = [(s.moment.start, place) for place, s in enumerate(self.stretches)]
        events += [(at, None) for at in sorted({c.recorded for c in self.contacts})]
        return sorted(events, key=lambda event: (event[0], event[1] is None))

    def stretch_at(self, instant):
        """Return the stretch in which the ticket was at an instant."""
        found = self.stretches[0]
        for stretch in self.stretches:
            if stretch.moment.start > instant:
                break
            found = stretch
        return found


class Ledger:
    """The clocks of some past tickets, as far as their story has been told.

    :param ruleset: the policies that hold
    :param pasts: :class:`Past` of each ticket
    :param outages: declared :class:`~.outages.Outage`, known from the beginning; really
        a breach keeps its instant when an outage is declared after it
    """

    def __init__(self, ruleset, pasts, outages=()):
        self.ruleset = ruleset
        self.outages = outages
        self.pasts = {past.ticket_id: past for past in pasts}
        self.told = dict.fromkeys(self.pasts, 0)  # how many stretches are known
        self.now = {}
        self.clocks = {}
        self.by_ticket = {ticket_id: [] for ticket_id in self.pasts}
        self.worktimes = {}

    def timelines(self, ticket_ids):
        """Return {ticket id: moments} as they were known by now: the last one goes on."""
        result = {}
        for ticket_id in ticket_ids:
            past = self.pasts[ticket_id]
            known = list(past.stretches[: self.told[ticket_id]])
            last = known[-1].moment._replace(stop=None)
            known[-1] = known[-1]._replace(moment=last)
            result[ticket_id] = tuple(
                piece
                for stretch in known
                for piece in self._pieces(past.company_id, stretch)
            )
        return result

    def _pieces(self, company_id, stretch):
        moment = stretch.moment
        if not self.outages:
            return (moment,)
        place = Place(company_id, moment.team_id, stretch.category_id)
        return cut(moment, place, self.outages)

    def present(self, ticket_ids, at):
        """Return what tickets were by now, as changes by which nothing changes."""
        result = []
        for ticket_id in ticket_ids:
            change = self.pasts[ticket_id].change(self.told[ticket_id] - 1)
            result.append(
                change._replace(
                    at=max(at, change.at),
                    new=False,
                    counting=False,
                    facts=False,
                    taken=False,
                )
            )
        return result

    def contacts(self, ticket_ids):
        """Return ({ticket id: [Answer]}, {ticket id: [epoch seconds]}) known by now."""
        answers, asks = {}, {}
        for ticket_id in ticket_ids:
            for contact in self.pasts[ticket_id].contacts:
                if contact.recorded > self.now[ticket_id]:
                    continue
                if contact.outgoing:
                    answer = Answer(contact.at, contact.team_id)
                    answers.setdefault(ticket_id, []).append(answer)
                else:
                    asks.setdefault(ticket_id, []).append(contact.at)
        return answers, asks

    def live(self, ticket_ids):
        """Return the clocks that are not cancelled, as dicts with their id."""
        return [
            clock
            for ticket_id in ticket_ids
            for clock in self.by_ticket[ticket_id]
            if clock["state"] != states.CANCELLED
        ]

    def update(self, rows, names):
        """Write judged values: rows of (clock id, values of names)."""
        for clock_id, *values in rows:
            self.clocks[clock_id].update(zip(names, values, strict=True))

    def replace(self, cancelled, rows, names):
        """Cancel clocks (id, ticket, metric, at) and add new ones (values of names)."""
        for clock_id, _ticket_id, _metric, at in cancelled:
            self.clocks[clock_id].update(state=states.CANCELLED, stopped_at=at)
        for row in rows:
            clock = dict(zip(names, row, strict=True), id=FIRST_ID + len(self.clocks))
            self.clocks[clock["id"]] = clock
            self.by_ticket[clock["ticket_id"]].append(clock)


def replay_context(ledger):
    """Return the context entries under which clocks are those of ``ledger``."""
    return {CONTEXT_KEY: ledger}


def replayed(env):
    """Return the :class:`Ledger` under which ``env`` works, None if there is none."""
    value = env.context.get(CONTEXT_KEY)
    return value if isinstance(value, Ledger) else None


def _facts(stretch):
    return (
        stretch.category_id,
        stretch.moment.team_id,
        stretch.priority,
        stretch.partner_id,
    )
