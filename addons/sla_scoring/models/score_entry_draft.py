from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine import worktime
from odoo.addons.vip_base.tools.event_time import event_time

from ..engine import attribution

BATCH = 500


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
        # As superuser: the rules charge, not the person who starts the job.
        self = self.sudo()
        self.env.flush_all()
        breaches = self._take_breaches(limit) if self._is_only_run() else ()
        if not breaches:
            return 0
        charged = self._charged(breaches)
        self._held(charged)
        drafts = []
        for row in charged:
            drafts += self._drafts(row)
        self._charge(drafts)
        at = at or event_time(self.env)
        self.env["sla.breach"].browse(row["id"] for row in breaches).write(
            {"scored_at": at}
        )
        return len(breaches)

    def _is_only_run(self):
        """Tell whether no other transaction drafts or posts; keep others from it.

        What an entry costs depends on those before it, so there is one run at a time.
        One that committed since our transaction first looked took the breaches that we
        would take now, and we collide with it.
        """
        self.env.cr.execute(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext('score.entry:job'))")
        )
        return self.env.cr.fetchone()[0]

    def _take_breaches(self, limit):
        """Lock and return stopped breaches nobody scored yet, in order of stopping."""
        self.env.cr.execute(
            SQL(
                """
        SELECT b.id, b.company_id, b.ticket_id, b.ticket_number, b.metric, b.key_client,
               b.item_limit, b.tier_id, k.parent_path,
               person.id AS user_id, team.id AS team_id,
               -- Net: what an outage declared afterwards takes away is not charged.
               LEAST(b.overrun_seconds, b.net_overrun_seconds, c.overrun_seconds)
                   AS overrun_seconds,
               c.id AS clock_id, c.calendar_id, c.seconds,
               COALESCE(c.due_at, b.breached_at) AS due_at,
               COALESCE(c.stopped_at, b.breached_at) AS stopped_at
          FROM sla_breach b
     LEFT JOIN sla_clock c ON c.id = b.clock_id
     LEFT JOIN helpdesk_ticket_category k ON k.id = b.category_id
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

    def _charged(self, breaches):
        """Return the breaches that some rule charges, with this rule and their month."""
        rules = self.env["score.rule"].search([("active", "=", True)])
        result = []
        for row in breaches:
            company = self.env["res.company"].browse(row["company_id"])
            path = (row["parent_path"] or "").strip("/")
            row["category_path"] = {int(key) for key in path.split("/") if key}
            row["period"] = company._vip_month(row["stopped_at"])
            row["company"] = company
            day = company._vip_local_date(row["stopped_at"])
            row["rule"] = rules._for_promise(row, company, day)
            row["error_rule"] = rules._in_force("error", company, day)[:1]
            if row["rule"]:
                result.append(row)
        return result

    def _drafts(self, row):
        """Return the values of the draft entries of one breach; errors unnumbered."""
        rule, held = row["rule"], row["held"]
        band = rule._band_for(row["late_seconds"])
        if not held or not band or rule._spares(row["late_seconds"]):
            return []
        seconds = {holder: sum(part[2] for part in held[holder]) for holder in held}
        if band.outcome != "points":
            return [self._error_draft(row, seconds, band)]
        points = attribution.share(-self._decimal(band.points), seconds)
        return [
            self._draft(row, holder, rule, band, "deduction", points[holder])
            for holder in held
        ]

    def _error_draft(self, row, seconds, band):
        """Return the error of who held it longest, of equals who held it last."""
        latest_first = dict(reversed(seconds.items()))
        holder = attribution.main_holder(latest_first)
        draft = self._draft(row, holder, row["error_rule"], band, "error", None)
        draft["needs_review"] = band.outcome == "error_review"
        return draft

    @staticmethod
    def _decimal(points):
        return Decimal(f"{points:.2f}")

    def _draft(self, row, holder, rule, band, kind, points):
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
            "held_seconds": sum(part[2] for part in row["held"][holder]),
            "overrun_seconds": row["overrun_seconds"],
            "details": self._frozen_why(row, holder, band),
        }

    def _frozen_why(self, row, holder, band):
        """Return what the entry must still be able to say when all else has changed.

        Colleagues are summed up: what each of them lost is not for this agent.
        """
        held = row["held"]
        total = sum(part[2] for parts in held.values() for part in parts)
        mine = sum(part[2] for part in held[holder])
        on_leave = sum(part[2] for parts in held.values() for part in parts if part[3])
        return {
            "metric": row["metric"],
            "promise_seconds": row["seconds"],
            "due_at": worktime.to_epoch(row["due_at"]),
            "stopped_at": worktime.to_epoch(row["stopped_at"]),
            "overtime": band._frozen(),
            "spans": [part[:3] for part in held[holder]],
            "others_seconds": total - mine,
            "leave_seconds": on_leave,
            "spared_seconds": row["overrun_seconds"] - row["late_seconds"],
        }
