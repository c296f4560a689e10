from decimal import Decimal

from psycopg2.errors import OperationalError, SerializationFailure, UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine import worktime
from odoo.addons.sla_promise.engine.terms import Course
from odoo.addons.sla_promise.engine.timeline import Moment, Place, cut
from odoo.addons.vip_base.tools.sql import read_whole
from odoo.addons.vip_base.tools.times import event_time

from ..engine import charge
from ..engine.charge import Holder, stretches
from .score_entry import CHARGED_ALREADY

BATCH = 500
#: What tells that somebody else changed the same at the same time.
COLLISIONS = (ConcurrencyError, SerializationFailure, UniqueViolation)
#: The lock of whoever drafts or posts.
RUN = SQL("hashtext('score.entry:job')")


class ScoreEntryDraft(models.Model):
    _inherit = "score.entry"

    @api.model
    def _draft_from_breaches(self, at=None, limit=BATCH):
        """Draft the entries of breaches whose clock has stopped; REQUIREMENTS P1, P2.

        Each breach is taken once: two jobs never take the same one, and one that was
        taken is marked in the same transaction, or put aside with the reason why not.

        :param at: naive UTC datetime of the marking; now if not given
        :param limit: how many breaches to take
        :return: how many were taken
        """
        # As superuser: the rules charge, not the person who starts the job.
        self = self.sudo()
        self.env.flush_all()
        rows = self._take_breaches(limit) if self._is_only_run() else ()
        if not rows:
            return 0
        at = at or event_time(self.env)
        by_id = {row["id"]: row for row in rows}
        self._each_apart(
            "draft",
            self.env["sla.breach"].browse(by_id),
            lambda breaches: self._draft_rows([by_id[i] for i in breaches.ids], at),
            at,
        )
        return len(rows)

    def _draft_rows(self, rows, at):
        """Draft the entries of these breaches and mark them."""
        charged = self._charged(rows)
        self._held(charged)
        drafts = []
        for row in charged:
            drafts += self._drafts(row)
        self._charge(drafts)
        self.env["sla.breach"].browse(row["id"] for row in rows).write(
            {"scored_at": at}
        )

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

    def _take_breaches(self, limit, ids=None):
        """Lock and return stopped breaches nobody scored yet, in order of stopping.

        :param ids: only these; None: all
        """
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
           AND NOT EXISTS (SELECT FROM score_aside aside
                            WHERE aside.step = 'draft' AND aside.res_id = b.id
                              AND aside.state = 'open')
           AND (%s IS NULL OR b.id = ANY(%s))
      ORDER BY COALESCE(c.stopped_at, b.breached_at), b.breached_at, b.id
         LIMIT %s
           FOR UPDATE OF b SKIP LOCKED
                """,
                *(SQL("%s::integer[]", ids), ids, limit),
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
            "handover_seconds": row["grace"],
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
        longest = self._longest_grace({row["team_id"] for row in breaches})
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
            row["grace"] = charge.grace_of(
                row["seconds"], longest.get(row["team_id"], charge.LONGEST_GRACE)
            )
            borne = charge.borne(
                row["sharing"],
                [span for *_why, span in own if span not in spared],
                *(due, row["grace"], worked, after),
            )
            row["held"] = stretches(borne, leaves.get(row["id"], {}), worked)
            if not own:
                # Its clock is gone: who held it when the promise was broken.
                holder = self._holder(row["user_id"], row["team_id"])
                row["held"] = {holder: [(None, None, row["overrun_seconds"], False)]}

    @api.model
    def _longest_grace(self, team_ids):
        """Return {team id: for how many seconds a hand-over counts for who gave it}."""
        # As superuser: the job reads the settings of every company.
        teams = self.env["helpdesk.ticket.team"].sudo().with_context(active_test=False)
        teams = teams.search_fetch(
            [("id", "in", list(filter(None, team_ids)))], ["score_handover_minutes"]
        )
        return {team.id: 60 * team.score_handover_minutes for team in teams}

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

    def _charge(self, drafts):
        """Create the charges whose values are given, numbered and capped.

        One that a cap spares altogether is kept with no points, so that people see it.

        :param drafts: list of dict, in the order in which they are to be charged
        """
        rules = self._rules_of(drafts)
        errors = [draft for draft in drafts if draft["kind"] == "error"]
        if errors or any(any(rule._caps()) for rule in rules):
            self._price(drafts, rules)
        drafts = [
            draft for draft in drafts if draft["points"] or draft.get("points_capped")
        ]
        if errors:
            with self._in_turn(errors):
                return self.create(drafts)
        return self.create(drafts)

    def _rules_of(self, drafts):
        return self.env["score.rule"].browse(
            {draft["rule_id"] for draft in drafts if draft["rule_id"]}
        )

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
        self._step(
            lambda: self._each_apart(
                "post", self._due_drafts(at), lambda drafts: drafts._post(at), at
            )
        )

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
        except COLLISIONS:
            self.env.cr.rollback()
            return 0

    def _each_apart(self, step, records, work, at, **of):
        """Do a step with records; put aside the one with which it cannot be done.

        All are tried at once. Where that fails, each half is: so one bad record costs
        few attempts, and the others are done in their order.

        :param step: what is done, as of ``score.aside``
        :param work: function of some of the records
        :param at: naive UTC datetime
        :param of: the company and month of a close
        """
        if not records:
            return
        try:
            with self.env.cr.savepoint():
                work(records)
        except Exception as error:
            if self._is_collision(error):
                raise
            if len(records) == 1:
                self.env["score.aside"]._put(step, records, error, at, **of)
                return
            middle = len(records) // 2
            self._each_apart(step, records[:middle], work, at, **of)
            self._each_apart(step, records[middle:], work, at, **of)

    def _is_collision(self, error):
        """Tell whether it is no fault of the record: begun anew, it can be done.

        Of a breach that we hold nobody else makes an entry: one that is there stays.
        """
        name = isinstance(error, UniqueViolation) and error.diag.constraint_name
        known = (*COLLISIONS, OperationalError)
        return isinstance(error, known) and name != CHARGED_ALREADY

    @api.model
    def _undo_decided(self, at):
        """Drop drafts, and reverse posted entries, of breaches excused or withdrawn."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
        SELECT DISTINCT b.id
          FROM score_entry e
          JOIN sla_breach b ON b.id = e.breach_id
         WHERE b.state IN ('excused', 'withdrawn') AND e.kind <> 'reversal'
           AND NOT EXISTS (SELECT FROM score_entry r WHERE r.reversal_of_id = e.id)
           AND NOT EXISTS (SELECT FROM score_aside aside
                            WHERE aside.step = 'undo' AND aside.res_id = b.id
                              AND aside.state = 'open')
      ORDER BY b.id
                """
            )
        )
        # As superuser: what a breach cost, whoever decided on it.
        breaches = self.env["sla.breach"].sudo()
        breaches = breaches.browse(breach_id for (breach_id,) in rows)
        self._each_apart("undo", breaches, lambda some: self._undo(some, at), at)

    def _undo(self, breaches, at):
        """Take back what these breaches cost."""
        for breach in breaches:
            # As superuser: what follows from a decision, whoever made it.
            entries = self.sudo().search(
                [
                    ("breach_id", "=", breach.id),
                    ("kind", "!=", "reversal"),
                    ("reversal_ids", "=", False),
                ]
            )
            if any(e.state == "draft" and not e.appeal_ids for e in entries):
                # Scored again should the excuse be taken back.
                breach.scored_at = False
            reason = breach.reason or self.env._("The missed promise was excused.")
            entries._take_back(reason, at, by=breach.decided_by_id)

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
           AND NOT EXISTS (SELECT FROM score_aside aside
                            WHERE aside.step = 'post' AND aside.res_id = e.id
                              AND aside.state = 'open')
      ORDER BY e.id
                """,
                at,
            )
        )
        # As superuser: the job posts for everybody.
        return self.sudo().browse(entry_id for (entry_id,) in rows)
