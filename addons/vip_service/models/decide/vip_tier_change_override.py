from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time


class VipTierChange(models.Model):
    """The end of overrides before the day that was decided."""

    _inherit = "vip.tier.change"

    def action_end_override(self):
        """Ask for the reason, then end these overrides today."""
        return self._decision_action("end", self.env._("End the override"))

    def _end_override(self, reason, at=None):
        """End running overrides today; the client keeps its tier until it is judged.

        :param at: the event time (naive UTC)
        :raises AccessError: the user is no service manager
        :raises UserError: there is no reason, or one does not run
        """
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only a service manager ends an override."))
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("The end of an override needs a reason."))
        at = at or event_time(self.env)
        # As superuser: checked above; overrides end here only.
        for company, changes in self.sudo().grouped("company_id").items():
            day = company._vip_local_date(at)
            if changes.filtered_domain(self._running_domain(day)) != changes:
                raise UserError(self.env._("Only an override that runs can be ended."))
            changes._end_override_on(day, reason.strip(), at)
        self._note_decisions("ended")

    def _end_override_on(self, day, reason, at):
        self.write({"override_end": day, "override_end_reason": reason})
        self.env["res.partner"].invalidate_model(
            ["vip_override_until", "vip_override_reason"]
        )
        self._log_decisions(self.ids, "ended", at, "applied", reason=reason)
