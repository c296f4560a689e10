from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

# What was given or taken counts where the original would have counted.
KIND = SQL("COALESCE(original.kind, entry.kind)")

#: The ids behind each number, by the kind of fact.
KINDS = ("met", "missed", "solved", "open", "rated", "review")


class ScoreCardFigures(models.AbstractModel):
    """The figures of all cards of a month, in one statement each."""

    _inherit = "score.card.mixin"

    #: Whose card it is: the column of the facts and of the entries, and their table.
    _bearer = None
    _bearer_table = None

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
WITH ledger AS (
    SELECT entry.%(bearer)s AS bearer,
           COALESCE(SUM(entry.points)
                    FILTER (WHERE %(kind)s IN ('deduction', 'error')), 0) AS deduction,
           COALESCE(SUM(entry.points) FILTER (WHERE %(kind)s = 'offset'), 0) AS offsets,
           COALESCE(SUM(entry.points) FILTER (WHERE %(kind)s = 'award'), 0) AS award,
           jsonb_agg(entry.id ORDER BY entry.id) AS entry_ids
      FROM score_entry entry
 LEFT JOIN score_entry original ON original.id = entry.reversal_of_id
     WHERE entry.company_id = %(company)s AND entry.month = %(month)s
       AND entry.state = 'posted' AND entry.%(bearer)s IS NOT NULL
  GROUP BY 1)
UPDATE %(table)s card
   SET deduction = COALESCE(ledger.deduction, 0),
       offset_available = COALESCE(ledger.offsets, 0),
       "offset" = COALESCE(
           LEAST(ledger.offsets, GREATEST(-ledger.deduction, 0)), 0),
       award = COALESCE(ledger.award, 0),
       total = COALESCE(ledger.deduction
           + LEAST(ledger.offsets, GREATEST(-ledger.deduction, 0)), 0),
       details = COALESCE(card.details, '{}') || jsonb_build_object(
           'entry_ids', COALESCE(ledger.entry_ids, '[]'::jsonb))
  FROM %(table)s own
  LEFT JOIN ledger ON ledger.bearer = own.%(bearer)s
 WHERE own.id = card.id AND card.state = 'draft'
   AND card.company_id = %(company)s AND card.month = %(month)s
   AND (%(bearers)s IS NULL OR card.%(bearer)s = ANY(%(bearers)s))
                """,
                kind=KIND,
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
    def _month_limits(self, company, month):
        """Return the naive UTC datetimes between which a local month lies."""
        zone = pytz.timezone(company._vip_zone())

        def midnight(day):
            local = zone.localize(datetime.combine(day, time.min))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        return midnight(month), midnight(month + relativedelta(months=1))
