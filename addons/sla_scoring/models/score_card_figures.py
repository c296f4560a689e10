from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.rating.models.rating_data import RATING_LIMIT_SATISFIED

# What was given or taken counts where the original would have counted.
KIND = SQL("COALESCE(original.kind, entry.kind)")


class ScoreCardFigures(models.Model):
    """The figures of all cards of a month, in one statement each."""

    _inherit = "score.card"

    @api.model
    def _refresh(self, company, month):
        """Make the missing cards of a month and bring the open ones up to date.

        A card is made for everybody who has points, kept or missed a promise, solved
        a ticket or was rated in that month.

        :param month: first day of the month, in the company's zone
        """
        self.env.flush_all()
        start, stop = self._month_limits(company, month)
        self.env.cr.execute(
            SQL(
                """
WITH missed AS (%(missed)s), met AS (%(met)s), solved AS (%(solved)s),
     rated AS (%(rated)s),
     agent AS (
        SELECT user_id FROM missed UNION SELECT user_id FROM met
         UNION SELECT user_id FROM solved UNION SELECT user_id FROM rated
         UNION SELECT user_id FROM score_card
                WHERE company_id = %(company)s AND month = %(month)s AND state = 'draft'
         UNION SELECT user_id FROM score_entry
                WHERE company_id = %(company)s AND month = %(month)s
                  AND state = 'posted' AND user_id IS NOT NULL)
INSERT INTO score_card AS card (
       company_id, user_id, month, state, create_uid, create_date, write_uid, write_date,
       volume, met_count, missed_count, timeliness,
       rated_count, satisfied_count, satisfaction)
SELECT %(company)s, agent.user_id, %(month)s, 'draft',
       %(uid)s, %(now)s, %(uid)s, %(now)s,
       COALESCE(solved.n, 0), COALESCE(met.n, 0), COALESCE(missed.n, 0),
       100.0 * COALESCE(met.n, 0) / NULLIF(COALESCE(met.n, 0) + COALESCE(missed.n, 0), 0),
       COALESCE(rated.n, 0), COALESCE(rated.satisfied, 0),
       100.0 * rated.satisfied / NULLIF(rated.n, 0)
  FROM agent
  LEFT JOIN missed USING (user_id)
  LEFT JOIN met USING (user_id)
  LEFT JOIN solved USING (user_id)
  LEFT JOIN rated USING (user_id)
    ON CONFLICT (company_id, user_id, month) DO UPDATE
   SET volume = EXCLUDED.volume, met_count = EXCLUDED.met_count,
       missed_count = EXCLUDED.missed_count, timeliness = EXCLUDED.timeliness,
       rated_count = EXCLUDED.rated_count, satisfied_count = EXCLUDED.satisfied_count,
       satisfaction = EXCLUDED.satisfaction,
       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
 WHERE card.state = 'draft'
                """,
                missed=self._missed(company, start, stop),
                met=self._met(company, start, stop),
                solved=self._solved(company, start, stop),
                rated=self._rated(company, start, stop),
                company=company.id,
                month=month,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self._refresh_points(company, month)

    @api.model
    def _refresh_points(self, company, month, user_ids=None):
        """Bring the points on the open cards of a month up to date with the ledger.

        :param user_ids: only these agents'; None: everybody's
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
WITH ledger AS (
    SELECT entry.user_id,
           COALESCE(SUM(entry.points)
                    FILTER (WHERE %(kind)s IN ('deduction', 'error')), 0) AS deduction,
           COALESCE(SUM(entry.points) FILTER (WHERE %(kind)s = 'offset'), 0) AS offsets,
           COALESCE(SUM(entry.points) FILTER (WHERE %(kind)s = 'award'), 0) AS award,
           jsonb_agg(entry.id ORDER BY entry.id) AS entry_ids
      FROM score_entry entry
 LEFT JOIN score_entry original ON original.id = entry.reversal_of_id
     WHERE entry.company_id = %(company)s AND entry.month = %(month)s
       AND entry.state = 'posted' AND entry.user_id IS NOT NULL
  GROUP BY entry.user_id)
UPDATE score_card card
   SET deduction = COALESCE(ledger.deduction, 0),
       offset_available = COALESCE(ledger.offsets, 0),
       "offset" = COALESCE(
           LEAST(ledger.offsets, GREATEST(-ledger.deduction, 0)), 0),
       award = COALESCE(ledger.award, 0),
       total = COALESCE(ledger.deduction
           + LEAST(ledger.offsets, GREATEST(-ledger.deduction, 0)), 0),
       details = jsonb_build_object('entry_ids',
                                    COALESCE(ledger.entry_ids, '[]'::jsonb))
  FROM score_card own
  LEFT JOIN ledger ON ledger.user_id = own.user_id
 WHERE own.id = card.id AND card.state = 'draft'
   AND card.company_id = %(company)s AND card.month = %(month)s
   AND (%(users)s IS NULL OR card.user_id = ANY(%(users)s))
                """,
                kind=KIND,
                company=company.id,
                month=month,
                users=SQL("%s::integer[]", user_ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _month_limits(self, company, month):
        """Return the naive UTC datetimes between which a local month lies."""
        zone = pytz.timezone(company._vip_zone())

        def midnight(day):
            local = zone.localize(datetime.combine(day, time.min))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        return midnight(month), midnight(month + relativedelta(months=1))

    def _missed(self, company, start, stop):
        """Select promises missed per agent who held the ticket at that instant."""
        return SQL(
            """
        SELECT breach.user_id, COUNT(*) AS n
          FROM sla_breach breach
          JOIN res_users agent ON agent.id = breach.user_id
         WHERE breach.company_id = %s AND breach.state = 'open'
           AND breach.breached_at >= %s AND breach.breached_at < %s
      GROUP BY breach.user_id""",
            company.id,
            start,
            stop,
        )

    def _met(self, company, start, stop):
        """Select promises kept per agent who held the ticket when the clock stopped."""
        return SQL(
            """
        SELECT span.user_id, COUNT(*) AS n
          FROM sla_clock clock
          JOIN LATERAL (
               SELECT s.user_id FROM sla_span s
                WHERE s.ticket_id = clock.ticket_id AND s.start <= clock.stopped_at
             ORDER BY s.start DESC LIMIT 1) span ON TRUE
          JOIN res_users agent ON agent.id = span.user_id
         WHERE clock.company_id = %s AND clock.state = 'met'
           AND clock.stopped_at >= %s AND clock.stopped_at < %s
      GROUP BY span.user_id""",
            company.id,
            start,
            stop,
        )

    def _solved(self, company, start, stop):
        """Select tickets per agent who held them when they became solved."""
        return SQL(
            """
        SELECT span.user_id, COUNT(DISTINCT span.ticket_id) AS n
          FROM sla_span span
          JOIN helpdesk_ticket ticket ON ticket.id = span.ticket_id
          JOIN res_users agent ON agent.id = span.user_id
         WHERE ticket.company_id = %s AND span.solved
           AND span.start >= %s AND span.start < %s
           AND (SELECT s.solved FROM sla_span s
                 WHERE s.ticket_id = span.ticket_id AND s.start < span.start
              ORDER BY s.start DESC LIMIT 1) IS NOT TRUE
      GROUP BY span.user_id""",
            company.id,
            start,
            stop,
        )

    def _rated(self, company, start, stop):
        """Select ratings per rated agent; satisfied as Odoo and the source say (V1)."""
        return SQL(
            """
        SELECT agent.id AS user_id, COUNT(*) AS n,
               COUNT(*) FILTER (WHERE rating.rating >= %s) AS satisfied
          FROM rating_rating rating
          JOIN helpdesk_ticket ticket ON ticket.id = rating.res_id
          JOIN res_users agent ON agent.partner_id = rating.rated_partner_id
         WHERE rating.res_model = 'helpdesk.ticket' AND rating.consumed
           AND rating.rating > 0 AND ticket.company_id = %s
           AND rating.rated_on >= %s AND rating.rated_on < %s
      GROUP BY agent.id""",
            RATING_LIMIT_SATISFIED,
            company.id,
            start,
            stop,
        )
