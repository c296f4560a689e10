from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.times import event_time


class ScoreCloseConfirm(models.Model):
    """A close that leaves something out: proposed with a reason, confirmed by another.

    Whose own points are left out confirms it not. A company with one manager may let a
    reason suffice, see ``score_close_second``.
    """

    _inherit = "score.close"

    def close_leaving_out(self, reason):
        """Close the month without what still waits for somebody.

        :param reason: why it could not be decided first
        :raise AccessError: the user is no manager
        :raise UserError: no reason, nothing is left out, the month cannot be closed yet,
            or nobody else could confirm it
        """
        self.ensure_one()
        self._check_manager()
        at, reason = event_time(self.env), (reason or "").strip()
        # As superuser: a manager, checked above; states are written here only.
        close = self.sudo()
        close._hold("draft")
        if not reason:
            raise UserError(self.env._("Say why this cannot be decided first."))
        if not close._is_anything_open():
            raise UserError(self.env._("Nothing is left out: close the month."))
        close._check_may_begin(at)
        if self._needs_second():
            close._propose(reason, at, self.env.user)
        else:
            self._check_own_points()
            close.reason = reason
            close._run(at, self.env.user)

    def _needs_second(self):
        # As superuser: a setting of the company.
        return self.company_id.sudo().score_close_second

    def _propose(self, reason, at, by):
        proposed = {"proposed_by_id": by.id, "proposed_at": at, "reason": reason}
        before = {self.id: self.state}
        self.write({"state": "proposed", "asked": self._asked(), **proposed})
        decider = self._eligible_deciders()[:1]
        if not decider:
            raise UserError(
                self.env._(
                    "There is no other service manager who could confirm this. An "
                    "administrator may let one manager close alone, in the settings."
                )
            )
        self._log_decision(before, at)
        self.activity_schedule(
            "sla_scoring.score_activity_close",
            date_deadline=self.company_id._vip_local_date(at),
            user_id=decider.id,
        )

    def _asked(self):
        """Return what is left out now: dict of line and model → ids."""
        return {
            f"{line['key']} {rows.model}": sorted(
                self.env[rows.model]
                .with_context(active_test=False)
                .search(rows.domain)
                .ids
            )
            for line in self._lines()
            for rows in line["open"].values()
        }

    def action_confirm(self):
        """Close the month without what was proposed to be left out."""
        return self._decide("closing")

    def action_take_back(self):
        """Go on checking: whoever proposed it, or another manager."""
        self.ensure_one()
        self._check_manager()
        # As superuser: a manager, checked above; states are written here only.
        close = self.sudo()
        close._hold("proposed")
        close._check_again(event_time(self.env))

    def _hold(self, state):
        """Let nobody else decide on this close meanwhile.

        :raise UserError: it is not in that state any more
        """
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state != state:
            raise self._decided_already()

    def _check_again(self, at):
        before = {self.id: self.state}
        self.write({"state": "draft", "asked": False})
        self._log_decision(before, at)
        self.write({"reason": False, "proposed_by_id": False, "proposed_at": False})
        self.activity_unlink(["sla_scoring.score_activity_close"])

    # Who decides

    @api.model
    def _can_decide_depends(self):
        return ["state", "proposed_by_id"]

    def _parties(self):
        """Return who proposed it, and whose own points it leaves out."""
        return super()._parties() | self._left_out_agents()

    def _left_out_agents(self):
        """Return the agents of the drafts that the close leaves out."""
        # As superuser: whose they are, nothing else.
        rows = (
            self.env["score.entry"]
            .sudo()
            ._read_group(self._draft_domain(), [], ["user_id:recordset"])
        )
        return rows[0][0]

    def _check_own_points(self):
        if self.env.user in self._left_out_agents():
            raise AccessError(
                self.env._("Another manager closes a month without your own points.")
            )

    def _not_for_you(self):
        return AccessError(
            self.env._(
                "A close that leaves something out is confirmed by a service manager who "
                "did not propose it, and none of whose own points are left out."
            )
        )

    def _lack(self, state):
        """Return the error where more is open now than was proposed."""
        # As superuser: the same rows as when it was proposed, whoever looks.
        asked, now = self.asked or {}, self.sudo()._asked()
        if any(set(ids) - set(asked.get(key, ())) for key, ids in now.items()):
            return UserError(
                self.env._(
                    "More waits for somebody now than when this was proposed. Go on "
                    "checking, and propose it again."
                )
            )
        return None

    def _carry_out(self, state, at, by):
        self.activity_unlink(["sla_scoring.score_activity_close"])
        for close in self:
            close._hold("proposed")
            close.write({"confirmed_by_id": by.id, "confirmed_at": at})
            close._run(at, close.proposed_by_id)
