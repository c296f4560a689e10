from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.groups import SETTINGS_GROUPS


class ResCompany(models.Model):
    _inherit = "res.company"

    sla_escalation_id = fields.Many2one(
        "sla.escalation",
        string="Default escalation plan",
        default=lambda self: self.env.ref("sla_promise.escalation_general", False),
        ondelete="restrict",
        domain="[('company_id', 'in', (False, id))]",
        groups=SETTINGS_GROUPS,
        help="What new targets get; each may have another one.",
    )
    sla_head_office_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Head office team",
        groups=SETTINGS_GROUPS,
        help="Who hears of what the branch does not get done.",
    )
    sla_head_office_user_id = fields.Many2one(
        "res.users",
        string="Head office contact",
        domain="[('share', '=', False)]",
        groups=SETTINGS_GROUPS,
        help="Who is told. Empty: the leader of the head office team.",
    )
    sla_digest_minutes = fields.Integer(
        string="Digest interval (minutes)",
        default=5,
        groups=SETTINGS_GROUPS,
        help="A person gets one message in this time at most, unless what it tells "
        "cannot wait so long; 0: every minute.",
    )

    _sla_digest_not_negative = models.Constraint(
        "CHECK (COALESCE(sla_digest_minutes, 0) >= 0)",
        "The digest interval cannot be negative.",
    )

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
