from odoo import fields, models

from ..tools.event_time import event_time


class VipEntitlementUse(models.Model):
    """One time that a client made use of an entitlement."""

    _name = "vip.entitlement.use"
    _description = "Entitlement Use"
    _order = "date desc, id desc"
    _rec_name = "entitlement_id"

    entitlement_id = fields.Many2one(
        "vip.entitlement", required=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._vip_local_date(event_time(self.env)),
    )
    quantity = fields.Integer(required=True, default=1)
    note = fields.Char()
    user_id = fields.Many2one(
        "res.users",
        string="Granted by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, ondelete="set null")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity is one or more."
    )
