from odoo import fields, models

from ..tools.loose_many2one import LooseMany2one


class SlaSpan(models.Model):
    """One stretch of a ticket's timeline; the open one is the last seen state.

    Written only by ``helpdesk.ticket._sla_sync``. The spans of a ticket follow each
    other without a gap, from its opening to now.
    """

    _name = "sla.span"
    _description = "Ticket Timeline"
    _log_access = False
    _order = "ticket_id, start, id"
    _rec_name = "start"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", readonly=True
    )
    start = fields.Datetime(required=True, readonly=True)
    stop = fields.Datetime(readonly=True, help="Empty while the ticket is in it.")
    user_id = LooseMany2one("res.users", string="Held by", readonly=True)
    team_id = LooseMany2one("helpdesk.ticket.team", readonly=True)
    stage_id = LooseMany2one("helpdesk.ticket.stage", readonly=True)
    category_id = LooseMany2one(
        "helpdesk.ticket.category", string="Service item", readonly=True
    )
    partner_id = LooseMany2one("res.partner", string="Contact", readonly=True)
    priority = fields.Char(readonly=True)
    active = fields.Boolean(readonly=True)
    solved = fields.Boolean(readonly=True)
    closed = fields.Boolean(readonly=True)
    cancels = fields.Boolean(readonly=True)
    waiting_on = fields.Selection(
        [("client", "Client"), ("third_party", "Third party")], readonly=True
    )

    _ticket_start_idx = models.Index("(ticket_id, start)")
    _open_uniq = models.UniqueIndex("(ticket_id) WHERE stop IS NULL")
    _stage_open_idx = models.Index("(stage_id) WHERE stop IS NULL")
