"""What the cells of an import say: the database reads what is plain, we the rest.

Most cells are plain numbers and months. Each other text is read once, however many rows
have it, and kept in ``vip_import_cell``: what it says, or why nobody can tell.
"""

import io

from odoo import models
from odoo.tools import SQL

from ..engine import cell_day, cell_number
from ..engine.cell_text import TYPED, UNCOUNTED, UNSURE, is_total
from ..engine.import_source import CsvStream

#: What the database reads itself.
PLAIN_NUMBER = f"^{TYPED}?[+-]?[0-9]{{1,15}}([.][0-9]+)?$"
PLAIN_MONTH = cell_day.PLAIN_MONTH
PLAIN_DAY = cell_day.PLAIN_DAY
PLAIN_INSTANT = (
    PLAIN_DAY.removesuffix("$") + "[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
)
PLAIN = {
    "number": PLAIN_NUMBER,
    "month": PLAIN_MONTH,
    "day": PLAIN_DAY,
    "instant": PLAIN_INSTANT,
}
#: Texts that may be of a row of sums; the engine looks closer.
LIKE_TOTAL = "(合|总|總|小|共|累|合計|total|sum)"
#: Rows of sums that are looked for at most.
MOST_TOTALS = 5000


class VipImportStage(models.AbstractModel):
    _inherit = "vip.import.stage"

    def _decimal_mark(self):
        """Return the decimal mark that this sender is known to use, or None."""
        return None

    def _day_form(self):
        """Return how this sender is known to write days: ``dmy``, ``mdy``, ``serial``."""
        return ""

    # Reading

    def _read_cells(self, source):
        """Fill ``vip_import_cell`` with the cells that the database cannot read."""
        self.env.cr.execute(
            SQL(
                "CREATE TEMP TABLE vip_import_cell (name text, cell text, number numeric,"
                " sign text, at timestamp, problem text) ON COMMIT DROP"
            )
        )
        kinds = {n: kind for n, kind in self._kinds().items() if n in source.columns}
        odd = self._odd_cells(kinds, source.columns)
        scales = {one.name: one.scale for one in source.header.columns if one.name}
        marks = self._marks(odd, kinds, scales, source.columns)
        for name, cells in odd.items():
            self._keep_cells(name, kinds[name], cells, marks, scales[name])
        self.env.cr.execute(SQL("CREATE INDEX ON vip_import_cell (name, md5(cell))"))
        self.env.cr.execute(SQL("ANALYZE vip_import_cell"))

    def _odd_cells(self, kinds, columns):
        """Return {column: its different texts that the database cannot read}."""
        if not kinds:
            return {}
        cells = {name: self._cell(name, columns) for name in kinds}
        [found] = self.env.execute_query(
            SQL(
                "SELECT %s FROM vip_import_line",
                SQL(", ").join(
                    SQL("bool_or(%s !~ %s)", cells[name], PLAIN[kind])
                    for name, kind in kinds.items()
                ),
            )
        )
        odd = {}
        for name, is_odd in zip(kinds, found, strict=True):
            if is_odd:
                rows = self.env.execute_query(
                    SQL(
                        "SELECT DISTINCT c FROM (SELECT %s AS c FROM vip_import_line) s"
                        " WHERE c !~ %s",
                        cells[name],
                        PLAIN[kinds[name]],
                    )
                )
                odd[name] = [cell for [cell] in rows]
        return odd

    def _marks(self, odd, kinds, scales, columns):
        """Return what the numbers of the file show of its signs.

        Where that says more than a plain look, plain numbers are odd as well.
        """
        names = [name for name, kind in kinds.items() if kind == "number"]
        cells = (cell for name in names for cell in odd.get(name, ()))
        marks = cell_number.marks_of(cells, self._decimal_mark())
        for name in names:
            if scales[name] != 1:
                self._unsettle(name, "[0-9]", "")
            elif marks.decimal == ",":
                self._unsettle(name, "[.]", TYPED)
            elif marks.comma and not marks.decimal:
                self._unsettle(name, cell_number.AMBIGUOUS, TYPED)
            else:
                continue
            odd.update(self._odd_cells({name: "number"}, columns))
        return marks

    def _unsettle(self, name, pattern, certain):
        """Mark the cells of a column that match; those that begin so are certain."""
        self.env.cr.execute(
            SQL(
                "UPDATE vip_import_line SET %(c)s = %(mark)s || btrim(%(c)s)"
                " WHERE btrim(%(c)s) ~ %(pattern)s AND left(%(c)s, 1) <> %(certain)s",
                c=self._column(name),
                mark=UNSURE,
                pattern=pattern,
                certain=certain,
            )
        )

    def _keep_cells(self, name, kind, cells, marks, scale):
        stream = CsvStream(
            (name, cell, *self._read_cell(cell, kind, marks, scale)) for cell in cells
        )
        self.env.cr.copy_expert(
            "COPY vip_import_cell FROM STDIN (FORMAT csv, ENCODING 'UTF8')",
            io.BufferedReader(stream),
        )

    def _read_cell(self, cell, kind, marks, scale):
        """Return (number, sign, instant, problem) of a cell."""
        text = cell.removeprefix(UNSURE)
        try:
            if kind == "number":
                number, sign = cell_number.read(text, marks)
                return number * scale, sign, "", ""
            read = {
                "month": cell_day.month,
                "day": cell_day.day,
                "instant": cell_day.instant,
            }[kind]
            return "", "", read(text, self._day_form()).isoformat(), ""
        except cell_number.Doubtful as doubt:
            return "", "", "", str(doubt)

    # What is read, in SQL

    def _number_sql(self, text, name):
        """Return the number that ``text``, the cell of column ``name``, says, or NULL."""
        return SQL(
            "CASE WHEN %(t)s ~ %(plain)s THEN ltrim(%(t)s, %(typed)s)::numeric"
            " WHEN %(t)s IS NOT NULL THEN %(other)s END",
            t=text,
            plain=PLAIN_NUMBER,
            typed=TYPED,
            other=self._other_sql("number", text, name),
        )

    def _month_sql(self, text, name):
        return SQL(
            "CASE WHEN %(t)s ~ %(plain)s THEN (left(%(t)s, 7) || '-01')::date"
            " WHEN %(t)s IS NOT NULL THEN %(other)s::date END",
            t=text,
            plain=PLAIN_MONTH,
            other=self._other_sql("at", text, name),
        )

    def _day_sql(self, text, name):
        return SQL(
            "CASE WHEN %(t)s ~ %(plain)s THEN %(t)s::date"
            " WHEN %(t)s IS NOT NULL THEN %(other)s::date END",
            t=text,
            plain=PLAIN_DAY,
            other=self._other_sql("at", text, name),
        )

    def _instant_sql(self, text, name):
        return SQL(
            "CASE WHEN %(t)s ~ %(plain)s THEN %(t)s::timestamp"
            " WHEN %(t)s IS NOT NULL THEN %(other)s END",
            t=text,
            plain=PLAIN_INSTANT,
            other=self._other_sql("at", text, name),
        )

    def _other_sql(self, value, text, name):
        return SQL(
            "(SELECT k.%s FROM vip_import_cell k"
            " WHERE k.name = %s AND md5(k.cell) = md5(%s))",
            SQL.identifier(value),
            name,
            text,
        )

    def _read_sql(self, name, columns):
        """Return what the cell of column ``name`` says, whatever it holds."""
        text = self._cell(name, columns)
        kind = self._kinds().get(name)
        if name not in columns or not kind:
            return text
        return {
            "number": self._number_sql,
            "month": self._month_sql,
            "day": self._day_sql,
            "instant": self._instant_sql,
        }[kind](text, name)

    def _problems_of_cells(self):
        """Return {(column, cell): why nobody can tell what it says}."""
        rows = self.env.execute_query(
            SQL("SELECT name, cell, problem FROM vip_import_cell WHERE problem <> ''")
        )
        return {(name, cell): problem for name, cell, problem in rows}

    # Rows of sums

    def _key_column(self):
        """Return the column in which a row of sums says so, if there is one."""
        return None

    def _is_key(self, text):
        """Return whether something is really called ``text``, that means a sum."""
        return False

    def _take_totals(self, source):
        """Take away the rows of sums; return {line: its cells by column}."""
        key = self._key_column()
        if key not in source.columns or source.kind == "push":
            return {}
        self.env.cr.execute(
            SQL(
                """
                SELECT line, %(cells)s FROM vip_import_line
                 WHERE lower(%(key)s) ~ %(like)s OR %(none)s IS NULL
                   AND lower(concat(%(cells)s)) ~ %(like)s
                 ORDER BY line LIMIT %(most)s
                """,
                cells=SQL(", ").join(map(self._column, source.columns)),
                key=self._column(key),
                none=self._cell(key, source.columns),
                like=LIKE_TOTAL,
                most=MOST_TOTALS,
            )
        )
        totals = {}
        for line, *cells in self.env.cr.fetchall():
            row = dict(zip(source.columns, cells, strict=True))
            named = [row[key]] if (row[key] or "").strip() else row.values()
            if any(is_total(c or "") for c in named) and not self._is_key(row[key]):
                totals[line] = row
        if totals:
            self.env.cr.execute(
                SQL("DELETE FROM vip_import_line WHERE line = ANY(%s)", list(totals))
            )
        return totals

    # Columns that nobody knows

    def _holds_numbers(self, name):
        """Return whether the cells of a column are numbers that might be figures."""
        [[cells, numbers]] = self.env.execute_query(
            SQL(
                """
                SELECT count(*), count(*) FILTER (WHERE c ~ %(number)s)
                  FROM (SELECT btrim(%(column)s) AS c FROM vip_import_line
                         ORDER BY line LIMIT 1000) s
                 WHERE c <> ''
                """,
                number=rf"^[{TYPED}{UNCOUNTED}]|^[-+(¥$]*[0-9][0-9.,]{{0,14}}[)万亿元]?$",
                column=self._column(name),
            )
        )
        return bool(cells) and 2 * numbers > cells
