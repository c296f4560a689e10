from odoo import fields, models


class VipEntitlement(models.Model):
    """A right that clients have from a tier upwards (REQUIREMENTS T4, T7)."""

    _name = "vip.entitlement"
    _description = "Entitlement"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    tier_id = fields.Many2one(
        "vip.tier",
        string="From tier",
        required=True,
        ondelete="cascade",
        index=True,
        help="Clients of this tier and of every higher one have the right.",
    )
    quota = fields.Integer(help="How often in a period; 0 is without limit.")
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        required=True,
        default="year",
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service item",
        ondelete="set null",
        help="Granting the right opens a ticket of this service item.",
    )
    active = fields.Boolean(default=True)

    _quota_positive = models.Constraint(
        "CHECK (quota >= 0)", "A quota is not negative."
    )
