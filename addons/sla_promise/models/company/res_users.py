from datetime import timedelta

from odoo import fields, models

from odoo.addons.resource_worktime.engine.worktime import (
    NoWorkingTime,
    to_datetime,
    to_epoch,
)
from odoo.addons.vip_base.models.res_users import KNOWS_PERSONS
from odoo.addons.vip_base.tools.prefetch import RARE


class ResUsers(models.Model):
    """When a person may be told of something: in working time."""

    _inherit = "res.users"

    sla_load_limit = fields.Integer(
        string="Open tickets at most",
        groups=KNOWS_PERSONS,
        help="0: as many as the settings of the company say.",
        prefetch=RARE,
    )

    _sla_load_limit_not_negative = models.Constraint(
        "CHECK (COALESCE(sla_load_limit, 0) >= 0)",
        "The number of open tickets cannot be negative.",
    )

    def _sla_works_from(self, at):
        """Return the first instant from ``at`` on (naive UTC) at which they work.

        By their own working hours and leaves, else by those of their company. Somebody
        whose hours are flexible or unknown works at any time.
        """
        self.ensure_one()
        company = self.company_id
        # As superuser: a job asks for people whose resources nobody else may read.
        resource = self.sudo().resource_ids.filtered(
            lambda resource: resource.company_id in (company, company.browse())
        )[:1]
        calendar = resource.calendar_id or company.sudo().resource_calendar_id
        if not calendar or not calendar._has_worktime():
            return at
        worktime = calendar._worktime(company, at, at)
        try:
            while True:
                at = to_datetime(worktime.add(to_epoch(at), 1) - 1)
                leave = self._sla_leave(resource, at)
                if not leave:
                    return at
                at = leave.date_to.replace(microsecond=0) + timedelta(seconds=1)
        except (NoWorkingTime, OverflowError):  # nobody works any more, or ever will
            return at

    def _sla_leave(self, resource, at):
        """Return a leave of a person's own that covers an instant."""
        if not resource:
            return self.env["resource.calendar.leaves"]
        # As superuser: only whether there is one.
        return (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "=", resource.id),
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", fields.Datetime.to_string(at)),
                    ("date_to", ">", fields.Datetime.to_string(at)),
                ],
                order="date_to desc",
                limit=1,
            )
        )
