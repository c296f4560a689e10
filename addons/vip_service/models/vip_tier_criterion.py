from odoo import api, fields, models


class VipTierCriterion(models.Model):
    """A metric over the last n calendar months, with the thresholds to rise and to stay.

    Missing months count as zero. A value at the threshold passes.
    """

    _name = "vip.tier.criterion"
    _description = "Tier Criterion"
    _order = "tier_id, sequence, id"
    _rec_name = "metric_id"

    sequence = fields.Integer(default=10)
    tier_id = fields.Many2one("vip.tier", required=True, ondelete="cascade", index=True)
    client_type = fields.Selection(
        lambda self: self.env["res.partner"]._fields["client_type"].selection,
        help="Whom this criterion judges; empty: every type of client.",
    )
    metric_id = fields.Many2one("vip.metric", required=True, ondelete="restrict")
    window_months = fields.Integer(
        string="Months", required=True, default=1, help="How many calendar months back."
    )
    aggregate = fields.Selection(
        [
            ("sum", "Sum"),
            ("avg", "Average"),
            ("min", "Lowest month"),
            ("max", "Highest month"),
            ("last", "Last month"),
        ],
        required=True,
        default="sum",
    )
    qualify = fields.Float(
        digits=(20, 4), required=True, help="From here a client rises into the tier."
    )
    retain = fields.Float(
        digits=(20, 4), required=True, help="From here a client stays in the tier."
    )

    _window_positive = models.Constraint(
        "CHECK (window_months >= 1)", "The window is one month or more."
    )
    _retain_below_qualify = models.Constraint(
        "CHECK (retain <= qualify)",
        "The threshold to stay is not higher than the one to rise.",
    )

    @api.onchange("qualify")
    def _onchange_qualify(self):
        for criterion in self:
            if criterion.retain in (0.0, criterion._origin.qualify):
                criterion.retain = criterion.qualify

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault("retain", vals.get("qualify", 0.0))
        return super().create(vals_list)

    def write(self, vals):
        """A retain threshold equal to the qualify threshold follows it."""
        if "qualify" not in vals or "retain" in vals:
            return super().write(vals)
        following = self.filtered(lambda c: c.retain == c.qualify)
        super(VipTierCriterion, self - following).write(vals)
        return super(VipTierCriterion, following).write(
            dict(vals, retain=vals["qualify"])
        )

    def _as_rule(self):
        return {
            "id": self.id,
            "client_type": self.client_type,
            "metric_id": self.metric_id.id,
            "metric": self.metric_id.code,
            "unit": self.metric_id.unit,
            "window_months": self.window_months,
            "aggregate": self.aggregate,
            "qualify": self.qualify,
            "retain": self.retain,
        }
