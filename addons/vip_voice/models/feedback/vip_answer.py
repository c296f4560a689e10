from odoo import models

from odoo.addons.vip_service.models.answer.vip_question import OLDEST

from ..plan.vip_question_plan import CLOSING, RELATION

#: Who grades so or below, of 10, would not recommend us.
DETRACTS = 6


class VipAnswer(models.Model):
    """What is said with words, or with a low grade, is answered (REQUIREMENTS V1)."""

    _inherit = "vip.answer"

    def _heard(self, at):
        result = super()._heard(at)
        asking = self.filtered(lambda answer: answer._asks_for_answer(at))
        self.env["vip.feedback"]._open(asking, at)
        self._told_complaints(self, at)
        return result

    def _is_low(self):
        """Tell whether the grade is low on its scale."""
        self.ensure_one()
        if self.purpose == RELATION:
            return self.grade <= DETRACTS
        return self.grade <= self.company_id.vip_low_grade

    def _asks_for_answer(self, at):
        """Tell whether this is followed up, if it became known at ``at`` (naive UTC).

        What was said longer ago than clients are asked is history: it is counted only.
        """
        self.ensure_one()
        if self.purpose not in (CLOSING, RELATION) or at - self.answered_at > OLDEST:
            return False
        return self._is_low() or bool(self.words_ids)
