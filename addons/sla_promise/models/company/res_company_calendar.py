from odoo import api, models
from odoo.fields import Domain


class ResCompany(models.Model):
    """The working hours of a company are those of its teams that have none."""

    _inherit = "res.company"

    @api.constrains("resource_calendar_id")
    def _check_promised_hours(self):
        """Refuse hours in which nothing can be promised if promises fall back to them.

        :raise ValidationError: they are flexible or have no working time
        """
        for company in self:
            if company._promises_own_hours():
                company.resource_calendar_id._check_promise()

    def _promises_own_hours(self):
        """Tell whether some policy promises something in this company's hours."""
        self.ensure_one()
        domain = Domain("calendar_mode", "=", "team")
        domain &= Domain("policy_id.active", "=", True)
        domain &= Domain("company_id", "in", [False, self.id])
        # As superuser: who sets up companies may not read policies.
        return bool(self.env["sla.target"].sudo().search_count(domain, limit=1))
