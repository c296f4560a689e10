from dataclasses import asdict
from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta
from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import month_name

from ..engine.scorecard import Component, appraise

# What was given or taken counts where the original would have counted; what corrects a
# closed month counts as such.
KIND = SQL(
    "CASE WHEN entry.corrected_month IS NULL"
    " THEN COALESCE(original.kind, entry.kind) ELSE 'correction' END"
)
#: The month of the event; of what takes something back, that of the original.
PERIOD = SQL("COALESCE(original.period, entry.period)")
#: By how much an entry changes what its month comes to: what it says, or takes back.
CHANGE = SQL(
    "(CASE WHEN entry.reversal_of_id IS NULL THEN entry.points"
    " ELSE COALESCE(entry.undone, entry.points) END)::numeric"
)
#: The ids behind each number, by the kind of fact.
KINDS = ("met", "missed", "solved", "open", "rated", "review")
#: What must have been counted for a figure to have a value.
MEASURED_BY = {
    "satisfaction": ("rated_count",),
    "timeliness": ("met_count", "missed_count"),
    "solving": ("kept_count", "open_count"),
    "quality": ("review_count",),
}
#: A team is measured by these per agent, as its agents are.
PER_AGENT = ("volume", "total")


class ScoreCardMixin(models.AbstractModel):
    """The figures of one month, of an agent or of a team; frozen at close."""

    _name = "score.card.mixin"
    _description = "Figures of a Month"
    #: Whose card it is: the column of the facts and of the entries, and their table.
    _bearer = None
    _bearer_table = None
    #: What a correction of a closed month is worth on this card: a column of the entries.
    _corrected = "points"

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
    rated_count = fields.Integer(string="Answers", readonly=True)
    satisfied_count = fields.Integer(string="Satisfied", readonly=True)
    satisfaction = fields.Float(
        string="Satisfaction %",
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="Answers of clients with 4 or 5, of all that count.",
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
        help="They compensate the deductions of their own month, also those that count "
        "later, and no more than these.",
    )
    correction = fields.Float(
        string="Of earlier months",
        readonly=True,
        digits=(8, 2),
        help="What entries of closed months had cost or given that were taken back.",
    )
    award = fields.Float(string="Awards", readonly=True, digits=(8, 2))
    total = fields.Float(
        readonly=True,
        digits=(8, 2),
        help="Deductions, the offsets used and what comes of earlier months.",
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
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only a service manager closes scorecards."))

    @api.model
    def _make_drafts(self, company, month):
        """Draft the cards of a month and refresh every card still open before it.

        :param month: first day of the month
        """
        # As superuser: figures are written by nobody but the jobs.
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

    # The figures of all cards of a month, in one statement each.

    @api.model
    def _refresh(self, company, month):
        """Make the missing cards of a month and bring the open ones up to date.

        A card is made for everybody who has points, kept or missed a promise, solved
        or held a ticket, was rated or reviewed in that month.

        :param month: first day of the month, in the company's zone
        """
        self.env.flush_all()
        start, stop = self._month_limits(company, month)
        facts = self.env["score.facts"]._facts(company, start, stop)
        self.env.cr.execute(
            SQL(
                """
WITH fact AS (%(facts)s),
     figure AS (
        SELECT fact.bearer, COUNT(DISTINCT ticket_id) FILTER (WHERE kind = 'solved')
               AS volume, COUNT(DISTINCT ticket_id)
               FILTER (WHERE kind = 'solved' AND value = 1) AS kept,
               COUNT(*) FILTER (WHERE kind = 'open') AS open,
               COUNT(*) FILTER (WHERE kind = 'met') AS met,
               COUNT(*) FILTER (WHERE kind = 'missed') AS missed,
               COUNT(*) FILTER (WHERE kind = 'rated') AS rated,
               COUNT(*) FILTER (WHERE kind = 'rated' AND value = 1) AS satisfied,
               COUNT(*) FILTER (WHERE kind = 'review') AS reviews,
               AVG(value) FILTER (WHERE kind = 'review') AS quality,
               COUNT(DISTINCT user_id) AS agents,
               jsonb_build_object(%(ids)s) AS ids
          FROM fact
         WHERE fact.bearer IS NOT NULL
      GROUP BY fact.bearer),
     bearer AS (
        SELECT bearer FROM figure
         UNION SELECT %(bearer)s FROM %(table)s
                WHERE company_id = %(company)s AND month = %(month)s AND state = 'draft'
         UNION SELECT %(bearer)s FROM score_entry
                WHERE company_id = %(company)s AND month = %(month)s
                  AND state = 'posted')
INSERT INTO %(table)s AS card (
       company_id, %(bearer)s, month, state, create_uid, create_date, write_uid,
       write_date, volume, kept_count, open_count, solving, met_count, missed_count,
       timeliness, rated_count, satisfied_count, satisfaction, review_count, quality,
       details)
SELECT %(company)s, bearer.bearer, %(month)s, 'draft',
       %(uid)s, %(now)s, %(uid)s, %(now)s,
       COALESCE(f.volume, 0), COALESCE(f.kept, 0), COALESCE(f.open, 0),
       100.0 * f.kept / NULLIF(f.kept + f.open, 0),
       COALESCE(f.met, 0), COALESCE(f.missed, 0),
       100.0 * f.met / NULLIF(f.met + f.missed, 0),
       COALESCE(f.rated, 0), COALESCE(f.satisfied, 0),
       100.0 * f.satisfied / NULLIF(f.rated, 0),
       COALESCE(f.reviews, 0), f.quality,
       jsonb_build_object('ids', COALESCE(f.ids, '{}'), 'agents',
                          COALESCE(f.agents, 0))
  FROM bearer
  JOIN %(owners)s owner ON owner.id = bearer.bearer
  LEFT JOIN figure f ON f.bearer = bearer.bearer
    ON CONFLICT (company_id, %(bearer)s, month) DO UPDATE
   SET volume = EXCLUDED.volume, kept_count = EXCLUDED.kept_count,
       open_count = EXCLUDED.open_count, solving = EXCLUDED.solving,
       met_count = EXCLUDED.met_count, missed_count = EXCLUDED.missed_count,
       timeliness = EXCLUDED.timeliness, rated_count = EXCLUDED.rated_count,
       satisfied_count = EXCLUDED.satisfied_count,
       satisfaction = EXCLUDED.satisfaction, review_count = EXCLUDED.review_count,
       quality = EXCLUDED.quality, details = EXCLUDED.details,
       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
 WHERE card.state = 'draft'
                """,
                facts=self._figure_facts(facts),
                ids=self._figure_ids(),
                bearer=SQL.identifier(self._bearer),
                table=SQL.identifier(self._table),
                owners=SQL.identifier(self._bearer_table),
                company=company.id,
                month=month,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self._refresh_points(company, month)

    def _figure_facts(self, facts):
        """Return one ``SELECT`` of all facts, saying of which kind and of whom."""
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS kind, f.%s AS bearer, user_id, record_id, ticket_id, value"
                " FROM (%s) f",
                kind,
                SQL.identifier(self._bearer),
                select,
            )
            for kind, select in facts.items()
        )

    def _figure_ids(self):
        return SQL(", ").join(
            SQL(
                "%(kind)s, COALESCE(jsonb_agg(record_id ORDER BY record_id)"
                " FILTER (WHERE kind = %(kind)s), '[]')",
                kind=SQL("'%s'" % kind),  # noqa: UP031 - a constant of this module
            )
            for kind in KINDS
        )

    @api.model
    def _refresh_points(self, company, month, bearer_ids=None):
        """Bring the points on the open cards of a month up to date with the ledger.

        :param bearer_ids: only these agents' (teams'); None: everybody's
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
WITH ledger AS (%(sums)s)
UPDATE %(table)s card
   SET deduction = COALESCE(ledger.deduction, 0),
       offset_available = COALESCE(ledger.offsets, 0),
       "offset" = COALESCE(
           ledger.total - ledger.deduction - ledger.correction, 0),
       award = COALESCE(ledger.award, 0),
       correction = COALESCE(ledger.correction, 0),
       total = COALESCE(ledger.total, 0),
       details = COALESCE(card.details, '{}') || jsonb_build_object(
           'entry_ids', COALESCE(ledger.entry_ids, '[]'::jsonb))
  FROM %(table)s own
  LEFT JOIN ledger ON ledger.bearer = own.%(bearer)s
 WHERE own.id = card.id AND card.state = 'draft'
   AND card.company_id = %(company)s AND card.month = %(month)s
   AND (%(bearers)s IS NULL OR card.%(bearer)s = ANY(%(bearers)s))
                """,
                sums=self._ledger_sums(
                    company, month, SQL("entry.%s", SQL.identifier(self._bearer))
                ),
                bearer=SQL.identifier(self._bearer),
                table=SQL.identifier(self._table),
                company=company.id,
                month=month,
                bearers=SQL("%s::integer[]", bearer_ids),
            )
        )
        self.invalidate_model()
        self._refresh_scores(company, month, bearer_ids)

    @api.model
    def _ledger_sums(self, company, month, bearer):
        """Return the ``SELECT`` of what a month counts, by who bears it.

        Offsets compensate the deductions of the month in which both happened, whatever
        month counts them: what comes after its month was closed counts as much as that
        month would be worth more, or less, by it. So the sum over all months is that of
        a history in which everything had been known at once, and no closed month moves.

        :param bearer: SQL over ``entry``, NULL where it is nobody's
        :return: bearer, deduction, offsets, award, correction (what was taken back of
            closed months), total (all but awards, after offsets), entry_ids
        """
        return SQL(
            """
    WITH counted AS (%(counted)s),
         happened AS (
        SELECT counted.bearer, counted.period,
               SUM(points) FILTER (WHERE kind IN ('deduction', 'error')) AS deduction,
               SUM(points) FILTER (WHERE kind = 'offset') AS offsets,
               SUM(points) FILTER (WHERE kind = 'award') AS award,
               SUM(corrected) FILTER (WHERE kind = 'correction') AS correction,
               SUM(change) FILTER (WHERE kind <> 'award') AS change
          FROM counted GROUP BY 1, 2),
         before AS (
        SELECT happened.bearer, happened.period, SUM(%(change)s) AS change
          FROM happened
          JOIN score_entry entry ON entry.company_id = %(company)s
           AND entry.month >= happened.period AND entry.month < %(month)s
           AND entry.state = 'posted' AND %(bearer)s = happened.bearer
     LEFT JOIN score_entry original ON original.id = entry.reversal_of_id
         WHERE happened.period < %(month)s AND %(period)s = happened.period
           AND %(kind)s <> 'award'
      GROUP BY 1, 2),
         own AS (
        SELECT bearer, jsonb_agg(id ORDER BY id) AS entry_ids FROM counted GROUP BY 1)
    SELECT happened.bearer, COALESCE(SUM(happened.deduction), 0) AS deduction,
           COALESCE(SUM(happened.offsets), 0) AS offsets,
           COALESCE(SUM(happened.award), 0) AS award,
           COALESCE(SUM(happened.correction), 0) AS correction,
           SUM(LEAST(COALESCE(before.change, 0) + COALESCE(happened.change, 0), 0)
               - LEAST(COALESCE(before.change, 0), 0)) AS total,
           own.entry_ids
      FROM happened
      JOIN own ON own.bearer = happened.bearer
 LEFT JOIN before ON before.bearer = happened.bearer AND before.period = happened.period
  GROUP BY 1, own.entry_ids
            """,
            counted=SQL(
                """
        SELECT entry.id, %(bearer)s AS bearer, %(kind)s AS kind, %(period)s AS period,
               entry.points::numeric AS points, %(change)s AS change,
               entry.%(corrected)s::numeric AS corrected
          FROM score_entry entry
     LEFT JOIN score_entry original ON original.id = entry.reversal_of_id
         WHERE entry.company_id = %(company)s AND entry.month = %(month)s
           AND entry.state = 'posted' AND %(bearer)s IS NOT NULL""",
                bearer=bearer,
                kind=KIND,
                period=PERIOD,
                change=CHANGE,
                corrected=SQL.identifier(self._corrected),
                company=company.id,
                month=month,
            ),
            bearer=bearer,
            kind=KIND,
            period=PERIOD,
            change=CHANGE,
            company=company.id,
            month=month,
        )

    @api.model
    def _month_limits(self, company, month):
        """Return the naive UTC datetimes between which a local month lies."""
        zone = pytz.timezone(company._vip_zone())

        def midnight(day):
            local = zone.localize(datetime.combine(day, time.min))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        return midnight(month), midnight(month + relativedelta(months=1))

    # From the figures to one score, by the template of the month (REQUIREMENTS
    # P4).

    @api.model
    def _refresh_scores(self, company, month, bearer_ids=None):
        """Score the open cards of a month from the figures that they have.

        :param bearer_ids: only these agents' (teams'); None: everybody's
        """
        template = self.env["score.card.template"]._in_force(company, month)
        frozen = template._frozen() if template else {}
        # As superuser: everybody is scored by the same template, whoever asks.
        cards = self.sudo().search(self._open_domain(company, month, bearer_ids))
        rows = [card._scored_row(frozen) for card in cards]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
UPDATE %(table)s card
   SET score = row.score, is_scored = row.score IS NOT NULL, template_id = %(template)s,
       details = card.details || row.details
  FROM (VALUES %(rows)s) row (id, score, details)
 WHERE card.id = row.id
                """,
                table=SQL.identifier(self._table),
                template=template.id or None,
                rows=SQL(", ").join(
                    SQL("(%s, %s::numeric, %s::jsonb)", card_id, score, Json(details))
                    for card_id, score, details in rows
                ),
            )
        )
        self.invalidate_model()

    def _open_domain(self, company, month, bearer_ids):
        domain = [
            ("company_id", "=", company.id),
            ("month", "=", month),
            ("state", "=", "draft"),
        ]
        if bearer_ids is not None:
            domain.append((self._bearer, "in", bearer_ids))
        return domain

    def _scored_row(self, frozen):
        """Return ``(id, score, what it was made of)`` of one card."""
        components = self._components(frozen)
        score, parts = appraise(components)
        details = {
            "template": frozen,
            "parts": [
                {**asdict(component), **asdict(part)}
                for component, part in zip(components, parts, strict=True)
            ],
        }
        return self.id, score, details

    def _components(self, frozen):
        return [
            Component(value=self._measured(component["key"]), **component)
            for component in frozen.get("components", ())
        ]

    def _measured(self, key):
        """Return the value of a figure, None where nothing was measured."""
        counts = MEASURED_BY.get(key)
        if counts and not any(self[count] for count in counts):
            return None
        value = self[key]
        if key in PER_AGENT:
            value /= self._agent_count()
        return round(value, 4)

    def _agent_count(self):
        """Return among how many agents the card's sums are shared."""
        return 1
