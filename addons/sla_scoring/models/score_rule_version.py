from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.event_time import event_time

from .score_rule_scope import SCOPE

#: What an entry was charged by; changed only by a new version once there is one.
TERMS = {*SCOPE, "band_ids", "company_id", "date_from", "grace_minutes"}
TERMS |= {"cap_ticket", "cap_month", "exempt_leave", "exempt_waiting"}


class ScoreRuleVersion(models.Model):
    """A rule that has charged is not rewritten: a dated version follows it.

    Entries keep what they were charged by; a late job judges old lateness by the
    version of its day.
    """

    _inherit = "score.rule"

    previous_id = fields.Many2one(
        "score.rule", string="Replaces", readonly=True, copy=False, ondelete="restrict"
    )
    entry_count = fields.Integer(
        string="Entries",
        compute="_compute_entry_count",
        help="Point entries that this rule has charged.",
    )

    def _compute_entry_count(self):
        # As superuser: how many there are, not whose.
        counts = dict(
            self.env["score.entry"]
            .sudo()
            ._read_group([("rule_id", "in", self.ids)], ["rule_id"], ["__count"])
        )
        for rule in self:
            rule.entry_count = counts.get(rule.sudo(), 0)

    def write(self, vals):
        if TERMS & vals.keys():
            self._check_unused()
        result = super().write(vals)
        if vals.get("date_from"):
            self._end_previous()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        if any(rule.entry_count for rule in self):
            raise UserError(
                self.env._("Points were charged by this rule. End it with a date.")
            )

    def action_new_version(self):
        """Open a copy that follows this rule from the first of the next month.

        :raise UserError: another version follows already, or it has not begun yet
        """
        self.ensure_one()
        version = self._new_version(event_time(self.env))
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": version.id,
            "view_mode": "form",
        }

    def action_entries(self):
        """Open the entries that this rule has charged."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_scoring.score_entry_action"
        )
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}

    def _new_version(self, at):
        """Return the version that follows this rule from the next month on.

        :param at: naive UTC datetime
        """
        company = self.company_id or self.env.company
        start = company._vip_month(at) + relativedelta(months=1)
        if self.search_count([("previous_id", "=", self.id)], limit=1):
            raise UserError(self.env._("Another version follows this rule already."))
        if self._first_day() >= start:
            raise UserError(
                self.env._("This version is not in force yet: change it instead.")
            )
        version = self.copy(
            {"name": self.name, "date_from": start, "date_to": self.date_to}
        )
        version.previous_id = self
        version._end_previous()
        return version

    def _end_previous(self):
        """Let the version before end on the day before each of these begins."""
        for rule in self.filtered("previous_id"):
            rule.previous_id.date_to = rule.date_from - relativedelta(days=1)

    def _check_unused(self):
        """Refuse to change the terms of rules by which somebody was charged."""
        if self.env.su:
            return
        for rule in self:
            if rule.entry_count:
                raise UserError(
                    self.env._(
                        "“%s” has charged entries already. Make a new version of it, "
                        "which applies from a date on.",
                        rule.name,
                    )
                )
