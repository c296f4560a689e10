from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.figure import Mean
from odoo.addons.vip_voice.models.figure.vip_figure_asked import OF_QUESTION


class Held(models.AbstractModel):
    """A grade in detail, of everybody who held the request in the spans concerned.

    Those are the spans from when work began, or began again, to the closing that was asked
    about. Who held it twice has the grade once. So a grade is of several people; the figure
    of a company is the mean over answers (``vip_voice``), not over these.
    """

    _name = "vip.occurrence.held"
    _inherit = "vip.occurrence.graded"
    _description = "Grade in Detail, of Who Held It"
    _dimensions = OF_QUESTION

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT graded.at, holder.user_id, graded.team_id, graded.record_id,
               graded.ticket_id, graded.value, graded.partner_id, graded.tier_id,
               graded.category_id, graded.channel_id
          FROM (%(graded)s) graded
          JOIN vip_answer_grade given ON given.id = graded.record_id
          JOIN vip_answer answer ON answer.id = given.answer_id
          JOIN vip_question question ON question.id = answer.question_id
          JOIN LATERAL (
               SELECT graded.user_id WHERE graded.user_id IS NOT NULL
                UNION
               SELECT span.user_id FROM sla_span span
                WHERE span.ticket_id = graded.ticket_id AND span.user_id IS NOT NULL
                  AND span.solved IS NOT TRUE AND span.start < question.closed_at
                  AND span.start > COALESCE(
                      (SELECT max(before.start) FROM sla_span before
                        WHERE before.ticket_id = graded.ticket_id AND before.solved
                          AND before.start < question.closed_at), '-infinity')
               ) holder ON TRUE""",
            graded=super()._happened(stretch),
        )


class HeldAttitude(models.AbstractModel):
    _name = "vip.occurrence.held.attitude"
    _inherit = "vip.occurrence.held"
    _description = "Grade of Attitude, of Who Held It"
    _kind = "held_attitude"
    _dimension = "attitude"

    @api.model
    def _label(self):
        return self.env._("Grades of attitude, of who held it")


class HeldEfficiency(models.AbstractModel):
    _name = "vip.occurrence.held.efficiency"
    _inherit = "vip.occurrence.held"
    _description = "Grade of Efficiency, of Who Held It"
    _kind = "held_efficiency"
    _dimension = "efficiency"

    @api.model
    def _label(self):
        return self.env._("Grades of efficiency, of who held it")


class HeldProfessionalism(models.AbstractModel):
    _name = "vip.occurrence.held.professionalism"
    _inherit = "vip.occurrence.held"
    _description = "Grade of Professionalism, of Who Held It"
    _kind = "held_professionalism"
    _dimension = "professionalism"

    @api.model
    def _label(self):
        return self.env._("Grades of professionalism, of who held it")


class Attitude(models.AbstractModel):
    """The mean grade of attitude of the requests that a person held."""

    _name = "vip.figure.held.attitude"
    _inherit = "vip.figure"
    _description = "Attitude of Who Held It"
    _key = "voice_held_attitude"
    _sequence = 136
    _formula = Mean("held_attitude")
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Attitude of who held it, of 5")


class Efficiency(models.AbstractModel):
    """The mean grade of efficiency of the requests that a person held."""

    _name = "vip.figure.held.efficiency"
    _inherit = "vip.figure"
    _description = "Efficiency of Who Held It"
    _key = "voice_held_efficiency"
    _sequence = 137
    _formula = Mean("held_efficiency")
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Efficiency of who held it, of 5")


class Professionalism(models.AbstractModel):
    """The mean grade of professionalism of the requests that a person held."""

    _name = "vip.figure.held.professionalism"
    _inherit = "vip.figure"
    _description = "Professionalism of Who Held It"
    _key = "voice_held_professionalism"
    _sequence = 138
    _formula = Mean("held_professionalism")
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Professionalism of who held it, of 5")
