from odoo import models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import epoch
from odoo.addons.vip_service.models.res_partner import client_of
from odoo.addons.vip_service.tools.opened_at import opened_at_sql

from ...engine.obligations import Deed
from ...engine.past import Contact, Extended, Past, Reckoned, Stretch
from ...engine.past_tiers import Retier, tier_steps
from ...engine.timeline import Moment
from ..clock.book import COUNTED, contacts_and_steps
from ..clock.noticing import COUNTING, HOLDER


class SlaWhatif(models.Model):
    """Reading what is recorded of past tickets."""

    _inherit = "sla.whatif"

    def _pasts(self, ticket_ids, until):
        """Return the :class:`~...engine.past.Past` of tickets; a query for each part.

        As they were: team, service item, priority, contact, stage, holder, contacts,
        working time and the tier, at opening and as it changed. As they are today: channel, tags,
        company, the type of the client who it was then, and what conditions ask for.
        """
        stretches, contacts, extensions = {}, {}, {}
        for ticket_id, *values in self._past_spans(ticket_ids, until):
            size = len(("start", "stop", *COUNTING, *HOLDER))
            stretch = Stretch(Moment(*values[:size]), *values[size:])
            stretches.setdefault(ticket_id, []).append(stretch)
        for ticket_id, *values, metric, deed, by_answer in self._past_contacts(
            ticket_ids, until
        ):
            done = Deed(values[0], metric, deed, by_answer) if deed else None
            contacts.setdefault(ticket_id, []).append(Contact(*values, done))
        for ticket_id, *values in self._past_extensions(ticket_ids, until):
            extensions.setdefault(ticket_id, []).append(Extended(*values))
        tickets = [row for row in self._past_tickets(ticket_ids) if row[0] in stretches]
        tiers = self._past_tiers(tickets, stretches, until)
        reckoned = self._past_reckoned(stretches, until)
        return [
            Past(
                ticket_id,
                company_id,
                first_response_at,
                tiers[ticket_id],
                tuple(stretches[ticket_id]),
                tuple(contacts.get(ticket_id, ())),
                reckoned(ticket_id, company_id),
                tuple(extensions.get(ticket_id, ())),
            )
            for ticket_id, company_id, first_response_at, _opened in tickets
        ]

    def _past_reckoned(self, stretches, until):
        """Return the function of a ticket and its company that gives its Reckoned.

        :param stretches: {ticket id: list of Stretch}
        """
        versions = self._past_versions(until)
        switches = self._past_switches(until)

        def reckoned(ticket_id, company_id):
            found = set(versions.get(company_id, ()))
            for stretch in stretches[ticket_id]:
                place = (stretch.moment.team_id, company_id)
                for change in switches.get(place, ()):
                    start, stop = stretch.moment.start, stretch.moment.stop
                    if start < change.at and (stop is None or change.at <= stop):
                        found.add(change)
            return tuple(sorted(found))

        return reckoned

    def _past_versions(self, until):
        """Return {company id: [Reckoned]} of the versions of working time."""
        result = {}
        for company_id, at in self.env.execute_query(
            SQL(
                "SELECT company_id, %s FROM resource_worktime_version"
                " WHERE number > 1 AND %s <= %s",
                epoch("at"),
                epoch("at"),
                until,
            )
        ):
            result.setdefault(company_id, []).append(Reckoned(at))
        return result

    def _past_switches(self, until):
        """Return {(team id, company id): [Reckoned]} of working hours exchanged.

        Those of a company concern the teams that have no hours of their own.
        """
        self.env["sla.calendar.switch"].flush_model()
        result = {}
        for team_id, company_id, calendar_id, at in self.env.execute_query(
            SQL(
                """
                SELECT m.id, y.id, s.calendar_id, %s
                  FROM sla_calendar_switch s
                 CROSS JOIN (SELECT id, resource_calendar_id FROM helpdesk_ticket_team
                             UNION ALL SELECT NULL, NULL) m
                  JOIN res_company y ON y.id = COALESCE(s.company_id, y.id)
                 WHERE %s <= %s
                   AND CASE WHEN s.team_id IS NULL THEN m.resource_calendar_id IS NULL
                            ELSE m.id = s.team_id END
                """,
                epoch("s.at"),
                epoch("s.at"),
                until,
            )
        ):
            change = Reckoned(at, True, calendar_id)
            result.setdefault((team_id, company_id), []).append(change)
        return result

    def _past_tickets(self, ticket_ids):
        return self.env.execute_query(
            SQL(
                "SELECT t.id, t.company_id, %s, %s FROM helpdesk_ticket t"
                " WHERE t.id = ANY(%s) ORDER BY t.id",
                epoch("t.first_response_at"),
                opened_at_sql(),
                ticket_ids,
            )
        )

    def _past_tiers(self, tickets, stretches, until):
        """Return {ticket id: :class:`~...engine.past_tiers.TierStep` tuple}."""
        days, keys = {}, set()
        for ticket_id, company_id, _first, opened_at in tickets:
            company = self.env["res.company"].browse(company_id)
            days[ticket_id] = company._vip_local_date(opened_at)
            clients = {stretch.client_id for stretch in stretches[ticket_id]} - {None}
            keys.update((client, company_id, days[ticket_id]) for client in clients)
        today = {}
        for client_id, company_id, day, tier_id, _since in (
            # As superuser: tiers of whichever clients the tickets are.
            self.env["res.partner"].sudo()._tier_rows(sorted(keys))
        ):
            today.setdefault((company_id, day), {})[client_id] = tier_id
        retiers = self._past_retiers({client for client, *_key in keys}, until)
        return {
            ticket_id: tier_steps(
                stretches[ticket_id],
                today.get((company_id, days[ticket_id]), {}),
                days[ticket_id],
                retiers.get(company_id, ()),
            )
            for ticket_id, company_id, *_rest in tickets
        }

    def _past_retiers(self, client_ids, until):
        """Return {company id: :class:`~...engine.past_tiers.Retier` in order of time}.

        A change takes effect when it is approved or, if it waited for its day, when
        the audit log says that it was applied.
        """
        self.env["vip.tier.change"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.company_id, %s, c.partner_id, c.from_tier_id, c.to_tier_id,
                       c.effective_date, c.direction = 'hold'
                  FROM vip_tier_change c
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(min(l.at), c.decided_at) AS at
                         FROM vip_audit_log l
                        WHERE l.model = 'vip.tier.change' AND l.res_id = c.id
                          AND l.action = 'applied') applied
                 WHERE c.partner_id = ANY(%s) AND c.state = 'applied'
                   AND applied.at <= to_timestamp(%s) AT TIME ZONE 'UTC'
                 ORDER BY applied.at, c.id
                """,
                epoch("applied.at"),
                sorted(client_ids),
                until,
            )
        )
        result = {}
        for company_id, *values in rows:
            result.setdefault(company_id, []).append(Retier(*values))
        return result

    def _past_spans(self, ticket_ids, until):
        moment = SQL(", ").join(SQL("s.%s", SQL(n)) for n in (*COUNTING, *HOLDER))
        self.env["res.partner"].flush_model(
            ["client_type", "commercial_partner_id", "head_client_id"]
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT s.ticket_id, %(start)s, %(stop)s, %(moment)s,
                       s.category_id, k.parent_path,
                       -- as it was: before the next exchange, else as it is today
                       CASE WHEN h.id IS NULL
                            THEN COALESCE(m.resource_calendar_id, y.resource_calendar_id)
                            ELSE h.old_calendar_id END,
                       s.priority, s.partner_id, c.id, c.client_type,
                       s.stage_id, COALESCE(s.resumed, FALSE)
                  FROM (%(spans)s) s
                  JOIN helpdesk_ticket t ON t.id = s.ticket_id
                  LEFT JOIN helpdesk_ticket_category k ON k.id = s.category_id
                  LEFT JOIN helpdesk_ticket_team m ON m.id = s.team_id
                  LEFT JOIN res_company y ON y.id = t.company_id
                  LEFT JOIN LATERAL (
                       SELECT w.id, w.old_calendar_id FROM sla_calendar_switch w
                        WHERE w.at > s.start AND t.company_id
                              = COALESCE(w.company_id, t.company_id)
                          AND (w.team_id = s.team_id OR w.team_id IS NULL
                               AND m.resource_calendar_id IS NULL)
                     ORDER BY w.at, w.id LIMIT 1) h ON TRUE
                  LEFT JOIN res_partner p ON p.id = s.partner_id
                  LEFT JOIN res_partner c ON c.id = %(client)s
                 WHERE s.start <= to_timestamp(%(until)s) AT TIME ZONE 'UTC'
                 ORDER BY s.ticket_id, s.start, s.id
                """,
                start=epoch("s.start"),
                stop=epoch("s.stop"),
                moment=moment,
                client=client_of("p"),
                spans=self.env["sla.span"]._stretches(
                    SQL("s.ticket_id = ANY(%s)", ticket_ids)
                ),
                until=until,
            )
        )

    def _past_contacts(self, ticket_ids, until):
        """An answer that came back and left later is told twice: as it counted each time."""
        return self.env.execute_query(
            SQL(
                """
                SELECT ticket_id, %(at)s, %(known)s, outgoing, team_id, step, %(void)s,
                       metric, deed, by_answer
                  FROM (%(contacts)s
                         UNION ALL
                        SELECT c.id, c.ticket_id, (p.said->>'at')::timestamp,
                               p.recorded_at, c.outgoing, c.team_id, FALSE,
                               (p.said->>'void_at')::timestamp, NULL, NULL, NULL
                          FROM vip_contact c
                          JOIN vip_past_row p ON p.name = 'vip_contact'
                                             AND p.row_id = c.id
                         WHERE c.ticket_id = ANY(%(tickets)s)) c
                 WHERE known_at <= to_timestamp(%(until)s) AT TIME ZONE 'UTC'
                 ORDER BY ticket_id, at, id
                """,
                at=epoch("at"),
                known=epoch("known_at"),
                void=epoch("void_at"),
                contacts=contacts_and_steps(ticket_ids, COUNTED),
                tickets=ticket_ids,
                until=until,
            )
        )

    def _past_extensions(self, ticket_ids, until):
        self.env["sla.extension"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT ticket_id, %s, metric, added_seconds FROM sla_extension
                 WHERE ticket_id = ANY(%s) AND state = 'approved'
                   AND decided_at <= to_timestamp(%s) AT TIME ZONE 'UTC'
                 ORDER BY ticket_id, decided_at, id
                """,
                epoch("decided_at"),
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
