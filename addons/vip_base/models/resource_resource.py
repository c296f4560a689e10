from odoo import models


class ResourceResource(models.Model):
    _inherit = "resource.resource"

    def unlink(self):
        """Take the leave of who is deleted along: without a person it is everybody's."""
        # As superuser: who may delete a person may not see all of their leave.
        leaves = self.env["resource.calendar.leaves"].sudo()
        leaves.search([("resource_id", "in", self.ids)]).unlink()
        return super().unlink()
