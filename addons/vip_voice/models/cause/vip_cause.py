from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.vip_base.tools.sql import NamesMany2one

#: Cases are counted over so many days.
COUNTED = 90


class VipCause(models.Model):
    """Why clients were dissatisfied: a tree of each company (REQUIREMENTS V4)."""

    _name = "vip.cause"
    _description = "Cause"
    _inherit = ["vip.audited"]
    _parent_store = True
    _order = "parent_path, id"
    _rec_name = "complete_name"
    _rec_names_search = ["name"]

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        string="Full name", compute="_compute_complete_name", recursive=True
    )
    parent_id = NamesMany2one("vip.cause", string="Part of", index=True)
    parent_path = fields.Char(index=True)
    active = fields.Boolean(default=True)
    company_id = NamesMany2one(
        "res.company", help="Empty: for every company.", index=True
    )
    case_count = fields.Integer(string="Cases", compute="_compute_case_count")

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for cause in self:
            above = cause.parent_id.complete_name
            cause.complete_name = f"{above} / {cause.name}" if above else cause.name

    def _compute_case_count(self):
        """Count the cases of each cause with those that are part of it; one query."""
        cases = self.env["vip.case.cause"]
        counts = cases._read_group(
            [("cause_id", "child_of", self.ids)], ["cause_id"], ["__count"]
        )
        for cause in self:
            path = cause.parent_path or ""
            cause.case_count = sum(
                count
                for found, count in counts
                if path and (found.parent_path or "").startswith(path)
            )

    def _counted_since(self, at):
        """Return since when cases of this cause are counted, and over how many days.

        :param at: naive UTC; a hook
        """
        return at - relativedelta(days=COUNTED), COUNTED

    @api.constrains("parent_id")
    def _check_tree(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A cause is no part of itself."))

    def _audited_fields(self):
        return super()._audited_fields() | {"name", "parent_id", "active"}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        """Keep what cases were decided to come from."""
        # As superuser: whether there is any, whoever may read the cases.
        cases = self.env["vip.case.cause"].sudo()
        decided = cases.search([("cause_id", "in", self.ids)], limit=1)
        if decided:
            raise UserError(
                self.env._(
                    "Cases come from “%s”. Archive it instead of deleting it.",
                    decided.cause_id.complete_name,
                )
            )

    def _with_those_above(self):
        """Return these causes with those that they are part of."""
        paths = self.filtered("parent_path").mapped("parent_path")
        ids = {int(step) for path in paths for step in path.split("/") if step}
        return self.browse(sorted(ids | set(self.ids)))

    def action_cases(self):
        """Open the cases of this cause and of those that are part of it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_voice.vip_case_cause_action"
        )
        return {
            **action,
            "name": self.complete_name,
            "domain": [("cause_id", "child_of", self.id)],
            "context": {},
        }
