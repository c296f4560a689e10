from odoo import api, models
from odoo.tools import SQL

from .score_review import DISPUTED, SETTLED, SHOWN, SIGNED

#: What counts: a dispute, like an appeal, changes nothing until it is settled.
COUNTED = (SHOWN, SIGNED, DISPUTED, SETTLED)


class ScoreReviewFigures(models.Model):
    _inherit = "score.review"

    @api.model
    def _quality_figures(self, company, month):
        """Return the quality of all agents of a month, in one query (REQUIREMENTS P4).

        :param month: its first day
        :return: dict of user id → (average result in percent, number of reviews)
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
        SELECT user_id, ROUND(AVG(percent)::numeric, 2)::float, COUNT(*)
          FROM score_review
         WHERE company_id = %s AND month = %s AND is_calibration IS NOT TRUE
           AND state IN %s
      GROUP BY user_id
                """,
                company.id,
                month,
                COUNTED,
            )
        )
        return {user_id: (percent, count) for user_id, percent, count in rows}
