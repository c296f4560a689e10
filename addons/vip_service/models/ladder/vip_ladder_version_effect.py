from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time

from ...tools.ladder_sql import moves_sql
from .door import FOLLOWING


class VipLadderVersion(models.Model):
    """Putting a version in force, and what happens when its day comes in a company."""

    _inherit = "vip.ladder.version"

    # Deciding

    def action_put_in_force(self):
        """Put in force what somebody else proposed."""
        return self._put_in_force()

    def action_reject(self):
        """Reject what somebody else proposed."""
        return self._decide("rejected")

    def action_revoke(self):
        """Take back a version whose day has not come."""
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self._not_for_you().args[0])
        self.check_access("read")
        at = event_time(self.env)
        for version in self:
            version._check_not_begun(at)
            # As superuser: who decides is checked above.
            version.sudo()._carry_out("rejected", at, self.env.user)
        return True

    def _put_in_force(self, at=None):
        """Decide that these proposals hold from their day on.

        :param at: the event time (naive UTC)
        :raises UserError: it was proposed by the user, or began too early
        """
        return self._decide("in_force", at)

    def _check_not_begun(self, at):
        begun = self.state == "in_force" and (
            not self.date_from
            or any(
                # As superuser: the days of all companies concerned.
                company._vip_local_date(at) >= self.date_from
                for company in self.sudo()._concerned()
            )
        )
        if begun or self.state != "in_force":
            raise UserError(
                self.env._(
                    "Only a version whose day has not come is taken back; change the "
                    "ladder by a new one."
                )
            )

    def _not_for_you(self):
        return AccessError(
            self.env._(
                "A service manager who did not propose it puts a ladder in force."
            )
        )

    def _decision_words(self):
        return (self.reason or "").strip()

    def _carry_out(self, state, at, by, **terms):
        """Write the decision; what begins by now begins at once."""
        versions = self.with_context(**FOLLOWING.context)
        if state == "in_force":
            for version in versions:
                version._check_whole()
                version._check_day(at)
                version._preview(at)
                version.recorded_at = at
        result = super(VipLadderVersion, versions)._carry_out(state, at, by, **terms)
        if state == "in_force":
            for company in self._concerned():
                self._take_effect(company, at)
        return result

    # Its day comes

    def _begin_in(self, company, at):
        self.lock_for_update()
        self.invalidate_recordset(["begun_company_ids"])
        if company in self.begun_company_ids:
            return
        self.begun_company_ids = [(4, company.id)]
        if company not in self._concerned():
            return
        changes = self.env["vip.tier.change"]
        changes._apply_before(company, self.date_from, at)
        self._end_undecided(company, at)
        moved = self._move_holders(company, at)
        self._show_on_tiers()
        if moved:
            changes.invalidate_model()
            changes._apply_moves(self, company, at)

    def _end_undecided(self, company, at):
        """Let what waits to give or take a tier that is gone end."""
        gone = [old for old, _new, without in self._plans() if not without]
        if gone:
            self.env["vip.tier.change"]._expire(
                SQL(
                    "company_id = %s AND ladder_version_id IS NULL"
                    " AND (to_tier_id = ANY(%s) OR from_tier_id = ANY(%s))",
                    *(company.id, gone, gone),
                ),
                at,
            )

    def _move_holders(self, company, at):
        """Propose and approve, for all whom the plan concerns, the tier that comes."""
        plans = self._plans()
        if not plans:
            return 0
        for name in "vip.tier.membership", "vip.tier.change", "res.partner":
            self.env[name].flush_model()
        self.flush_recordset()
        lowest = self._before().lowest_id
        [[count]] = self.env.execute_query(
            moves_sql(
                *(self.id, company.id, self.date_from, lowest.id, at),
                *(self.env.uid, plans),
            )
        )
        return count

    def _show_on_tiers(self):
        """Let the tiers of this ladder show what is in force by now."""
        owned = Domain("company_id", "=", self.company_id.id)
        tiers = self.env["vip.tier"].with_context(active_test=False).search(owned)
        tiers = tiers.with_context(**FOLLOWING.context)
        # One after the other they would meet at the same rank.
        for place, tier in enumerate(tiers, 1):
            if tier.active and tier not in self.rung_ids.tier_id:
                tier.active = False
            elif tier.active and tier.rank != self._rank_of(tier):
                tier.rank = 1_000_000 + place
        tiers.flush_recordset()
        for rung in self.rung_ids:
            rung._show_on_tier()

    def _rank_of(self, tier):
        return self.rung_ids.filtered(lambda rung: rung.tier_id == tier).rank
