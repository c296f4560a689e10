from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.figure import Mean

from .vip_figure_asked import OF_QUESTION


class Graded(models.AbstractModel):
    """What a client graded in detail about a service; the value is the grade (V2).

    Of who held the request when it was closed. Whoever held it in between is told by
    ``held`` of an addon that has cards.
    """

    _name = "vip.occurrence.graded"
    _inherit = "vip.occurrence"
    _description = "Grade in Detail"
    _rows_of = "vip.answer.grade"
    _dimensions = OF_QUESTION
    _of_voice = True
    #: The code of the dimension.
    _dimension = None

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT answer.counted_at AS at, question.user_id, question.team_id,
               graded.id AS record_id, question.ticket_id, graded.grade AS value,
               %(client)s AS partner_id, question.tier_id, question.category_id,
               %(channel)s AS channel_id
          FROM vip_answer_grade graded
          JOIN vip_dimension dimension ON dimension.id = graded.dimension_id
          JOIN vip_answer answer ON answer.id = graded.answer_id
          JOIN vip_question question ON question.id = answer.question_id
         WHERE answer.company_id = %(company)s AND answer.counts
           AND question.purpose = 'closing' AND dimension.code = %(code)s
           AND %(during)s""",
            client=self._client(SQL("question.partner_id")),
            channel=self._channel(SQL("question.ticket_id")),
            company=stretch.company.id,
            code=self._dimension,
            during=stretch.during(SQL("answer.counted_at")),
        )


class GradedAttitude(models.AbstractModel):
    _name = "vip.occurrence.graded.attitude"
    _inherit = "vip.occurrence.graded"
    _description = "Grade of Attitude"
    _kind = "graded_attitude"
    _dimension = "attitude"

    @api.model
    def _label(self):
        return self.env._("Grades of attitude")


class GradedEfficiency(models.AbstractModel):
    _name = "vip.occurrence.graded.efficiency"
    _inherit = "vip.occurrence.graded"
    _description = "Grade of Efficiency"
    _kind = "graded_efficiency"
    _dimension = "efficiency"

    @api.model
    def _label(self):
        return self.env._("Grades of efficiency")


class GradedProfessionalism(models.AbstractModel):
    _name = "vip.occurrence.graded.professionalism"
    _inherit = "vip.occurrence.graded"
    _description = "Grade of Professionalism"
    _kind = "graded_professionalism"
    _dimension = "professionalism"

    @api.model
    def _label(self):
        return self.env._("Grades of professionalism")


class Attitude(models.AbstractModel):
    """The mean grade of attitude, over all answers that have one."""

    _name = "vip.figure.attitude"
    _inherit = "vip.figure"
    _description = "Attitude"
    _key = "voice_attitude"
    _sequence = 36
    _formula = Mean("graded_attitude")
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Attitude, of 5")


class Efficiency(models.AbstractModel):
    """The mean grade of efficiency, over all answers that have one."""

    _name = "vip.figure.efficiency"
    _inherit = "vip.figure"
    _description = "Efficiency"
    _key = "voice_efficiency"
    _sequence = 37
    _formula = Mean("graded_efficiency")
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Efficiency, of 5")


class Professionalism(models.AbstractModel):
    """The mean grade of professionalism, over all answers that have one."""

    _name = "vip.figure.professionalism"
    _inherit = "vip.figure"
    _description = "Professionalism"
    _key = "voice_professionalism"
    _sequence = 38
    _formula = Mean("graded_professionalism")
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Professionalism, of 5")
