from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch
from odoo.addons.vip_base.tools.times import event_time

from ...engine import states
from ...engine.clock import counted_spans, judge
from ...engine.follower import Follower


class SlaClock(models.Model):
    """How much working time is left of a promise, as a row of the queue says it."""

    _inherit = "sla.clock"

    @api.model
    def _foremost(self, ticket_ids):
        """Return of each ticket what is due first, else what waits; one query."""
        if not ticket_ids:
            return self.browse()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (ticket_id) id FROM sla_clock
                 WHERE ticket_id = ANY(%s) AND stopped_at IS NULL
                 ORDER BY ticket_id, due_at, left_seconds, id
                """,
                list(ticket_ids),
            )
        )
        return self.browse(row[0] for row in rows)

    def _tell_left(self, at=None, soon=None):
        """Return {ticket id: what a row of the queue says of its promise}.

        Of each ticket one promise is asked for: see :meth:`_tell_each_left`.
        """
        told = self._tell_each_left(at, soon)
        return {
            clock.ticket_id.id: told[clock.id] for clock in self if clock.id in told
        }

    def _tell_each_left(self, at=None, soon=None):
        """Return {clock id: what a row of the queue says of this promise}.

        It says ``metric`` (its label), ``state``, ``due`` (UTC, False while it stands
        still), ``left`` (working seconds; below zero: late by so many seconds of the
        day), ``share`` of the promise that is used up (0 to 1), ``soon``, ``until``
        (when working time goes on, False if somebody works now), ``waits`` (for whom it
        stands still: client, third_party or outage; False: it runs) and ``at``: when all
        this is so, UTC. As many queries for one promise as for many.

        :param at: naive UTC; the event time if not given
        :param soon: what is due until then is due soon: naive UTC
        """
        now = at or event_time(self.env)
        book = self._book()  # who may read the clocks may know how much is left
        plain = {clock.id: clock for clock in self._plain(book)}
        timelines = book.timelines({clock.ticket_id for clock in plain.values()})
        counting = Follower(book).counting
        result = {}
        for clock in self:
            found, moments = plain.get(clock.id), timelines.get(clock.ticket_id.id)
            if found is None or not moments:
                continue
            terms = found.terms
            worktime = counting(found.key, terms.course, terms.basis, terms.started_at)
            verdict = judge(
                *(terms.started_at, terms.seconds, counted_spans(terms, moments)),
                *(None, to_epoch(now), worktime, terms.basis.binds_at),
            )
            result[clock.id] = {
                "metric": clock._label(),
                "state": clock.state,
                "due": fields.Datetime.to_string(clock.due_at) or False,
                "soon": clock._is_soon(now, soon or now),
                "waits": clock._waits_for(moments[-1]),
                "at": fields.Datetime.to_string(now),
                **clock._left_of(verdict.remaining, now, worktime),
            }
        return result

    def _waits_for(self, moment):
        """Return for whom this promise stands still by the last moment of its ticket."""
        if self.due_at:
            return False
        if moment.outage_id is not None and self.pause_on_outage:
            return "outage"
        return moment.waiting_on or False

    def _is_soon(self, now, soon):
        """Tell whether this promise is late, near its limit, or was warned of."""
        reached = (
            self.due_at and self.due_at <= soon,
            self.warn_at and self.warn_at <= now,
        )
        return any(reached)

    def _left_of(self, remaining, now, worktime):
        """Return what is left of this promise, and until when nobody works."""
        if self.due_at and self.due_at < now:
            late = int((self.due_at - now).total_seconds())
            return {"left": late, "share": 1, "until": False}
        opening = to_datetime(worktime.add(to_epoch(now), 1) - 1)
        stands = self.state == states.RUNNING and opening > now
        return {
            "left": remaining,
            "share": 1 - remaining / self.seconds,
            "until": stands and fields.Datetime.to_string(opening),
        }

    def _paused_seconds_left(self):
        """Return the working seconds that a paused clock has left, else False."""
        self.ensure_one()
        return self._paused_left().get(self.id, False)

    def _paused_left(self):
        """Return {clock id: the working seconds that it has left} of paused clocks."""
        paused = self.filtered(lambda clock: clock.state == states.PAUSED)
        parts = paused._explanations() if paused else {}
        return {
            clock.id: clock.seconds
            - sum(part.seconds for part in parts.get(clock._origin.id, ()))
            for clock in paused
        }
