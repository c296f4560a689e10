from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    """For how long what a team was handed counts for who gave it."""

    _inherit = "helpdesk.ticket.team"

    score_handover_minutes = fields.Integer(
        string="Minutes after a hand-over",
        default=5,
        required=True,
        groups="base.group_user",
        help="What is late of a promise in the first working minutes after a hand-over "
        "counts for who gave the ticket, where the company shares points so; at most a "
        "fifth of the promised time. For promises that this team misses from now on.",
    )

    _score_handover_minutes_positive = models.Constraint(
        "CHECK (score_handover_minutes >= 0)",
        "Minutes after a hand-over are none or more.",
    )
