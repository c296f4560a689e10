from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.months import add_months, first_day, month_name

from .score_entry import MANAGER

#: So many cards are frozen in one committed batch.
BATCH = 100


class ScoreClose(models.Model):
    """The close of a company's month: what is still open, then one action.

    It works in committed batches and goes on where it was when it is repeated: from the
    first commit on the month is locked, and what it freezes no longer moves.
    """

    _name = "score.close"
    _description = "Monthly Close"
    _order = "month desc, id desc"
    _rec_name = "month"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    month = fields.Date(
        required=True,
        default=lambda self: add_months(
            self.env.company._vip_month(event_time(self.env)), -1
        ),
        help="Any day of it.",
    )
    month_name = fields.Char(string="Month of", compute="_compute_month_name")
    state = fields.Selection(
        [("draft", "Open"), ("closing", "Being closed"), ("closed", "Closed")],
        required=True,
        default="draft",
        readonly=True,
    )
    closed_at = fields.Datetime(string="Closed at", readonly=True)
    closed_by_id = fields.Many2one(
        "res.users", string="Closed by", readonly=True, ondelete="restrict"
    )

    _month_uniq = models.UniqueIndex(
        "(company_id, month)", "There is a close of this month already."
    )

    @api.depends_context("lang")
    @api.depends("month")
    def _compute_month_name(self):
        for close in self:
            close.month_name = month_name(self.env, close.month)

    @api.depends("month_name")
    def _compute_display_name(self):
        for close in self:
            close.display_name = close.month_name

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("month"):
                vals["month"] = first_day(fields.Date.to_date(vals["month"]))
            if not self.env.su and not vals.keys() <= {"month", "company_id"}:
                raise AccessError(self.env._("A close says which month, no more."))
        closes = super().create(vals_list)
        for close in closes:
            close._draft_cards()
        return closes

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("A month is closed, not edited."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if any(close.state != "draft" for close in self):
            raise UserError(self.env._("The close of a month is never deleted."))

    def action_refresh(self):
        """Bring the figures of the month up to date."""
        self._check_manager()
        for close in self.filtered(lambda close: close.state == "draft"):
            close._draft_cards()

    def action_close(self):
        """Lock the month and freeze its cards: a manager's decision.

        :raise AccessError: the user is no manager
        :raise UserError: the month is not over, or an earlier one is still open
        """
        self.ensure_one()
        self._check_manager()
        # As superuser: a manager, checked above; a close writes frozen records.
        self.sudo()._run(event_time(self.env), self.env.user)

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a service manager closes a month."))

    def _draft_cards(self):
        # As superuser: figures are written by the cards only.
        for model in ("score.card", "score.team.card"):
            self.env[model].sudo()._refresh(self.company_id, self.month)

    def _run(self, at, by):
        """Close the month, or go on with a close that was interrupted.

        :param at: naive UTC datetime; an interrupted close keeps its first one
        :param by: the manager who closes; kept likewise
        """
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state == "draft":
            self._check_may_begin(at)
            self._lock_month(at, by)
            self._commit_batch()
        if self.state == "closing":
            self._draft_cards()
            self._freeze_all("score.card")
            self._freeze_all("score.team.card")
            self.env["score.kpi.month"]._keep(self.company_id, self.month)
            rules = self.env["score.award.rule"]
            rules._propose_all(self.company_id, self.month, self.closed_at)
            self.state = "closed"
            self.flush_recordset()

    def _check_may_begin(self, at):
        if self.company_id._vip_month(at) <= self.month:
            raise UserError(self.env._("This month is not over yet."))
        if month := self._earlier_open():
            raise UserError(self.env._("Close %s first.", month_name(self.env, month)))

    def _earlier_open(self):
        """Return the first earlier month with a card, close or entry still open."""
        self.env.flush_all()
        [[month]] = self.env.execute_query(
            SQL(
                """
        SELECT MIN(month) FROM (
               SELECT company_id, month FROM score_card WHERE state = 'draft'
                UNION ALL
               SELECT company_id, month FROM score_close WHERE state <> 'closed'
                UNION ALL
               SELECT entry.company_id, entry.month
                 FROM score_entry entry
                 JOIN res_company company ON company.id = entry.company_id
                WHERE entry.state = 'posted'
                  AND (company.score_locked_month IS NULL
                       OR entry.month > company.score_locked_month)
                  AND NOT EXISTS (
                      SELECT FROM score_card card
                       WHERE card.company_id = entry.company_id
                         AND card.user_id = entry.user_id AND card.month = entry.month
                         AND card.state = 'closed')) earlier
         WHERE company_id = %s AND month < %s
                """,
                self.company_id.id,
                self.month,
            )
        )
        return month

    def _lock_month(self, at, by):
        """From here on nothing is posted into the month."""
        self.write({"state": "closing", "closed_at": at, "closed_by_id": by.id})
        company = self.company_id
        company.score_locked_month = max(
            filter(None, (company.score_locked_month, self.month))
        )
        self.env.flush_all()

    def _freeze_all(self, model):
        cards = self.env[model]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("month", "=", self.month),
            ("state", "=", "draft"),
        ]
        while batch := cards.search(domain, order="id", limit=BATCH):
            batch._freeze(self.closed_at, self.closed_by_id)
            self._commit_batch()
            self.lock_for_update()

    def _commit_batch(self):
        # Outside of a job it only commits.
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _cron_close(self):
        """Go on with closes that were interrupted."""
        for close in self.sudo().search([("state", "=", "closing")], order="month"):
            close._run(close.closed_at, close.closed_by_id)
            self.env["ir.cron"]._commit_progress(1)

    def _ledger_rows(self):
        """Return the posted entries of the month, all of them, in order."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
        SELECT entry.id, entry.user_id, entry.team_id, entry.kind,
               COALESCE(original.kind, entry.kind) AS counts_as,
               entry.points::numeric AS points, entry.occurred_at, entry.posted_at,
               entry.ticket_number, entry.reason, person.login,
               partner.name AS agent, entry.rule_id, entry.reversal_of_id
          FROM score_entry entry
     LEFT JOIN score_entry original ON original.id = entry.reversal_of_id
     LEFT JOIN res_users person ON person.id = entry.user_id
     LEFT JOIN res_partner partner ON partner.id = person.partner_id
         WHERE entry.company_id = %s AND entry.month = %s AND entry.state = 'posted'
      ORDER BY partner.name, person.login, entry.occurred_at, entry.id
                """,
                self.company_id.id,
                self.month,
            )
        )
