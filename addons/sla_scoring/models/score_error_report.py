from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import NamesMany2one
from odoo.addons.vip_base.tools.times import event_time

MINOR, MAJOR, CRITICAL = "minor", "major", "critical"
BY_REPORTER = {"user_id", "ticket_id", "category_id", "severity", "occurred_at"}
BY_REPORTER |= {"evidence", "attachment_ids", "review_id", "company_id"}


class ScoreErrorReport(models.Model):
    """A mistake that a manager or a reviewer found, with evidence (REQUIREMENTS P2).

    A minor one costs nothing; a major one is an error of the month like one made by
    lateness; a critical one is posted only when a manager decides so. What the agent
    contests is the entry.
    """

    _name = "score.error.report"
    _description = "Error Report"
    _inherit = ["vip.hands.off.mixin", "score.deed.mixin"]
    _rec_name = "category_id"

    ticket_number = fields.Char(string="Ticket number", readonly=True)
    category_id = fields.Many2one(
        "score.error.category", required=True, ondelete="restrict", tracking=True
    )
    severity = fields.Selection(
        [(MINOR, "Minor"), (MAJOR, "Major"), (CRITICAL, "Critical")],
        required=True,
        default=MAJOR,
        tracking=True,
        help="Minor: noted, costs nothing. Major: an error of the month. Critical: an "
        "error that is posted only when a manager decides so.",
    )
    filed_at = fields.Datetime(
        string="Reported at",
        required=True,
        readonly=True,
        default=lambda self: event_time(self.env),
    )
    evidence = fields.Text(
        string="What shows it", help="What happened, and where it can be seen."
    )
    raised_by_id = fields.Many2one(
        "res.users",
        string="Raised by",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    review_id = fields.Many2one(
        "score.review",
        string="Quality review",
        ondelete="restrict",
        index="btree_not_null",
        help="The quality review in which it was found.",
    )
    state = fields.Selection(
        [("filed", "Filed"), ("withdrawn", "Withdrawn")],
        required=True,
        default="filed",
        readonly=True,
        tracking=True,
    )
    withdrawal_reason = fields.Text(
        string="Why withdrawn", readonly=True, tracking=True
    )
    entry_ids = fields.One2many("score.entry", "error_report_id", readonly=True)

    _not_by_oneself = models.Constraint(
        "CHECK (raised_by_id <> user_id)", "Nobody reports an error of their own."
    )

    @api.constrains("evidence", "attachment_ids")
    def _check_evidence(self):
        for report in self:
            if not (report.evidence or "").strip() and not report.attachment_ids:
                raise ValidationError(
                    self.env._("An error report needs evidence: a text or a file.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        reports = super().create(vals_list)
        reports._draft_errors()
        return reports

    def _guarded_fields(self):
        return self._all_but(() if self else BY_REPORTER)

    def _hands_off(self, names):
        if self:
            return AccessError(
                self.env._("An error report is not edited. Withdraw it instead.")
            )
        return AccessError(self.env._("An error report says what happened to whom."))

    def _by_hand(self, vals):
        """Return the values of a report by the current user: a manager or a reviewer.

        :raise AccessError: neither
        """
        review = self.env["score.review"].browse(vals.get("review_id")).exists()
        if review:
            review.check_access("read")
            review._check_finds_errors_of(vals.get("user_id"))
        elif not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Errors are reported by managers, or in a quality review.")
            )
        if self.env["res.users"].browse(vals.get("user_id")) & (
            self.env.user._same_person()
        ):
            raise AccessError(self.env._("Nobody reports an error of their own."))
        self._check_deed(vals)
        return {**vals, "raised_by_id": self.env.uid}

    def _with_facts(self, vals):
        # As superuser: the number of a ticket, checked to be readable above.
        ticket = self.env["helpdesk.ticket"].sudo().browse(vals.get("ticket_id"))
        return {**vals, "ticket_number": ticket.number}

    def _draft_errors(self):
        """Draft what these errors cost; minor ones cost nothing."""
        # As superuser: the rules charge; who may report is checked above.
        entries = self.env["score.entry"].sudo()
        counted = self.sudo().filtered(lambda report: report.severity != MINOR)
        entries._charge([report._entry_values() for report in counted])

    def _entry_values(self):
        month = self.company_id._vip_month(self.occurred_at)
        day = self.company_id._vip_local_date(self.occurred_at)
        rules = self.env["score.rule"].search([("active", "=", True)])
        return {
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "team_id": self.ticket_id.team_id.id,
            "kind": "error",
            "points": None,
            "occurred_at": self.occurred_at,
            "period": month,
            "month": month,
            "rule_id": rules._in_force("error", self.company_id, day)[:1].id,
            "band_id": False,
            "ticket_id": self.ticket_id.id,
            "ticket_number": self.ticket_number,
            "source_key": f"report:{self.id}",
            "error_report_id": self.id,
            "needs_review": self.severity == CRITICAL,
            "raised_by_id": self.raised_by_id.id,
            "reason": self.evidence,
            "details": {
                "category_id": self.category_id.id,
                "category": self.category_id.name,
                "severity": self.severity,
            },
        }

    def _withdraw(self, reason, at, by):
        """Withdraw reports: drafts vanish, posted entries are reversed.

        :param reason: why, for people
        :param at: naive UTC datetime
        :param by: who decided
        :raise UserError: withdrawn already
        """
        # As superuser: who may withdraw is checked by the caller.
        for report in self.sudo():
            if report.state != "filed":
                raise UserError(self.env._("This report is withdrawn already."))
            report.entry_ids.filtered(lambda entry: entry.kind == "error")._take_back(
                reason, at, by
            )
            report.write({"state": "withdrawn", "withdrawal_reason": reason})


class ScoreErrorCategory(models.Model):
    """What kind of mistake an error report is about."""

    _name = "score.error.category"
    _description = "Error Category"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = NamesMany2one("res.company", help="Empty: every company.")
    description = fields.Text(translate=True, help="When an error belongs here.")


class ScoreErrorWithdrawal(models.TransientModel):
    """Who raised an error report, or a manager, takes it back with a reason."""

    _name = "score.error.withdrawal"
    _description = "Withdraw an Error Report"

    report_id = fields.Many2one(
        "score.error.report",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Text(required=True)

    def action_withdraw(self):
        """Withdraw the report.

        :raise AccessError: the user neither raised it nor is a manager, or is its agent
        :raise UserError: withdrawn already
        """
        self.ensure_one()
        report, user = self.report_id, self.env.user
        report.check_access("read")
        manager = user.has_group(MANAGER_GROUP) and user != report.user_id
        if user != report.raised_by_id and not manager:
            raise AccessError(
                self.env._("A report is withdrawn by who raised it, or by a manager.")
            )
        report._withdraw(self.reason, event_time(self.env), user)
        return {"type": "ir.actions.act_window_close"}
