import base64
import csv
import io

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ..engine.import_source import (
    WRONG_CELL,
    WRONG_COLUMNS,
    CsvStream,
    UnreadableFile,
    file_source,
    is_xlsx,
)
from ..tools.times import event_time

#: Larger files wait for the job. A workbook is compressed and slower to read.
BACKGROUND_BYTES = 4 << 20
BACKGROUND_BYTES_XLSX = 1 << 20
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
            WRONG_CELL: self.env._("A cell is neither a text nor a number."),
        }


class VipImportMixin(models.AbstractModel):
    """A file that is checked and booked as a whole.

    What is wrong with a row is said per row and stops no other. All accepted rows are
    booked in one transaction: killed at any moment, nothing of the file is booked, and
    the next run ends as one that was left alone.

    A model that inherits says which columns there are (`_known_columns`,
    `_missing_columns`), fills ``vip_import_row`` (`_check_rows`), finds what would change
    (`_find_changes`), books it (`_book`) and names its reasons (`_reject_reasons`).
    """

    _name = "vip.import.mixin"
    _description = "Import of a File"
    _inherit = ["mail.thread", "vip.import.stage", "vip.job.mixin"]
    _order = "id desc"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(string="File name", copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("checked", "Checked"),
            ("queued", "Waiting"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        help="Checked: the figures say what an import would do, nothing is booked. "
        "Waiting: a large file that the job imports. "
        "Failed: not one row of the file could be accepted.",
    )
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    accepted_count = fields.Integer(string="Accepted rows", readonly=True, copy=False)
    changed_count = fields.Integer(string="Changes", readonly=True, copy=False)
    rejected_count = fields.Integer(string="Rejected rows", readonly=True, copy=False)
    reject_file = fields.Binary(
        string="Rejected rows file", attachment=True, readonly=True, copy=False
    )
    reject_file_name = fields.Char(
        string="Rejected rows file name", readonly=True, copy=False
    )
    user_id = fields.Many2one(
        "res.users", string="Imported by", readonly=True, copy=False
    )
    done_at = fields.Datetime(string="Imported at", readonly=True, copy=False)

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Guard the result of an import, also when it comes as a default."""
        if self.env.su:
            return super().create(vals_list)
        for vals in vals_list:
            self._check_hands_off(vals)
        imports = self.with_context(clean_context(self.env.context))
        return super(VipImportMixin, imports).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Guard the result of an import, and what was imported once it is done."""
        if self.env.su:
            return super().write(vals)
        self._check_hands_off(vals)
        if self._input_fields() & vals.keys():
            states = set(self.mapped("state"))
            if "done" in states:
                raise UserError(self.env._("This file is already imported."))
            if "queued" in states:
                raise UserError(self.env._("This file is waiting to be imported."))
            # What was found in another file says nothing about this one. As superuser:
            # results are written here only.
            self.sudo().write(self._no_result())
        return super().write(vals)

    def _check_hands_off(self, vals):
        if self._no_result().keys() & vals.keys():
            raise UserError(self.env._("The result of an import is not edited."))

    def _input_fields(self):
        return {"file", "company_id"}

    def _no_result(self):
        """Return the values of an import that did not happen yet."""
        counts = ("row_count", "accepted_count", "changed_count", "rejected_count")
        names = ("reject_file", "reject_file_name", "user_id", "done_at", "problem")
        return {
            "state": "draft",
            **dict.fromkeys(counts, 0),
            **dict.fromkeys(names, False),
        }

    # Actions

    def action_check(self):
        """Say what importing the file would do, and which rows are refused; book nothing."""
        self._check_importable()
        self._import_file(self._file_stream(), check_only=True)
        return True

    def action_import(self):
        """Import the file, a large one by the job.

        Raises UserError when it cannot be read as a whole.
        """
        self._check_importable()
        stream = self._file_stream()
        limit = BACKGROUND_BYTES_XLSX if is_xlsx(stream) else BACKGROUND_BYTES
        if stream.getbuffer().nbytes > limit:
            self._queue()
        else:
            self._import_file(stream)
        return True

    def _check_importable(self):
        self.ensure_one()
        self.check_access("write")
        if self.state == "done":
            raise UserError(self.env._("This file is already imported."))
        if self.state == "queued":
            raise UserError(self.env._("This file is waiting to be imported."))
        if not self.file:
            raise UserError(self.env._("Choose a file first."))

    def _file_stream(self):
        return io.BytesIO(base64.b64decode(self.with_context(bin_size=False).file))

    # Business

    def _import_file(self, stream, check_only=False):
        """Check and book the rows of a seekable binary ``stream``: CSV or a workbook.

        The result is kept here. An empty cell says nothing. Raises UserError when nothing
        of the file can be used. With ``check_only`` nothing is booked.
        """
        try:
            source = file_source(stream)
        except UnreadableFile as error:
            raise UserError(self._unreadable_text(*error.args)) from error
        self._import_source(source, check_only)

    def _import_source(self, source, check_only=False):
        """Check and book the rows of ``source`` (see ``engine/import_source.py``)."""
        self.ensure_one()
        self._lock_target()
        columns = source.columns
        self._check_header(columns)
        self._stage(source)
        self._report_progress(25)
        self._check_rows(columns)
        self._report_progress(40)
        if check_only:
            changed = self._find_changes(columns)
        else:
            changed = self._book(columns)
        # As superuser: results are written here only.
        self.sudo().write(self._result(columns, changed, check_only))

    def _lock_target(self):
        """Keep others from what is booked while this file is checked and booked.

        :raise UserError: somebody else is at it
        """

    def _check_rows(self, columns):
        """Fill ``vip_import_row``: what each line says, or why it is refused."""
        raise NotImplementedError

    def _find_changes(self, columns):
        """Return how many accepted rows would change something; book nothing."""
        raise NotImplementedError

    def _book(self, columns):
        """Book the accepted rows; return how many changed something."""
        raise NotImplementedError

    def _result(self, columns, changed, check_only):
        rows, rejected = self._count_rows()
        if not rows:
            raise UserError(self.env._("The file has no rows below its header."))
        state = "done" if rows > rejected else "failed"
        result = {
            **self._no_result(),
            "state": "checked" if check_only else state,
            "row_count": rows,
            "accepted_count": rows - rejected,
            "changed_count": changed,
            "rejected_count": rejected,
        }
        if not check_only:
            result.update(user_id=self.env.uid, done_at=event_time(self.env))
        if rejected:
            result["reject_file"] = base64.b64encode(self._reject_csv(columns))
            name = (self.file_name or "import.csv").removesuffix(".xlsx")
            result["reject_file_name"] = f"rejected-{name.removesuffix('.csv')}.csv"
        return result

    # The job for large files

    def _queue(self):
        result = super()._queue()
        # As superuser: who asked for it is written here only.
        self.sudo().user_id = self.env.user
        return result

    @api.model
    def _cron_import(self):
        """Import the files that wait."""
        self._run_waiting()

    def _can_begin(self):
        """Wait where another import or a review of the company is at work."""
        try:
            self._lock_target()
        except UserError:
            return False
        return True

    def _do_queued(self):
        """Import this waiting file on behalf of who asked for it."""
        own = self.with_user(self.user_id).with_company(self.company_id)
        own._import_file(own._file_stream())

    def _failed(self, problem):
        return {**super()._failed(problem), "state": "failed"}
