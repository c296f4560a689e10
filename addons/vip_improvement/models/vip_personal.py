from odoo import api, models

from odoo.addons.vip_base.tools.personal import Personal, written


class VipPersonal(models.AbstractModel):
    """What this addon holds of persons."""

    _inherit = "vip.personal"

    @api.model
    def _personal_data(self):
        return {
            **super()._personal_data(),
            "vip.improvement": Personal(
                by=("owner_id",), words=written("name", "aim"), plain=("number",)
            ),
            "vip.improvement.action": Personal(
                by=("user_id", "done_by_id"), words=written("name", "evidence")
            ),
            "vip.improvement.check": Personal(by=("user_id",)),
        }
