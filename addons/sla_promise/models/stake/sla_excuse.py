from odoo import models


class SlaExcuse(models.Model):
    """What whoever decides on an excuse should have seen."""

    _inherit = "sla.excuse"

    def _stakes(self):
        return [*super()._stakes(), *self.breach_id._breach_stakes()]
