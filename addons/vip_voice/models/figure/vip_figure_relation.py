from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.figure import Mean

from ..feedback.vip_answer import DETRACTS

#: Who grades so or above, of 10, recommends us.
PROMOTES = 9


class Recommended(models.AbstractModel):
    """An answer about the relation; value 100: recommends us, -100: does not (V2)."""

    _name = "vip.occurrence.recommended"
    _inherit = "vip.occurrence"
    _description = "Answer about the Relation"
    _kind = "recommended"
    _rows_of = "vip.answer"
    _dimensions = ("partner_id", "tier_id")
    _of_voice = True

    @api.model
    def _label(self):
        return self.env._("Answers about the relation")

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT answer.counted_at AS at, answer.id AS record_id,
               CASE WHEN answer.grade >= %(promotes)s THEN 100
                    WHEN answer.grade <= %(detracts)s THEN -100 ELSE 0 END AS value,
               %(client)s AS partner_id, question.tier_id
          FROM vip_answer answer
          JOIN vip_question question ON question.id = answer.question_id
         WHERE answer.company_id = %(company)s AND answer.counts
           AND question.purpose = 'relation' AND %(during)s""",
            promotes=PROMOTES,
            detracts=DETRACTS,
            client=self._client(SQL("question.partner_id")),
            company=stretch.company.id,
            during=stretch.during(SQL("answer.counted_at")),
        )


class Nps(models.AbstractModel):
    """Per cent who recommend us less per cent who do not, from -100 to 100 (V2)."""

    _name = "vip.figure.nps"
    _inherit = "vip.figure"
    _description = "Net Promoter Score"
    _key = "nps"
    _sequence = 35
    _formula = Mean("recommended", lowest=-100.0)

    @api.model
    def _label(self):
        return self.env._("NPS")
