from odoo import api, models

from odoo.addons.vip_base.tools.groups import AUDITOR_GROUP, MANAGER_GROUP

PLACES = 3


class ScoreCardPodium(models.Model):
    """The three best of a month, where the company wants them to be known."""

    _inherit = "score.card"

    def _is_compared(self):
        return self.is_ranked

    @api.model
    def _podium(self, company, month=None):
        """Return the three best closed cards of a month, where the user may see them.

        :param month: its first day; the last closed one if not given
        """
        # As superuser: a setting, and three names that the company wants to be known.
        cards = self.sudo()
        sees_all = self.env.user.has_group(MANAGER_GROUP)
        sees_all = sees_all or self.env.user.has_group(AUDITOR_GROUP)
        if not company.sudo().score_podium and not sees_all:
            return []
        domain = [("company_id", "=", company.id), ("state", "=", "closed")]
        if month is None:
            last = cards.search(domain, order="month desc", limit=1)
            month = last.month
        domain += [("month", "=", month), ("rank", ">", 0), ("rank", "<=", PLACES)]
        return [
            {
                "rank": card.rank,
                "name": card.user_id.name,
                "score": card.score,
                "month": card.month_name,
            }
            for card in cards.search(domain, order="rank, id")
        ]
