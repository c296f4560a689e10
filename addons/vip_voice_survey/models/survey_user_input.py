from odoo import api, models
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.vip_base.tools.prefetch import RARE
from odoo.addons.vip_base.tools.sql import LooseMany2one

#: What only the system writes: that it is of a client whom we asked, and copied once.
OURS = ("vip_question_id", "vip_answer_id")


class SurveyUserInput(models.Model):
    """A questionnaire that was offered to a client: finished, it is an answer, once.

    It is offered by the page on which the client answers, to whoever has just answered
    there by the key of the mail. Nobody else knows its link: who reads questionnaires sees
    such a one only once it is finished. It becomes an answer at the moment in which it is
    finished by somebody who is none of us, and by nothing else; whoever writes that it is
    done makes no answer.
    """

    _inherit = "survey.user_input"

    vip_question_id = LooseMany2one(
        "vip.question",
        string="Question to the client",
        groups="base.group_user",
        readonly=True,
        copy=False,
        prefetch=RARE,
    )
    vip_answer_id = LooseMany2one(
        "vip.answer",
        string="Answer of the client",
        groups="base.group_user",
        readonly=True,
        copy=False,
        prefetch=RARE,
    )

    _vip_question_uniq = models.UniqueIndex(
        "(vip_question_id) WHERE vip_question_id IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_vip_hands_off(vals)
            if not self.env.su:
                # A default in the caller's context must not fill them either.
                vals.update(dict.fromkeys(OURS, False))
        return super().create(vals_list)

    def write(self, vals):
        self._check_vip_hands_off(vals)
        return super().write(vals)

    def _check_vip_hands_off(self, vals):
        if not self.env.su and any(vals.get(name) for name in OURS):
            raise AccessError(
                self.env._("Which client a questionnaire is of is said by the system.")
            )

    @api.model
    def _offer(self, questions):
        """Let who answered these questions find a longer questionnaire; each one once."""
        # As superuser: the client may have no login; it is offered here only.
        inputs, plans = self.sudo(), self.env["vip.question.plan"].sudo()
        known = inputs.search([("vip_question_id", "in", questions.ids)])
        for question in questions - known.vip_question_id:
            survey = plans.browse(question.plan_id.id).exists().survey_id
            if survey.active:
                inputs.create(
                    {
                        "survey_id": survey.id,
                        "partner_id": question.asked_partner_id.id,
                        "lang_id": self._vip_language(survey, question).id,
                        "vip_question_id": question.id,
                    }
                )

    @api.model
    def _vip_language(self, survey, question):
        """Return the language in which a questionnaire is shown, if it has that."""
        # As superuser: which languages there are.
        languages = self.env["res.lang"].sudo().search([("code", "=", question.lang)])
        return languages & (survey.lang_ids or languages)

    def _mark_done(self):
        """Let what clients have finished be answers of theirs."""
        result = super()._mark_done()
        ours = bool(request) and request.env.user._is_internal()
        if not ours:
            # As superuser: an answer is written by nobody.
            for finished in self.sudo().filtered("vip_question_id"):
                finished._become_answer()
        return result

    def _become_answer(self):
        """Copy what was said into an answer; once, and if there is a grade."""
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset(["vip_answer_id"])
        question = self.vip_question_id.exists()
        grade = self._vip_grade(question.plan_id.survey_grade_id)
        at = self.end_datetime
        if self.vip_answer_id or not question or grade is None:
            return
        if not question._is_open(at):
            return
        self.vip_answer_id = self.env["vip.answer"]._write_down(
            [
                {
                    "question_id": question.id,
                    "grade": grade,
                    "channel": "survey",
                    "source": self.env._("Questionnaire: %s", self.survey_id.title),
                    "answered_at": at,
                    "words": self._vip_words(),
                    "dimensions": self._vip_dimensions(question),
                }
            ],
            at,
        )

    def _vip_grade(self, asked):
        """Return what was chosen on a scale, None: nothing."""
        line = self.user_input_line_ids.filtered(
            lambda line: line.question_id == asked and not line.skipped
        )[:1]
        return line.value_scale if line and asked else None

    def _vip_dimensions(self, question):
        """Return {dimension: grade} of what the plan asks for in detail."""
        asked = self.survey_id.question_ids.filtered("vip_dimension_id")
        grades = {one.vip_dimension_id: self._vip_grade(one) for one in asked}
        wanted = question._asked_dimensions()
        return {
            dimension: grade
            for dimension, grade in grades.items()
            if grade is not None and dimension in wanted
        }

    def _vip_words(self):
        """Return what was written in words, the questions one after the other."""
        lines = self.user_input_line_ids.filtered(
            lambda line: line.answer_type == "text_box" and not line.skipped
        )
        return "\n".join(filter(None, lines.mapped("value_text_box")))
