from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import (
    add_months,
    event_time,
    first_day,
    month_name,
)

#: So many cards are frozen in one committed batch.
BATCH = 100


class ScoreClose(models.Model):
    """The close of a company's month: what is still open, then one action.

    It works in committed batches and goes on where it was when it is repeated: from the
    first commit on the month is locked, and what it freezes no longer moves.
    """

    _name = "score.close"
    _description = "Monthly Close"
    _inherit = ["vip.hands.off.mixin"]
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
    card_count = fields.Integer(string="Scorecards", compute="_compute_totals")
    open_card_count = fields.Integer(string="To freeze", compute="_compute_totals")
    deduction = fields.Float(
        string="Deductions", compute="_compute_totals", digits=(8, 2)
    )
    offset = fields.Float(
        string="Offsets used", compute="_compute_totals", digits=(8, 2)
    )
    correction = fields.Float(
        string="Of earlier months", compute="_compute_totals", digits=(8, 2)
    )
    award = fields.Float(string="Awards", compute="_compute_totals", digits=(8, 2))
    total = fields.Float(compute="_compute_totals", digits=(8, 2))
    draft_count = fields.Integer(
        string="Drafts",
        compute="_compute_open",
        help="Entries of the month that are not posted yet: they would count in the next "
        "month.",
    )
    unreviewed_count = fields.Integer(
        string="Waiting for a manager",
        compute="_compute_open",
        help="Drafts of the month that only a manager posts.",
    )
    appeal_count = fields.Integer(
        string="Open appeals",
        compute="_compute_open",
        help="Points they give back would count in the next month.",
    )
    review_count = fields.Integer(
        string="Quality reviews to score or settle", compute="_compute_open"
    )
    aside_count = fields.Integer(
        string="Put aside",
        compute="_compute_open",
        help="What could not be done, with the reason: nothing of it counts yet.",
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

    def _compute_totals(self):
        names = ("deduction", "offset", "correction", "award", "total")
        for close in self:
            domain = close._card_domain()
            rows = self.env["score.card"]._read_group(
                domain, ["state"], ["__count", *(f"{name}:sum" for name in names)]
            )
            close.card_count = sum(row[1] for row in rows)
            close.open_card_count = sum(row[1] for row in rows if row[0] == "draft")
            for place, name in enumerate(names, start=2):
                close[name] = sum(row[place] or 0 for row in rows)

    def _compute_open(self):
        for close in self:
            drafts = self.env["score.entry"].search(close._draft_domain())
            close.draft_count = len(drafts)
            close.unreviewed_count = len(drafts.filtered("needs_review"))
            close.appeal_count = self.env["score.appeal"].search_count(
                close._appeal_domain()
            )
            close.review_count = self.env["score.review"].search_count(
                close._review_domain()
            )
            close.aside_count = self.env["score.aside"].search_count(
                close._aside_domain()
            )

    @api.model_create_multi
    def create(self, vals_list):
        closes = super().create(vals_list)
        for close in closes:
            close._draft_cards()
        return closes

    def _guarded_fields(self):
        return self._all_but(() if self else {"month", "company_id"})

    def _hands_off(self, names):
        if self:
            return AccessError(self.env._("A month is closed, not edited."))
        return AccessError(self.env._("A close says which month, no more."))

    def _with_facts(self, vals):
        if not vals.get("month"):
            return vals
        return {**vals, "month": first_day(fields.Date.to_date(vals["month"]))}

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
        if not self.env.user.has_group(MANAGER_GROUP):
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
        # As superuser: the job goes on with what a manager began.
        for close in self.sudo().search([("state", "=", "closing")], order="month"):
            close._run(close.closed_at, close.closed_by_id)
            self.env["ir.cron"]._commit_progress(1)

    # What a close would freeze, and what is still open.

    def action_cards(self):
        """Open the scorecards of the month."""
        return self._list("sla_scoring.score_card_action", self._card_domain())

    def action_drafts(self):
        """Open the entries that are not posted yet."""
        return self._list("sla_scoring.score_entry_action", self._draft_domain())

    def action_unreviewed(self):
        """Open the entries that wait for a manager."""
        domain = [*self._draft_domain(), ("needs_review", "=", True)]
        return self._list("sla_scoring.score_entry_action", domain)

    def action_appeals(self):
        """Open the appeals that are not decided."""
        return self._list("sla_scoring.score_appeal_action", self._appeal_domain())

    def action_reviews(self):
        """Open the quality reviews that are not done."""
        return self._list("sla_scoring.score_review_action", self._review_domain())

    def action_asides(self):
        """Open what was put aside."""
        return self._list("sla_scoring.score_aside_action", self._aside_domain())

    def _list(self, xmlid, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": domain, "context": {}}

    def _card_domain(self):
        return [("company_id", "=", self.company_id.id), ("month", "=", self.month)]

    def _draft_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "draft"),
            ("period", "<=", self.month),
        ]

    def _appeal_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "submitted"),
            ("entry_id.period", "<=", self.month),
        ]

    def _review_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "in", ("to_score", "scored", "disputed")),
            ("month", "<=", self.month),
        ]

    def _aside_domain(self):
        return [("company_id", "=", self.company_id.id), ("state", "=", "open")]

    def _ledger_total(self):
        """Return the sum of all posted points of the month, to the hundredth."""
        self.env.flush_all()
        [[total]] = self.env.execute_query(
            SQL(
                """
        SELECT COALESCE(SUM(points::numeric), 0) FROM score_entry
         WHERE company_id = %s AND month = %s AND state = 'posted'
                """,
                self.company_id.id,
                self.month,
            )
        )
        return total
