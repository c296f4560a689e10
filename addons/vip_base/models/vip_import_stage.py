import csv
import io

import psycopg2

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import import_source
from ..tools.import_csv import WRONG_COLUMNS, CsvStream, UnreadableFile

#: An import by the job says after so many rows that it is alive.
REPORT_ROWS = 20_000


class VipImportStage(models.AbstractModel):
    """The rows of an import as they came, in a temporary table, and those refused.

    ``vip_import_line`` has what the file says: ``line``, ``flaw`` and one text column
    ``c_<name>`` per column. ``vip_import_row`` is filled by the model that inherits:
    ``line``, ``reason`` (a code, NULL when accepted) and what it needs.
    """

    _name = "vip.import.stage"
    _description = "Staged Rows of an Import"

    # Header

    def _known_columns(self):
        """Return the names that a header may have."""
        return []

    def _missing_columns(self, columns):
        """Return names, in words, that the header ``columns`` lacks."""
        return []

    def _check_header(self, columns):
        """Raise UserError naming what is wrong with the header ``columns``."""
        known = self._known_columns()
        if unknown := [name for name in columns if name not in known]:
            raise UserError(
                self.env._(
                    "The header has unknown columns: %(unknown)s. Known columns: %(known)s.",
                    unknown=", ".join(f"“{name}”" for name in unknown),
                    known=", ".join(known),
                )
            )
        if double := sorted({name for name in columns if columns.count(name) > 1}):
            raise UserError(
                self.env._("The header names a column twice: %s.", ", ".join(double))
            )
        if missing := self._missing_columns(columns):
            raise UserError(self.env._("The header lacks: %s.", ", ".join(missing)))

    def _unreadable_text(self, code, detail):
        if code == "quote":
            return self.env._("A quote that begins in line %s is never closed.", detail)
        if code == "header":
            return self.env._("The first line cannot be read as a header.")
        if code == "xlsx":
            return self.env._("The workbook is damaged or of an unknown kind.")
        return self.env._("The file is empty.")

    # The rows as they are

    def _stage(self, source):
        """Copy the rows of ``source`` into ``vip_import_line``."""
        self._create_stage(source)
        try:
            if not self._copy_as_is(source):
                self._copy_rows(source)
        except UnreadableFile as error:
            raise UserError(self._unreadable_text(*error.args)) from error
        self.env.execute_query(SQL("ANALYZE vip_import_line"))

    def _create_stage(self, source):
        for table in ("line", "row", "rate", "fact"):
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
        """Return the trimmed text of a cell, NULL when empty or not in the file."""
        if name not in columns:
            return SQL("NULL::text")
        return SQL("NULLIF(btrim(%s), '')", self._column(name))

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

    def _reject_csv(self, columns):
        """Return the refused rows as CSV: line, reason, and the row as it came."""
        reasons = self._reject_reasons()
        self.env.cr.execute(
            SQL(
                "SELECT r.line, r.reason, %s FROM vip_import_row r"
                " JOIN vip_import_line s ON s.line = r.line"
                " WHERE r.reason IS NOT NULL ORDER BY r.line",
                SQL(", ").join(SQL("s.%s", self._column(name)) for name in columns),
            )
        )
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["line", "reason", *columns])
        while rows := self.env.cr.fetchmany(1000):
            writer.writerows(
                (line, reasons.get(why, why), *cells) for line, why, *cells in rows
            )
        return out.getvalue().encode("utf-8-sig")

    def _reject_reasons(self):
        """Return why a row is refused, in words, by code."""
        return {
            WRONG_COLUMNS: self.env._("The row has another number of cells."),
            import_source.WRONG_CELL: self.env._(
                "A cell is neither a text nor a number."
            ),
        }
