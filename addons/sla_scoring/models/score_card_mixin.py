from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.months import month_name

from .score_entry import MANAGER


class ScoreCardMixin(models.AbstractModel):
    """The figures of one month, of an agent or of a team; frozen at close."""

    _name = "score.card.mixin"
    _description = "Figures of a Month"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    month_name = fields.Char(string="Month of", compute="_compute_month_name")
    state = fields.Selection(
        [("draft", "Open"), ("closed", "Closed")],
        required=True,
        default="draft",
        readonly=True,
    )
    template_id = fields.Many2one(
        "score.card.template", readonly=True, ondelete="restrict"
    )
    score = fields.Float(
        readonly=True,
        digits=(5, 2),
        aggregator="avg",
        help="0 to 100: each figure on its line, by its weight.",
    )
    is_scored = fields.Boolean(
        string="Could be scored", readonly=True, help="Something was measured."
    )
    volume = fields.Integer(
        string="Solved", readonly=True, help="Tickets brought to a solution."
    )
    kept_count = fields.Integer(
        string="Stayed solved",
        readonly=True,
        help="Solved in the month, and still so at its end.",
    )
    open_count = fields.Integer(
        string="Left open",
        readonly=True,
        help="In hand at the end of the month, waiting for nobody else.",
    )
    solving = fields.Float(
        string="Problem solving %",
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="Tickets that stayed solved, of these and those left open.",
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
    review_count = fields.Integer(string="Quality reviews", readonly=True)
    quality = fields.Float(
        string="Quality %",
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="Average result of the quality reviews of the month.",
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

    def _auto_init(self):
        if self._auto:
            # A new column with a default is filled in closed cards too.
            frozen_rows.thaw(self.env.cr, self._table)
        return super()._auto_init()

    def init(self):
        """Make the database itself refuse to change or delete a closed card."""
        if self._auto:
            frozen_rows.freeze(self.env.cr, self._table, "closed")

    @api.depends_context("lang")
    @api.depends("month")
    def _compute_month_name(self):
        for card in self:
            card.month_name = month_name(self.env, card.month)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if any(card.state == "closed" for card in self):
            raise UserError(self.env._("A closed scorecard is never deleted."))

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a service manager closes scorecards."))

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

    def _freeze(self, at, by=None):
        """Freeze cards as they are.

        :param at: naive UTC datetime
        :param by: the manager who closes
        """
        self.write({"state": "closed", "closed_at": at, "closed_by_id": by and by.id})
        self.flush_recordset()
