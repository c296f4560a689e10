from odoo import fields, models

from .sla_clock import METRICS


class SlaBreach(models.Model):
    """One missed promise. Its instant never changes and it is never deleted."""

    _name = "sla.breach"
    _description = "Missed Promise"
    _inherit = ["mail.thread"]
    _order = "breached_at desc, id desc"
    _rec_name = "ticket_number"

    clock_id = fields.Many2one("sla.clock", ondelete="set null", readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", ondelete="set null", index="btree_not_null", readonly=True
    )
    ticket_number = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", readonly=True
    )
    metric = fields.Selection(METRICS, required=True, readonly=True)
    policy_id = fields.Many2one("sla.policy", ondelete="restrict", readonly=True)
    target_id = fields.Many2one("sla.target", ondelete="restrict", readonly=True)
    tier_id = fields.Many2one("vip.tier", ondelete="restrict", readonly=True)
    key_client = fields.Boolean(readonly=True)
    item_limit = fields.Boolean(readonly=True)
    category_id = fields.Many2one(
        "helpdesk.ticket.category", string="Service item", readonly=True
    )
    breached_at = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users", string="Held by", index="btree_not_null", readonly=True
    )
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    overrun_seconds = fields.Integer(
        readonly=True,
        help="Working time from the due time to the stop; set once, at the stop.",
    )
    state = fields.Selection(
        [("open", "Open"), ("excused", "Excused"), ("withdrawn", "Withdrawn")],
        required=True,
        default="open",
        readonly=True,
        tracking=True,
    )
    reason = fields.Text(tracking=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)

    _clock_uniq = models.UniqueIndex("(clock_id)")
