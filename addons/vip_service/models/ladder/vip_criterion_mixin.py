from odoo import api, fields, models

from odoo.addons.vip_base.tools.sql import NamesMany2one
from odoo.addons.vip_base.tools.written import written_amount


class VipCriterionMixin(models.AbstractModel):
    """A metric over the last n calendar months, with the thresholds to rise and to stay.

    Missing months count as zero. A value at the threshold passes.
    """

    _name = "vip.criterion.mixin"
    _description = "What a Tier Asks"
    _order = "sequence, id"
    _rec_name = "metric_id"

    sequence = fields.Integer(default=10)
    client_type = fields.Selection(
        lambda self: self.env["res.partner"]._fields["client_type"].selection,
        help="Whom this criterion judges; empty: every type of client.",
    )
    metric_id = NamesMany2one("vip.metric", required=True)
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
    currency_name = fields.Char(
        string="Currency",
        compute="_compute_currency_name",
        help="Of thresholds of money.",
    )

    _window_positive = models.Constraint(
        "CHECK (window_months >= 1)", "The window is one month or more."
    )
    _retain_below_qualify = models.Constraint(
        "CHECK (retain <= qualify)",
        "The threshold to stay is not higher than the one to rise.",
    )

    @api.depends("metric_id.unit")
    @api.depends_context("company")
    def _compute_currency_name(self):
        for criterion in self:
            money = criterion.metric_id.unit == "money"
            criterion.currency_name = money and criterion._currency().name

    @api.depends("metric_id", "qualify", "currency_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for criterion in self:
            amount = criterion._amount_text(criterion.qualify)
            criterion.display_name = f"{criterion.metric_id.name or ''} ≥ {amount}"

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
        super(VipCriterionMixin, self - following).write(vals)
        return super(VipCriterionMixin, following).write(
            dict(vals, retain=vals["qualify"])
        )

    def _currency(self):
        """Return the currency in which money is judged: that of the company."""
        # As superuser: in which currency a company counts is no secret.
        return (self._company() or self.env.company).sudo().currency_id

    def _company(self):
        """Return the company whose ladder this is part of; none: it is shared."""
        return self.env["res.company"]

    def _amount_text(self, amount):
        """Return an amount of the metric as text, without decimals that say nothing."""
        return written_amount(self.env, amount, self.currency_name)

    def _values(self):
        """Return what it says, as values of another threshold."""
        return {
            **{name: self[name] for name in ("sequence", "client_type", "aggregate")},
            **{name: self[name] for name in ("window_months", "qualify", "retain")},
            "metric_id": self.metric_id.id,
        }
