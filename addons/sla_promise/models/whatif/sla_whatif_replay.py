from odoo import models

from ...engine.ledger import Ledger
from ...engine.replay import Replay


class SlaWhatif(models.Model):
    """Telling past tickets once more, by the follower that works on real ones."""

    _inherit = "sla.whatif"

    def _replay(self, ticket_ids, ruleset, until):
        """Return the :class:`~...engine.ledger.Ledger` of tickets under a ruleset.

        Each event is told as it became known: changes of the ticket, contacts, tier
        changes, decisions on outages. See :meth:`_pasts` for what is known of the past.

        :param ruleset: :class:`~...engine.matching.Ruleset`
        :param until: epoch seconds up to which the story is told
        """
        # As superuser: outages concern all tickets in their scope.
        decisions = self.env["sla.outage"].sudo()._decisions()
        decisions = [decision for decision in decisions if decision.at <= until]
        pasts = self._pasts(ticket_ids, until)
        ledger = Ledger(ruleset, pasts, decisions, self.env["sla.clock"]._book())
        Replay(ledger, decisions).run(until)
        return ledger
