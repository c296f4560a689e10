from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.figure import Count, Share

from ..answer.vip_answer import SATISFIED


class Answered(models.AbstractModel):
    """An answer of a client that counts; value 1: satisfied (REQUIREMENTS V1).

    Of who held the request when it was closed, in the team of then: the question kept
    both. Nothing else says how satisfied a client is; what the host keeps as ratings,
    anybody who works here can write.
    """

    _name = "vip.occurrence.rated"
    _inherit = "vip.occurrence"
    _description = "Answer that Counts"
    _kind = "rated"
    _rows_of = "vip.answer"
    _dimensions = (
        *("user_id", "team_id", "ticket_id", "partner_id"),
        *("tier_id", "category_id", "channel_id"),
    )

    @api.model
    def _label(self):
        return self.env._("Answers")

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT answer.counted_at AS at, question.user_id, question.team_id,
               answer.id AS record_id, question.ticket_id,
               (answer.grade >= %(satisfied)s)::integer AS value,
               %(client)s AS partner_id, question.tier_id, question.category_id,
               %(channel)s AS channel_id
          FROM vip_answer answer
          JOIN vip_question question ON question.id = answer.question_id
         WHERE answer.company_id = %(company)s AND answer.counts
           AND question.purpose = 'closing' AND %(during)s""",
            satisfied=SATISFIED,
            client=self._client(SQL("question.partner_id")),
            channel=self._channel(SQL("question.ticket_id")),
            company=stretch.company.id,
            during=stretch.during(SQL("answer.counted_at")),
        )


class Satisfaction(models.AbstractModel):
    """Of the answers that count, those with 4 or 5 (REQUIREMENTS V1, K1)."""

    _name = "vip.figure.satisfaction"
    _inherit = "vip.figure"
    _description = "Satisfaction"
    _key = "satisfaction"
    _sequence = 30
    _formula = Share(Count("rated", only="value = 1"), of=(Count("rated"),))
    _unit = "percent"
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Satisfaction %")
