from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools.sql import NamesMany2one
from odoo.addons.vip_service.models.answer.vip_question import GRADES


class SurveyQuestion(models.Model):
    """A question of a survey that grades something which we count."""

    _inherit = "survey.question"

    vip_dimension_id = NamesMany2one(
        "vip.dimension",
        string="Grades in detail",
        groups="base.group_user",
        help="What clients grade by this scale from 1 to 5. Empty: nothing that is "
        "counted.",
    )

    @api.constrains("vip_dimension_id", "question_type", "scale_min", "scale_max")
    def _check_vip_dimension(self):
        for question in self.filtered("vip_dimension_id"):
            if not question._is_vip_scale(GRADES):
                raise ValidationError(
                    self.env._(
                        "“%s” grades in detail: it is a scale from 1 to 5.",
                        question.title,
                    )
                )

    def _is_vip_scale(self, grades):
        """Tell whether this asks for one of these grades."""
        self.ensure_one()
        return self.question_type == "scale" and (
            (self.scale_min, self.scale_max) == (grades[0], grades[-1])
        )
