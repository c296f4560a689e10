from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import (
    AUDITOR_GROUP,
    DECIDER_GROUPS,
    MANAGER_GROUP,
)
from odoo.addons.vip_base.tools.times import event_time

from .score_card_mixin import COLUMNS

MONTH = relativedelta(months=1)
#: Who sees places: the others see the podium, where a company wants one.
SEES_RANKS = DECIDER_GROUPS
PLACES = 3


class ScoreCard(models.Model):
    """One agent, one month; frozen at close, later corrections land in the next."""

    _name = "score.card"
    _description = "Scorecard"
    _inherit = ["score.card.mixin", "mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"
    _order = "month desc, score desc, id"
    _rec_name = "month"
    _bearer = "user_id"
    _bearer_table = "res_users"

    user_id = fields.Many2one(
        "res.users", string="Agent", required=True, index=True, readonly=True
    )
    rank = fields.Integer(
        readonly=True,
        aggregator=False,
        groups=SEES_RANKS,
        help="Among the agents of the company who solved enough to be ranked.",
    )
    is_ranked = fields.Boolean(
        string="Ranked",
        readonly=True,
        help="Solved enough tickets in the month to be compared.",
    )
    measure_ids = fields.One2many("score.measure", "card_id", readonly=True)

    _user_month_uniq = models.UniqueIndex("(company_id, user_id, month)")

    @api.depends_context("lang")
    @api.depends("user_id", "month_name")
    def _compute_display_name(self):
        for card in self:
            card.display_name = f"{card.user_id.name} · {card.month_name}"

    def action_close(self):
        """Freeze these cards: a manager's decision, where nothing is left out of them.

        :raise AccessError: the user is no manager
        :raise UserError: points of one of these agents are drafts
        """
        self._check_manager()
        self._check_nothing_left_out()
        self._close(event_time(self.env), by=self.env.user)

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

    @api.model
    def _cron_cards(self):
        """Draft last month's cards of every company and keep the open ones current."""
        at = event_time(self.env)
        # As superuser: the job looks after all companies.
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        for company in companies:
            last = company._vip_month(at) - MONTH
            self._make_drafts(company, last)
            self.env["score.team.card"]._make_drafts(company, last)
            self.env["ir.cron"]._commit_progress(1)

    def _close(self, at, by=None):
        """Freeze cards and propose what follows from them (REQUIREMENTS P4, P5, P6).

        :param at: naive UTC datetime
        :param by: the manager who closes
        :raise UserError: the month is not over, or an earlier one is still open
        """
        # As superuser: cards are written by nobody but the close; who closes is checked.
        cards = self.sudo().filtered(lambda card: card.state == "draft")
        cards = cards.sorted("month")
        for (company, month), group in cards.grouped(
            lambda card: (card.company_id, card.month)
        ).items():
            if company._vip_month(at) <= month:
                raise UserError(self.env._("This month is not over yet."))
            group._check_earlier_closed()
            group._refresh(company, month)
            group._freeze(at, by)
            # As superuser: closing proposes, managers decide.
            self.env["score.award.rule"].sudo()._propose_all(company, month, at)

    def _freeze(self, at, by=None):
        """Freeze cards, and propose measures where a limit was passed.

        :param at: naive UTC datetime
        :param by: the manager who closes
        """
        result = super()._freeze(at, by)
        # As superuser: closing proposes, managers decide.
        rules = self.env["score.measure.rule"].sudo()
        for month, cards in self.grouped("month").items():
            self.env["score.entry"]._each_apart(
                "measure",
                cards,
                lambda some: rules._propose(some, at, by),
                at,
                month=month,
            )
        return result

    def _check_nothing_left_out(self):
        for card in self:
            drafts = [
                ("company_id", "=", card.company_id.id),
                ("user_id", "=", card.user_id.id),
                ("state", "=", "draft"),
                ("period", "<=", card.month),
            ]
            # As superuser: whether there are any, whoever closes.
            if self.env["score.entry"].sudo().search_count(drafts, limit=1):
                raise UserError(
                    self.env._(
                        "%s: points are still drafts. Decide them, or close the whole "
                        "month, which says what it leaves out.",
                        card.display_name,
                    )
                )

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

    @api.model
    def _refresh(self, company, month):
        result = super()._refresh(company, month)
        self._refresh_ranks(company, month)
        return result

    @api.model
    def _refresh_ranks(self, company, month):
        """Rank who solved enough; the others are shown without a rank."""
        self.env.cr.execute(
            SQL(
                """
WITH ranked AS (
    SELECT card.id, card.is_scored AND card.volume >= COALESCE(
               (card.details->'template'->>'min_tickets')::integer, 0) AS is_ranked,
           card.score
      FROM score_card card
     WHERE card.company_id = %(company)s AND card.month = %(month)s),
placed AS (
    SELECT id, COALESCE(is_ranked, FALSE) AS is_ranked,
           CASE WHEN is_ranked
                THEN RANK() OVER (PARTITION BY is_ranked ORDER BY score DESC) END AS rank
      FROM ranked)
UPDATE score_card card
   SET is_ranked = placed.is_ranked, rank = placed.rank
  FROM placed
 WHERE placed.id = card.id AND card.state = 'draft'
                """,
                company=company.id,
                month=month,
            )
        )
        self.invalidate_model(["is_ranked", "rank"])

    @api.model
    def _exported_keys(self, cards):
        """Return the keys of the figures of cards, in order, for the workbook."""
        held = {
            key for card in cards for key in (card.details or {}).get("figures", ())
        }
        held |= {key for key, _number in COLUMNS.values()}
        return [key for key in self.env["vip.figure"]._counted() if key in held]

    def _exported_figures(self, keys):
        """Return score and figures for the workbook; None where nothing was measured.

        Rounded as the card shows them: the score to hundredths, figures to tenths.
        """
        score = round(self.score, 2) if self.is_scored else None
        values = [self._measured(key) for key in keys]
        return (
            score,
            *(None if value is None else round(value, 1) for value in values),
        )

    # The three best of a month, where the company wants them to be known.

    def _is_compared(self):
        return self.is_ranked

    @api.model
    def _podium(self, company, month=None):
        """Return the three best closed cards of a month, where the user may see them.

        :param month: its first day; the last closed one if not given
        """
        # As superuser: a setting, and three names that the company wants to be known.
        cards = self.sudo()
        sees_all = self.env.user.has_group(MANAGER_GROUP)
        sees_all = sees_all or self.env.user.has_group(AUDITOR_GROUP)
        if not company.sudo().score_podium and not sees_all:
            return []
        domain = [("company_id", "=", company.id), ("state", "=", "closed")]
        if month is None:
            last = cards.search(domain, order="month desc", limit=1)
            month = last.month
        domain += [("month", "=", month), ("rank", ">", 0), ("rank", "<=", PLACES)]
        return [
            {
                "rank": card.rank,
                "name": card.user_id.name,
                "score": card.score,
                "month": card.month_name,
            }
            for card in cards.search(domain, order="rank, id")
        ]


class ScoreTeamCard(models.Model):
    """One team, one month: the figures of what was held in it, whoever held it.

    Volume and points are shared among its agents before they are scored, so that a
    large team and a small one stand on the same line.
    """

    _name = "score.team.card"
    _description = "Team Scorecard"
    _inherit = ["score.card.mixin"]
    _order = "month desc, score desc, id"
    _rec_name = "month"
    _bearer = "team_id"
    _bearer_table = "helpdesk_ticket_team"
    _corrected = "team_points"

    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    agent_count = fields.Integer(string="Agents", compute="_compute_agent_count")

    _team_month_uniq = models.UniqueIndex("(company_id, team_id, month)")

    @api.depends("details")
    def _compute_agent_count(self):
        for card in self:
            card.agent_count = (card.details or {}).get("agents", 0)

    @api.depends_context("lang")
    @api.depends("team_id", "month_name")
    def _compute_display_name(self):
        for card in self:
            card.display_name = f"{card.team_id.name} · {card.month_name}"

    def _agent_count(self):
        return max((self.details or {}).get("agents", 0), 1)

    def action_entries(self):
        """Open the entries that this card counts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_scoring.score_entry_action"
        )
        domain = [("id", "in", self.details["entry_ids"])]
        return {**action, "domain": domain, "context": {}}
