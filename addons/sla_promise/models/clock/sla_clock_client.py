from odoo import models

from ...engine import states


class SlaClock(models.Model):
    """A promise in the words of the client to whom it was made."""

    _inherit = "sla.clock"

    def _client_promise(self, at):
        """Return the texts of ``helpdesk.ticket._client_promises`` for one clock."""
        self.ensure_one()
        state = self._client_state(at)
        due = self.due_at
        return {
            "label": self._client_labels()[self.metric],
            "state": state,
            "state_label": self._client_state_labels()[state],
            "due": self.ticket_id._client_time(due),
            "stopped": self.ticket_id._client_time(self.stopped_at),
            # Without a due time after those with one.
            "rank": (not due, due or self.started_at),
        }

    def _client_state(self, at):
        """Return the state as of ``at``, judged by the due time and not by the job."""
        if self.state == states.MET:
            return "kept"
        if self.state == states.MISSED or self.due_at and self.due_at < at:
            return "late"
        if self.state == states.RUNNING:
            return "promised"
        waits = self.ticket_id.stage_id.waiting_on == "client"
        return "waiting" if waits else "on_hold"

    def _client_labels(self):
        return {
            states.FIRST_RESPONSE: self.env._("First answer"),
            states.NEXT_RESPONSE: self.env._("Next answer"),
            states.UPDATE: self.env._("Progress report"),
            states.RESOLUTION: self.env._("Solution"),
            states.FEEDBACK: self.env._("Result told to you"),
        }

    def _client_state_labels(self):
        return {
            "promised": self.env._("Promised"),
            "waiting": self.env._("Waiting for you"),
            "on_hold": self.env._("On hold"),
            "kept": self.env._("Kept"),
            "late": self.env._("Late"),
        }
