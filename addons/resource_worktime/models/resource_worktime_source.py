from odoo import api, models

#: Where a transaction keeps the fingerprints it has read; None once it changed one.
FINGERPRINTS = "resource_worktime_fingerprints"


class ResourceWorktimeSource(models.AbstractModel):
    """Mixin of the models from which the working time of a calendar is made.

    Once a transaction has changed one of them, it reads the fingerprints of calendars
    anew each time.
    """

    _name = "resource.worktime.source"
    _description = "Source of Working Time"

    @api.model_create_multi
    def create(self, vals_list):
        self._distrust_fingerprints()
        return super().create(vals_list)

    def write(self, vals):
        self._distrust_fingerprints()
        return super().write(vals)

    def unlink(self):
        self._distrust_fingerprints()
        return super().unlink()

    def _distrust_fingerprints(self):
        self.env.cr.precommit.data[FINGERPRINTS] = None
