import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class VipMetric(models.Model):
    """Something measured per client and month (REQUIREMENTS T1)."""

    _name = "vip.metric"
    _description = "Client Metric"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="The heading of this metric's column in an import file.",
    )
    unit = fields.Selection(
        [("money", "Money"), ("quantity", "Quantity")],
        required=True,
        default="quantity",
        help="Money is booked in the company's currency at the rate of the month's end.",
    )
    below_zero = fields.Boolean(
        string="May be below zero",
        help="A month may end below zero, as a net inflow does when more went out.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(string="In use", default=True)

    _code_unique = models.Constraint(
        "UNIQUE (code)", "A metric's code is used only once."
    )

    @api.constrains("code")
    def _check_code(self):
        reserved = self.env["vip.activity.import"]._fixed_columns()
        for metric in self:
            if (
                not re.fullmatch(r"[a-z][a-z_]*", metric.code)
                or metric.code in reserved
            ):
                raise ValidationError(
                    self.env._(
                        "The code “%s” is not usable: lower-case letters and "
                        "underscores only, and not the name of another column.",
                        metric.code,
                    )
                )
