from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.groups import STAFF_GROUPS


class ResPartner(models.Model):
    """The override that a client runs under today, in the current company."""

    _inherit = "res.partner"

    vip_override_until = fields.Date(
        string="Override until",
        compute="_compute_vip_tier_id",
        search="_search_vip_override_until",
        groups=STAFF_GROUPS,
        help="The client has its tier out of the rules until this day (not included).",
    )

    vip_override_reason = fields.Text(
        string="Why the override was given",
        compute="_compute_vip_tier_id",
        groups=STAFF_GROUPS,
        help="For the adviser of the client, service managers and auditors.",
    )

    def _search_vip_override_until(self, operator, value):
        """Search by the end of the running override; an empty one means: none runs."""
        if operator == "in":
            days = {fields.Date.to_date(day) for day in value if day}
            running = self._vip_overrides(Domain("override_end", "in", list(days)))
            found = Domain("id", "in", running.partner_id.ids) if days else Domain.FALSE
            if False in value:
                every = self._vip_overrides(Domain.TRUE).partner_id
                found |= Domain("id", "not in", every.ids)
            return found
        if operator in ("<", "<=", ">", ">="):
            running = self._vip_overrides(Domain("override_end", operator, value))
            return Domain("id", "in", running.partner_id.ids)
        return NotImplemented

    @api.model
    def _vip_overrides(self, domain):
        """Return the tier changes of overrides that run today and meet ``domain``."""
        company = self.env.company
        # As superuser: that a tier is out of the rules is no secret in the service.
        return (
            self.env["vip.tier.change"]
            .sudo()
            ._running_overrides(
                company, company._vip_local_date(event_time(self.env)), domain
            )
        )

    def _client_360_header(self):
        until = self.vip_override_until
        return {
            **super()._client_360_header(),
            "override": bool(until)
            and {
                "until": fields.Date.to_string(until),
                "reason": self.vip_override_reason,
            },
        }
