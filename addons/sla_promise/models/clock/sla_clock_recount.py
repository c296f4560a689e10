from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL, split_every

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.sql import array
from odoo.addons.vip_base.tools.times import at_context, event_time

from ...engine import states
from ...engine.clock import outcome
from ...engine.recount import Step, stepped
from ...engine.rounds import tell

#: Tickets judged anew in the request of the change; more are left to the job.
MOST = 1000
#: Tickets that a preview looks at.
MOST_PREVIEWED = 10_000
#: Tickets of one change that are told as records.
MOST_SHOWN = 1000
#: Breaches looked at in the request of the change; more are left to the job.
MOST_BREACHES = 1000
#: System parameter: versions whose excuses the job is to propose.
UNPROPOSED = "sla_promise.unproposed_versions"


class SlaClock(models.Model):
    """Judging anew what is owed, when the working time changes by which it is counted.

    A clock names its version of working time. One that goes on by a version after which
    others came is out of date: whoever touches it first brings it up to date (a change of
    its ticket, the due job before it judges), and the job does what is left.
    """

    _inherit = "sla.clock"

    @api.model
    def _recount(self, changes, most=None):
        """Judge anew what is owed in changed calendars.

        :param changes: list of ``WorktimeChange``
        :param most: with more tickets than that they are left to the job; as in
            requests if not given
        :return: what the person is told: dicts with ``text`` and perhaps ``action``
        """
        self = self.sudo()  # clocks follow working time, whoever changes it
        self._flush_all_of_promises()
        # The clocks of a first version have it before others know of it.
        tickets = self._tickets_counted_by([change.old for change in changes])
        effects = self._recount_tickets(tickets, changes[0].at, most)
        return effects + self._propose_excuses(changes)

    @api.model
    def _flush_all_of_promises(self):
        for model in ("sla.clock", "sla.breach", "helpdesk.ticket", "sla.target"):
            self.env[model].flush_model()

    @api.model
    def _recount_tickets(self, ticket_ids, at, most=None, switch=None):
        if not ticket_ids:
            return []
        most = MOST if most is None else most
        if len(ticket_ids) > most:
            self._trigger_recount()
            # Their clocks say on screens that they wait for it.
            self.env["vip.live"]._changed(
                self.env["helpdesk.ticket"].browse(ticket_ids)
            )
            count = len(ticket_ids)
            text = self.env._("%s tickets with promises are judged anew soon.", count)
            return [{"text": text, "action": self._tickets_action(ticket_ids)}]
        now = to_epoch(at)
        found = self._follower(now).recount(ticket_ids, now, switch)
        self.env["helpdesk.ticket"].browse(ticket_ids)._sla_changed()
        return self._recount_effects(found)

    @api.model
    def _recount_effects(self, found):
        """Return what a recount did, as people are told."""
        moved = [
            (clock, judged)
            for clock, judged in found
            if clock.judged.due_at != judged.due_at
        ]
        if not moved:
            text = self.env._(
                "Running promises counted by it: %s. No limit moves.", len(found)
            )
            return [{"text": text}] if found else []
        earlier = sum(
            judged.due_at is not None
            and clock.judged.due_at is not None
            and judged.due_at < clock.judged.due_at
            for clock, judged in moved
        )
        text = self.env._(
            "Limits of running promises that move: %(moved)s of %(all)s (%(later)s "
            "later, %(earlier)s earlier).",
            moved=len(moved),
            all=len(found),
            later=len(moved) - earlier,
            earlier=earlier,
        )
        tickets = sorted({clock.ticket_id for clock, _judged in moved})
        effects = [{"text": text, "action": self._tickets_action(tickets)}]
        late = sum(
            judged.state == states.MISSED and clock.state != states.MISSED
            for clock, judged in found
        )
        if late:
            text = self.env._("Promises that are late with it at once: %s.", late)
            effects.append({"text": text})
        return effects

    @api.model
    def _tickets_action(self, ticket_ids):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tickets whose limits move"),
            "res_model": "helpdesk.ticket",
            "views": [
                [self.env.ref("sla_promise.ticket_view_list_time_left").id, "list"],
                [False, "form"],
            ],
            "domain": [("id", "in", ticket_ids[:MOST_SHOWN])],
            "context": {"create": False},
        }

    # ------------------------------------------------------------------
    # Which clocks are out of date
    # ------------------------------------------------------------------

    @api.model
    def _tickets_counted_by(self, version_ids):
        """Return the ids of tickets with something owed that counts by some versions."""
        ids = array(version_ids)
        return self._select_ids(
            SQL(
                """
                SELECT ticket_id FROM sla_clock
                 WHERE stopped_at IS NULL AND version_id = ANY(%s)
                 UNION
                SELECT ticket_id FROM sla_clock
                 WHERE stopped_at IS NULL AND earlier <> '{}'
                   AND earlier && %s::bigint[]
                 ORDER BY 1
                """,
                ids,
                ids,
            )
        )

    @api.model
    def _tickets_out_of_date(self, at, limit):
        """Return the ids of tickets with a running clock after whose version others came.

        What is late already is brought up to date when it is looked at. Each version is
        looked up by itself, however many clocks run by others.
        """
        return self._select_ids(
            SQL(
                """
                SELECT DISTINCT c.ticket_id
                  FROM (%(versions)s) v
                  JOIN LATERAL (
                       SELECT ticket_id FROM sla_clock
                        WHERE version_id = v.id AND stopped_at IS NULL
                          AND state IN %(open)s
                        ORDER BY ticket_id LIMIT %(limit)s) c ON TRUE
                 ORDER BY 1 LIMIT %(limit)s
                """,
                versions=self.env["resource.worktime.version"]._superseded(at),
                open=states.OPEN_STATES,
                limit=limit,
            )
        )

    @api.model
    def _select_ids(self, query):
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _trigger_recount(self):
        # As superuser: whoever changes working hours may not read jobs.
        if cron := self.env.ref("sla_promise.cron_recount", False):
            cron.sudo()._trigger()

    @api.model
    def _cron_recount(self):
        """Judge anew, in committed batches, what is out of date."""
        cron = self.env["ir.cron"]
        while done := self._recount_batch(event_time(self.env)):
            if not cron._commit_progress(done):
                return
        while self._propose_left_excuses():
            if not cron._commit_progress(1):
                return

    @api.model
    def _recount_batch(self, at, limit=MOST):
        """Judge the next tickets anew; return how many."""
        self._flush_all_of_promises()
        # As superuser: a job; only what follows from changed hours is judged.
        done = self.env["sla.calendar.switch"].sudo()._recount_batch(at, limit)
        if done:
            return done
        ticket_ids = self.sudo()._tickets_out_of_date(at, limit)
        tickets = self.env["helpdesk.ticket"].browse(ticket_ids)
        tickets = tickets.try_lock_for_update(allow_referencing=True)
        self.sudo()._recount_tickets(tickets.ids, at, limit)
        return len(tickets)

    # ------------------------------------------------------------------
    # Breaches that a change would have prevented
    # ------------------------------------------------------------------

    @api.model
    def _propose_excuses(self, changes):
        """Ask to excuse the breaches that dated changes would have prevented.

        They keep their verdict until a second person decides on all of them. Where
        there are many to look at, the job proposes.
        """
        breaches = {
            change: self._breaches_in(change) for change in changes if change.lost
        }
        count = sum(map(len, breaches.values()))
        if count > MOST_BREACHES:
            self._leave_excuses([change.new for change in breaches])
            text = self.env._(
                "Breaches in these dates: %s. Which of them it would have prevented is "
                "found soon; somebody else decides whether they are excused.",
                count,
            )
            return [{"text": text}]
        return self._ask_to_excuse(self._spared_breaches(breaches), changes[0].at)

    @api.model
    def _leave_excuses(self, version_ids):
        """Let the job propose excuses for what versions would have prevented."""
        parameters = self.env["ir.config_parameter"]
        known = parameters.get_param(UNPROPOSED) or ""
        waiting = [*filter(None, known.split(",")), *map(str, version_ids)]
        parameters.set_param(UNPROPOSED, ",".join(waiting))
        self._trigger_recount()

    @api.model
    def _propose_left_excuses(self):
        """Propose the excuses of the next version that waits for it; tell its author.

        :return: whether one waited
        """
        # As superuser: what was left by who changed the hours.
        parameters = self.env["ir.config_parameter"].sudo()
        first, _comma, left = (parameters.get_param(UNPROPOSED) or "").partition(",")
        if not first:
            return False
        parameters.set_param(UNPROPOSED, left)
        version = self.env["resource.worktime.version"].sudo().browse(int(first))
        if change := version._change():
            author = self.with_user(version.user_id or SUPERUSER_ID).with_context(
                **at_context(change.at)
            )
            clocks = author.sudo()
            clocks._flush_all_of_promises()
            spared = clocks._spared_breaches({change: clocks._breaches_in(change)})
            effects = clocks._ask_to_excuse(spared, change.at)
            if effects:
                author.env["resource.calendar"]._tell_effects(effects)
        return True

    @api.model
    def _ask_to_excuse(self, spared, at):
        """Ask to excuse breaches, as whoever changed the hours.

        :param spared: [(change, breaches)]
        :return: what the person is told
        """
        if not spared:
            return []
        excuses = self.env["sla.excuse"].sudo()  # as superuser: for who changed hours
        reasons = self.env["sla.breach.reason"].sudo()
        for change, breaches in spared:
            reason = reasons._for_working_time(change.company)
            if not reason:
                continue  # this company excuses nothing
            version = self.env["resource.worktime.version"].sudo().browse(change.new)
            evidence = self.env._(
                "Working time was entered afterwards: %(version)s (%(reason)s). By it "
                "the promise would have been kept.",
                version=version.display_name,
                reason=version.reason or "",
            )
            excuses |= excuses.create(
                [
                    {
                        "breach_id": breach.id,
                        "reason_id": reason.id,
                        "evidence": evidence,
                        "requested_by_id": self.env.uid,
                        "requested_at": at,
                    }
                    for breach in breaches
                ]
            )
        if not excuses:
            text = self.env._(
                "Breaches that it would have prevented, and no reason that excuses: %s.",
                sum(len(breaches) for _change, breaches in spared),
            )
            return [{"text": text}]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_promise.sla_excuse_action"
        )
        action["domain"] = [
            ("requested_by_id", "=", self.env.uid),
            ("requested_at", "=", at),
        ]
        text = self.env._(
            "Breaches that it would have prevented: %s. Somebody else decides whether "
            "they are excused.",
            len(excuses),
        )
        return [{"text": text, "action": action}]

    @api.model
    def _spared_breaches(self, candidates):
        """Return [(change, breaches)] that changed dates would have prevented.

        :param candidates: {change: breaches in its dates}
        """
        # As superuser: which breaches, for a second person to decide on.
        result, seen = [], self.env["sla.breach"].sudo()
        for change, breaches in candidates.items():
            parts = split_every(MOST, (breaches - seen).ids, breaches.browse)
            found = breaches.browse(
                breach.id for part in parts for breach in self._spared_by(change, part)
            )
            seen |= found
            if found:
                result.append((change, found))
        return result

    @api.model
    def _spared_by(self, change, breaches):
        clocks = {clock.id: clock for clock in breaches.clock_id._plain(self._book())}
        follower, stories = self._follower(), {}
        timelines = follower.book.timelines([c.ticket_id for c in clocks.values()])
        for ticket_id, moments in timelines.items():
            stories[ticket_id] = tell(moments)
        now, spared = to_epoch(change.at), breaches.browse()
        for breach in breaches:
            clock = clocks[breach.clock_id.id]
            story = stories.get(clock.ticket_id)
            if story and not _missed_anyway(clock, story, change, now, follower):
                spared |= breach
        return spared

    @api.model
    def _breaches_in(self, change):
        """Return open breaches whose promise lay in dates that are worked no more."""
        first = min(start for start, _stop in change.lost)
        last = max(stop for _start, stop in change.lost)
        ids = self._select_ids(
            SQL(
                """
                SELECT b.id
                  FROM sla_breach b
                  JOIN sla_clock c ON c.id = b.clock_id
                  JOIN resource_worktime_version v ON v.id = c.version_id
                 WHERE b.state = 'open' AND b.breached_at <= %s
                   AND b.breached_at > to_timestamp(%s) AT TIME ZONE 'UTC'
                   AND c.started_at < to_timestamp(%s) AT TIME ZONE 'UTC'
                   AND v.calendar_id = %s AND COALESCE(v.company_id, 0) = %s
                   AND NOT EXISTS (SELECT FROM sla_excuse x
                                    WHERE x.breach_id = b.id AND x.state = 'requested')
                 ORDER BY b.id
                """,
                change.at,
                first,
                last,
                change.calendar.id,
                change.company.id or 0,
            )
        )
        self.env["sla.excuse"].flush_model()
        # As superuser: as above.
        return self.env["sla.breach"].sudo().browse(ids)


def _missed_anyway(clock, story, change, now, follower):
    """Tell whether a missed clock would have been so by changed working time too."""
    step = Step(now, clock.terms.basis.version_id, change.new)
    basis = stepped(clock.terms.basis, step)._replace(
        binds_at=clock.terms.basis.binds_at
    )
    terms, stop = clock.terms._replace(basis=basis), clock.judged.stopped_at
    worktime = follower.counting(clock.key, terms.course, basis, terms.started_at)
    found = outcome(terms, story.moments, stop, None, now, worktime)
    return found.state == states.MISSED
