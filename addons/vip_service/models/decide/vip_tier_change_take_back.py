from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.times import event_time


class VipTierChange(models.Model):
    """What was approved for a later day is taken back until the day before it."""

    _inherit = "vip.tier.change"

    can_take_back = fields.Boolean(compute="_compute_can_take_back")
    take_back_until = fields.Date(
        string="Can be taken back until", compute="_compute_can_take_back"
    )

    @api.depends_context("uid")
    @api.depends("state", "effective_date", "ladder_version_id")
    def _compute_can_take_back(self):
        at = event_time(self.env)
        for change in self:
            waits = change._waits_for_its_day(at)
            change.take_back_until = waits and change.effective_date - timedelta(days=1)
            change.can_take_back = waits and change._is_decider()

    def _waits_for_its_day(self, at):
        """Tell whether this is approved for a day after that of ``at``."""
        return (
            self.state == "approved"
            and not self.ladder_version_id
            and self.effective_date > self.company_id._vip_local_date(at)
        )

    def action_take_back(self):
        """Let these wait for a decision again, as if none had been made."""
        return self._take_back()

    def _take_back(self, at=None):
        """Let what was approved for a later day wait for a decision again.

        :param at: the event time (naive UTC)
        :return: how many
        :raise AccessError: the user does not decide on one of them
        :raise UserError: its day has come, or there is another proposal by now
        """
        at = at or event_time(self.env)
        self._check_decider()
        if not all(change._waits_for_its_day(at) for change in self):
            raise UserError(
                self.env._(
                    "Only what is approved for a later day is taken back, until the "
                    "day before."
                )
            )
        others = [("partner_id", "in", self.partner_id.ids), ("state", "=", "proposed")]
        if others := self.search([*others, ("company_id", "in", self.company_id.ids)]):
            raise UserError(
                self.env._(
                    "There is another proposal by now: %s.", others[0].display_name
                )
            )
        # As superuser: who decides is checked above; decisions are written here only.
        taken = self.sudo()._change_state("approved", "proposed", at, False)
        self._check_decided(taken)
        return len(taken)
