"""Telling past tickets once more: each event as it became known. Plain Python, no ORM."""

from bisect import bisect_right

from .follower import Follower
from .past import CHANGED, DECIDED, EXTENDED, HEARD, RECKONED, UNHEARD
from .recount import Switch


class Replay:
    """Lets a follower hear of what became known, event by event.

    :param ledger: :class:`~.ledger.Ledger` of the tickets; their clocks come to be there
    :param decisions: on outages, :class:`~.past.Decision` in order of time
    """

    def __init__(self, ledger, decisions=()):
        self.ledger = ledger
        self.follower = Follower(ledger, tells=False)
        self.queues = {
            ticket_id: past.events(decisions)
            for ticket_id, past in ledger.pasts.items()
        }
        # What is told together knows the same of working time.
        self.eras = sorted(
            {change.at for past in ledger.pasts.values() for change in past.reckoned}
        )

    def run(self, until):
        """Tell all events, and what is late by ``until`` (epoch seconds)."""
        for turn in range(max(map(len, self.queues.values()), default=0)):
            told = {}
            for ticket_id, events in self.queues.items():
                if turn < len(events):
                    era = bisect_right(self.eras, events[turn].at)
                    told.setdefault(era, []).append((ticket_id, events[turn]))
            for era, events in told.items():
                self._enter(era)
                self._tell(events)
        self._enter(bisect_right(self.eras, until))
        self._miss(list(self.ledger.pasts), until)

    def _enter(self, era):
        """Let the ledger know of working time what one knew in an era."""
        if self.eras:
            self.ledger.at = self.eras[era - 1] if era else self.eras[0] - 1

    def _tell(self, events):
        """Let clocks follow one event of each of some tickets.

        :param events: pairs of a ticket id and its :class:`~.past.Event`
        """
        ledger, changes, decided = self.ledger, [], {}
        for ticket_id, event in events:
            ledger.now[ticket_id] = event.at
            if event.kind == HEARD:
                responded = ledger.responded([ticket_id])
                self.follower.hear([ticket_id], responded, event.at)
            elif event.kind == UNHEARD:
                responded = ledger.responded([ticket_id])
                taken = {ticket_id: event.what}
                self.follower.unhear(taken, responded, event.at)
            elif event.kind == EXTENDED:
                ledger.extend(ticket_id, event.what.metric, event.what.seconds)
                self.follower.miss([ticket_id], event.at)
            elif event.kind == RECKONED:
                self._reckon(ticket_id, event.what)
            elif event.kind == DECIDED:
                decided.setdefault(event.what, []).append(ticket_id)
            else:
                changes += self._changes(ticket_id, event)
        if changes:
            responded = ledger.responded(change.ticket_id for change in changes)
            self.follower.follow(changes, responded)
        for decision, ticket_ids in decided.items():
            self._decide(ticket_ids, decision)

    def _changes(self, ticket_id, event):
        """Return the Change that an event of a ticket is, as a list; empty if none."""
        ledger, past = self.ledger, self.ledger.pasts[ticket_id]
        if event.kind != CHANGED:
            return [past.rematch(ledger.told[ticket_id] - 1, event.at)]
        ledger.told[ticket_id] = event.what + 1
        return [] if past.only_waits(event.what) else [past.change(event.what)]

    def _reckon(self, ticket_id, change):
        """Count by another working time what is owed on a ticket."""
        switch = None
        if change.switches:
            company_id = self.ledger.pasts[ticket_id].company_id
            by_team = {
                promise.target_id
                for promise in self.ledger.ruleset().promises()
                if promise.calendar_mode == "team"
            }
            switch = Switch(
                change.at,
                change.calendar_id,
                self.ledger.version(company_id, change.calendar_id),
                frozenset(
                    clock.id
                    for clock in self.ledger.live([ticket_id])
                    if clock.key.target_id in by_team
                ),
            )
        self.follower.recount([ticket_id], change.at, switch)

    def _decide(self, ticket_ids, decision):
        """Miss what was due before a decision on an outage, then judge by it."""
        ledger = self.ledger
        concerned = [
            ticket_id
            for ticket_id in ticket_ids
            if ledger.stands_still(ticket_id, decision.outage)
        ]
        if concerned:
            self._miss(concerned, decision.at)
        ledger.outages.update(dict.fromkeys(ticket_ids, decision.known))
        if concerned:
            self.follower.rejudge(concerned, decision.at)

    def _miss(self, ticket_ids, at):
        self.ledger.now.update(dict.fromkeys(ticket_ids, at))
        self.follower.miss(ticket_ids, at)
