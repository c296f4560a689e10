from odoo import fields, models


class VipImprovementAction(models.Model):
    """What is done about it."""

    _name = "vip.improvement.action"
    _description = "Action of an Improvement"
    _inherit = ["vip.done.mixin"]
    _order = "improvement_id, deadline, id"
    _part_of = "improvement_id"

    improvement_id = fields.Many2one(
        "vip.improvement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="improvement_id.company_id", store=True)


class VipImprovement(models.Model):
    """The actions of an improvement."""

    _inherit = "vip.improvement"

    action_ids = fields.One2many("vip.improvement.action", "improvement_id")
