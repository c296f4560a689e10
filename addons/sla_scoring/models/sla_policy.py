from odoo import fields, models


class SlaPolicy(models.Model):
    """Which tickets are promised what, and from when to when."""

    _name = "sla.policy"
    _description = "Service Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    date_from = fields.Date(
        tracking=True, help="First day on which an opened ticket is under this policy."
    )
    date_to = fields.Date(
        tracking=True, help="Last day on which an opened ticket is under this policy."
    )
    client_scope = fields.Selection(
        [
            ("any", "Everyone"),
            ("regular", "Regular clients"),
            ("key", "Key clients"),
            ("tiers", "Chosen tiers"),
        ],
        required=True,
        default="any",
        tracking=True,
        help="A key client is in any tier above the lowest. "
        "Everyone else is a regular client.",
    )
    tier_ids = fields.Many2many("vip.tier", string="Tiers")
    category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        string="Service items",
        help="Items below these are included. Empty: any item.",
    )
    team_ids = fields.Many2many("helpdesk.ticket.team", string="Teams")
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        help="Empty: any priority.",
    )
    target_ids = fields.One2many("sla.target", "policy_id", string="Targets", copy=True)
