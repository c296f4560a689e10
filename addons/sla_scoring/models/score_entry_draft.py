import logging
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_service.tools.event_time import event_time

from ..engine import attribution, worktime
from ..tools.outages import Place, cut
from ..tools.timeline import Moment, counts

_logger = logging.getLogger(__name__)

BATCH = 500


class Holder(NamedTuple):
    """Who bears a charge: a person, or the team while nobody was assigned."""

    user_id: int | None
    team_id: int | None


class ScoreEntryDraft(models.Model):
    _inherit = "score.entry"

    @api.model
    def _draft_from_breaches(self, at=None, limit=BATCH):
        """Draft the entries of breaches whose clock has stopped; REQUIREMENTS P1, P2.

        Each breach is taken once: two jobs never take the same one, and one that was
        taken is marked in the same transaction.

        :param at: naive UTC datetime of the marking; now if not given
        :param limit: how many breaches to take
        :return: how many were taken
        """
        self = self.sudo()
        self.env.flush_all()
        breaches = self._take_breaches(limit)
        if not breaches:
            return 0
        rules = self.env["score.rule"].search([("active", "=", True)])
        charged = self._charged(breaches, rules)
        held = self._held(charged)
        drafts = []
        for row in charged:
            drafts += self._drafts(row, held[row["id"]], rules)
        self._number_errors(drafts, rules)
        self.create([draft for draft in drafts if draft["points"]])
        at = at or event_time(self.env)
        self.env["sla.breach"].browse(row["id"] for row in breaches).write(
            {"scored_at": at}
        )
        return len(breaches)

    def _take_breaches(self, limit):
        """Lock and return stopped breaches nobody scored yet, in order of stopping."""
        self.env.cr.execute(
            SQL(
                """
        SELECT b.id, b.company_id, b.ticket_id, b.ticket_number, b.metric, b.key_client,
               b.item_limit, person.id AS user_id, team.id AS team_id,
               -- Net: what an outage declared afterwards takes away is not charged.
               LEAST(b.overrun_seconds, c.overrun_seconds) AS overrun_seconds,
               c.id AS clock_id, c.calendar_id, c.seconds,
               COALESCE(c.due_at, b.breached_at) AS due_at,
               COALESCE(c.stopped_at, b.breached_at) AS stopped_at
          FROM sla_breach b
     LEFT JOIN sla_clock c ON c.id = b.clock_id
     LEFT JOIN res_users person ON person.id = b.user_id
     LEFT JOIN helpdesk_ticket_team team ON team.id = b.team_id
         WHERE b.scored_at IS NULL AND b.state = 'open' AND b.overrun_seconds > 0
      ORDER BY COALESCE(c.stopped_at, b.breached_at), b.breached_at, b.id
         LIMIT %s
           FOR UPDATE OF b SKIP LOCKED
                """,
                limit,
            )
        )
        return self.env.cr.dictfetchall()

    def _charged(self, breaches, rules):
        """Return the breaches that some rule charges, with these rules and months."""
        result = []
        for row in breaches:
            company = self.env["res.company"].browse(row["company_id"])
            row["period"] = company._vip_month(row["stopped_at"])
            row["day"] = company._vip_local_date(row["stopped_at"])
            row["company"] = company
            in_force = rules._in_force("overtime", company, row["day"])
            row["rules"] = in_force.filtered(
                lambda rule, row=row: rule._charges(
                    row["key_client"], row["item_limit"]
                )
            )
            if row["rules"]:
                result.append(row)
        return result

    def _held(self, breaches):
        """Return for each breach who held the ticket how long after the due time.

        :return: dict of breach id → dict of :class:`Holder` → list of (start, stop,
            seconds) in order of time; holders in order of when they held it last.
            Seconds are counted working time of the clock.
        """
        spans = self._overrun_spans([row["clock_id"] for row in breaches])
        known = {}
        result = {}
        for row in breaches:
            held = {}
            for holder, start, stop in spans.get(row["clock_id"], ()):
                seconds = self._worked(row, start, stop, known)
                if seconds > 0:
                    stretches = held.pop(holder, [])
                    held[holder] = [*stretches, (start, stop, seconds)]
            if not held:
                # Its clock is gone: who held it when the promise was broken.
                holder = self._holder(row["user_id"], row["team_id"])
                held[holder] = [(None, None, row["overrun_seconds"])]
            result[row["id"]] = held
        return result

    def _overrun_spans(self, clock_ids):
        """Return dict of clock id → list of (holder, start, stop) that count, epochs."""
        rows = self.env.execute_query(
            SQL(
                """
        SELECT c.id, c.pause_on_client, c.pause_on_third_party, c.pause_on_outage,
               person.id, team.id, c.company_id, s.team_id, s.category_id,
               EXTRACT(EPOCH FROM GREATEST(s.start, c.due_at))::bigint,
               EXTRACT(EPOCH FROM LEAST(s.stop, c.stopped_at))::bigint,
               c.metric, s.active, s.solved, s.closed, s.cancels, s.waiting_on
          FROM sla_clock c
          JOIN sla_span s ON s.ticket_id = c.ticket_id
     LEFT JOIN res_users person ON person.id = s.user_id
     LEFT JOIN helpdesk_ticket_team team ON team.id = s.team_id
         WHERE c.id = ANY(%s)
           AND s.start < c.stopped_at AND (s.stop IS NULL OR s.stop > c.due_at)
      ORDER BY c.id, s.start, s.id
                """,
                [clock_id for clock_id in clock_ids if clock_id],
            )
        )
        outages = self.env["sla.outage"]._approved()
        result = {}
        for clock_id, client, third_party, outage, user_id, team_id, *rest in rows:
            place, (start, stop, metric, *counting) = Place(*rest[:3]), rest[3:]
            holder = self._holder(user_id, team_id)
            for piece in cut(Moment(start, stop, *counting), place, outages):
                if counts(piece, client, third_party, metric, outage):
                    spans = result.setdefault(clock_id, [])
                    spans.append((holder, piece.start, piece.stop))
        return result

    def _holder(self, user_id, team_id):
        return Holder(user_id, None) if user_id else Holder(None, team_id)

    def _worked(self, row, start, stop, known):
        """Return the working seconds of the breach's clock from start to stop.

        :param known: dict in which the working times found are kept for the batch
        """
        key = row["calendar_id"], row["company_id"]
        if key not in known:
            calendar = self.env["resource.calendar"].browse(row["calendar_id"] or ())
            known[key] = calendar.exists()._worktime(row["company"], start, stop)
        try:
            return known[key].between(start, stop)
        except worktime.NoWorkingTime:
            _logger.warning("No working time for breach %s", row["id"])
            return 0

    def _drafts(self, row, held, rules):
        """Return the values of the draft entries of one breach; errors unnumbered."""
        drafts, error = [], None
        seconds = {holder: sum(s for *_at, s in held[holder]) for holder in held}
        for rule in row["rules"]:
            band = rule._band_for(row["overrun_seconds"])
            if band.outcome == "points":
                points = attribution.share(-self._decimal(band.points), seconds)
                drafts += [
                    self._draft(
                        row, held, holder, rule, band, "deduction", points[holder]
                    )
                    for holder in held
                ]
            elif band and (not error or band.outcome == "error_review"):
                error = self._error_draft(row, held, seconds, band, rules)
        return drafts + [error] if error else drafts

    def _error_draft(self, row, held, seconds, band, rules):
        """Return the error of who held it longest, of equals who held it last."""
        latest_first = dict(reversed(seconds.items()))
        holder = attribution.main_holder(latest_first)
        error_rule = rules._in_force("error", row["company"], row["day"])[:1]
        draft = self._draft(row, held, holder, error_rule, band, "error", None)
        draft["needs_review"] = band.outcome == "error_review"
        return draft

    @staticmethod
    def _decimal(points):
        return Decimal(f"{points:.2f}")

    def _draft(self, row, held, holder, rule, band, kind, points):
        mine = held[holder]
        return {
            "company_id": row["company_id"],
            "user_id": holder.user_id,
            "team_id": row["team_id"] if holder.user_id else holder.team_id,
            "kind": kind,
            "points": points and float(points),
            "occurred_at": row["stopped_at"],
            "period": row["period"],
            "month": row["period"],
            "rule_id": rule.id,
            "band_id": band.id,
            "breach_id": row["id"],
            "clock_id": row["clock_id"],
            "ticket_id": row["ticket_id"],
            "ticket_number": row["ticket_number"],
            "source_key": f"breach:{row['id']}",
            "held_seconds": sum(seconds for *_at, seconds in mine),
            "overrun_seconds": row["overrun_seconds"],
            "details": self._frozen_why(row, held, holder, band),
        }

    def _frozen_why(self, row, held, holder, band):
        """Return what the entry must still be able to say when all else has changed.

        Colleagues are summed up: what each of them lost is not for this agent.
        """
        total = sum(seconds for mine in held.values() for *_at, seconds in mine)
        mine = sum(seconds for *_at, seconds in held[holder])
        return {
            "metric": row["metric"],
            "promise_seconds": row["seconds"],
            "due_at": worktime.to_epoch(row["due_at"]),
            "stopped_at": worktime.to_epoch(row["stopped_at"]),
            "overtime": band._frozen(),
            "spans": held[holder],
            "others_seconds": total - mine,
        }

    def _number_errors(self, drafts, rules):
        """Give each new error its number in the month, and what that number costs.

        Numbers are given once and never change, whatever happens to other errors.
        """
        errors = [draft for draft in drafts if draft["kind"] == "error"]
        if not errors:
            return
        self._lock_months(errors)
        last = self._last_ordinals(errors)
        for draft in errors:
            key = self._bearer(draft)
            last[key] = last.get(key, 0) + 1
            rule = rules.browse(draft["rule_id"])
            band = rule._band_for(last[key]) if rule else None
            draft["ordinal"] = last[key]
            draft["points"] = -band.points if band else 0.0
            if band:
                draft["band_id"] = band.id
                draft["details"]["error"] = band._frozen()

    @staticmethod
    def _bearer(draft):
        """Return whose errors are counted together: company, bearer, month."""
        bearer = draft["user_id"] or -(draft["team_id"] or 0)
        return draft["company_id"], bearer, draft["period"]

    def _lock_months(self, errors):
        """Let no other transaction number the errors of these bearers and months."""
        keys = sorted({f"score:{self._bearer(draft)}" for draft in errors})
        for key in keys:
            self.env.cr.execute(
                SQL("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", key)
            )

    def _last_ordinals(self, errors):
        """Return dict of bearer → highest number given so far."""
        rows = self.env.execute_query(
            SQL(
                """
        SELECT company_id, COALESCE(user_id, -team_id, 0), period, MAX(ordinal)
          FROM score_entry
         WHERE kind = 'error' AND period = ANY(%s)
      GROUP BY 1, 2, 3
                """,
                list({draft["period"] for draft in errors}),
            )
        )
        return {tuple(key): ordinal for *key, ordinal in rows}
