from datetime import timedelta

from odoo import fields, models


class SlaPolicyNewVersion(models.TransientModel):
    """Asks from which day a new version of a policy is to be in force."""

    _name = "sla.policy.new.version"
    _description = "New Version of a Policy"

    policy_id = fields.Many2one("sla.policy", required=True, readonly=True)
    date_from = fields.Date(
        string="In force from",
        required=True,
        default=lambda self: self.env["sla.policy"]._today() + timedelta(days=1),
        help="The version before it ends on the day before, once this one is put in "
        "force.",
    )

    def action_make(self):
        """Copy the policy and its targets as a draft, and open it."""
        self.ensure_one()
        draft = self.policy_id._new_version(self.date_from)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sla.policy",
            "res_id": draft.id,
            "view_mode": "form",
        }
