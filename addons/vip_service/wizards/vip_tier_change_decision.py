from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.times import event_time


class VipTierChangeDecision(models.TransientModel):
    """Asks why, and from which day, tier changes are approved, rejected or ended."""

    _name = "vip.tier.change.decision"
    _description = "Decision on Tier Changes"

    change_ids = fields.Many2many(
        "vip.tier.change", string="Tier changes", required=True
    )
    change_count = fields.Integer(
        string="Number of tier changes", compute="_compute_change_count"
    )
    decision = fields.Selection(
        [
            ("approve", "Approve"),
            ("reject", "Reject"),
            ("end", "End the override"),
        ],
        required=True,
        default="reject",
    )
    effective_date = fields.Date(
        string="Takes effect on",
        default=lambda self: self.env.company._vip_local_date(event_time(self.env)),
        help="Today or later. A later day: the tier changes on that day.",
    )
    reason = fields.Text()
    seen_at = fields.Datetime(
        compute="_compute_figures",
        store=True,
        readonly=False,
        help="When the figures changed that are shown here.",
    )
    evidence_html = fields.Html(
        string="Figures", compute="_compute_figures", store=True, sanitize=False
    )

    @api.depends("change_ids")
    def _compute_change_count(self):
        for wizard in self:
            wizard.change_count = len(wizard.change_ids)

    @api.depends("change_ids")
    def _compute_figures(self):
        """Show the figures of a single change, where they are others than before."""
        for wizard in self:
            change = wizard.change_ids if len(wizard.change_ids) == 1 else None
            changed_at = change and change.figures_changed_at
            wizard.seen_at = changed_at
            wizard.evidence_html = change.evidence_html if changed_at else False

    def action_approve(self):
        """Approve the chosen tier changes from the day given."""
        self.ensure_one()
        if not self.effective_date:
            raise UserError(self.env._("Say from which day the tier changes."))
        return self._done(
            self.change_ids._approve(
                reason=self.reason,
                effective_date=self.effective_date,
                seen={self.change_ids.id: self.seen_at} if self.seen_at else None,
            )
        )

    def action_end_override(self):
        """End the chosen overrides today for the reason given."""
        self.ensure_one()
        self.change_ids._end_override(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_reject(self):
        """Reject the chosen tier changes for the reason given."""
        self.ensure_one()
        return self._done(self.change_ids._reject(self.reason))

    def _done(self, told):
        """Return what closes the window, with the notification if there is one."""
        return told if told is not True else {"type": "ir.actions.act_window_close"}
