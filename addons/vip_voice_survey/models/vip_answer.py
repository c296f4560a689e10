from odoo import models

from odoo.addons.vip_service.models.answer.vip_answer import OWN_HAND


class VipAnswer(models.Model):
    """Who has answered by own hand may go on with the longer questionnaire."""

    _inherit = "vip.answer"

    def _heard(self, at):
        result = super()._heard(at)
        by_hand = self.filtered(lambda answer: answer.channel in dict(OWN_HAND))
        self.env["survey.user_input"]._offer(by_hand.question_id)
        return result
