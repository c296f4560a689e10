"""What the cells of an import say: the database reads what is plain, we the rest.

Most cells are plain numbers and months. Each other text is read once, however many rows
have it, and kept in ``vip_import_cell``: what it says, or why nobody can tell.
"""

import io

from odoo import models
from odoo.tools import SQL

from ..engine import cell_day, cell_number
from ..engine.cell_text import (
    BLANKS,
    TYPED,
    UNCOUNTED,
    UNSURE,
    ends_in_total,
    is_total,
)
from ..engine.import_source import CsvStream

#: What the database reads itself.
PLAIN_NUMBER = f"^{TYPED}?[+-]?[0-9]+([.][0-9]+)?$"
#: A number of no more characters has no more digits than a spreadsheet keeps.
PLAIN_LENGTH = 15
PLAIN_MONTH = cell_day.PLAIN_MONTH
PLAIN_DAY = cell_day.PLAIN_DAY
PLAIN_INSTANT = (
    PLAIN_DAY.removesuffix("$") + "[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
)
PLAIN = {
    "month": PLAIN_MONTH,
    "day": PLAIN_DAY,
    "instant": PLAIN_INSTANT,
}
#: In the context: how the file at hand is read; always set by us.
READING = "vip_import_reading"
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

    def _reading(self):
        """Return how the file at hand is read: its ``blanks``, and its ``odd`` columns.

        Of a text without any other character than those of a Latin keyboard, only these
        blanks are looked for; a column without odd cells is read without a further look.
        """
        return self.env.context[READING]

    def _with_reading(self, source, odd=frozenset()):
        blanks = " \t" if source.is_ascii else BLANKS
        return self.with_context(**{READING: {"blanks": blanks, "odd": odd}})

    # Reading

    def _read_cells(self, source):
        """Fill ``vip_import_cell`` with the cells that the database cannot read.

        :returns: the names of the columns that have such
        """
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
        return frozenset(odd)

    def _odd_cells(self, kinds, columns):
        """Return {column: its different texts that the database cannot read}."""
        cells = {name: self._cell(name, columns) for name in kinds}
        numbers = [name for name, kind in kinds.items() if kind == "number"]
        found = [
            *self._odd_numbers({name: cells[name] for name in numbers}),
            *(name for name in kinds if name not in numbers),
        ]
        odd = {}
        for name in found:
            rows = self.env.execute_query(
                SQL(
                    "SELECT c FROM (SELECT DISTINCT %s AS c FROM vip_import_line) s"
                    " WHERE NOT %s",
                    cells[name],
                    self._plain_sql(SQL("c"), kinds[name]),
                )
            )
            if rows:
                odd[name] = [cell for [cell] in rows]
        return odd

    def _odd_numbers(self, cells):
        """Return the columns of numbers in which some cell is odd: one look at all."""
        if not cells:
            return []
        [found] = self.env.execute_query(
            SQL(
                "SELECT %s FROM vip_import_line",
                SQL(", ").join(
                    SQL("bool_or(NOT %s)", self._plain_sql(cell, "number"))
                    for cell in cells.values()
                ),
            )
        )
        return [name for name, odd in zip(cells, found, strict=True) if odd]

    def _plain_sql(self, text, kind):
        """Return whether the database can read ``text`` itself."""
        if kind == "number":
            return SQL(
                "(length(%(t)s) <= %(most)s AND %(t)s ~ %(plain)s)",
                t=text,
                most=PLAIN_LENGTH,
                plain=PLAIN_NUMBER,
            )
        return SQL("%s ~ %s", text, PLAIN[kind])

    def _marks(self, odd, kinds, scales, columns):
        """Return what the numbers of the file show of its signs.

        Where that says more than a plain look, plain numbers are odd as well.
        """
        names = [name for name, kind in kinds.items() if kind == "number"]
        scaled = any(scales[name] != 1 for name in names)
        if not (odd or scaled or self._decimal_mark()):
            return None
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
        plain = SQL("ltrim(%s, %s)::numeric", text, TYPED)
        return self._said_sql(text, name, "number", plain, SQL("k.number"))

    def _month_sql(self, text, name):
        plain = SQL("(left(%s, 7) || '-01')::date", text)
        return self._said_sql(text, name, "month", plain, SQL("k.at::date"))

    def _day_sql(self, text, name):
        plain = SQL("%s::date", text)
        return self._said_sql(text, name, "day", plain, SQL("k.at::date"))

    def _instant_sql(self, text, name):
        plain = SQL("%s::timestamp", text)
        return self._said_sql(text, name, "instant", plain, SQL("k.at"))

    def _said_sql(self, text, name, kind, plain, other):
        """Return what ``text`` says: as the database reads it, or as we did."""
        if name not in self._reading()["odd"]:
            return plain
        return SQL(
            "CASE WHEN %(is_plain)s THEN %(plain)s WHEN %(text)s IS NOT NULL THEN"
            " (SELECT %(other)s FROM vip_import_cell k"
            "   WHERE k.name = %(name)s AND md5(k.cell) = md5(%(text)s)) END",
            is_plain=self._plain_sql(text, kind),
            plain=plain,
            text=text,
            other=other,
            name=name,
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
            if self._is_total(row, key):
                totals[line] = row
        if totals:
            self.env.cr.execute(
                SQL("DELETE FROM vip_import_line WHERE line = ANY(%s)", list(totals))
            )
        return totals

    def _is_total(self, row, key):
        if (row[key] or "").strip():
            return is_total(row[key]) and not self._is_key(row[key])
        return any(is_total(c or "") or ends_in_total(c or "") for c in row.values())

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
