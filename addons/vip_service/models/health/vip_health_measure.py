from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools.sql import remembered


class VipHealthMeasure(models.Model):
    """What one measure of health weighs, and from where on it is well or in danger.

    What is measured is said by the addons; here stands how it is judged. Tried on the
    past before it is relied on: :class:`VipHealthBacktest`.
    """

    _name = "vip.health.measure"
    _description = "Measure of Health"
    _inherit = ["vip.audited"]
    _order = "weight desc, id"
    _rec_name = "label"

    key = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Measure", compute="_compute_known")
    unit = fields.Selection(
        [
            ("count", "Number"),
            ("days", "Days"),
            ("percent", "Per cent"),
            ("grade", "Grade of 5"),
        ],
        compute="_compute_known",
    )
    weight = fields.Float(
        required=True,
        help="Of this measure among all that are measured of a client; 0: it does not "
        "count.",
    )
    good = fields.Float(
        string="Well from", required=True, help="From this value on all is well."
    )
    red = fields.Float(
        string="In danger from",
        required=True,
        help="From this value on, and beyond it, the client is in danger, however well "
        "the rest is.",
    )

    _key_unique = models.Constraint("UNIQUE (key)", "A measure is judged in one way.")
    _weight_not_negative = models.Constraint(
        "CHECK (weight >= 0)", "A weight is not negative."
    )
    _lines_differ = models.Constraint(
        "CHECK (good <> red)", "A measure cannot be well and in danger at one value."
    )

    @api.depends("key")
    @api.depends_context("lang")
    def _compute_known(self):
        partners = self.env["res.partner"]
        known = {
            one.key: one for one in partners._client_health_measures(partners._now())
        }
        for line in self:
            one = known.get(line.key)
            line.label = one.label if one else line.key
            line.unit = one.unit if one else False

    @api.constrains("good", "red")
    def _check_sides(self):
        """Keep the side on which danger lies: a fall of activity is never good."""
        partners = self.env["res.partner"]
        low = {
            one.key: one.low_is_red
            for one in partners._client_health_measures(partners._now())
        }
        for line in self:
            if line.key in low and low[line.key] != (line.red < line.good):
                raise ValidationError(
                    self.env._("“%s”: danger lies on the other side.", line.label)
                )

    @api.model
    @remembered()
    def _lines(self):
        """Return {key: weight, good and red line} as plain data."""
        # As superuser: how health is judged is no secret in the service.
        return {
            line.key: {"weight": line.weight, "good": line.good, "red": line.red}
            for line in self.sudo().search([])
        }

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

    def _audited_fields(self):
        return {"weight", "good", "red"}
