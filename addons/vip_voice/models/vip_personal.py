from odoo import api, models

from odoo.addons.vip_base.tools.personal import FROZEN, Personal, written


class VipPersonal(models.AbstractModel):
    """What this addon holds of persons."""

    _inherit = "vip.personal"

    @api.model
    def _personal_data(self):
        return {
            **super()._personal_data(),
            "vip.feedback": Personal(of=("answer_id.question_id.asked_partner_id",)),
            "vip.case.cause": Personal(
                of=("ticket_id.partner_id",),
                by=("decided_by_id",),
                words=written("why"),
            ),
            "vip.cause": Personal(plain=("parent_path",)),
            "vip.process.step": Personal(plain=("parent_path",)),
            "vip.complaint": Personal(
                of=("partner_id",),
                by=("filed_by_id", "decided_by_id", "verified_by_id"),
                words={
                    **written("name", "remedy", "decision_reason", "answer_text"),
                    **written("verify_note", "reexamine_reason"),
                    "reason": FROZEN,
                },
                plain=("number",),
            ),
            "vip.complaint.action": Personal(
                by=("user_id", "done_by_id"), words=written("name", "evidence")
            ),
            "vip.complaint.part": Personal(
                of=("complaint_id.partner_id",), plain=("res_model", "salt", "hash")
            ),
        }
