from odoo import models
from odoo.exceptions import UserError

from odoo.addons.vip_service.tools.next_action import BEGIN


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

    # A low grade is finished once it has a cause (REQUIREMENTS V4)

    def write(self, vals):
        """Let nobody finish what a client graded low without saying what it came from.

        A client may close what it asked itself; then the feedback stays in sight as one
        without a cause.
        """
        result = super().write(vals)
        if "stage_id" in vals and not self.env.su:
            self._check_cause_decided()
        return result

    def _check_cause_decided(self):
        stage = self.stage_id
        if not any(one.closed or one.solved for one in stage):
            return
        if lacking := self.env["vip.feedback"]._lacking_cause(self):
            raise UserError(
                self.env._(
                    "“%s”: first decide what the low grade came from.",
                    lacking[0].display_name,
                )
            )

    def _sla_bars(self, acts):
        """Offer no solving of what would be refused."""
        bars = super()._sla_bars(acts)
        if "solve" in bars:
            why = self.env._("First decide what the low grade came from.")
            for ticket in self.env["vip.feedback"]._lacking_cause(self):
                bars["solve"].setdefault(ticket.id, why)
        return bars

    def _ticket_next_actions(self, standings):
        """Add that somebody decides what a low grade came from, once it is answered."""
        found = super()._ticket_next_actions(standings)
        voice = self.env["helpdesk.ticket.team"]._voice_ids()
        asked = self.browse(s.id for s in standings.values() if s.team_id in voice)
        lacking = self.env["vip.feedback"]._lacking_cause(asked)
        for ticket in lacking:
            standing = standings[ticket.id]
            if not standing.closed:
                found[ticket.id].append(
                    self._next_action(
                        "cause",
                        self.env._("Decide what the low grade came from"),
                        BEGIN,
                        standing,
                        button=self.env._("Decide"),
                        method="action_vip_cause",
                    )
                )
        return found

    def action_vip_cause(self):
        """Open where a person decides what this case came from; like cases propose."""
        self.ensure_one()
        cases = self.env["vip.case.cause"]
        about, step = cases._about(self)
        return cases._decide(
            self, cases._proposed(self.company_id, about.category_id, step)
        )

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
