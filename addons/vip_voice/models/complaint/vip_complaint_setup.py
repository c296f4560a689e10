from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools.sql import NamesMany2one


class VipComplaintKind(models.Model):
    """What a complaint is about, in the words of a company."""

    _name = "vip.complaint.kind"
    _description = "Kind of Complaint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)


class VipProcessStep(models.Model):
    """Where in a process something went wrong: a tree."""

    _name = "vip.process.step"
    _description = "Process Step"
    _parent_store = True
    _order = "parent_path, id"
    _rec_name = "complete_name"
    _rec_names_search = ["name"]

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        string="Full name", compute="_compute_complete_name", recursive=True
    )
    parent_id = NamesMany2one("vip.process.step", string="Part of", index=True)
    parent_path = fields.Char(index=True)
    active = fields.Boolean(default=True)

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for step in self:
            above = step.parent_id.complete_name
            step.complete_name = f"{above} / {step.name}" if above else step.name

    @api.constrains("parent_id")
    def _check_tree(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A step is no part of itself."))


class VipRegulator(models.Model):
    """Who is told of complaints beside the client: an exchange, a hotline, an authority."""

    _name = "vip.regulator"
    _description = "Regulator"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
