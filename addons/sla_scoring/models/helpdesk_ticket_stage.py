from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    waiting_on = fields.Selection(
        [("client", "Client"), ("third_party", "Third party")],
        groups="base.group_user",
        help="Whom we wait for in this stage. Empty: we are working.",
    )
    solved = fields.Boolean(
        groups="base.group_user",
        help="The work is done in this stage. A closed stage counts as solved.",
    )
    cancels = fields.Boolean(
        string="Cancels promises",
        groups="base.group_user",
        help="A ticket that comes here before a promise is due is owed nothing more.",
    )
