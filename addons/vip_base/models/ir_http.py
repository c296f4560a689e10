import time

from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Let people start on the home of their role, unless they chose another page.

        ``vip_now`` tells screens that count what time it is here, in epoch seconds.
        """
        info = super().session_info()
        info["vip_now"] = time.time()
        if info.get("uid") and not info.get("home_action_id"):
            info["home_action_id"] = self.env["vip.home"]._start_action_id()
        return info
