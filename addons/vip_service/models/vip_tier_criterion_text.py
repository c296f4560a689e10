from odoo import models


class VipTierCriterion(models.Model):
    _inherit = "vip.tier.criterion"

    def _threshold_text(self):
        """Return the criterion as one line of text."""
        self.ensure_one()
        aggregates = dict(self._fields["aggregate"]._description_selection(self.env))
        types = dict(self._fields["client_type"]._description_selection(self.env))
        text = self.env._(
            "%(metric)s, %(aggregate)s of %(months)s months: from %(qualify)s,"
            " to stay %(retain)s",
            metric=self.metric_id.name,
            aggregate=aggregates[self.aggregate],
            months=self.window_months,
            qualify=f"{self.qualify:,.15g}",
            retain=f"{self.retain:,.15g}",
        )
        return f"{types[self.client_type]}: {text}" if self.client_type else text
