from functools import reduce

from odoo import api, fields, models

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS

from ...engine.coverage import depends
from ...engine.matching import Facts, match, path
from ..clock.sla_clock import METRICS


class HelpdeskTicketCategory(models.Model):
    _inherit = "helpdesk.ticket.category"

    promised_regular = fields.Text(
        string="Regular clients",
        compute="_compute_promised",
        groups=STAFF_GROUPS,
        help="What the policies promise today; the limits live in their targets.",
    )
    promised_key = fields.Text(
        string="Key clients",
        compute="_compute_promised",
        groups=STAFF_GROUPS,
        help="What the policies promise today to clients above the lowest tier.",
    )

    @api.depends("parent_path")
    @api.depends_context("company", "lang")
    def _compute_promised(self):
        company = self.env.company
        today = company._vip_local_date(fields.Datetime.now())
        rules = self.env["sla.policy"]._rules()
        for category in self:
            items = path(category.parent_path)
            facts = Facts(company.id, today, False, None, items, None, None)
            category.promised_regular = self._promised_text(rules, facts)
            facts = facts._replace(key_client=True)
            category.promised_key = self._promised_text(rules, facts)

    @api.model
    def _promised_text(self, rules, facts):
        """Return what is promised, and that it may be more under further conditions."""
        promises = match(rules, facts)
        targets = self.env["sla.target"].browse(
            promises[metric].target_id
            for metric, _label in METRICS
            if metric in promises
        )
        limits = targets.mapped("display_name") or [self.env._("No promise")]
        text = reduce(self._both, limits)
        if not depends(rules, facts):
            return text
        more = self.env._("else by tier, team, priority and the like")
        return self.env._("%(promises)s; %(more)s", promises=text, more=more)

    def _both(self, first, second):
        return self.env._("%(first)s and %(second)s", first=first, second=second)
