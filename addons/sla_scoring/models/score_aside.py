import logging

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time, month_name

_logger = logging.getLogger(__name__)


class ScoreAside(models.Model):
    """One record with which a job or a close could not do its work, and why.

    All others were done. A manager sees it, mends the cause and lets it be tried again.
    """

    _name = "score.aside"
    _description = "Put Aside"
    _inherit = ["vip.hands.off.mixin"]
    _order = "state desc, put_at desc, id desc"
    _rec_name = "step"

    company_id = fields.Many2one("res.company", required=True, index=True)
    step = fields.Selection(
        [
            ("draft", "Points of a missed promise"),
            ("undo", "Points of an excused promise"),
            ("post", "Posting an entry"),
            ("award", "Proposing an award"),
            ("measure", "Proposing a measure"),
        ],
        string="What could not be done",
        required=True,
    )
    res_model = fields.Char(string="Kind of record", required=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True
    )
    subject = fields.Char(string="With", compute="_compute_subject")
    user_id = fields.Many2one("res.users", string="Agent", ondelete="set null")
    month = fields.Date(help="The month that was closed.")
    month_name = fields.Char(string="Month of", compute="_compute_month_name")
    reason = fields.Text(required=True)
    state = fields.Selection(
        [("open", "Put aside"), ("done", "Done")], required=True, default="open"
    )
    put_at = fields.Datetime(string="Put aside on", required=True)
    tries = fields.Integer(string="Times tried", default=1)
    tried_at = fields.Datetime(string="Tried again on")
    tried_by_id = fields.Many2one(
        "res.users", string="Tried again by", ondelete="restrict"
    )

    _open_uniq = models.UniqueIndex(
        "(step, res_id, company_id, COALESCE(month, '-infinity'::date))"
        " WHERE state = 'open'",
        "This was put aside already.",
    )

    @api.depends_context("lang")
    @api.depends("res_model", "res_id")
    def _compute_subject(self):
        for aside in self:
            # As superuser: its name; who may see what is put aside sees this line.
            record = self.env[aside.res_model].sudo().browse(aside.res_id).exists()
            aside.subject = record.display_name

    @api.depends_context("lang")
    @api.depends("month")
    def _compute_month_name(self):
        for aside in self:
            aside.month_name = month_name(self.env, aside.month) if aside.month else ""

    def _guarded_fields(self):
        return self._all_but(())

    def _hands_off(self, names):
        return AccessError(self.env._("What was put aside is tried again, not edited."))

    @api.model
    def _put(self, step, record, error, at, company=None, month=None):
        """Put a record aside, once, with the reason of the last attempt.

        :param error: what was raised
        :param at: naive UTC datetime
        :param company: whose close or job it was; that of the record if not given
        :param month: first day of the month that was closed
        """
        _logger.warning("%s of %s was put aside", step, record, exc_info=error)
        company = company or record.company_id
        reason = self._words(error)
        # As superuser: the job says what it could not do.
        asides = self.sudo()
        known = asides.search(
            [
                ("step", "=", step),
                ("res_id", "=", record.id),
                ("company_id", "=", company.id),
                ("month", "=", month or False),
                ("state", "=", "open"),
            ]
        )
        if known:
            known.write({"reason": reason})
            return
        has_agent = "user_id" in record._fields
        asides.create(
            {
                "company_id": company.id,
                "step": step,
                "res_model": record._name,
                "res_id": record.id,
                "user_id": has_agent and record.user_id.id,
                "month": month,
                "reason": reason,
                "put_at": at,
            }
        )

    def _words(self, error):
        """Return an error as people read it."""
        if isinstance(error, IntegrityError):
            return self.env["score.entry"]._sql_error_to_message(error)
        return str(error).strip() or type(error).__name__

    def action_retry(self):
        """Try these again: a manager's doing, in the audit log.

        :raise AccessError: the user is no manager
        :raise UserError: it is none that waits, or the job is at work
        """
        self.check_access("read")
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("A service manager tries this again."))
        waiting = self.filtered(lambda aside: aside.state == "open")
        if not waiting:
            raise UserError(self.env._("This is done already."))
        # As superuser: what jobs and the close do, for a manager, checked above.
        waiting.sudo()._retry(event_time(self.env), self.env.user)
        left = waiting.filtered(lambda aside: aside.state == "open")
        return self._told(left) if left else True

    def _retry(self, at, by):
        """Do each of these once more; what fails again says why.

        :param at: naive UTC datetime
        :param by: the manager who wants it
        """
        entries = self.env["score.entry"]
        if not entries._is_only_run():
            raise UserError(
                self.env._("Points are being drawn at this moment. Try again shortly.")
            )
        for aside in self:
            tried = {"tries": aside.tries + 1, "tried_at": at, "tried_by_id": by.id}
            # Done, unless it is put aside again.
            aside.write({"state": "done", **tried})
            aside.flush_recordset()
            try:
                with self.env.cr.savepoint():
                    aside._do(at, by)
            except Exception as error:
                if entries._is_collision(error):
                    raise
                aside.write({"state": "open", "reason": self._words(error)})
        self.env["vip.audit.log"]._record(
            self,
            "changed",
            old={"state": "open"},
            new=lambda aside: {"state": aside.state, "tries": aside.tries},
        )

    def _do(self, at, by):
        """Do what could not be done."""
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            return
        entries = self.env["score.entry"]
        if self.step == "draft":
            entries._draft_rows(entries._take_breaches(1, record.ids), at)
        elif self.step == "undo":
            entries._undo(record, at)
        elif self.step == "post":
            record._post(at)
        elif self.step == "award":
            record._propose(self.company_id, self.month, at)
        else:
            self.env["score.measure.rule"]._propose(record, at, by)

    def action_open(self):
        """Open the record with which it could not be done."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _told(self, left):
        reasons = "\n".join(f"{one.subject or one.step}: {one.reason}" for one in left)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "className": "text-prewrap",
                "message": self.env._("Still put aside:\n%s", reasons),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
