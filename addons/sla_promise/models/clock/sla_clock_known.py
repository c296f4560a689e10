from odoo import api, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch
from odoo.addons.vip_base.tools.sql import array, epoch

from ...engine import states
from ...engine.follower import Follower
from ...engine.obligations import Deed
from ...engine.rounds import Answer, tell
from ...engine.timeline import Moment
from .book import COUNTED, SqlBook, contacts_and_steps
from .noticing import SEEN


class PastBook(SqlBook):
    """Reads what had been recorded by an instant, and nothing that came later.

    :param env: of the superuser: clocks follow the ticket, whoever looks
    :param until: naive UTC
    """

    def __init__(self, env, until):
        super().__init__(env)
        self.until = until

    def timelines(self, ticket_ids):
        spans = self.env["sla.span"]
        known = SQL(
            "s.ticket_id = ANY(%s) AND s.start <= %s"
            " AND COALESCE(s.recorded_at, s.start) <= %s",
            *(array(ticket_ids), self.until, self.until),
        )
        timelines = {}
        for ticket_id, *moment in self.env.execute_query(
            SQL(
                "SELECT ticket_id, %s, %s, %s FROM (%s) s ORDER BY ticket_id, start, id",
                epoch("start"),
                epoch("stop"),
                SEEN,
                spans._stretches(known),
            )
        ):
            timelines.setdefault(ticket_id, []).append(Moment(*moment))
        outages = self.env["sla.outage"]._approved_by(self.until)
        if outages and timelines:
            timelines = spans._with_outages(timelines, outages)
        return {key: tuple(value) for key, value in timelines.items()}

    def contacts(self, ticket_ids):
        answers, asks, steps, deeds = {}, {}, {}, {}
        for ticket_id, at, outgoing, team_id, step, *deed in self.env.execute_query(
            SQL(
                "SELECT ticket_id, %s, outgoing, team_id, step, metric, deed, by_answer"
                " FROM (%s) c WHERE known_at <= %s AND (void_at IS NULL OR void_at > %s)"
                " ORDER BY ticket_id, at, id",
                epoch("at"),
                contacts_and_steps(list(ticket_ids), COUNTED),
                self.until,
                self.until,
            )
        ):
            if step:
                steps.setdefault(ticket_id, []).append(at)
            if deed[0]:
                deeds.setdefault(ticket_id, []).append(Deed(at, *deed))
            if outgoing:
                answers.setdefault(ticket_id, []).append(Answer(at, team_id))
            elif outgoing is False:
                asks.setdefault(ticket_id, []).append(at)
        return answers, asks, steps, deeds

    def responded(self, ticket_ids):
        until = to_epoch(self.until)
        return {
            ticket_id: at
            for ticket_id, at in super().responded(ticket_ids).items()
            if at <= until
        }


class SlaClock(models.Model):
    """Promises as they were known at a past instant: their clocks told once more."""

    _inherit = "sla.clock"

    @api.model
    def _known_of_tickets(self, ticket_ids, at):
        """Return {ticket id: list of dicts} of the promises that were known at an instant.

        What had its verdict by then says it. What was owed is judged by what had been
        recorded by then: timeline, contacts, outages, working time, extensions.

        :param at: naive UTC, whole seconds
        :return: dicts of ``id``, ``metric``, ``round``, ``state``, ``due_at`` (naive UTC
            or None) and ``left_seconds``; cancelled ones are left out
        """
        # As superuser: promises of tickets that the caller may read.
        clocks = self.sudo().search([("ticket_id", "in", ticket_ids)])
        if not clocks:
            return {}
        verdicts = clocks._verdicts_known(at)
        book = PastBook(clocks.env, at)
        plain = {one.id: one for one in clocks._plain(book)}
        found = {}
        judged = clocks._known_outcomes(book, plain, at, verdicts)
        for clock in clocks.sorted("id"):
            told = judged.get(clock.id)
            if told and told["state"] != states.CANCELLED:
                found.setdefault(clock.ticket_id.id, []).append(
                    {
                        "id": clock.id,
                        "metric": clock.metric,
                        "round": clock.round,
                        **told,
                    }
                )
        return found

    def _known_outcomes(self, book, plain, at, verdicts):
        """Return {clock id: state, due and left} of those that there were by then."""
        ticket_ids = list({clock.ticket_id for clock in plain.values()})
        timelines, told = book.timelines(ticket_ids), {}
        contacts = book.contacts(ticket_ids)
        responded, follower = book.responded(ticket_ids), Follower(book)
        successors = {one.replaced_by_id.id for one in self if one.replaced_by_id}
        later = self._extended_later(at)
        now = to_epoch(at)
        for clock in plain.values():
            verdict = verdicts.get(clock.id)
            if verdict and verdict["stopped_at"] and verdict["stopped_at"] <= at:
                told[clock.id] = {
                    "state": verdict["state"],
                    "due_at": verdict["due_at"],
                    "left_seconds": None,
                }
                continue
            terms, moments = clock.terms, timelines.get(clock.ticket_id)
            began = terms.started_at
            if clock.id in successors and terms.basis.binds_at:
                began = max(began, terms.basis.binds_at)
            if not moments or began > now:
                continue
            story = tell(
                moments,
                responded.get(clock.ticket_id),
                *(one.get(clock.ticket_id, ()) for one in contacts),
            )
            out = follower.outcome(
                clock.key, self._terms_then(book, clock, later, now), story, now
            )
            told[clock.id] = {
                "state": out.state,
                "due_at": out.due and to_datetime(out.due),
                "left_seconds": out.left,
            }
        return told

    @api.model
    def _terms_then(self, book, clock, later, now):
        """Return the terms of a clock without what was decided or changed later."""
        terms, key = clock.terms, clock.key
        basis = terms.basis
        if basis.version_id is not None:
            known = book.version(key.company_id, key.calendar_id, now)
            basis = basis._replace(version_id=known or basis.version_id)
        if basis.binds_at and basis.binds_at > now:
            basis = basis._replace(binds_at=None)
        terms = terms._replace(basis=basis)
        added = later.get((clock.ticket_id, terms.metric))
        return terms.longer(-added) if added else terms

    def _extended_later(self, at):
        """Return {(ticket id, metric): seconds} that were added after an instant."""
        self.env["sla.extension"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket_id, metric, sum(added_seconds) FROM sla_extension
                 WHERE ticket_id = ANY(%s) AND state = 'approved' AND decided_at > %s
                 GROUP BY ticket_id, metric
                """,
                self.ticket_id.ids,
                at,
            )
        )
        return {row[:2]: row[2] for row in rows}
