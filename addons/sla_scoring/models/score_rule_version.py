from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_day

from ..engine import charge
from .score_rule import SCOPE


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

    # What a person who configures a rule should know.

    def _warnings(self):
        """Return the sentences that a person configuring this rule should read."""
        self.ensure_one()
        unit = self.env._("min") if self.kind == "overtime" else self.env._("errors")
        scale = self._scale()
        result = []
        for low, high in charge.gaps(self._bands()):
            span = {"low": f"{low / scale:g}", "unit": unit}
            if high is None:
                result.append(
                    self.env._("Nothing is charged above %(low)s %(unit)s.", **span)
                )
            else:
                result.append(
                    self.env._(
                        "Nothing is charged from %(low)s to %(high)s %(unit)s.",
                        high=f"{high / scale:g}",
                        **span,
                    )
                )
        makes_errors = any(band.outcome != "points" for band in self.band_ids)
        # As superuser: whether a rule exists, also one of all companies.
        if makes_errors and not self.sudo().search_count(
            [("kind", "=", "error"), ("active", "=", True)], limit=1
        ):
            result.append(self.env._("No error rule says what an error costs."))
        return result + self._archived_warnings() + self._date_warnings()

    def _archived_warnings(self):
        """Return what is to be said about archived records that this rule names."""
        found = self.env["vip.naming"]._archived(self._origin)
        names = found.get(self._origin.id)
        if not names:
            return []
        text = self.env._("It goes on naming what is archived: %s.")
        return [text % format_list(self.env, names)]

    def _date_warnings(self):
        """Return what is to be said about the days before, after and shared."""
        alike = self._alike()
        shown = self._shown_date
        result = []
        for other in alike:
            low = max(self._first_day(), other._first_day())
            high = min(self._last_day(), other._last_day())
            if low <= high:
                newer = max(self | other, key=lambda rule: rule._rank())
                result.append(
                    self.env._(
                        "“%(other)s” charges the same from %(low)s to %(high)s; there, "
                        "“%(newer)s” is applied.",
                        other=other.name,
                        low=shown(low),
                        high=shown(high),
                        newer=newer.name,
                    )
                )
        if self._last_day() != date.max and not self._is_followed(alike):
            result.append(
                self.env._(
                    "After %s no such rule is in force until another one begins.",
                    shown(self._last_day()),
                )
            )
        return result

    def _alike(self):
        """Return the other active rules with the same scope."""
        domain = [
            ("id", "not in", self._origin.ids),
            ("kind", "=", self.kind),
            ("company_id", "=", self._origin.company_id.id or self.company_id.id),
        ]
        return self.search(domain).filtered(
            lambda rule: all(self._scope(name) == rule._scope(name) for name in SCOPE)
        )

    def _scope(self, name):
        value = self[name]
        return set(value.ids) if isinstance(value, models.BaseModel) else value

    def _is_followed(self, others):
        """Tell whether one of other rules is in force on the day after this one."""
        last = self._last_day().toordinal() + 1
        return any(
            other._first_day().toordinal() <= last <= other._last_day().toordinal()
            for other in others
        )

    def _first_day(self):
        return self.date_from or date.min

    def _last_day(self):
        return self.date_to or date.max

    def _shown_date(self, day):
        """Return a day for people; open ends as dots."""
        if day in (date.min, date.max):
            return "…"
        return written_day(self.env, day)
