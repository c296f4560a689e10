from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools.groups import SETTINGS_GROUPS
from odoo.addons.vip_base.tools.sql import NamesMany2one
from odoo.addons.vip_service.models.answer.vip_question import GRADES
from odoo.addons.vip_voice.models.plan.vip_question import LIKELY
from odoo.addons.vip_voice.models.plan.vip_question_plan import RELATION


class VipQuestionPlan(models.Model):
    """A plan that offers a longer questionnaire after its one question."""

    _inherit = "vip.question.plan"

    survey_id = NamesMany2one(
        "survey.survey",
        string="Longer questionnaire",
        groups=SETTINGS_GROUPS,
        domain="[('users_login_required', '=', False)]",
        help="Offered after the one question. What a client finishes stands beside its "
        "answer.",
    )
    survey_grade_id = NamesMany2one(
        "survey.question",
        string="Its overall grade",
        groups=SETTINGS_GROUPS,
        domain="[('survey_id', '=', survey_id), ('question_type', '=', 'scale')]",
        help="The scale by which the questionnaire asks what the one question asks.",
    )

    @api.constrains("survey_id", "survey_grade_id", "purpose")
    def _check_survey(self):
        # As superuser: what the questionnaire asks, whoever configures the plan.
        for plan in self.sudo().filtered("survey_id"):
            grade, scale = plan.survey_grade_id, plan._survey_scale()
            # Without one the questionnaire is offered, and nothing of it is counted.
            wrong = grade and (
                grade.survey_id != plan.survey_id or not grade._is_vip_scale(scale)
            )
            if wrong:
                raise ValidationError(
                    self.env._(
                        "Say which question of “%(survey)s” gives the grade: a scale "
                        "from %(first)s to %(last)s.",
                        survey=plan.survey_id.title,
                        first=scale[0],
                        last=scale[-1],
                    )
                )
            if plan.survey_id.users_login_required:
                raise ValidationError(
                    self.env._(
                        "“%s” asks for a login: clients have none.",
                        plan.survey_id.title,
                    )
                )

    def _survey_scale(self):
        return LIKELY if self.purpose == RELATION else GRADES

    def _audited_fields(self):
        return super()._audited_fields() | {"survey_id", "survey_grade_id"}
