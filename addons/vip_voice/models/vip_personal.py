from odoo import api, models

from odoo.addons.vip_base.tools.personal import Personal


class VipPersonal(models.AbstractModel):
    """What this addon holds of persons."""

    _inherit = "vip.personal"

    @api.model
    def _personal_data(self):
        return {
            **super()._personal_data(),
            "vip.feedback": Personal(of=("answer_id.question_id.asked_partner_id",)),
        }
