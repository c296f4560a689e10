from odoo import api, fields, models


class VipLateContact(models.Model):
    """What depends on a decision whether a late contact counts."""

    _inherit = "vip.late.contact"

    sla_clock_ids = fields.Many2many(
        "sla.clock",
        string="Promises that it may concern",
        compute="_compute_sla_clock_ids",
        help="Those of the ticket that ran when it took place.",
    )

    @api.depends("ticket_id", "at")
    def _compute_sla_clock_ids(self):
        clocks = self.env["sla.clock"]
        for late in self:
            late.sla_clock_ids = clocks.search(
                [
                    ("ticket_id", "=", late.ticket_id.id),
                    ("state", "!=", "cancelled"),
                    ("started_at", "<=", late.at),
                    "|",
                    ("stopped_at", "=", False),
                    ("stopped_at", ">", late.at),
                ],
                order="due_at, id",
            )
