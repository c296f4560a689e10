from odoo import api, models

from odoo.addons.vip_base.tools.personal import Personal


class VipPersonal(models.AbstractModel):
    """What this addon holds of persons."""

    _inherit = "vip.personal"

    @api.model
    def _personal_data(self):
        return {
            **super()._personal_data(),
            "resource.makeup.day": Personal(plain=("name",)),
            "resource.worktime.version": Personal(
                by=("user_id",),
                plain=(
                    "schedule",
                    "name",
                    "reason",
                    "digest",
                    "fingerprint",
                ),
            ),
        }
