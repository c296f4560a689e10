"""What a person sees of a file before it is imported: its first rows."""

from datetime import date

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..engine.cell_text import visible
from ..tools.times import month_name
from ..tools.written import written_day, written_moment

#: So many rows are shown.
SHOWN = 10
CELL = Markup("<td>%s</td>")
ROW = Markup("<tr>%s</tr>")
HEAD = Markup("<th>%s<div class='fw-normal text-muted'>%s</div></th>")
TABLE = Markup(
    "<div class='table-responsive'><table class='table table-sm o_vip_preview'>"
    "<thead>%s</thead><tbody>%s</tbody></table></div>"
)


class VipImportStage(models.AbstractModel):
    _inherit = "vip.import.stage"

    # The first rows

    def _preview(self, source):
        """Return the first rows as they are understood: what each column is, and says."""
        columns = source.columns
        known = [one for one in source.header.columns if one.name]
        self.env.cr.execute(
            SQL(
                "SELECT s.line, r.reason, %s FROM ("
                " SELECT * FROM vip_import_line ORDER BY line LIMIT %s) s"
                " JOIN vip_import_row r ON r.line = s.line ORDER BY s.line",
                SQL(", ").join(
                    SQL(
                        "%s, s.%s",
                        self._read_sql(one.name, columns),
                        self._column(one.name),
                    )
                    for one in known
                ),
                SHOWN,
            )
        )
        reasons = self._reject_reasons()
        return {
            "columns": [[one.heading, one.name] for one in known],
            "rows": [
                [
                    line,
                    reasons.get(code, code) or "",
                    *map(_kept, said[::2], said[1::2]),
                ]
                for line, code, *said in self.env.cr.fetchall()
            ],
        }

    def _preview_table(self, preview):
        """Return ``preview`` as a table, in the reader's language."""
        if not preview.get("rows"):
            return False
        labels = self._column_labels()
        heads = [
            HEAD % (labels.get(name, name), heading)
            for heading, name in preview["columns"]
        ]
        kinds = [self._kinds().get(name) for _heading, name in preview["columns"]]
        line, refused = self.env._("Row"), self.env._("Refused because")
        body = [
            ROW
            % Markup("").join(
                CELL % text
                for text in (
                    row[0],
                    *map(self._shown, kinds, row[2:]),
                    row[1],
                )
            )
            for row in preview["rows"]
        ]
        head = Markup("").join([HEAD % (line, ""), *heads, HEAD % (refused, "")])
        return TABLE % (ROW % head, Markup("").join(body))

    def _column_labels(self):
        """Return {column: what people call it}."""
        return {}

    def _shown(self, kind, value):
        said, cell = value
        if said is None or not kind:
            return visible(cell or "") if said is None else said
        if kind == "number":
            return formatLang(self.env, float(said), digits=4).rstrip("0").rstrip(".,")
        if kind == "month":
            return month_name(self.env, date.fromisoformat(said))
        if kind == "day":
            return written_day(self.env, fields.Date.to_date(said))
        return written_moment(self.env, fields.Datetime.to_datetime(said), "UTC")


def _kept(said, cell):
    """Return what is kept of a cell: what it says (NULL: nobody can tell), and its text."""
    return [None if said is None else str(said), visible(cell or "")]
