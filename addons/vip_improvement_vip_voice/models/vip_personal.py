from dataclasses import replace

from odoo import api, models


class VipPersonal(models.AbstractModel):
    """What this addon holds of persons: who owns the improvements of a cause."""

    _inherit = "vip.personal"

    @api.model
    def _personal_data(self):
        known = super()._personal_data()
        cause = replace(known["vip.cause"], by=("repeat_owner_id",))
        return {**known, "vip.cause": cause}
