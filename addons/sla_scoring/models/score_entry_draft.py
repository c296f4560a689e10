from decimal import Decimal

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine import worktime
from odoo.addons.sla_promise.engine.terms import Course
from odoo.addons.sla_promise.engine.timeline import Moment, Place, cut
from odoo.addons.vip_base.tools.sql import read_whole
from odoo.addons.vip_base.tools.times import event_time

from ..engine import charge
from ..engine.charge import Holder, stretches

BATCH = 500
CAPPED = ("ticket", "month")
#: The lock of whoever drafts or posts.
RUN = SQL("hashtext('score.entry:job')")


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
        self.env.cr.execute(SQL("SELECT pg_try_advisory_xact_lock(%s)", RUN))
        return self.env.cr.fetchone()[0]

    def _wait_for_run(self):
        """Let no run draft or post until this transaction ends; wait for one that does."""
        self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(%s)", RUN))

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
               c.id AS clock_id, c.calendar_id, c.around_the_clock, c.seconds,
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
        with read_whole(
            self.env["score.rule"].search([("active", "=", True)])
        ) as rules:
            return self._charged_by(rules, breaches)

    def _charged_by(self, rules, breaches):
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
        points = charge.share(-self._decimal(band.points), seconds)
        return [
            self._draft(row, holder, rule, band, "deduction", points[holder])
            for holder in held
        ]

    def _error_draft(self, row, seconds, band):
        """Return the error of who held it longest, of equals who held it last."""
        latest_first = dict(reversed(seconds.items()))
        holder = charge.main_holder(latest_first)
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
            "spares_leave": row["rule"].exempt_leave,
            "spared_seconds": row["overrun_seconds"] - row["late_seconds"],
            "sharing": row["sharing"],
            "handover_seconds": charge.grace_of(row["seconds"]),
        }

    # Who bears how much of a late promise.

    def _held(self, breaches):
        """Find who bears the lateness of each breach, and how late it counts.

        Sets ``held`` in each row: dict of :class:`Holder` → list of (start, stop,
        seconds, on leave) in order of time, holders in order of when they bore it last;
        and ``late_seconds``: the overrun without what its rule exempts. Seconds are
        counted working time of the clock. How it is shared is the company's choice.
        """
        spans = self._counted_spans([row["clock_id"] for row in breaches])
        leaves = self._leaves(breaches, spans)
        known = {}
        for row in breaches:
            own = spans.get(row["clock_id"], ())
            spared = [
                span
                for waits, outage, span in own
                if outage or (waits and row["rule"].exempt_waiting)
            ]

            def worked(start, stop, row=row):
                return self._worked(row, start, stop, known)

            def after(start, seconds, row=row):
                return self._after(row, start, seconds, known)

            due = worktime.to_epoch(row["due_at"])
            late = charge.borne(charge.OVERRUN, spared, due, 0, worked, after)
            spared_seconds = sum(worked(*span[2:]) for span in late)
            row["late_seconds"] = max(row["overrun_seconds"] - spared_seconds, 0)
            # As superuser: the job reads the settings of every company.
            row["sharing"] = row["company"].sudo().score_sharing or charge.GRACE
            borne = charge.borne(
                row["sharing"],
                [span for *_why, span in own if span not in spared],
                *(due, charge.grace_of(row["seconds"]), worked, after),
            )
            row["held"] = stretches(borne, leaves.get(row["id"], {}), worked)
            if not own:
                # Its clock is gone: who held it when the promise was broken.
                holder = self._holder(row["user_id"], row["team_id"])
                row["held"] = {holder: [(None, None, row["overrun_seconds"], False)]}

    def _counted_spans(self, clock_ids):
        """Return what counts of clocks from their start to their stop.

        :return: dict of clock id → list of (waits for the client, lies in a declared
            outage, (user id, team id, start, stop)), epoch seconds, in order of time
        """
        ids = [clock_id for clock_id in clock_ids if clock_id]
        rows = self.env.execute_query(
            SQL(
                """
        SELECT c.id, ARRAY[%s], person.id, team.id, c.company_id, s.team_id, s.category_id,
               EXTRACT(EPOCH FROM GREATEST(s.start, c.started_at))::bigint,
               EXTRACT(EPOCH FROM LEAST(s.stop, c.stopped_at))::bigint,
               c.metric, s.active, s.solved, s.closed, s.cancels, s.waiting_on
          FROM sla_clock c
          JOIN (%s) s ON s.ticket_id = c.ticket_id
     LEFT JOIN res_users person ON person.id = s.user_id
     LEFT JOIN helpdesk_ticket_team team ON team.id = s.team_id
         WHERE c.id = ANY(%s)
           AND s.start < c.stopped_at AND (s.stop IS NULL OR s.stop > c.started_at)
      ORDER BY c.id, s.start, s.id
                """,
                SQL(", ").join(SQL.identifier("c", name) for name in Course._fields),
                self.env["sla.span"]._stretches(
                    SQL(
                        "s.ticket_id IN"
                        " (SELECT ticket_id FROM sla_clock WHERE id = ANY(%s))",
                        ids,
                    )
                ),
                ids,
            )
        )
        outages = self.env["sla.outage"]._approved()
        result = {}
        for clock_id, flags, user_id, team_id, *rest in rows:
            course = Course(*flags)
            place, (start, stop, metric, *counting) = Place(*rest[:3]), rest[3:]
            for piece in cut(Moment(start, stop, *counting), place, outages):
                if course.counts(piece, metric):
                    waits = piece.waiting_on == "client"
                    stretch = user_id, team_id, piece.start, piece.stop
                    found = (waits, piece.outage_id is not None, stretch)
                    result.setdefault(clock_id, []).append(found)
        return result

    def _leaves(self, breaches, spans):
        """Return dict of breach id → dict of user id → merged (start, stop) epochs.

        Only for breaches whose rule spares approved leave.
        """
        sparing = [row for row in breaches if row["rule"].exempt_leave]
        own = {row["id"]: spans.get(row["clock_id"], ()) for row in sparing}
        parts = [span for found in own.values() for *_why, span in found if span[0]]
        if not parts:
            return {}
        leaves = self.env["resource.calendar.leaves"]._approved_leaves(
            {span[0] for span in parts},
            worktime.to_datetime(min(span[2] for span in parts)),
            worktime.to_datetime(max(span[3] for span in parts)),
        )
        return {
            row["id"]: {
                user: worktime.merged(
                    leaves.get((user, row["company_id"]), [])
                    + leaves.get((user, None), [])
                )
                for user in {span[0] for *_why, span in own[row["id"]] if span[0]}
            }
            for row in sparing
        }

    def _holder(self, user_id, team_id):
        return Holder(user_id, None) if user_id else Holder(None, team_id)

    def _worked(self, row, start, stop, known):
        """Return the working seconds of the breach's clock from start to stop.

        :param known: dict in which the working times found are kept for the batch
        """
        return self._worktime(row, start, known).between(start, stop)

    def _after(self, row, start, seconds, known):
        """Return when so many working seconds of the breach's clock have passed."""
        return self._worktime(row, start, known).add(start, seconds)

    def _worktime(self, row, start, known):
        key = row["calendar_id"], row["company_id"], row["around_the_clock"]
        if key not in known:
            calendar_id = None if row["around_the_clock"] else row["calendar_id"]
            calendar = self.env["resource.calendar"].browse(calendar_id or ())
            known[key] = calendar.exists()._certain_worktime(row["company"], start)
        return known[key]

    # What charges cost given those before them: the n-th error, and the caps.

    def _charge(self, drafts):
        """Create the charges whose values are given, numbered and capped.

        One that a cap spares altogether is kept with no points, so that people see it.

        :param drafts: list of dict, in the order in which they are to be charged
        """
        rules = self.env["score.rule"].browse(
            {draft["rule_id"] for draft in drafts if draft["rule_id"]}
        )
        self._number_errors(drafts, rules)
        self._cap(drafts, rules)
        return self.create(
            [draft for draft in drafts if draft["points"] or draft.get("points_capped")]
        )

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

    def _cap(self, drafts, rules):
        """Charge no more than the caps of the rules leave, and say what was spared."""
        by_id = {rule.id: rule for rule in rules if any(rule._caps())}
        drafts = [draft for draft in drafts if draft["rule_id"] in by_id]
        if not drafts:
            return
        self._lock_months(drafts)
        charged = self._charged_so_far(drafts)
        for draft in drafts:
            caps = by_id[draft["rule_id"]]._caps()
            keys = self._cap_keys(draft)
            before = [charged.get(key, Decimal(0)) for key in keys]
            points = Decimal(f"{-draft['points']:.2f}")
            caps = [
                cap if key[2] else None for key, cap in zip(keys, caps, strict=True)
            ]
            left, spared = charge.capped(points, before, *caps)
            for key, done in zip(keys, before, strict=True):
                charged[key] = done + left
            if spared:
                draft["points"] = -float(left) or 0.0
                draft["points_capped"] = float(spared)
                draft["details"]["capped"] = {
                    name: [float(cap), float(done)]
                    for name, cap, done in zip(CAPPED, caps, before, strict=True)
                    if cap and points > cap - done
                }

    def _cap_keys(self, draft):
        """Return the keys under which charges are added up: by ticket, by month."""
        company, bearer, period = self._bearer(draft)
        kind = draft["kind"]
        return (
            (company, bearer, draft["ticket_id"], kind),
            (company, bearer, period, kind),
        )

    def _charged_so_far(self, drafts):
        """Return dict of cap key → Decimal points charged, less what was taken back."""
        result = {}
        for column, values in (
            ("ticket_id", {draft["ticket_id"] for draft in drafts}),
            ("period", {draft["period"] for draft in drafts}),
        ):
            rows = self.env.execute_query(
                SQL(
                    """
        SELECT o.company_id, COALESCE(o.user_id, -o.team_id, 0), o.%(column)s, o.kind,
               SUM(-o.points - COALESCE(r.points, 0))
          FROM score_entry o
     LEFT JOIN score_entry r ON r.reversal_of_id = o.id
         WHERE o.kind IN ('deduction', 'error') AND o.%(column)s = ANY(%(values)s)
      GROUP BY 1, 2, 3, 4
                    """,
                    column=SQL.identifier(column),
                    values=[value for value in values if value],
                )
            )
            result.update({tuple(key): total for *key, total in rows})
        return {key: Decimal(f"{total:.2f}") for key, total in result.items()}

    @staticmethod
    def _bearer(draft):
        """Return whose errors are counted together: company, bearer, month."""
        bearer = draft["user_id"] or -(draft["team_id"] or 0)
        return draft["company_id"], bearer, draft["period"]

    def _lock_months(self, drafts):
        """Let no other transaction charge these bearers in these months."""
        keys = sorted({f"score:{self._bearer(draft)}" for draft in drafts})
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

    # The job that draws, undoes and posts the charges.

    @api.model
    def _cron_score(self):
        """Draft what stopped breaches cost, undo what was excused, post what is due."""
        # As superuser: the rules charge, not the person who starts the job.
        self = self.sudo()
        at = event_time(self.env)
        progress = self.env["ir.cron"]
        while self._step(lambda: self._draft_from_breaches(at=at)) == BATCH:
            if not progress._commit_progress(BATCH):
                return
        progress._commit_progress(1)
        self._step(lambda: self._undo_decided(at))
        progress._commit_progress(1)
        self._step(lambda: self._due_drafts(at)._post(at))

    def _step(self, work):
        """Do one step of the job unless another run of it is at work; return its result.

        A run that has committed since our transaction first looked makes us collide
        with it: then the step is undone, and the next run sees what the other did.
        """
        if not self._is_only_run():
            return 0
        try:
            result = work()
            self.env.flush_all()
            return result
        except (UniqueViolation, SerializationFailure):
            self.env.cr.rollback()
            return 0

    @api.model
    def _undo_decided(self, at):
        """Drop drafts, and reverse posted entries, of breaches excused or withdrawn."""
        # As superuser: what a breach cost, whoever decided on it.
        entries = self.sudo().search(
            [
                ("breach_id.state", "in", ("excused", "withdrawn")),
                ("kind", "!=", "reversal"),
                ("reversal_ids", "=", False),
            ]
        )
        # Scored again should the excuse be taken back.
        unseen = entries.filtered(
            lambda entry: entry.state == "draft" and not entry.appeal_ids
        )
        unseen.breach_id.write({"scored_at": False})
        for breach, mine in entries.grouped("breach_id").items():
            reason = breach.reason or self.env._("The missed promise was excused.")
            mine._take_back(reason, at, by=breach.decided_by_id)

    @api.model
    def _due_drafts(self, at):
        """Return the charges whose review window has passed and nobody questions."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
        SELECT e.id
          FROM score_entry e
          JOIN res_company company ON company.id = e.company_id
     LEFT JOIN sla_breach b ON b.id = e.breach_id
     LEFT JOIN score_error_report report ON report.id = e.error_report_id
         WHERE e.state = 'draft' AND e.kind IN ('deduction', 'error')
           AND e.needs_review IS NOT TRUE AND COALESCE(b.state, 'open') = 'open'
           AND GREATEST(e.occurred_at, report.filed_at)
               <= %s - company.score_review_days * INTERVAL '1 day'
           AND NOT EXISTS (SELECT FROM score_appeal a
                            WHERE a.entry_id = e.id AND a.state = 'submitted')
                """,
                at,
            )
        )
        # As superuser: the job posts for everybody.
        return self.sudo().browse(entry_id for (entry_id,) in rows)
