from odoo import api, models, tools


class ResCurrency(models.Model):
    """Currencies by the code that frozen evidence names them by."""

    _inherit = "res.currency"

    @api.model
    def _vip_by_code(self, code):
        """Return the currency of that code, also one that is not in use; maybe none."""
        # As superuser: a sign is no secret.
        return self.sudo().browse(self._vip_id_by_code(code))

    @api.model
    @tools.ormcache("code")
    def _vip_id_by_code(self, code):
        # As superuser: a sign is no secret.
        found = self.sudo().with_context(active_test=False)
        return found.search([("name", "=", code)], limit=1).id or False
