from odoo import models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.times import add_months
from odoo.addons.vip_service.models.answer.vip_answer import ENTERED

from .score_close_check import Rows


class ScoreCloseAnswers(models.Model):
    """The answers that clients gave elsewhere and somebody has to import."""

    _inherit = "score.close"

    def _check_answers(self):
        """Answers by phone and the like are missed where the month before had some.

        What waits is the month itself: whoever closes without them says why.
        """
        limits = self.company_id._vip_month_limits
        entered = self._entered_domain(*limits(self.month))
        before = add_months(self.month, -1)
        earlier = self._entered_domain(*limits(before))
        # As superuser: how many there are, for whoever may see the close.
        answers = self.env["vip.answer"].sudo()
        earlier = (
            0
            if answers.search_count(entered, limit=1)
            else answers.search_count(earlier)
        )
        return {
            "key": "answers",
            "waiting": self.env._("Answers from phone and elsewhere not imported"),
            "done": self.env._("Answers from phone and elsewhere"),
            "open": {
                "missing": Rows(
                    "score.close",
                    Domain("id", "=", self.id) if earlier else Domain.FALSE,
                    self.env._("month without any"),
                )
            },
            "told": {
                "entered": Rows(
                    "vip.answer", entered, self.env._("imported or entered")
                )
            },
            "note": self.env._("The month before had %s, this one has none", earlier),
            "action": {
                "score.close": "vip_service.vip_answer_import_action",
                "vip.answer": "vip_service.vip_answer_action",
            },
            "button": self.env._("Import"),
        }

    def _entered_domain(self, start, stop):
        """Return the domain of what was entered for clients and counts in some time."""
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("channel", "in", [channel for channel, _name in ENTERED])
            & Domain("counts", "=", True)
            & Domain("counted_at", ">=", start)
            & Domain("counted_at", "<", stop)
        )
