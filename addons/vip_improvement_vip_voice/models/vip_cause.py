from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.sql import NamesMany2one
from odoo.addons.vip_base.tools.times import event_time

from ..engine.repeats import repeats, would_have
from .vip_improvement import CAUSE

#: A rule is tried on so many months.
TRIED = 12


class VipCause(models.Model):
    """A cause that repeats opens an improvement, once somebody has armed it (V4)."""

    _inherit = "vip.cause"

    repeat_cases = fields.Integer(string="From so many", default=3)
    repeat_days = fields.Integer(string="Within days", default=30)
    repeat_owner_id = NamesMany2one(
        "res.users", string="Owner of the improvement", domain="[('share', '=', False)]"
    )
    is_armed = fields.Boolean(
        string="Opens improvements",
        help="Try it on the past first: how often it would have opened one.",
    )
    improvement_ids = fields.One2many("vip.improvement", "cause_id", readonly=True)

    _repeats = models.Constraint(
        "CHECK (repeat_cases > 0 AND repeat_days > 0)",
        "A repeat is of at least one case within at least one day.",
    )

    def _audited_fields(self):
        return super()._audited_fields() | {"is_armed", "repeat_cases", "repeat_days"}

    @api.constrains("is_armed", "repeat_owner_id")
    def _check_armed(self):
        for cause in self:
            if cause.is_armed and not cause.repeat_owner_id:
                raise UserError(
                    self.env._("Say who owns the improvements of “%s”.", cause.name)
                )

    def _counted_since(self, at):
        """Count over the days within which this cause repeats."""
        return at - relativedelta(days=self.repeat_days), self.repeat_days

    def _times(self, company, since):
        """Return when cases of this cause, and of its parts, happened; in order."""
        self.ensure_one()
        # As superuser: how many there were, whoever may read the cases.
        cases = self.env["vip.case.cause"].sudo()
        found = cases.search(
            [
                ("cause_id", "child_of", self.id),
                ("company_id", "=", company.id),
                ("happened_at", ">=", since),
            ],
            order="happened_at",
        )
        return found.mapped("happened_at")

    def action_try(self):
        """Tell how often this would have opened an improvement in the last months."""
        self.ensure_one()
        at = event_time(self.env)
        since = at - relativedelta(months=TRIED)
        times = self._times(self.env.company, since)
        days = would_have(times, self.repeat_cases, self.repeat_days)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "sticky": True,
                "message": self.env._(
                    "“%(cause)s”: in the last %(months)s months it had %(cases)s cases "
                    "and would have opened %(count)s improvements.",
                    cause=self.complete_name,
                    months=TRIED,
                    cases=len(times),
                    count=len(days),
                ),
            },
        }

    @api.model
    def _cron_repeats(self):
        """Open improvements for causes that repeat, company by company."""
        at = event_time(self.env)
        cron = self.env["ir.cron"]
        # As superuser: the job looks at all companies.
        causes = self.sudo().search([("is_armed", "=", True)])
        cron._commit_progress(remaining=len(causes))
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        for cause in causes:
            for company in cause.company_id or companies:
                cause._open_repeated(company, at)
            if not cron._commit_progress(1):
                break

    def _open_repeated(self, company, at):
        """Open an improvement of a company if this cause repeats and none is open.

        :param at: naive UTC
        :return: the improvement, empty: none
        """
        self.ensure_one()
        improvements = self.env["vip.improvement"]
        days = relativedelta(days=2 * self.repeat_days)
        count = repeats(
            self._times(company, at - days), at, self.repeat_cases, self.repeat_days
        )
        is_open = improvements.search_count(
            [
                ("cause_id", "=", self.id),
                ("company_id", "=", company.id),
                ("closed_at", "=", False),
            ],
            limit=1,
        )
        if not count or is_open:
            return improvements
        return improvements.create(
            {
                "name": self.complete_name,
                "company_id": company.id,
                "owner_id": self.repeat_owner_id.id,
                "source": CAUSE,
                "cause_id": self.id,
                "aim": self.with_context(lang=company.partner_id.lang).env._(
                    "%(count)s cases within %(days)s days: fewer.",
                    count=count,
                    days=self.repeat_days,
                ),
            }
        )
