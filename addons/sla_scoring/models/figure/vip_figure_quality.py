from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.figure import Mean

from ..score_review import COUNTED


class Reviewed(models.AbstractModel):
    """A quality review shown to the agent, of the month it is about; value: percent."""

    _name = "vip.occurrence.review"
    _inherit = "vip.occurrence"
    _description = "Quality Review that Counts"
    _kind = "review"
    _rows_of = "score.review"
    _dimensions = ("user_id", "team_id", "ticket_id")

    @api.model
    def _label(self):
        return self.env._("Reviews")

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT review.month::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC' AS at,
               review.user_id, review.team_id, review.id AS record_id,
               review.ticket_id, review.percent::numeric AS value
          FROM score_review review
         WHERE review.company_id = %(company)s AND review.is_calibration IS NOT TRUE
           AND review.state IN %(counted)s
           AND review.month BETWEEN %(first)s AND %(last)s""",
            zone=stretch.zone,
            company=stretch.company.id,
            counted=COUNTED,
            first=stretch.months[0],
            last=stretch.months[-1],
        )


class Quality(models.AbstractModel):
    """Average result of the quality reviews of the month (REQUIREMENTS P4)."""

    _name = "vip.figure.quality"
    _inherit = "vip.figure"
    _description = "Quality"
    _key = "quality"
    _sequence = 50
    _formula = Mean("review")
    _unit = "percent"
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Quality %")
