from odoo import api, models

from odoo.addons.vip_base.tools.personal import Personal, written


class VipPersonal(models.AbstractModel):
    """What we hold of persons."""

    _inherit = "vip.personal"

    @api.model
    def _personal_data(self):
        return {
            **super()._personal_data(),
            "vip.sample.visit": Personal(of=("partner_id",), words=written("name")),
        }
