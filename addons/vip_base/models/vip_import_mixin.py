import base64
import io

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from ..engine.import_source import UnreadableFile, file_source
from ..engine.workbook_out import workbook
from ..tools.times import event_time

#: Files of more rows wait for the job. A workbook is slower to read.
BACKGROUND_ROWS = 100_000
BACKGROUND_ROWS_BOOK = 20_000
#: More refused rows than these come back as CSV, whatever they came as.
MOST_REJECTED_IN_BOOK = 50_000
BOOKS = ("xlsx", "xls")


class OpenQuestions(UserError):
    """Something about a file is doubtful, and nobody has looked at it yet."""


class VipImportMixin(models.AbstractModel):
    """A file that is checked and booked as a whole.

    What is wrong with a row is said per row and stops no other. All accepted rows are
    booked in one transaction: killed at any moment, nothing of the file is booked, and
    the next run ends as one that was left alone.

    What is doubtful about the file as a whole is asked; it is imported when somebody has
    looked (`confirmed`). A check shows the first rows as they are understood.

    A model that inherits says which columns there are (`_known_columns`,
    `_missing_columns`, `_heading_words`, `_kinds`), fills ``vip_import_row``
    (`_check_rows`), finds what would change (`_find_changes`), books it (`_book`) and
    names its reasons (`_reject_reasons`).
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
    questions = fields.Text(
        readonly=True, copy=False, help="What is doubtful about the file as a whole."
    )
    confirmed = fields.Boolean(
        string="I have looked: import it as it is",
        copy=False,
        help="What is asked above is as it should be.",
    )
    remarks = fields.Text(readonly=True, copy=False, help="How the file was read.")
    preview = fields.Json(
        readonly=True, copy=False, help="The first rows as they are understood."
    )
    preview_html = fields.Html(compute="_compute_preview_html", sanitize=False)
    only_checks = fields.Boolean(
        readonly=True, copy=False, help="The job says what an import would do."
    )
    sample_en = fields.Binary(compute="_compute_sample")
    sample_zh = fields.Binary(compute="_compute_sample")
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
            if "confirmed" not in vals:
                vals = {**vals, "confirmed": False}
        return super().write(vals)

    def _check_hands_off(self, vals):
        if self._no_result().keys() & vals.keys():
            raise UserError(self.env._("The result of an import is not edited."))

    def _input_fields(self):
        return {"file", "company_id"}

    def _no_result(self):
        """Return the values of an import that did not happen yet."""
        counts = ("row_count", "accepted_count", "changed_count", "rejected_count")
        names = (
            *("reject_file", "reject_file_name", "user_id", "done_at", "problem"),
            *("questions", "remarks", "preview", "only_checks"),
        )
        return {
            "state": "draft",
            **dict.fromkeys(counts, 0),
            **dict.fromkeys(names, False),
        }

    # Actions

    def action_check(self):
        """Say what importing the file would do, and which rows are refused; book nothing.

        A large file is checked by the job.
        """
        self._check_importable()
        stream = self._file_stream()
        if self._is_large(stream):
            self._queue(only_checks=True)
        else:
            self._import_file(stream, check_only=True)
        return True

    def action_import(self):
        """Import the file, a large one by the job; what is doubtful about it is asked.

        Raises UserError when it cannot be read as a whole.
        """
        self._check_importable()
        stream = self._file_stream()
        if self._is_large(stream):
            self._queue()
        else:
            self._import_or_ask(stream)
        return True

    def action_sample_en(self):
        """Hand out a workbook to fill in, with headings in English."""
        return self._sample_action("en")

    def action_sample_zh(self):
        """Hand out a workbook to fill in, with headings in Chinese."""
        return self._sample_action("zh")

    def _sample_action(self, language):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/sample_{language}"
            f"/{self._name.replace('.', '-')}-{language}.xlsx?download=1",
            "target": "download",
        }

    def _compute_sample(self):
        for record in self:
            for language in ("en", "zh"):
                rows = self._sample_rows(language)
                record[f"sample_{language}"] = base64.b64encode(workbook(rows))

    def _sample_rows(self, language):
        """Return the rows of a file to fill in: headings, and an example or two."""
        return [self._known_columns()]

    @api.depends("preview")
    @api.depends_context("lang")
    def _compute_preview_html(self):
        for record in self:
            record.preview_html = self._preview_table(record.preview or {})

    def _is_large(self, stream):
        source = self._file_source(stream)
        limit = BACKGROUND_ROWS_BOOK if source.kind in BOOKS else BACKGROUND_ROWS
        return source.size > limit

    def _import_or_ask(self, stream):
        """Import the file, or show what is asked about it."""
        try:
            with self.env.cr.savepoint():
                self._import_file(stream)
        except OpenQuestions:
            self._import_file(stream, check_only=True)

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
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        # As superuser: how much of the file was stored, for whoever may import it.
        stored = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        size = stored.search([*domain, ("res_field", "=", "file")], limit=1).file_size
        if len(content) != size:
            raise UserError(
                self.env._("The file was not stored in full: choose it once more.")
            )
        return io.BytesIO(content)

    # Business

    def _file_source(self, stream):
        """Return the source of a seekable binary ``stream``: text or a workbook.

        Raises UserError when it is neither.
        """
        try:
            return file_source(stream, self._layout(), self._headings())
        except UnreadableFile as error:
            raise UserError(self._unreadable_text(*error.args)) from error

    def _import_file(self, stream, check_only=False):
        """Check and book the rows of a seekable binary ``stream``: text or a workbook.

        The result is kept here. An empty cell says nothing. Raises UserError when nothing
        of the file can be used. With ``check_only`` nothing is booked.
        """
        self._import_source(self._file_source(stream), check_only)

    def _import_source(self, source, check_only=False):
        """Check and book the rows of ``source`` (see ``engine/import_source.py``).

        :raises OpenQuestions: something is doubtful, and nobody has looked at it
        """
        self.ensure_one()
        self._lock_target()
        columns = source.columns
        self._check_header(source)
        own = self._with_reading(source)
        own._stage(source)
        totals = own._take_totals(source)
        own = own._with_reading(source, own._read_cells(source))
        own._report_progress(25)
        own._check_rows(columns)
        own._report_progress(40)
        told = own._told(source, totals)
        if check_only:
            told["preview"] = own._preview(source)
            changed = own._find_changes(columns)
        else:
            own._check_answered(told["questions"])
            changed = own._book(columns)
        result = own._result(columns, changed, check_only)
        # As superuser: results are written here only.
        self.sudo().write({**result, **told, **own._rejected(source, result)})

    def _told(self, source, totals):
        """Return what a person is asked and told of the file.

        A program that sends rows is not asked.
        """
        if source.kind == "push":
            return {"questions": False, "remarks": False, "preview": False}
        return {
            "questions": "\n".join(self._questions(source, totals)) or False,
            "remarks": "\n".join(self._remarks(source, totals)) or False,
            "preview": False,
        }

    def _check_answered(self, questions):
        if questions and not self.confirmed:
            raise OpenQuestions(questions)

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
        return result

    def _rejected(self, source, result):
        """Return the file of the refused rows: of the kind that they came as."""
        rejected = result["rejected_count"]
        if not rejected:
            return {}
        name = (self.file_name or "import").rpartition(".")[0] or "import"
        if source.kind in BOOKS and rejected <= MOST_REJECTED_IN_BOOK:
            rows = self._rejected_rows(source)
            content = workbook([self._rejected_headings(source), *rows])
            name = f"rejected-{name}.xlsx"
        else:
            content, name = self._reject_csv(source), f"rejected-{name}.csv"
        return {"reject_file": base64.b64encode(content), "reject_file_name": name}

    # The job for large files

    def _queue(self, only_checks=False):
        result = super()._queue()
        # As superuser: who asked for it is written here only.
        self.sudo().write({"user_id": self.env.uid, "only_checks": only_checks})
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
        """Check or import this waiting file on behalf of who asked for it."""
        own = self.with_user(self.user_id).with_company(self.company_id)
        if self.only_checks:
            own._import_file(own._file_stream(), check_only=True)
        else:
            own._import_or_ask(own._file_stream())

    def _failed(self, problem):
        return {**super()._failed(problem), "state": "failed"}
