from odoo import fields, models


class SlaIntervene(models.TransientModel):
    """Somebody who answers for an escalated ticket says what was done."""

    _name = "sla.intervene"
    _description = "Record an Intervention"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True)
    kind = fields.Selection(
        [
            ("client", "Spoke to the client"),
            ("instructed", "Told the agent what to do"),
            ("other", "Something else"),
        ],
        string="What",
        required=True,
        default="instructed",
    )
    note = fields.Text(required=True)

    def action_record(self):
        """Record it on the ticket."""
        self.ensure_one()
        self.env["sla.intervention"]._enter(self.ticket_id, self.kind, self.note)
        return {"type": "ir.actions.act_window_close"}
