import base64
import io

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from ..tools.event_time import event_time
from ..tools.import_csv import UnreadableFile
from ..tools.import_source import file_source
from ..tools.import_xlsx import is_xlsx

#: Larger files wait for the job. A workbook is compressed and slower to read.
BACKGROUND_BYTES = 4 << 20
BACKGROUND_BYTES_XLSX = 1 << 20


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
            # What was found in another file says nothing about this one.
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
        """Check and book the rows of ``source`` (see ``tools/import_source.py``)."""
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
