"""Telling past tickets once more: each event as it became known. Plain Python, no ORM."""

from .follower import Follower
from .past import CHANGED, DECIDED, HEARD


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

    def run(self, until):
        """Tell all events, and what is late by ``until`` (epoch seconds)."""
        for turn in range(max(map(len, self.queues.values()), default=0)):
            self._tell(
                [
                    (ticket_id, events[turn])
                    for ticket_id, events in self.queues.items()
                    if turn < len(events)
                ]
            )
        self._miss(list(self.ledger.pasts), until)

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
