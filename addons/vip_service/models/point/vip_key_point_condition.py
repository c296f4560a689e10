from odoo import api, fields, models

from odoo.addons.vip_base.tools.written import written_amount


class VipKeyPointCondition(models.Model):
    """One condition of a rule: a measure of the client, compared with a number."""

    _name = "vip.key.point.condition"
    _description = "Condition of Key Points"
    _order = "id"
    _rec_name = "words"

    rule_id = fields.Many2one(
        "vip.key.point.rule", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    measure = fields.Selection("_list_measures", required=True)
    operator = fields.Selection(
        [("least", "is at least"), ("most", "is at most")],
        string="Compared",
        required=True,
        default="least",
    )
    value = fields.Float(required=True, digits=(16, 1))
    words = fields.Char(string="In words", compute="_compute_words")

    @api.model
    def _list_measures(self):
        partners = self.env["res.partner"]
        return [
            (one.key, one.label) for one in partners._client_measures(partners._now())
        ]

    @api.depends("measure", "operator", "value")
    @api.depends_context("lang")
    def _compute_words(self):
        labels = dict(self._list_measures())
        for one in self:
            said = {
                "measure": labels.get(one.measure, one.measure or ""),
                "value": written_amount(self.env, one.value),
            }
            if one.operator == "most":
                one.words = self.env._("%(measure)s is at most %(value)s", **said)
            else:
                one.words = self.env._("%(measure)s is at least %(value)s", **said)

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
