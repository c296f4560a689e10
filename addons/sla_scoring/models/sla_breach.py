from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.groups import DECIDER_GROUPS


class SlaBreach(models.Model):
    _inherit = "sla.breach"

    scored_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups=DECIDER_GROUPS,
        help="When the rules were applied to it; written by the scoring job only.",
    )

    _to_score_idx = models.Index(
        "(id) WHERE scored_at IS NULL AND state = 'open' AND overrun_seconds > 0"
    )

    def action_reinstate(self):
        """Take back an excuse, unless its points are given back: nobody pays twice.

        :raise UserError: posted points of one of them were reversed
        """
        # As superuser: only whether there is such a line.
        reversed_points = [("breach_id", "in", self.ids), ("kind", "=", "reversal")]
        if self.env["score.entry"].sudo().search_count(reversed_points, limit=1):
            raise UserError(
                self.env._(
                    "The points of this missed promise were given back already; it "
                    "stays excused."
                )
            )
        return super().action_reinstate()
