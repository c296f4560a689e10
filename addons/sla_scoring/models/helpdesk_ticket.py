from odoo import fields, models

STAFF = "vip_service.group_vip_agent,vip_service.group_vip_auditor"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    clock_ids = fields.One2many(
        "sla.clock", "ticket_id", string="Promises", readonly=True, groups=STAFF
    )
    span_ids = fields.One2many(
        "sla.span",
        "ticket_id",
        string="Timeline",
        readonly=True,
        groups=STAFF,
        context={"active_test": False},
    )
    first_response_at = fields.Datetime(readonly=True, copy=False, groups=STAFF)
    first_response_doubtful = fields.Boolean(
        readonly=True,
        copy=False,
        groups=STAFF,
        help="The e-mail that counted as first response says it was written more "
        "than 15 minutes before it arrived.",
    )
    sla_due_at = fields.Datetime(
        string="Time left",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="The earliest due time of a promise that is not kept yet.",
    )
    sla_clock_info = fields.Json(compute="_compute_sla_clock_info", groups=STAFF)

    _sla_due_at_idx = models.Index("(sla_due_at) WHERE sla_due_at IS NOT NULL")

    def _compute_sla_clock_info(self):
        for ticket in self:
            ticket.sla_clock_info = []
