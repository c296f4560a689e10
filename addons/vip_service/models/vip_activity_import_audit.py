from odoo import models


class VipActivityImport(models.Model):
    _name = "vip.activity.import"
    _inherit = ["vip.activity.import", "vip.audited"]

    def _audited_fields(self):
        return {"state", "row_count", "accepted_count", "changed_count"} | {
            "rejected_count"
        }
