from odoo import api, models

from odoo.addons.vip_base.tools.personal import Personal


class VipPersonal(models.AbstractModel):
    """What this addon holds of persons: whose questionnaire it is, beside the host's."""

    _inherit = "vip.personal"

    @api.model
    def _personal_data(self):
        return {
            **super()._personal_data(),
            "survey.user_input": Personal(of=("partner_id",)),
        }
