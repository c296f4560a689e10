import base64
import io

from odoo import models

from odoo.addons.vip_base.engine import cell_day
from odoo.addons.vip_base.engine.cell_number import Doubtful
from odoo.addons.vip_base.engine.cell_text import clean, visible
from odoo.addons.vip_base.engine.import_source import (
    UnreadableFile,
    file_source,
    named_rows,
)
from odoo.addons.vip_base.engine.table import heading

from ..engine.public_holidays import HOLIDAY, MAKEUP, Day

#: What people write over the columns, and for the kinds of a day.
HEADINGS = {
    "date": ("date", "day", "日期", "放假日期"),
    "name": ("name", "holiday", "名称", "节日", "节日名称", "假日", "说明"),
    "kind": ("kind", "type", "类型", "类别", "休班"),
}
KINDS = {
    **dict.fromkeys(("", "holiday", "off", "放假", "休", "休息", "节假日"), HOLIDAY),
    **dict.fromkeys(("make_up", "make_up_day", "makeup", "makeup_day"), MAKEUP),
    **dict.fromkeys(("work", "working_day", "补班", "调休补班", "班", "上班"), MAKEUP),
}
#: More are no public holidays.
MOST_ROWS = 2000
#: So many rows are named that cannot be read.
NAMED = 3


class ResourceHolidayLoad(models.TransientModel):
    """Holidays and make-up days from a file, as a government or a person writes them."""

    _inherit = "resource.holiday.load"

    def _found_in_file(self):
        """Return (days, None), or ([], what is wrong with the file)."""
        content = self.with_context(bin_size=False).file
        words = self.env["vip.import.stage"]
        known = {
            heading(text): key for key, texts in HEADINGS.items() for text in texts
        }
        try:
            stream = io.BytesIO(base64.b64decode(content))
            source = file_source(stream, None, known)
            rows = named_rows(source, MOST_ROWS)
        except UnreadableFile as error:
            return [], words._unreadable_text(*error.args)
        if "date" not in source.columns:
            return [], self.env._("The file has no column with the heading “date”.")
        days, problems = [], []
        for line, _flaw, row in rows:
            try:
                days.append(self._day_of(row))
            except Doubtful as doubt:
                problems.append(self._row_in_words(line, row, str(doubt)))
        if problems:
            return [], "\n".join(problems[:NAMED])
        return sorted(set(days)), None

    def _day_of(self, row):
        kind = KINDS.get(heading(row.get("kind", "")))
        if not kind:
            raise Doubtful("kind")
        return Day(cell_day.day(row["date"]), clean(row.get("name", "")), kind)

    def _row_in_words(self, line, row, code):
        """Return what is wrong with a row, and what to do."""
        if code == "kind":
            return self.env._(
                "Row %(line)s: “%(kind)s” is neither “holiday” nor “make-up day”.",
                line=line,
                kind=visible(row["kind"]),
            )
        what = self.env["vip.import.stage"]._cell_problems().get(code)
        return self.env._(
            "Row %(line)s, date “%(date)s”: %(what)s.",
            line=line,
            date=visible(row["date"]),
            what=what or self.env._("write it as 2024-05-31"),
        )
