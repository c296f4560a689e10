import csv
import io

import psycopg2

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.cell_text import GUARD, TYPED, harmless
from ..engine.import_source import (
    WRONG_CELL,
    WRONG_COLUMNS,
    WRONG_FORMULA,
    CsvStream,
    Layout,
    UnreadableFile,
)
from ..engine.table import heading, is_own

#: An import by the job says after so many rows that it is alive.
REPORT_ROWS = 20_000
#: A table of the database has no room for many more.
MOST_COLUMNS = 500


class VipImportStage(models.AbstractModel):
    """The rows of an import as they came, in a temporary table, and those refused.

    ``vip_import_line`` has what the file says: ``line``, ``flaw`` and one text column
    ``c_<name>`` per column. ``vip_import_row`` is filled by the model that inherits:
    ``line``, ``reason`` (a code, NULL when accepted) and what it needs.
    """

    _name = "vip.import.stage"
    _description = "Staged Rows of an Import"

    # Headings

    def _known_columns(self):
        """Return the names of the columns that a file may have."""
        return []

    def _missing_columns(self, columns):
        """Return names, in words, of what the headings ``columns`` lack."""
        return []

    def _heading_words(self):
        """Return {name of a column: other headings that people write for it}."""
        return {}

    def _left_out_words(self):
        """Return headings of columns that people add and that nobody books."""
        return ["no", "序号", "编号序号", "remark", "remarks", "note", "备注", "说明"]

    def _kinds(self):
        """Return {name of a column: ``number``, ``month``, ``day`` or ``instant``}.

        A column that is not named here holds text.
        """
        return {}

    def _layout(self):
        """Return what is known of the files of this sender."""
        return Layout()

    def _headings(self):
        """Return what headings mean, as the engine compares them."""
        words = {heading(word): "" for word in self._left_out_words()}
        for name, others in self._heading_words().items():
            words.update({heading(word): name for word in others})
        return {**words, **{heading(name): name for name in self._known_columns()}}

    def _check_header(self, source):
        """Raise UserError naming what is wrong with the headings of ``source``."""
        if len(source.columns) > MOST_COLUMNS:
            raise UserError(
                self.env._(
                    "The file has %(columns)s columns; at most %(most)s are read. Leave "
                    "out what is not booked.",
                    columns=len(source.columns),
                    most=MOST_COLUMNS,
                )
            )
        names = [one.name for one in source.header.columns if one.name]
        unknown = [one.heading for one in self._unknown_columns(source)]
        if unknown and (source.kind == "push" or not names):
            self._refuse_unknown(unknown)
        if double := sorted({name for name in names if names.count(name) > 1}):
            raise UserError(
                self.env._(
                    "Two columns say the same: %s. Leave one of them out.",
                    ", ".join(
                        f"“{one.heading}”"
                        for one in source.header.columns
                        if one.name in double
                    ),
                )
            )
        if missing := self._missing_columns(names):
            raise UserError(
                self.env._(
                    "The header lacks: %(missing)s. Headings that were found in row "
                    "%(row)s: %(found)s. Rename a heading, or say in the source which "
                    "column is what.",
                    missing=", ".join(map(self._column_text, missing)),
                    row=source.header.line,
                    found=", ".join(
                        f"“{one.heading}”"
                        for one in source.header.columns
                        if one.heading
                    ),
                )
            )

    def _refuse_unknown(self, unknown):
        raise UserError(
            self.env._(
                "The header has unknown columns: %(unknown)s. Known columns: %(known)s. "
                "Rename a heading, or say in the source which column is what.",
                unknown=", ".join(f"“{name}”" for name in unknown),
                known=", ".join(map(self._column_text, self._known_columns())),
            )
        )

    def _column_text(self, name):
        """Return a column as people call it, with its heading in a file of ours."""
        label = self._column_labels().get(name, name)
        return label if label == name else f"{label} ({name})"

    def _unknown_columns(self, source):
        """Return the columns of ``source`` whose heading nobody knows."""
        known = {*self._headings(), *map(heading, self._layout().names)}
        return [
            one
            for one in source.header.columns
            if one.heading
            and not one.name
            and heading(one.heading) not in known
            and not (is_own(one) and source.kind != "push")
        ]

    # The rows as they are

    def _stage(self, source):
        """Copy the rows of ``source`` into ``vip_import_line``."""
        self._create_stage(source)
        try:
            if not self._copy_as_is(source):
                self._copy_rows(source)
        except UnreadableFile as error:
            raise UserError(self._unreadable_text(*error.args)) from error
        self._take_guards_off(source.columns)
        self.env.execute_query(SQL("ANALYZE vip_import_line"))

    def _create_stage(self, source):
        for table in ("line", "row", "cell", "rate", "fact"):
            self.env.cr.execute(
                SQL("DROP TABLE IF EXISTS %s", SQL.identifier(f"vip_import_{table}"))
            )
        self.env.cr.execute(
            SQL(
                "CREATE TEMP TABLE vip_import_line (line serial, flaw text, %s)"
                " ON COMMIT DROP",
                SQL(", ").join(
                    SQL("%s text", self._column(name)) for name in source.columns
                ),
            )
        )
        self._restart_lines(source)

    def _restart_lines(self, source):
        self.env.cr.execute(
            SQL(
                "ALTER SEQUENCE vip_import_line_line_seq RESTART %s",
                SQL(str(source.first_line)),
            )
        )

    def _column(self, name):
        return SQL.identifier(f"c_{name}")

    def _cell(self, name, columns):
        """Return the trimmed text of a cell, NULL when empty or not in the file.

        That of a number keeps the mark of a workbook.
        """
        if name not in columns:
            return SQL("NULL::text")
        blanks = self._reading()["blanks"]
        if self._kinds().get(name) != "number":
            blanks += TYPED
        return SQL("NULLIF(btrim(%s, %s), '')", self._column(name), blanks)

    def _take_guards_off(self, columns):
        """Take away the apostrophe that keeps a cell from being a formula."""
        guarded = [
            SQL(
                "(%(c)s LIKE %(any)s AND %(c)s ~ %(cell)s)",
                c=self._column(name),
                any=GUARD + "%",
                cell="^'[[:space:]]*[-=+@0-9＝＋－＠]",
            )
            for name in columns
        ]
        self.env.cr.execute(
            SQL(
                "UPDATE vip_import_line SET %s WHERE %s",
                SQL(", ").join(
                    SQL(
                        "%(c)s = CASE WHEN %(g)s THEN substr(%(c)s, 2) ELSE %(c)s END",
                        c=self._column(name),
                        g=one,
                    )
                    for name, one in zip(columns, guarded, strict=True)
                ),
                SQL(" OR ").join(guarded),
            )
        )

    def _copy_as_is(self, source):
        """Let the database read a clean file itself; return whether that went well."""
        stream = source.as_is()
        if stream is None:
            return False
        names = ", ".join(f'"c_{name}"' for name in source.columns)
        command = (
            f"COPY vip_import_line ({names}) FROM STDIN"
            f" (FORMAT csv, HEADER, DELIMITER '{source.delimiter}', ENCODING 'UTF8')"
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.copy_expert(command, stream)
        except psycopg2.DataError:
            self._restart_lines(source)
            return False
        return True

    def _copy_rows(self, source):
        """Copy row by row what has to be read or made regular before."""
        names = ", ".join(f'"c_{name}"' for name in source.columns)
        stream = CsvStream(self._flat_rows(source))
        command = (
            f"COPY vip_import_line (line, flaw, {names}) FROM STDIN"
            " (FORMAT csv, ENCODING 'UTF8')"
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.copy_expert(command, stream)
        except psycopg2.Error:
            if stream.error:
                raise stream.error from None
            raise

    def _flat_rows(self, source):
        for count, (line, flaw, cells) in enumerate(source.rows(), 1):
            if count % REPORT_ROWS == 0:
                self._report_progress(10)
            yield line, flaw, *cells

    # What a person is asked and told

    def _questions(self, source, totals):
        """Return what is doubtful about the file as a whole, in words."""
        scaled = [one for one in source.header.columns if one.name and one.scale != 1]
        asked = [
            *source.questions,
            *(("scale", one) for one in scaled),
            *(("unknown", name) for name in self._doubtful_columns(source)),
        ]
        return [self._question_text(*one) for one in asked]

    def _doubtful_columns(self, source):
        """Return the headings of columns that somebody may want booked."""
        unknown = self._unknown_columns(source)
        return [
            one.heading
            for name, one in zip(source.columns, source.header.columns, strict=True)
            if one in unknown and self._is_doubtful(name)
        ]

    def _is_doubtful(self, name):
        """Return whether to ask about a column that nobody knows."""
        return True

    def _remarks(self, source, totals):
        """Return what a person may want to know of how the file was read."""
        left_out = [
            one.heading
            for one in source.header.columns
            if one.heading and not one.name and not is_own(one)
        ]
        told = [
            *source.remarks,
            *([("totals", sorted(totals))] if totals else []),
            *([("left_out", left_out)] if left_out else []),
        ]
        return [self._remark_text(*one) for one in told]

    # The rows that are refused

    def _count_rows(self):
        """Return how many rows there are and how many are refused."""
        [counts] = self.env.execute_query(
            SQL(
                "SELECT count(*), count(*) FILTER (WHERE reason IS NOT NULL)"
                " FROM vip_import_row"
            )
        )
        return counts

    def _rejected_rows(self, source):
        """Yield the refused rows: line, reason, and the row as it came."""
        told = self._teller(source)
        own = {at for at, one in enumerate(source.header.columns) if is_own(one)}
        self.env.cr.execute(
            SQL(
                "SELECT r.line, r.reason, %s FROM vip_import_row r"
                " JOIN vip_import_line s ON s.line = r.line"
                " WHERE r.reason IS NOT NULL ORDER BY r.line",
                SQL(", ").join(
                    SQL("s.%s", self._column(name)) for name in source.columns
                ),
            )
        )
        # No other query until all rows are fetched.
        while rows := self.env.cr.fetchmany(1000):
            for line, code, *cells in rows:
                kept = [cell for at, cell in enumerate(cells) if at not in own]
                yield line, told(code, cells), *kept

    def _rejected_headings(self, source):
        """Return the headings of a file of refused rows."""
        headings = [
            one.heading or one.name for one in source.header.columns if not is_own(one)
        ]
        return ["line", "reason", *headings]

    def _reject_csv(self, source):
        """Return the refused rows as CSV that no program takes for formulas."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(map(harmless, self._rejected_headings(source)))
        for line, reason, *cells in self._rejected_rows(source):
            writer.writerow([line, reason, *map(harmless, cells)])
        return out.getvalue().encode("utf-8-sig")

    def _reject_reasons(self):
        """Return why a row is refused, in words, by code."""
        return {
            WRONG_COLUMNS: self.env._("The row has another number of cells."),
            WRONG_CELL: self.env._("A cell is neither a text nor a number."),
            WRONG_FORMULA: self.env._(
                "A formula has no result: open the file in a spreadsheet program, let it "
                "calculate, save it, and load it again."
            ),
        }
