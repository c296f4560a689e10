from odoo import models
from odoo.fields import Domain

from .base import OURS


class IrRule(models.Model):
    """What a person has begun in a window of ours is nobody else's."""

    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        model = self.env[model_name]
        if model._transient and model._original_module.startswith(OURS):
            domain &= Domain("create_uid", "=", self.env.uid)
        return domain
