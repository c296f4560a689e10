from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_day

from ..engine.recheck import EARLY, Rate, verdict
from .vip_improvement import DAYS


class VipImprovementCheck(models.Model):
    """A re-check: what the ledger said then, and what follows from it; kept as it is."""

    _name = "vip.improvement.check"
    _description = "Re-check of an Improvement"
    _inherit = ["vip.hands.off.mixin"]
    _log_access = False
    _order = "at desc, id desc"
    _rec_name = "at"

    improvement_id = fields.Many2one(
        "vip.improvement", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    at = fields.Datetime(string="When", required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    before_from = fields.Datetime(string="Before: from", readonly=True)
    before_to = fields.Datetime(string="Before: to", readonly=True)
    before_cases = fields.Integer(string="Cases before", readonly=True)
    before_tickets = fields.Integer(string="Tickets before", readonly=True)
    after_from = fields.Datetime(string="After: from", readonly=True)
    after_cases = fields.Integer(string="Cases after", readonly=True)
    after_tickets = fields.Integer(string="Tickets after", readonly=True)
    before_rate = fields.Float(string="Per 1,000 before", readonly=True, digits=(8, 1))
    after_rate = fields.Float(string="Per 1,000 after", readonly=True, digits=(8, 1))
    after_low = fields.Float(string="At least", readonly=True, digits=(8, 1))
    after_high = fields.Float(string="At most", readonly=True, digits=(8, 1))
    verdict = fields.Selection(
        [("passed", "Passed"), ("failed", "Failed"), ("early", "Too early to tell")],
        required=True,
        readonly=True,
    )

    def init(self):
        """Make the database itself keep what was found."""
        frozen_rows.freeze(self.env.cr, self._table)

    def _guarded_fields(self):
        return self._all_but(())


class VipImprovement(models.Model):
    """Whether it worked is read from the ledger, by somebody who does not own it."""

    _inherit = "vip.improvement"

    check_ids = fields.One2many(
        "vip.improvement.check", "improvement_id", readonly=True
    )

    recheck_bar = fields.Char(
        string="Why it is not re-checked now", compute="_compute_recheck_bar"
    )

    @api.depends_context("uid")
    def _compute_recheck_bar(self):
        for improvement in self:
            improvement.recheck_bar = improvement._bar_to_recheck()

    def _bar_to_recheck(self):
        """Return why the user does not look now whether it worked; empty: nothing bars."""
        self.ensure_one()
        done = self.action_ids.mapped("done_at")
        if self.closed_at:
            return self.env._("It is closed.")
        if not done or not all(done):
            return self.env._("First its actions are done.")
        if self.state != "recheck":
            return self.env._(
                "It is re-checked on %s.", written_day(self.env, self.recheck_on)
            )
        if self.env.user in self.owner_id._same_person():
            return self.env._("Somebody else than the owner looks whether it worked.")
        return ""

    def action_recheck(self):
        """Look whether it worked.

        :raise AccessError: its owner
        :raise UserError: actions are open, or it is too soon
        """
        for improvement in self:
            improvement.check_access("write")
            if bar := improvement._bar_to_recheck():
                mine = self.env.user in improvement.owner_id._same_person()
                raise (AccessError if mine else UserError)(bar)
            # As superuser: figures only, of all tickets; written here only.
            improvement.sudo()._recheck(event_time(self.env), self.env.user)

    def _recheck(self, at, by):
        """Compare the days before the opening with those since the last action.

        :param at: naive UTC
        """
        self.ensure_one()
        self.env.flush_all()
        days = relativedelta(days=DAYS)
        first, since = self.opened_at - days, max(self.action_ids.mapped("done_at"))
        since = max(since, at - days)
        before = Rate(
            self._cases(first, self.opened_at), self._tickets(first, self.opened_at)
        )
        after = Rate(self._cases(since, at), self._tickets(since, at))
        found = verdict(before, after, self.per_1000 if self.has_limit else None)
        self.env["vip.improvement.check"].create(
            {
                "improvement_id": self.id,
                "company_id": self.company_id.id,
                "at": at,
                "user_id": by.id,
                "before_from": first,
                "before_to": self.opened_at,
                "before_cases": before.cases,
                "before_tickets": before.tickets,
                "before_rate": before.value or 0.0,
                "after_from": since,
                "after_cases": after.cases,
                "after_tickets": after.tickets,
                "after_rate": after.value or 0.0,
                "after_low": after.interval[0],
                "after_high": after.interval[1],
                "verdict": found,
            }
        )
        values = {"result": found}
        if found == EARLY:
            day = self.company_id._vip_local_date(at)
            values["recheck_on"] = day + relativedelta(days=30)
        else:
            values["closed_at"] = at
        self.write(values)
