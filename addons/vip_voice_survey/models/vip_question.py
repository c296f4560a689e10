from odoo import models


class VipQuestion(models.Model):
    """A question after which a longer questionnaire is offered."""

    _inherit = "vip.question"

    def _survey_link(self):
        """Return where whoever was asked goes on; empty: there is nothing more."""
        self.ensure_one()
        # As superuser: it is shown to who has just answered this question.
        inputs = self.env["survey.user_input"].sudo()
        offered = inputs.search(
            [("vip_question_id", "=", self.id), ("state", "!=", "done")], limit=1
        )
        return offered.get_start_url() if offered else ""
