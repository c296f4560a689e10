from odoo import models
from odoo.tools import groupby

from odoo.addons.resource_worktime.engine.worktime import to_datetime

from ..engine.past import CHANGED, DECIDED, HEARD
from ..engine.replay import Ledger, replay_context


class SlaWhatif(models.Model):
    """Telling past tickets once more, with the clocks' own code."""

    _inherit = "sla.whatif"

    def _replay(self, ticket_ids, ruleset, until):
        """Return the :class:`~..tools.replay.Ledger` of tickets under a ruleset.

        Each event is told as it became known: changes of the ticket, contacts, tier
        changes, decisions on outages. See :meth:`_pasts` for what is known of the past.

        :param ruleset: :class:`~.sla_policy_match.Ruleset`
        :param until: epoch seconds up to which the story is told
        """
        # As superuser: outages concern all tickets in their scope.
        decisions = self.env["sla.outage"].sudo()._decisions()
        decisions = [decision for decision in decisions if decision.at <= until]
        ledger = Ledger(ruleset, self._pasts(ticket_ids, until), decisions)
        # As superuser, as the clocks always work; nothing is written.
        clocks = self.env["sla.clock"].sudo()
        clocks = clocks.with_context(**replay_context(ledger))
        queues = {key: past.events(decisions) for key, past in ledger.pasts.items()}
        for turn in range(max(map(len, queues.values()), default=0)):
            clocks._tell(
                ledger,
                [
                    (key, events[turn])
                    for key, events in queues.items()
                    if turn < len(events)
                ],
            )
        clocks._tell_due(ledger, list(ledger.pasts), until)
        return ledger


class SlaClock(models.Model):
    """What events of the past do to the clocks of a ledger."""

    _inherit = "sla.clock"

    def _tell(self, ledger, events):
        """Let clocks follow one event of each of some tickets.

        :param events: pairs of a ticket id and its :class:`~..tools.past.Event`
        """
        changes = []
        for ticket_id, event in events:
            ledger.now[ticket_id] = event.at
            if event.kind == HEARD:
                self._hear([ticket_id], ledger.responded([ticket_id]), event.at)
            elif event.kind != DECIDED:
                changes += self._told_change(ledger, ticket_id, event)
        if changes:
            responded = ledger.responded(change.ticket_id for change in changes)
            self._follow(changes, responded)
        decided = [pair for pair in events if pair[1].kind == DECIDED]
        for decision, pairs in groupby(decided, key=lambda pair: pair[1].what):
            self._tell_decision(ledger, [pair[0] for pair in pairs], decision)

    def _told_change(self, ledger, ticket_id, event):
        """Return the Change that an event of a ticket is, as a list; empty if none."""
        past = ledger.pasts[ticket_id]
        if event.kind != CHANGED:
            return [past.rematch(ledger.told[ticket_id] - 1, event.at)]
        ledger.told[ticket_id] = event.what + 1
        return [] if past.only_waits(event.what) else [past.change(event.what)]

    def _tell_decision(self, ledger, ticket_ids, decision):
        """Miss what was due before a decision on an outage, then judge by it."""
        concerned = [
            ticket_id
            for ticket_id in ticket_ids
            if ledger.stands_still(ticket_id, decision.outage)
        ]
        if concerned:
            self._tell_due(ledger, concerned, decision.at)
        ledger.outages.update(dict.fromkeys(ticket_ids, decision.known))
        if concerned:
            self._judge_outage(concerned, to_datetime(decision.at))

    def _tell_due(self, ledger, ticket_ids, at):
        """Judge what is still owed at an instant, as the due job would."""
        ledger.now.update(dict.fromkeys(ticket_ids, at))
        live = [clock for clock in self._live(ticket_ids) if clock.owed]
        timelines = self.env["sla.span"]._timelines(ticket_ids)
        stories = self._stories(timelines, ledger.responded(ticket_ids), ticket_ids)
        self._judge(live, stories, dict.fromkeys(ticket_ids, at), {})
