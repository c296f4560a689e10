from odoo import models
from odoo.tools import SQL

from odoo.addons.vip_service.tools.opened_at import opened_at_sql

from ..tools.replay import Contact, Ledger, Past, Stretch, replay_context
from ..tools.timeline import Moment
from .sla_span import COUNTING, HOLDER, epoch


class SlaWhatif(models.Model):
    """Replaying past tickets with the clocks' own code."""

    _inherit = "sla.whatif"

    def _replay(self, ticket_ids, ruleset, until):
        """Return the :class:`~..tools.replay.Ledger` of tickets under a ruleset.

        What policies look at beside the timeline (channel, tags, client type, their
        conditions) is that of today, the tier is that at opening.

        :param ruleset: :class:`~.sla_policy_match.Ruleset`
        :param until: epoch seconds up to which the story is told
        """
        outages = self.env["sla.outage"].sudo()._approved()
        ledger = Ledger(ruleset, self._pasts(ticket_ids, until), outages)
        # As superuser, as the clocks always work; nothing is written.
        clocks = self.env["sla.clock"].sudo()
        clocks = clocks.with_context(**replay_context(ledger))
        queues = {key: past.events() for key, past in ledger.pasts.items()}
        for turn in range(max(map(len, queues.values()), default=0)):
            changes = []
            for ticket_id, events in queues.items():
                if turn >= len(events):
                    continue
                at, place = events[turn]
                ledger.now[ticket_id] = at
                if place is None:
                    responded = _responded(ledger.pasts[ticket_id], at)
                    clocks._hear([ticket_id], responded, at)
                else:
                    ledger.told[ticket_id] = place + 1
                    changes.append(ledger.pasts[ticket_id].change(place))
            if changes:
                clocks._follow(changes, _all_responded(changes))
        self._judge_at(clocks, ledger, until)
        return ledger

    def _judge_at(self, clocks, ledger, until):
        """Judge what is still open as of the end, as the due job would."""
        ids = list(ledger.pasts)
        ledger.now = dict.fromkeys(ids, until)
        responded = {}
        for past in ledger.pasts.values():
            responded.update(_responded(past, until))
        live = [clock for clock in clocks._live(ids) if clock.owed]
        timelines = clocks.env["sla.span"]._timelines(ids)
        stories = clocks._stories(timelines, responded, ids)
        clocks._judge(live, stories, ledger.now, {})

    def _pasts(self, ticket_ids, until):
        """Return the :class:`~..tools.replay.Past` of tickets; three queries."""
        stretches, contacts = {}, {}
        for ticket_id, *values in self._past_spans(ticket_ids, until):
            size = len(("start", "stop", *COUNTING, *HOLDER))
            stretch = Stretch(Moment(*values[:size]), *values[size:])
            stretches.setdefault(ticket_id, []).append(stretch)
        for ticket_id, *values in self._past_contacts(ticket_ids, until):
            contacts.setdefault(ticket_id, []).append(Contact(*values))
        return [
            Past(*row, tuple(stretches[row[0]]), tuple(contacts.get(row[0], ())))
            for row in self._past_tickets(ticket_ids)
            if row[0] in stretches
        ]

    def _past_tickets(self, ticket_ids):
        return self.env.execute_query(
            SQL(
                "SELECT id, company_id, vip_tier_id, %s FROM helpdesk_ticket"
                " WHERE id = ANY(%s) ORDER BY id",
                epoch("first_response_at"),
                ticket_ids,
            )
        )

    def _past_spans(self, ticket_ids, until):
        moment = SQL(", ").join(SQL("s.%s", SQL(n)) for n in (*COUNTING, *HOLDER))
        return self.env.execute_query(
            SQL(
                """
                SELECT s.ticket_id, %(start)s, %(stop)s, %(moment)s,
                       s.category_id, k.parent_path,
                       COALESCE(m.resource_calendar_id, y.resource_calendar_id),
                       s.priority, s.partner_id
                  FROM (%(spans)s) s
                  JOIN helpdesk_ticket t ON t.id = s.ticket_id
                  LEFT JOIN helpdesk_ticket_category k ON k.id = s.category_id
                  LEFT JOIN helpdesk_ticket_team m ON m.id = s.team_id
                  LEFT JOIN res_company y ON y.id = t.company_id
                 WHERE s.start <= to_timestamp(%(until)s) AT TIME ZONE 'UTC'
                 ORDER BY s.ticket_id, s.start, s.id
                """,
                start=epoch("s.start"),
                stop=epoch("s.stop"),
                moment=moment,
                spans=self.env["sla.span"]._stretches(
                    SQL("s.ticket_id = ANY(%s)", ticket_ids)
                ),
                until=until,
            )
        )

    def _past_contacts(self, ticket_ids, until):
        return self.env.execute_query(
            SQL(
                """
                SELECT ticket_id, %s, %s, outgoing, team_id FROM sla_contact
                 WHERE ticket_id = ANY(%s)
                   AND recorded_at <= to_timestamp(%s) AT TIME ZONE 'UTC'
                 ORDER BY ticket_id, at, id
                """,
                epoch("at"),
                epoch("recorded_at"),
                ticket_ids,
                until,
            )
        )

    def _opened_tickets(self, after, limit):
        """Return ids of tickets of the period with a timeline, after an id."""
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT t.id %s AND t.id > %s ORDER BY t.id LIMIT %s",
                    self._opened_sql(),
                    after,
                    limit,
                )
            )
        ]

    def _opened_sql(self):
        """Return the SQL of the tickets ``t`` that the what-if is about."""
        return SQL(
            """
            FROM helpdesk_ticket t
           WHERE t.company_id = %s AND %s >= %s AND %s <= %s
             AND EXISTS (SELECT FROM sla_span s WHERE s.ticket_id = t.id)
            """,
            self.company_id.id,
            opened_at_sql(),
            self.opened_from,
            opened_at_sql(),
            self.run_at,
        )


def _responded(past, at):
    """Return {ticket id: epoch seconds of the first response} if there was one by then."""
    first = past.first_response_at
    return {past.ticket_id: first} if first is not None and first <= at else {}


def _all_responded(changes):
    """Return as :func:`_responded`; closing is a response, too."""
    result = {}
    for change in changes:
        if change.first_response_at is not None:
            result[change.ticket_id] = change.first_response_at
        elif change.moment.closed and not change.moment.cancels:
            result[change.ticket_id] = change.at
    return result
