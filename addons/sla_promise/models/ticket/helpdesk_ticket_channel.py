from odoo import fields, models


class HelpdeskTicketChannel(models.Model):
    _inherit = "helpdesk.ticket.channel"

    live = fields.Boolean(
        groups="base.group_user",
        help="The client is talking to us when the ticket is made: a ticket that "
        "staff makes on this channel has been responded to.",
    )
