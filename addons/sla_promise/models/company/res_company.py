from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.groups import SETTINGS_GROUPS
from odoo.addons.vip_base.tools.prefetch import SETTINGS
from odoo.addons.vip_base.tools.sql import NamesMany2one


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "resource.worktime.previewed"]

    sla_escalation_id = NamesMany2one(
        "sla.escalation",
        string="Default escalation plan",
        default=lambda self: self.env.ref("sla_promise.escalation_general", False),
        domain="[('company_id', 'in', (False, id))]",
        groups=SETTINGS_GROUPS,
        help="What new targets get; each may have another one.",
        prefetch=SETTINGS,
    )
    sla_head_office_team_id = NamesMany2one(
        "helpdesk.ticket.team",
        string="Head office team",
        groups=SETTINGS_GROUPS,
        help="Who hears of what the branch does not get done.",
        prefetch=SETTINGS,
    )
    sla_head_office_user_id = NamesMany2one(
        "res.users",
        string="Head office contact",
        domain="[('share', '=', False)]",
        groups=SETTINGS_GROUPS,
        help="Who is told. Empty: the leader of the head office team.",
        prefetch=SETTINGS,
    )
    sla_digest_minutes = fields.Integer(
        string="Digest interval (minutes)",
        default=5,
        groups=SETTINGS_GROUPS,
        help="A person gets one message in this time at most, unless what it tells "
        "cannot wait so long; 0: every minute.",
        prefetch=SETTINGS,
    )

    sla_load_limit = fields.Integer(
        string="Open tickets per agent",
        default=15,
        groups=SETTINGS_GROUPS,
        help="From more on somebody has too much: the load picture marks it, and no "
        "move is proposed to who would have more. 0: no limit. A user may have another one.",
        prefetch=SETTINGS,
    )

    _sla_load_limit_not_negative = models.Constraint(
        "CHECK (COALESCE(sla_load_limit, 0) >= 0)",
        "The number of open tickets per agent cannot be negative.",
    )
    _sla_digest_not_negative = models.Constraint(
        "CHECK (COALESCE(sla_digest_minutes, 0) >= 0)",
        "The digest interval cannot be negative.",
    )

    def write(self, vals):
        """Judge anew what is promised in the hours of companies that get other ones."""
        if "resource_calendar_id" not in vals:
            return super().write(vals)
        before = {company: company.resource_calendar_id for company in self}
        result = super().write(vals)
        self.env["sla.calendar.switch"]._record(
            [
                (self.env["helpdesk.ticket.team"], company, calendar, since)
                for company, calendar in before.items()
                for since in [company.resource_calendar_id]
                if since != calendar
            ]
        )
        return result

    def _preview_worktime_calendars(self, values):
        # As superuser: only to see what changes.
        calendars = self.sudo().resource_calendar_id
        return calendars | calendars.browse(values.get("resource_calendar_id") or ())

    @api.constrains("resource_calendar_id")
    def _check_promised_hours(self):
        """Refuse hours in which nothing can be promised if promises fall back to them.

        :raise ValidationError: they are flexible or have no working time
        """
        for company in self:
            if company._promises_own_hours():
                company.resource_calendar_id._check_promise()
        self.env["sla.target"]._check_limits_in(self.resource_calendar_id)

    def _promises_own_hours(self):
        """Tell whether some policy promises something in this company's hours."""
        self.ensure_one()
        domain = Domain("calendar_mode", "=", "team")
        domain &= Domain("policy_id.active", "=", True)
        domain &= Domain("company_id", "in", [False, self.id])
        # As superuser: who sets up companies may not read policies.
        return bool(self.env["sla.target"].sudo().search_count(domain, limit=1))
