from odoo import api, fields, models

from ..engine.public_holidays import HOLIDAY, MAKEUP, Day


class ResourceHolidayLoadLine(models.TransientModel):
    """A day that can be loaded."""

    _name = "resource.holiday.load.line"
    _description = "Public Holiday to Load"
    _order = "date, id"

    load_id = fields.Many2one(
        "resource.holiday.load", string="Choice", required=True, ondelete="cascade"
    )
    wanted = fields.Boolean(string="Load", default=True)
    date = fields.Date(required=True)
    day_name = fields.Char(string="Weekday", compute="_compute_day_name")
    name = fields.Char(required=True)
    kind = fields.Selection(
        [(HOLIDAY, "Holiday"), (MAKEUP, "Make-up day")], required=True
    )
    known = fields.Boolean(string="There already", readonly=True)

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_day_name(self):
        weekday = self.env["resource.makeup.day"]._fields["weekday"]
        names = dict(weekday._description_selection(self.env))
        for line in self:
            line.day_name = line.date and names[str(line.date.weekday())]

    def _day(self):
        self.ensure_one()
        return Day(self.date, self.name, self.kind)
