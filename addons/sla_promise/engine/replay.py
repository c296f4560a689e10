"""Clocks of past tickets in memory: what a what-if writes instead of the database.

A what-if runs the clocks' own code over past timelines under other policies. The ledger
travels in the context as an object, which a remote call cannot send; where it is there,
reading and writing clocks goes to it and nothing reaches the database.
"""

from . import states
from .outages import Place, cut, meets, opening
from .rounds import Answer

CONTEXT_KEY = "sla_replay"
#: Numbers of clocks in memory; they are never those of the database.
FIRST_ID = 1


class Ledger:
    """The clocks and breaches of some past tickets, as far as their story is told.

    :param ruleset: the policies that hold
    :param pasts: :class:`~.past.Past` of each ticket
    :param decisions: on outages, :class:`~.past.Decision` in order of time
    """

    def __init__(self, ruleset, pasts, decisions=()):
        self.ruleset = ruleset
        self.pasts = {past.ticket_id: past for past in pasts}
        self.told = dict.fromkeys(self.pasts, 0)  # how many stretches are known
        self.now = {}
        self.outages = {
            past.ticket_id: known_outages(decisions, past.stretches[0].moment.start)
            for past in pasts
        }
        self.clocks = {}
        self.by_ticket = {ticket_id: [] for ticket_id in self.pasts}
        self.breaches = {}  # by clock: (instant, overrun)
        self.replaced = set()  # ids of clocks that others took the place of
        self.extras = None
        self.worktimes = {}

    def forget(self):
        """Let go of all: environments that know the ledger outlive it for a while."""
        for part in (self.pasts, self.clocks, self.by_ticket, self.breaches):
            part.clear()
        self.extras = None
        self.worktimes.clear()

    # What was known by now

    def stretch(self, ticket_id):
        """Return the stretch in which a ticket is by now."""
        return self.pasts[ticket_id].stretches[self.told[ticket_id] - 1]

    def timelines(self, ticket_ids):
        """Return {ticket id: moments} as they were known by now: the last one goes on."""
        return {
            ticket_id: tuple(
                piece
                for stretch in self._known(ticket_id)
                for piece in self._pieces(ticket_id, stretch)
            )
            for ticket_id in ticket_ids
            if self.told[ticket_id]
        }

    def _known(self, ticket_id):
        known = list(self.pasts[ticket_id].stretches[: self.told[ticket_id]])
        last = known[-1].moment._replace(stop=None)
        known[-1] = known[-1]._replace(moment=last)
        return known

    def _pieces(self, ticket_id, stretch):
        outages = self.outages[ticket_id]
        if not outages:
            return (stretch.moment,)
        return cut(stretch.moment, self._place(ticket_id, stretch), outages)

    def _place(self, ticket_id, stretch):
        company_id = self.pasts[ticket_id].company_id
        return Place(company_id, stretch.moment.team_id, stretch.category_id)

    def opening(self, change):
        """Return the timeline of a ticket that has just been opened."""
        place = Place(change.company_id, change.team_id, change.category_id)
        outages = self.outages[change.ticket_id]
        return opening(change.moment, place, outages, change.at)

    def present(self, ticket_ids, at):
        """Return what tickets were by now, as changes by which nothing changes."""
        return [
            self.pasts[ticket_id].present(self.told[ticket_id] - 1, at)
            for ticket_id in ticket_ids
        ]

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

    def responded(self, ticket_ids):
        """Return {ticket id: epoch seconds of its first response} known by now."""
        found = {
            ticket_id: self.pasts[ticket_id].responded(self.now[ticket_id])
            for ticket_id in ticket_ids
        }
        return {ticket_id: at for ticket_id, at in found.items() if at is not None}

    def stands_still(self, ticket_id, outage):
        """Tell whether a decision on an outage concerns clocks of a ticket."""
        return self.told[ticket_id] and (
            any(
                clock["pause_on_outage"]
                and (clock["stopped_at"] is None or clock["stopped_at"] > outage.start)
                for clock in self.live([ticket_id])
            )
            and any(
                meets(outage, self._place(ticket_id, stretch), stretch.moment)
                for stretch in self._known(ticket_id)
            )
        )

    # Clocks and breaches

    def live(self, ticket_ids):
        """Return the clocks that are not cancelled, as dicts with their id."""
        return [
            clock
            for clock in self._clocks_of(ticket_ids)
            if clock["state"] != states.CANCELLED
        ]

    def lapsed(self, ticket_ids):
        """Return the clocks that were owed no more before they were due."""
        return [
            clock
            for clock in self._clocks_of(ticket_ids)
            if clock["state"] == states.CANCELLED and clock["id"] not in self.replaced
        ]

    def _clocks_of(self, ticket_ids):
        return (clock for id_ in ticket_ids for clock in self.by_ticket[id_])

    def update(self, rows, names):
        """Write judged values: rows of (clock id, values of names)."""
        for clock_id, *values in rows:
            self.clocks[clock_id].update(zip(names, values, strict=True))

    def replace(self, cancelled, rows, names):
        """Cancel clocks (id, ticket, metric, at) and add new ones (values of names)."""
        for clock_id, _ticket_id, _metric, at in cancelled:
            self.clocks[clock_id].update(state=states.CANCELLED, stopped_at=at)
            self.replaced.add(clock_id)
        for row in rows:
            clock = dict(zip(names, row, strict=True), id=FIRST_ID + len(self.clocks))
            self.clocks[clock["id"]] = clock
            self.by_ticket[clock["ticket_id"]].append(clock)
            self.record([clock["id"]])

    def record(self, clock_ids):
        """Keep the breaches of missed clocks: the instant first seen, the first overrun."""
        for clock_id in clock_ids:
            clock = self.clocks[clock_id]
            at, overrun = self.breaches.get(clock_id, (clock["due_at"], None))
            if overrun is None:
                overrun = clock["overrun_seconds"]
            if clock["state"] == states.MISSED or clock_id in self.breaches:
                self.breaches[clock_id] = (at, overrun)

    def withdraw(self, clock_ids):
        """Forget the breaches of clocks that were in time after all."""
        for clock_id in clock_ids:
            self.breaches.pop(clock_id, None)


def known_outages(decisions, at):
    """Return the approved outages that were known at an instant."""
    known = ()
    for decision in decisions:
        if decision.at > at:
            break
        known = decision.known
    return known


def replay_context(ledger):
    """Return the context entries under which clocks are those of ``ledger``."""
    return {CONTEXT_KEY: ledger}


def replayed(env):
    """Return the :class:`Ledger` under which ``env`` works, None if there is none."""
    value = env.context.get(CONTEXT_KEY)
    return value if isinstance(value, Ledger) else None
