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
#: The states in which a month is not locked by its close yet.
OPEN = ("draft", "proposed")
#: The lines of the checklist whose rows are points that the close leaves out.
LEFT_OUT = ("drafts", "errors")


class ScoreClose(models.Model):
    """The close of a company's month: what is still open, then one action.

    Where something waits for a decision, the close says what it leaves out: that takes a
    reason and a second manager. It works in committed batches and goes on where it was
    when it is repeated: from the first commit on the month is locked, and what it
    freezes no longer moves.
    """

    _name = "score.close"
    _description = "Monthly Close"
    _inherit = [
        "vip.decision.mixin",
        "vip.hands.off.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _mail_post_access = "read"
    _order = "month desc, id desc"
    _rec_name = "month"
    _decider_field = "confirmed_by_id"
    _decided_at_field = "confirmed_at"
    _decisions_action = "sla_scoring.score_close_action"

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
        [
            ("draft", "Checking"),
            ("proposed", "To be confirmed"),
            ("closing", "Being closed"),
            ("closed", "Closed"),
        ],
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
    reason = fields.Text(
        readonly=True, help="Why what is left out could not be decided first."
    )
    proposed_by_id = fields.Many2one(
        "res.users", string="Proposed by", readonly=True, ondelete="restrict"
    )
    proposed_at = fields.Datetime(string="Proposed at", readonly=True)
    confirmed_by_id = fields.Many2one(
        "res.users", string="Confirmed by", readonly=True, ondelete="restrict"
    )
    confirmed_at = fields.Datetime(string="Confirmed at", readonly=True)
    asked = fields.Json(
        readonly=True,
        help="What was left out when somebody proposed to close: ids by line and model.",
    )
    left_ids = fields.One2many("score.close.left", "close_id", readonly=True)
    left_count = fields.Integer(
        string="Entries left out",
        compute="_compute_left",
        help="Point entries that were drafts when the month was closed.",
    )
    left_points = fields.Float(
        string="Points left out", compute="_compute_left", digits=(8, 2)
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

    @api.depends("left_ids")
    def _compute_left(self):
        rows = self.env["score.close.left"]._read_group(
            [("close_id", "in", self.ids), ("line", "in", LEFT_OUT)],
            ["close_id"],
            ["__count", "points:sum"],
        )
        found = {close.id: (count, points) for close, count, points in rows}
        for close in self:
            close.left_count, points = found.get(close.id, (0, 0))
            close.left_points = points or 0

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
        if any(close.state in ("closing", "closed") for close in self):
            raise UserError(self.env._("The close of a month is never deleted."))

    def action_refresh(self):
        """Bring the figures of the month up to date."""
        self._check_manager()
        for close in self.filtered(lambda close: close.state in OPEN):
            close._draft_cards()

    def action_close(self):
        """Lock the month and freeze its cards: a manager's decision.

        :raise AccessError: the user is no manager
        :raise UserError: the month is not over, an earlier one is still open, or
            something waits for a decision
        """
        self.ensure_one()
        self._check_manager()
        # As superuser: all that is open counts, whoever sees it.
        if self.state in OPEN and self.sudo()._is_anything_open():
            raise UserError(
                self.env._(
                    "Something of this month still waits for somebody. Decide it, or "
                    "say why the month is closed without it."
                )
            )
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
        if self.state in OPEN:
            self._check_may_begin(at)
            self._lock_month(at, by)
            self._commit_batch()
        if self.state == "closing":
            self._draft_cards()
            self._freeze_all("score.card")
            self._freeze_all("score.team.card")
            self.env["vip.figure.month"]._keep(self.company_id, self.month)
            rules = self.env["score.award.rule"]
            rules._propose_all(self.company_id, self.month, self.closed_at)
            self.state = "closed"
            self.flush_recordset()

    def _check_may_begin(self, at):
        if bar := self._not_yet(at):
            raise UserError(bar)

    def _not_yet(self, at):
        """Return why the month cannot be closed yet, or nothing."""
        # As superuser: the company's zone, nothing else.
        if self.company_id.sudo()._vip_month(at) <= self.month:
            return self.env._("This month is not over yet.")
        if month := self._earlier_open():
            return self.env._("Close %s first.", month_name(self.env, month))
        return ""

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
        """From here on nothing is posted into the month; keep what is left out of it."""
        before = {self.id: self.state}
        self.env["score.close.left"]._keep(self)
        self.write({"state": "closing", "closed_at": at, "closed_by_id": by.id})
        self._log_decision(before, at)
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

    def action_cards(self):
        """Open the scorecards of the month."""
        self.ensure_one()
        return self._list("sla_scoring.score_card_action", self._card_domain())

    def action_left(self):
        """Open what this close left out."""
        self.ensure_one()
        domain = [("close_id", "=", self.id)]
        return self._list("sla_scoring.score_close_left_action", domain)

    def _card_domain(self):
        return [("company_id", "=", self.company_id.id), ("month", "=", self.month)]

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

    # What leaves something out: proposed with a reason, confirmed by another

    def close_leaving_out(self, reason):
        """Close the month without what still waits for somebody.

        :param reason: why it could not be decided first
        :raise AccessError: the user is no manager
        :raise UserError: no reason, nothing is left out, the month cannot be closed yet,
            or nobody else could confirm it
        """
        self.ensure_one()
        self._check_manager()
        at, reason = event_time(self.env), (reason or "").strip()
        # As superuser: a manager, checked above; states are written here only.
        close = self.sudo()
        close._hold("draft")
        if not reason:
            raise UserError(self.env._("Say why this cannot be decided first."))
        if not close._is_anything_open():
            raise UserError(self.env._("Nothing is left out: close the month."))
        close._check_may_begin(at)
        if error := close._leaving_out_bar(self.env.user):
            raise error
        if self._needs_second():
            close._propose(reason, at, self.env.user)
        else:
            close.reason = reason
            close._run(at, self.env.user)

    def _needs_second(self):
        # As superuser: a setting of the company.
        return self.company_id.sudo().score_close_second

    def _propose(self, reason, at, by):
        proposed = {"proposed_by_id": by.id, "proposed_at": at, "reason": reason}
        before = {self.id: self.state}
        self.write({"state": "proposed", "asked": self._asked(), **proposed})
        decider = self._eligible_deciders()[:1]
        self._log_decision(before, at)
        self.activity_schedule(
            "sla_scoring.score_activity_close",
            date_deadline=self.company_id._vip_local_date(at),
            user_id=decider.id,
        )

    def _asked(self):
        """Return what is left out now: dict of line and model → ids."""
        return {
            f"{line['key']} {rows.model}": sorted(
                self.env[rows.model]
                .with_context(active_test=False)
                .search(rows.domain)
                .ids
            )
            for line in self._lines()
            for rows in line["open"].values()
        }

    def action_confirm(self):
        """Close the month without what was proposed to be left out."""
        return self._decide("closing")

    def action_take_back(self):
        """Go on checking: whoever proposed it, or another manager."""
        self.ensure_one()
        self._check_manager()
        # As superuser: a manager, checked above; states are written here only.
        close = self.sudo()
        close._hold("proposed")
        close._check_again(event_time(self.env))

    def _hold(self, state):
        """Let nobody else decide on this close meanwhile.

        :raise UserError: it is not in that state any more
        """
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state != state:
            raise self._decided_already()

    def _check_again(self, at):
        before = {self.id: self.state}
        self.write({"state": "draft", "asked": False})
        self._log_decision(before, at)
        self.write({"reason": False, "proposed_by_id": False, "proposed_at": False})
        self.activity_unlink(["sla_scoring.score_activity_close"])

    # Who decides

    @api.model
    def _can_decide_depends(self):
        return ["state", "proposed_by_id"]

    def _parties(self):
        """Return who proposed it, and whose own points it leaves out."""
        return super()._parties() | self._left_out_agents()

    def _left_out_agents(self):
        """Return the agents of the drafts that the close leaves out."""
        # As superuser: whose they are, nothing else.
        rows = (
            self.env["score.entry"]
            .sudo()
            ._read_group(self._draft_domain(), [], ["user_id:recordset"])
        )
        return rows[0][0]

    def _leaving_out_bar(self, by):
        """Return the error where this user cannot close without what is left out."""
        if not self._needs_second():
            if by._same_person() & self._left_out_agents():
                return AccessError(
                    self.env._(
                        "Another manager closes a month without your own points."
                    )
                )
        elif not self._eligible_deciders() - by._same_person():
            return UserError(
                self.env._(
                    "There is no other service manager who could confirm this. An "
                    "administrator may let one manager close alone, in the settings."
                )
            )
        return None

    def _not_for_you(self):
        return AccessError(
            self.env._(
                "A close that leaves something out is confirmed by a service manager who "
                "did not propose it, and none of whose own points are left out."
            )
        )

    def _lack(self, state):
        """Return the error where more is open now than was proposed."""
        # As superuser: the same rows as when it was proposed, whoever looks.
        asked, now = self.asked or {}, self.sudo()._asked()
        if any(set(ids) - set(asked.get(key, ())) for key, ids in now.items()):
            return UserError(
                self.env._(
                    "More waits for somebody now than when this was proposed. Go on "
                    "checking, and propose it again."
                )
            )
        return None

    def _carry_out(self, state, at, by):
        self.activity_unlink(["sla_scoring.score_activity_close"])
        for close in self:
            close._hold("proposed")
            close.write({"confirmed_by_id": by.id, "confirmed_at": at})
            close._run(at, close.proposed_by_id)
