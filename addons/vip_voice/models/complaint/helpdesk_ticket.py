from odoo import models


class HelpdeskTicket(models.Model):
    """The ticket of a complaint: who may hold it, and how one becomes a complaint."""

    _inherit = "helpdesk.ticket"

    def _vip_complaint(self):
        """Return the complaint of which this ticket is the file, as superuser."""
        # As superuser: whoever works on the ticket is bound by it.
        complaints = self.env["vip.complaint"].sudo()
        return complaints._of_ticket(self) if self.team_id else complaints

    def _bars_to_hold(self, user):
        bars = super()._bars_to_hold(user)
        # As superuser: whether a team is one of the client's voice, nothing else.
        if self.sudo().team_id.vip_is_voice:
            bars = [
                *bars,
                *(bar for one in self._vip_complaint() for bar in one._bars(user)),
            ]
        return bars

    def _asks_who_may_hold(self):
        """A complaint is not held by who has an interest, whoever the client is."""
        # As superuser: whether it is a complaint, whoever assigns.
        if self.sudo().team_id.vip_is_voice and self._vip_complaint():
            return True
        return super()._asks_who_may_hold()

    def action_vip_complaint(self):
        """Open the complaint of this ticket, or a new one about it."""
        self.ensure_one()
        complaint = self.env["vip.complaint"]._of_ticket(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaint"),
            "res_model": "vip.complaint",
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": complaint.id,
            "context": {"default_ticket_id": self.id, "default_name": self.name},
        }
