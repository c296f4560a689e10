from odoo import fields, models


class VipSampleVisit(models.Model):
    """A client came to see us, perhaps about a request."""

    _name = "vip.sample.visit"
    _description = "Visit of a Client"
    _order = "at desc, id desc"

    name = fields.Char(required=True)
    partner_id = fields.Many2one("res.partner", string="Client", required=True)
    ticket_id = fields.Many2one("helpdesk.ticket")
    at = fields.Datetime(required=True)
    thanked = fields.Boolean()
