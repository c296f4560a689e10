from odoo import models

from ..tools.tokens import token


class MailRenderMixin(models.AbstractModel):
    """Mail templates name a colour as styles do: ``colour('muted')``."""

    _inherit = "mail.render.mixin"

    def _render_eval_context(self):
        return {**super()._render_eval_context(), "colour": token}
