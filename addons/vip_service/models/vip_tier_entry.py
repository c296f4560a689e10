from odoo import fields, models


class VipTier(models.Model):
    """The threshold by which a new client enters a tier before the first review."""

    _name = "vip.tier"
    _inherit = ["vip.tier", "vip.audited"]

    entry_metric_id = fields.Many2one(
        "vip.metric",
        string="Entry by",
        ondelete="restrict",
        help="A new client whose first month reaches the entry threshold in this "
        "metric is proposed for the tier at once. Empty: no such entry.",
    )
    entry_value = fields.Float(string="Entry threshold", digits=(20, 4))

    _entry_positive = models.Constraint(
        "CHECK (entry_metric_id IS NULL OR entry_value > 0)",
        "An entry threshold is above zero.",
    )

    def _audited_fields(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store
            and field.type != "one2many"
            and name not in models.MAGIC_COLUMNS
            and not name.startswith("message_")
        }
