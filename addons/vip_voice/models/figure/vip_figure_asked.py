from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.figure import Count, Number, Share

#: What questions are told apart by.
OF_QUESTION = (
    *("user_id", "team_id", "ticket_id", "partner_id"),
    *("tier_id", "category_id", "channel_id"),
)


class Asked(models.AbstractModel):
    """A closing whose client was asked; value 1: there is an answer that counts."""

    _name = "vip.occurrence.asked"
    _inherit = "vip.occurrence"
    _description = "Question Asked"
    _kind = "asked"
    _rows_of = "vip.question"
    _dimensions = OF_QUESTION
    _of_voice = True

    @api.model
    def _label(self):
        return self.env._("Asked")

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT question.closed_at AS at, question.user_id, question.team_id,
               question.id AS record_id, question.ticket_id,
               (question.state = 'answered')::integer AS value,
               %(client)s AS partner_id, question.tier_id, question.category_id,
               %(channel)s AS channel_id
          FROM vip_question question
         WHERE question.company_id = %(company)s AND question.purpose = 'closing'
           AND %(which)s AND %(during)s""",
            client=self._client(SQL("question.partner_id")),
            channel=self._channel(SQL("question.ticket_id")),
            company=stretch.company.id,
            which=self._which(),
            during=stretch.during(SQL("question.closed_at")),
        )

    @api.model
    def _which(self):
        return SQL("(question.state = 'answered' OR question.state = 'asked')")


class Reached(models.AbstractModel):
    """A closing whose question has left for the client, or was answered elsewhere."""

    _name = "vip.occurrence.reached"
    _inherit = "vip.occurrence.asked"
    _description = "Question that Left"
    _kind = "reached"

    @api.model
    def _label(self):
        return self.env._("Reached")

    @api.model
    def _which(self):
        return SQL(
            "(question.state = 'answered' OR question.state = 'asked'"
            " AND EXISTS (SELECT FROM vip_question_key key"
            " WHERE key.question_id = question.id))"
        )


class AskedCount(models.AbstractModel):
    """How many closings clients were asked about."""

    _name = "vip.figure.asked"
    _inherit = "vip.figure"
    _description = "Questions Asked"
    _key = "voice_asked"
    _sequence = 31
    _formula = Number(Count("asked"))
    _adds_up = True
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Clients asked")


class ReachedCount(models.AbstractModel):
    """How many of these questions have left, or were answered elsewhere."""

    _name = "vip.figure.reached"
    _inherit = "vip.figure"
    _description = "Questions that Left"
    _key = "voice_reached"
    _sequence = 32
    _formula = Number(Count("reached"))
    _adds_up = True
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Clients reached")


class AnswerShare(models.AbstractModel):
    """Of the clients who were reached, those who answered."""

    _name = "vip.figure.answer.share"
    _inherit = "vip.figure"
    _description = "Share of Answers"
    _key = "voice_answer_share"
    _sequence = 33
    _formula = Share(Count("reached", only="value = 1"), of=(Count("reached"),))
    _unit = "percent"
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Answered of reached %")
