from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.figure import Count, Share


class Rechecked(models.AbstractModel):
    """A re-check that came to an end; value 1: it has passed (REQUIREMENTS V4)."""

    _name = "vip.occurrence.rechecked"
    _inherit = "vip.occurrence"
    _description = "Re-check"
    _kind = "rechecked"
    _rows_of = "vip.improvement.check"
    _dimensions = ("user_id", "team_id")

    @api.model
    def _label(self):
        return self.env._("Re-checks")

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT looked.at, improvement.owner_id AS user_id, improvement.team_id,
               looked.id AS record_id, (looked.verdict = 'passed')::integer AS value
          FROM vip_improvement_check looked
          JOIN vip_improvement improvement ON improvement.id = looked.improvement_id
         WHERE looked.company_id = %s AND looked.verdict <> 'early' AND %s""",
            stretch.company.id,
            stretch.during(SQL("looked.at")),
        )


class RecheckShare(models.AbstractModel):
    """Of the re-checks that told something, those that passed."""

    _name = "vip.figure.recheck"
    _inherit = "vip.figure"
    _description = "Share of Re-checks Passed"
    _key = "recheck"
    _sequence = 90
    _formula = Share(Count("rechecked", only="value = 1"), of=(Count("rechecked"),))
    _unit = "percent"
    _least = 5

    @api.model
    def _label(self):
        return self.env._("Re-checks passed %")
