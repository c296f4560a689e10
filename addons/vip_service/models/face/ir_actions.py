from odoo import api, models

#: The host offers this with each contact, to whomever.
GRANT_ACCESS = "portal.partner_wizard_action_create_and_open"


class IrActionsActions(models.Model):
    """The menu of a contact offers nothing that is then refused."""

    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        """Leave out access to the portal where the user may not grant it."""
        found = super().get_bindings(model_name)
        if model_name != "res.partner" or self.env["portal.wizard"].has_access(
            "create"
        ):
            return found
        grant = self.env.ref(GRANT_ACCESS, raise_if_not_found=False)
        refused = grant.ids if grant else []
        return {
            kind: [action for action in actions if action["id"] not in refused]
            for kind, actions in found.items()
        }
