from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.engine.cell_day import DAY_FIRST, MONTH_FIRST, SERIALS
from odoo.addons.vip_base.engine.import_source import Layout
from odoo.addons.vip_base.engine.table import heading
from odoo.addons.vip_base.tools.sql import NamesMany2one

ENCODINGS = [
    ("utf-8-sig", "UTF-8"),
    ("gb18030", "Chinese, simplified (GB 18030)"),
    ("big5", "Chinese, traditional (Big5)"),
    ("utf-16", "UTF-16"),
    ("cp1252", "Western European (Windows)"),
]
MEANINGS = [
    ("client_ref", "Client number"),
    ("month", "Month"),
    ("currency", "Currency"),
    ("metric", "Figures of a metric"),
    ("", "Left out"),
]
LEFT_OUT = "left_out"


class VipSource(models.Model):
    """How the files of a source are written, beyond what a file shows itself."""

    _inherit = "vip.source"

    sheet = fields.Char(help="Of a workbook. Empty: the first with headings we know.")
    heading_row = fields.Integer(
        string="Row of the headings", help="0: it is found by the headings we know."
    )
    column_ids = fields.One2many("vip.source.column", "source_id", string="Columns")
    decimal_mark = fields.Selection(
        [(".", "Point: 1,234.56"), (",", "Comma: 1.234,56")],
        help="Empty: a point, unless a file looks otherwise; what can be read in two ways "
        "is then refused.",
    )
    day_form = fields.Selection(
        [
            (DAY_FIRST, "Day first: 31/05/2024"),
            (MONTH_FIRST, "Month first: 05/31/2024"),
            (SERIALS, "Numbers of days: 45443"),
        ],
        string="Dates",
        help="Empty: as 2024-05, 2024年5月, 5/2024 or a date of the workbook; what can be "
        "read in two ways is refused.",
    )
    encoding = fields.Selection(
        ENCODINGS, string="Characters", help="Of text files. Empty: found."
    )

    _heading_row_within = models.Constraint(
        "CHECK (heading_row BETWEEN 0 AND 1000)", "Headings are in rows 1 to 1000."
    )

    def _layout(self):
        """Return what is known of the files of this source, or of none."""
        return Layout(
            sheet=self.sheet or "",
            heading_row=self.heading_row,
            names={one.heading: one._column_name() for one in self.column_ids},
            encoding=self.encoding or "",
        )

    def _remember_columns(self, header):
        """Add the headings of a file that are not known yet, as they are taken."""
        known = {heading(one.heading) for one in self.column_ids}
        metrics = {one.code: one for one in self.env["vip.metric"].search([])}
        for one in header.columns:
            if one.heading and heading(one.heading) not in known:
                known.add(heading(one.heading))
                metric = metrics.get(one.name)
                self.env["vip.source.column"].create(
                    {
                        "source_id": self.id,
                        "heading": one.heading,
                        "meaning": "metric" if metric else one.name or LEFT_OUT,
                        "metric_id": metric and metric.id,
                    }
                )


class VipSourceColumn(models.Model):
    """What the column under a heading is, in the files of a source."""

    _name = "vip.source.column"
    _description = "Column of a Source"
    _inherit = ["vip.audited"]
    _order = "source_id, id"
    _rec_name = "heading"

    source_id = fields.Many2one("vip.source", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="source_id.company_id")
    heading = fields.Char(required=True, help="As it is written in the file.")
    meaning = fields.Selection(
        [(key or LEFT_OUT, label) for key, label in MEANINGS],
        string="What it is",
        required=True,
        default=LEFT_OUT,
    )
    metric_id = NamesMany2one("vip.metric")

    _metric_given = models.Constraint(
        "CHECK ((meaning = 'metric') = (metric_id IS NOT NULL))",
        "Say which metric the column holds figures of, and only there.",
    )

    def _audited_fields(self):
        return {"heading", "meaning", "metric_id"}

    @api.constrains("heading", "source_id")
    def _check_heading(self):
        for source in self.source_id:
            texts = [heading(one.heading) for one in source.column_ids]
            if len(set(texts)) < len(texts):
                raise ValidationError(
                    self.env._("The source “%s” names a heading twice.", source.name)
                )

    def copy_data(self, default=None):
        """Give a copy a heading of its own."""
        copies = super().copy_data(default)
        for values in copies:
            values["heading"] = self.env._("%s (copy)", values["heading"])
        return copies

    @api.onchange("meaning")
    def _onchange_meaning(self):
        if self.meaning != "metric":
            self.metric_id = False

    def _column_name(self):
        if self.meaning == "metric":
            return self.metric_id.code
        return "" if self.meaning == LEFT_OUT else self.meaning
