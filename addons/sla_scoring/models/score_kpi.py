from odoo import api, fields, models
from odoo.fields import Domain

#: How each figure is said; the better direction of each.
LOWER_IS_BETTER = ("response",)


class ScoreKpi(models.Model):
    """A figure that management follows, with its target (REQUIREMENTS K1).

    Training has no data yet, so it has no figure.
    """

    _name = "score.kpi"
    _description = "KPI"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", help="Empty: every company that has no target of its own."
    )
    key = fields.Selection(
        [
            ("response", "First response, minutes on average"),
            ("satisfaction", "Satisfied, % of those who rated"),
            ("solved", "Solved, % of tickets solved or left open"),
            ("timeliness", "Promises kept, %"),
        ],
        string="Figure",
        required=True,
    )
    target = fields.Float(required=True, digits=(8, 2))

    _key_uniq = models.UniqueIndex(
        "(key, COALESCE(company_id, 0)) WHERE active", "Each figure has one target."
    )
    _target_positive = models.Constraint(
        "CHECK (target > 0)", "A target is above zero."
    )

    @api.model
    def _of(self, company):
        """Return the KPIs of a company, in order: its own instead of shared ones."""
        known = self.search(Domain("company_id", "in", [False, company.id]))
        own = set(known.filtered("company_id").mapped("key"))
        return known.filtered(lambda kpi: kpi.company_id or kpi.key not in own)

    def _is_reached(self, value):
        """Return whether a value reaches the target; None where there is none."""
        if value is None:
            return None
        if self.key in LOWER_IS_BETTER:
            return value <= self.target
        return value >= self.target
