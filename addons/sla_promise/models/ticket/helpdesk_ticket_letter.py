from odoo import models

from ...engine import states

KEPT, LATE = "kept", "late"


class HelpdeskTicket(models.Model):
    """What a client's service record says of promises: the words of the portal."""

    _inherit = "helpdesk.ticket"

    def _letter_notes(self):
        """Say of each request whether it was done in time."""
        notes = super()._letter_notes()
        for ticket_id, promises in self._client_promises().items():
            for promise in promises:
                if promise["metric"] == states.RESOLUTION:
                    notes[ticket_id] = promise["state_label"]
        return notes

    def _letter_sums(self):
        """Count the promises that were kept, of those that are decided."""
        told = [
            promise["state"]
            for promises in self._client_promises().values()
            for promise in promises
        ]
        kept, late = told.count(KEPT), told.count(LATE)
        if not kept + late:
            return super()._letter_sums()
        text = self.env._("%(kept)s of %(count)s", kept=kept, count=kept + late)
        return [*super()._letter_sums(), (self.env._("Promises kept"), text)]
