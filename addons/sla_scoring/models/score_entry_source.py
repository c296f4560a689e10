from odoo import fields, models
from odoo.exceptions import UserError


class ScoreEntrySource(models.Model):
    """Where an entry comes from, and the way there."""

    _inherit = "score.entry"

    error_report_id = fields.Many2one(
        "score.error.report",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )
    contribution_id = fields.Many2one(
        "score.contribution", ondelete="restrict", index="btree_not_null", readonly=True
    )

    def action_ticket(self):
        """Open the ticket."""
        return self._open("helpdesk.ticket", self.ticket_id.id)

    def action_clock(self):
        """Open the clock whose promise was missed."""
        return self._open("sla.clock", self.clock_id.id)

    def action_spans(self):
        """Open the timeline of the ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_promise.sla_span_action"
        )
        return {**action, "domain": [("ticket_id", "=", self.ticket_id.id)]}

    def action_rule(self):
        """Open the rule that was applied."""
        return self._open("score.rule", self.rule_id.id)

    def action_error_report(self):
        """Open the error report."""
        return self._open("score.error.report", self.error_report_id.id)

    def action_contribution(self):
        """Open the contribution."""
        return self._open("score.contribution", self.contribution_id.id)

    def _open(self, model, record_id):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _take_back(self, reason, at, by):
        """Drop drafts nobody has contested; reverse everything else, settling appeals.

        :param reason: why, for people
        :param at: naive UTC datetime
        :param by: who decided
        """
        entries = self.sudo().filtered(lambda entry: not entry.reversal_ids)
        unseen = entries.filtered(
            lambda entry: entry.state == "draft" and not entry.appeal_ids
        )
        unseen.unlink()
        entries -= unseen
        # A draft under appeal goes through the ledger, so that the answer stays there.
        entries._post(at)
        for entry in entries:
            if not entry.points:
                continue
            entry._reverse(reason, at, by=by)
            entry.appeal_ids._settle(reason, at, by=by)

    def _check_approver(self):
        """Check that the user did not enter the gifts that are to be posted.

        :raise UserError: one of them
        """
        own = self.filtered(lambda entry: entry.raised_by_id == self.env.user)
        if own.filtered(lambda entry: entry.kind in ("offset", "award")):
            raise UserError(
                self.env._("Somebody else posts the points that you entered.")
            )
