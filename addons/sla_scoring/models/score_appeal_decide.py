from odoo import models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.event_time import event_time

from .score_appeal import WRONG_PERSON


class ScoreAppealDecide(models.Model):
    """What a decision about an appeal does to the ledger."""

    _inherit = "score.appeal"

    def action_uphold(self):
        """Give all points back."""
        self._decide("upheld")

    def action_uphold_partly(self):
        """Give back the points entered on the form."""
        self._decide("partly")

    def action_reject(self):
        """Leave the entry as it is."""
        self._decide("rejected")

    def _decide(self, state, at=None):
        """Decide appeals: give back points by a reversing entry, or reject.

        :param state: upheld, partly or rejected
        :param at: naive UTC datetime; now if not given
        :raise AccessError: the user is party to it, or no manager
        :raise UserError: decided already, no answer, or too many points
        """
        self._check_decider()
        at = at or event_time(self.env)
        for appeal in self:
            appeal._decide_one(state, at, self.env.user)

    def _decide_one(self, state, at, decider):
        if not (self.comment or "").strip():
            raise UserError(self.env._("Answer the agent: what was decided, and why."))
        # As superuser: who may decide is checked by the caller.
        entry = self.entry_id.sudo()
        returned = self._points_back(state)
        if returned:
            entry._post(at, by=decider)
            entry._reverse(self.comment, at, points=returned, by=decider)
            if self.reason_code == WRONG_PERSON and self.right_user_id:
                entry._propose_for(
                    self.right_user_id, returned, f"appeal:{self.id}", decider
                )
        # As superuser: the decision is written here only.
        self.sudo().write(
            {
                "state": state,
                "points_returned": returned,
                "decided_by_id": decider.id,
                "decided_at": at,
            }
        )
        self.sudo().activity_unlink(["sla_scoring.score_activity_appeal"])
        self.message_post(body=self.comment, subtype_xmlid="mail.mt_comment")

    def _points_back(self, state):
        """Return how many points a decision gives back.

        :raise UserError: upheld in part without a number of points that makes sense
        """
        contested = abs(self.points)
        if state == "partly" and not 0 < self.points_returned < contested:
            raise UserError(
                self.env._(
                    "Say how many points go back: more than 0, fewer than %s.",
                    f"{contested:.2f}",
                )
            )
        given = {"upheld": contested, "partly": self.points_returned}
        return given.get(state, 0.0)

    def _settle(self, reason, at, by):
        """Close open appeals whose entry was taken back for another reason."""
        for appeal in self.filtered(lambda appeal: appeal.state == "submitted"):
            appeal.write(
                {
                    "state": "upheld",
                    "points_returned": abs(appeal.entry_id.points),
                    "comment": reason,
                    "decided_by_id": by.id,
                    "decided_at": at,
                }
            )
