from pytz import UTC, timezone

from odoo import fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.months import first_day


class ResCompany(models.Model):
    _inherit = "res.company"

    vip_review_auto = fields.Boolean(
        string="Monthly review by job",
        default=True,
        groups="base.group_system,vip_service.group_vip_admin",
        help="The review of the month before is made by the scheduled job.",
    )
    vip_review_day = fields.Integer(
        string="Review day",
        default=1,
        groups="base.group_system,vip_service.group_vip_admin",
        help="The day of the month from which the job makes the review, so that the "
        "figures of the month before have arrived.",
    )

    _vip_review_day_in_month = models.Constraint(
        "CHECK (vip_review_day BETWEEN 1 AND 28)",
        "The review day is a day from 1 to 28.",
    )

    def write(self, vals):
        """Forget the zone that was read from another calendar."""
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env.registry.clear_cache()
        return result

    @tools.ormcache("self.id")
    def _vip_zone(self):
        """Return the name of the zone in which this company's months are counted."""
        self.ensure_one()
        return self.sudo().resource_calendar_id.tz or "UTC"

    def _vip_local_date(self, at):
        """Return the date in the company's zone at ``at`` (naive UTC)."""
        return UTC.localize(at).astimezone(timezone(self._vip_zone())).date()

    def _vip_month(self, at):
        """Return the first day of the company's month at ``at`` (naive UTC)."""
        return first_day(self._vip_local_date(at))

    def _vip_lock_figures(self):
        """Keep two transactions from booking or judging this company's figures at once.

        A review that ran beside an import would judge other figures than those that are
        then kept for its month. Raises UserError when another one is at work.
        """
        self.ensure_one()
        [[free]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext('vip.activity'), %s)",
                self.id,
            )
        )
        if not free:
            raise UserError(
                self.env._(
                    "Another import or review of this company is running; try again soon."
                )
            )
