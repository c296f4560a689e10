from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    """Teams of the client's voice, whose work is no ordinary service."""

    _inherit = "helpdesk.ticket.team"

    vip_is_voice = fields.Boolean(
        string="The client's voice",
        index="btree_not_null",
        groups="base.group_user",
        help="It answers what clients said: its tickets ask no question about the "
        "service, and count in no figure of ordinary service.",
    )
