from odoo import api, models
from odoo.tools import SQL


class HelpdeskTicket(models.Model):
    """What the stage of a row means for its promises."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _face_columns(self, query, stage):
        names = ("waiting_on", "solved", "works", "cancels")
        columns = {name: SQL.identifier(stage, name) for name in names}
        return {**super()._face_columns(query, stage), **columns}

    @api.model
    def _stage_means(self, row):
        if row["waiting_on"] or row["cancels"]:
            return "still"
        if row["solved"] or row["closed"]:
            return "done"
        return "moving" if row["works"] else "new"
