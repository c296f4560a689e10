from dataclasses import asdict

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.stretch import Stretch
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
#: Columns by which lists of cards are sorted and added up: the figure, and which of its
#: numbers. All figures of a card are in its details.
COLUMNS = {
    "volume": ("volume", "value"),
    "solving": ("solving", "value"),
    "kept_count": ("solving", "part"),
    "open_count": ("solving", "rest"),
    "timeliness": ("timeliness", "value"),
    "met_count": ("timeliness", "part"),
    "missed_count": ("timeliness", "rest"),
    "satisfaction": ("satisfaction", "value"),
    "rated_count": ("satisfaction", "of"),
    "satisfied_count": ("satisfaction", "part"),
    "quality": ("quality", "value"),
    "review_count": ("quality", "of"),
}


class ScoreCardMixin(models.AbstractModel):
    """The figures of one month, of an agent or of a team; frozen at close."""

    _name = "score.card.mixin"
    _description = "Figures of a Month"
    #: Whose card it is: the dimension of figures and the column of entries; their table.
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
        keys = self._figure_keys(company, month)
        stretch = Stretch.of(company, [month])
        figures = self.env["vip.figure"]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
WITH figure AS (
        SELECT o.%(bearer)s AS bearer, %(numbers)s AS figures,
               COUNT(DISTINCT user_id) AS agents, jsonb_build_object(%(ids)s) AS ids
          FROM (%(rows)s) o
         WHERE o.%(bearer)s IS NOT NULL
      GROUP BY o.%(bearer)s),
     bearer AS (
        SELECT bearer FROM figure
         UNION SELECT %(bearer)s FROM %(table)s
                WHERE company_id = %(company)s AND month = %(month)s AND state = 'draft'
         UNION SELECT %(bearer)s FROM score_entry
                WHERE company_id = %(company)s AND month = %(month)s
                  AND state = 'posted')
INSERT INTO %(table)s AS card (
       company_id, %(bearer)s, month, state, create_uid, create_date, write_uid,
       write_date, %(columns)s, details)
SELECT %(company)s, bearer.bearer, %(month)s, 'draft',
       %(uid)s, %(now)s, %(uid)s, %(now)s, %(values)s,
       jsonb_build_object('ids', COALESCE(f.ids, '{}'), 'agents',
                          COALESCE(f.agents, 0), 'figures', COALESCE(f.figures, '{}'))
  FROM bearer
  JOIN %(owners)s owner ON owner.id = bearer.bearer
  LEFT JOIN figure f ON f.bearer = bearer.bearer
    ON CONFLICT (company_id, %(bearer)s, month) DO UPDATE
   SET %(updates)s, details = EXCLUDED.details,
       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
 WHERE card.state = 'draft'
                """,
                numbers=figures._numbers_sql(keys, is_about=False),
                rows=figures._rows_sql(stretch, keys, ("user_id", self._bearer)),
                ids=self._ids_sql(keys),
                columns=SQL(", ").join(map(SQL.identifier, COLUMNS)),
                values=SQL(", ").join(map(self._value_sql, COLUMNS.values())),
                updates=SQL(", ").join(
                    SQL("%(name)s = EXCLUDED.%(name)s", name=SQL.identifier(name))
                    for name in COLUMNS
                ),
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

    @api.model
    def _figure_keys(self, company, month):
        """Return the keys of the figures that the cards of a month have.

        Those of the columns, and what its template, an award or a limit asks for.
        """
        asked = {key for key, _number in COLUMNS.values()}
        # As superuser: which figures are asked for, whoever refreshes the cards.
        env = self.sudo().env
        template = env["score.card.template"]._in_force(company, month)
        asked |= set(template.component_ids.mapped("key"))
        of_company = [("company_id", "in", [False, company.id])]
        awards = env["score.award.rule"].search(of_company)
        asked |= set(awards.criterion_ids.mapped("key"))
        asked |= set(env["score.measure.rule"].search(of_company).mapped("basis"))
        return [key for key in self.env["vip.figure"]._counted() if key in asked]

    def _value_sql(self, number):
        """Return the SQL of one number of a figure; 0 where a count is of nothing."""
        key, name = number
        numbers = SQL("f.figures -> %s", key)
        if name == "rest":
            return SQL(
                "COALESCE((%(all)s ->> 'of')::integer - (%(all)s ->> 'part')::integer, 0)",
                all=numbers,
            )
        value = SQL("(%s ->> %s)::numeric", numbers, name)
        if name == "value":
            nothing = self.env["vip.figure"]._all()[key]._formula.nothing
            return SQL("COALESCE(%s, %s)", value, nothing)
        return SQL("COALESCE(%s, 0)", value)

    def _ids_sql(self, keys):
        """Return the SQL of {kind: ids} of the occurrences behind some figures."""
        figures = self.env["vip.figure"]._all()
        kinds = dict.fromkeys(
            kind for key in keys for kind in figures[key]._formula.kinds
        )
        return SQL(", ").join(
            SQL(
                "%(kind)s::text, COALESCE(jsonb_agg(record_id ORDER BY record_id)"
                " FILTER (WHERE kind = %(kind)s), '[]')",
                kind=kind,
            )
            for kind in kinds
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
        figure = self.env["vip.figure"]._all().get(key)
        # Its addon may be gone.
        value = None if figure is None else figure._on_card(self)
        if value is None:
            return None
        if figure._adds_up:
            value /= self._agent_count()
        return round(value, 4)

    def _agent_count(self):
        """Return among how many agents the card's sums are shared."""
        return 1
