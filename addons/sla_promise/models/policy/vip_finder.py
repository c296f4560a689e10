from odoo import api, models

from odoo.addons.vip_base.tools.finding import MOST, Place


class VipFinder(models.AbstractModel):
    """Policies by name."""

    _inherit = "vip.finder"

    @api.model
    def _places(self):
        return [
            *super()._places(),
            Place(
                kind="policy",
                model="sla.policy",
                action="sla_promise.sla_policy_action",
                find=self._find_policies,
                tell=lambda policy: (policy.name, "", policy.id),
            ),
        ]

    @api.model
    def _find_policies(self, text):
        return self.env["sla.policy"].search([("name", "ilike", text)], limit=MOST)
