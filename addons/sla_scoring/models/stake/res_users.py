from odoo import models


class ResUsers(models.Model):
    """What a person appealed against lately, and how it was decided."""

    _inherit = "res.users"

    def _request_history(self, at):
        parts = super()._request_history(at)
        label = self.env._("Appeals")
        for part in parts:
            if line := self._asked_line("score.appeal", label, at):
                part.lines.append(line)
        return parts
