from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_service.tools import frozen_rows
from odoo.addons.vip_service.tools.event_time import event_time
from odoo.addons.vip_service.tools.months import month_name

from .score_entry import MANAGER


class ScoreCard(models.Model):
    """One agent, one month; frozen at close, later corrections land in the next."""

    _name = "score.card"
    _description = "Scorecard"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"
    _order = "month desc, total desc, id"
    _rec_name = "month"

    user_id = fields.Many2one(
        "res.users", string="Agent", required=True, index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    month_name = fields.Char(string="Month of", compute="_compute_month_name")
    state = fields.Selection(
        [("draft", "Open"), ("closed", "Closed")],
        required=True,
        default="draft",
        readonly=True,
    )
    volume = fields.Integer(
        string="Solved", readonly=True, help="Tickets the agent brought to a solution."
    )
    met_count = fields.Integer(string="Promises kept", readonly=True)
    missed_count = fields.Integer(
        string="Promises missed", readonly=True, help="Not counting excused ones."
    )
    timeliness = fields.Float(
        string="Timeliness %",
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="Promises kept of those kept or missed.",
    )
    rated_count = fields.Integer(string="Times rated", readonly=True)
    satisfied_count = fields.Integer(string="Satisfied", readonly=True)
    satisfaction = fields.Float(
        string="Satisfaction %",
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="Ratings of 4 or 5 of all ratings.",
    )
    deduction = fields.Float(
        string="Deductions",
        readonly=True,
        digits=(8, 2),
        help="Deductions and errors, less what was taken back of them.",
    )
    offset_available = fields.Float(
        string="Offsets", readonly=True, digits=(8, 2), help="As they were given."
    )
    offset = fields.Float(
        string="Offsets used",
        readonly=True,
        digits=(8, 2),
        help="They compensate the deductions of the month, and no more than these.",
    )
    award = fields.Float(string="Awards", readonly=True, digits=(8, 2))
    total = fields.Float(
        readonly=True, digits=(8, 2), help="Deductions and the offsets used."
    )
    details = fields.Json(readonly=True)
    closed_at = fields.Datetime(string="Closed at", readonly=True)
    closed_by_id = fields.Many2one(
        "res.users", string="Closed by", readonly=True, ondelete="restrict"
    )

    _user_month_uniq = models.UniqueIndex("(company_id, user_id, month)")

    def _auto_init(self):
        # A new column with a default is filled in closed cards too.
        frozen_rows.thaw(self.env.cr, self._table)
        return super()._auto_init()

    def init(self):
        """Make the database itself refuse to change or delete a closed card."""
        frozen_rows.freeze(self.env.cr, self._table, "closed")

    @api.depends_context("lang")
    @api.depends("month")
    def _compute_month_name(self):
        for card in self:
            card.month_name = month_name(self.env, card.month)

    @api.depends_context("lang")
    @api.depends("user_id", "month_name")
    def _compute_display_name(self):
        for card in self:
            card.display_name = f"{card.user_id.name} · {card.month_name}"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if any(card.state == "closed" for card in self):
            raise UserError(self.env._("A closed scorecard is never deleted."))

    def action_close(self):
        """Freeze these cards: a manager's decision."""
        self._check_manager()
        self._close(event_time(self.env), by=self.env.user)

    def action_close_month(self):
        """Freeze all open cards of the months of these."""
        self._check_manager()
        for (company, month), _cards in self.grouped(
            lambda card: (card.company_id, card.month)
        ).items():
            self.search(
                [
                    ("company_id", "=", company.id),
                    ("month", "=", month),
                    ("state", "=", "draft"),
                ]
            ).action_close()

    def action_refresh(self):
        """Bring open cards up to date."""
        self._check_manager()
        drafts = self.filtered(lambda card: card.state == "draft")
        for company, cards in drafts.grouped("company_id").items():
            for month in set(cards.mapped("month")):
                # As superuser: a manager, checked above; figures are written here only.
                cards.sudo()._refresh(company, month)

    def action_entries(self):
        """Open the entries that this card counts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_scoring.score_entry_action"
        )
        if self.state == "closed":
            action["domain"] = [("id", "in", self.details["entry_ids"])]
        else:
            action["domain"] = [
                ("user_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
                ("month", "=", self.month),
            ]
        action["context"] = {}
        return action

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a service manager closes scorecards."))

    @api.model
    def _cron_cards(self):
        """Draft last month's cards of every company and keep the open ones current."""
        at = event_time(self.env)
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        for company in companies:
            last = company._vip_month(at) - relativedelta(months=1)
            self._make_drafts(company, last)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _make_drafts(self, company, month):
        """Draft the cards of a month and refresh every card still open before it.

        :param month: first day of the month
        """
        cards = self.sudo()
        earlier = cards.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "draft"),
                ("month", "<", month),
            ]
        )
        for open_month in {month, *earlier.mapped("month")}:
            cards._refresh(company, open_month)

    def _close(self, at, by=None):
        """Freeze cards and propose what follows from them (REQUIREMENTS P4, P5, P6).

        :param at: naive UTC datetime
        :param by: the manager who closes
        :raise UserError: the month is not over, or an earlier one is still open
        """
        cards = self.sudo().filtered(lambda card: card.state == "draft")
        cards = cards.sorted("month")
        for (company, month), group in cards.grouped(
            lambda card: (card.company_id, card.month)
        ).items():
            if company._vip_month(at) <= month:
                raise UserError(self.env._("This month is not over yet."))
            group._check_earlier_closed()
            group._refresh(company, month)
            group.write(
                {"state": "closed", "closed_at": at, "closed_by_id": by and by.id}
            )
            group.flush_recordset()
            group._propose_coaching(by)
            self._propose_award(company, month, at)

    def _check_earlier_closed(self):
        for card in self:
            earlier = self.search(
                [
                    ("company_id", "=", card.company_id.id),
                    ("user_id", "=", card.user_id.id),
                    ("month", "<", card.month),
                    ("state", "=", "draft"),
                ],
                limit=1,
            )
            if earlier:
                raise UserError(self.env._("Close %s first.", earlier.display_name))

    def _propose_coaching(self, by):
        """Propose a coaching talk to a manager where the deductions passed the limit."""
        for card in self:
            limit = card.company_id.score_coaching_threshold
            manager = card._coach(by)
            if limit and -card.deduction >= limit and manager:
                card.activity_schedule(
                    "sla_scoring.score_activity_coaching", user_id=manager.id
                )

    def _coach(self, by):
        """Return the manager to whom coaching is proposed: never the agent."""
        if by and by != self.user_id:
            return by
        managers = self.env.ref(MANAGER).all_user_ids.filtered(
            lambda user: (
                self.company_id in user.company_ids
                and user != self.user_id
                and user._is_internal()
            )
        )
        return managers[:1]

    @api.model
    def _propose_award(self, company, month, at):
        """Draft an award for the best card once all cards of the month are closed."""
        points = company.score_award_points
        cards = self.sudo().search(
            [("company_id", "=", company.id), ("month", "=", month)]
        )
        best = cards._best()
        key = f"award:{company.id}:{month}"
        # As superuser: closing a month proposes the award, once for the company.
        entries = self.env["score.entry"].sudo()
        proposed = entries.search_count([("source_key", "=", key)], limit=1)
        if not points or not best or proposed:
            return
        entries.create(
            {
                "company_id": company.id,
                "user_id": best.user_id.id,
                "kind": "award",
                "points": points,
                "occurred_at": at,
                "needs_review": True,
                "source_key": key,
                "reason": self.env._("Best scorecard: %s", best.display_name),
            }
        )

    def _best(self):
        """Return the best of these cards, none while one of them is still open.

        Fewest points lost, then timeliness, satisfaction and volume; an agent who
        solved nothing is not compared.
        """
        if "draft" in self.mapped("state"):
            return self.browse()
        active = self.filtered(lambda card: card.volume and card.user_id.active)
        return active.sorted(
            lambda card: (
                card.total,
                card.timeliness,
                card.satisfaction,
                card.volume,
                -card.id,
            )
        )[-1:]

    @api.model
    def _open_months(self, entries):
        """Return dict of entry → the month whose card counts it.

        That of the event, or the first one after the last closed card of its agent.
        """
        entries = entries.sudo()
        self.flush_model(["state", "month", "user_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """
        SELECT company_id, user_id, MAX(month)
          FROM score_card
         WHERE state = 'closed' AND user_id = ANY(%s)
      GROUP BY company_id, user_id
                """,
                entries.user_id.ids,
            )
        )
        closed = {(company, user): month for company, user, month in rows}
        result = {}
        for entry in entries:
            last = closed.get((entry.company_id.id, entry.user_id.id))
            first_open = last and last + relativedelta(months=1)
            result[entry] = max(entry.period, first_open or entry.period)
        return result
