from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows

#: The due time of every promise in these tests, a Wednesday.
DUE = datetime(2024, 3, 13, 9, 0, 0)
#: Well after the review window of entries in March.
LATER = datetime(2024, 3, 25, 12, 0, 0)
MARCH = DUE.date().replace(day=1)
APRIL = MARCH.replace(month=4)


class ScoreCase(TransactionCase):
    """Tickets with a hand-made timeline: exact holders, exact lateness."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # Timelines are told anew here.
        frozen_rows.thaw(cls.env.cr, "sla_span")
        cls.company = cls.env.company
        cls.company.resource_calendar_id.tz = "UTC"
        # By the second, unless a test is about the minutes after a hand-over.
        cls.company.score_sharing = "overrun"
        cls.agent = cls.new_user("score_agent", "helpdesk_mgmt.group_helpdesk_user")
        cls.other = cls.new_user("score_other", "helpdesk_mgmt.group_helpdesk_user")
        cls.manager = cls.new_user("score_manager", "vip_base.group_vip_manager")
        cls.boss = cls.new_user("score_boss", "vip_base.group_vip_manager")
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Score team",
                "user_ids": [Command.set([cls.agent.id, cls.other.id])],
            }
        )
        cls.entries = cls.env["score.entry"]

    @classmethod
    def new_user(cls, login, groups, **values):
        return new_test_user(cls.env, login, groups, **values)

    def ticket(self, holds, due=DUE, company=None):
        """Return a ticket with a timeline but no clock, and when it was solved."""
        company = company or self.company
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Late",
                "description": "Late",
                "company_id": company.id,
                "team_id": company == self.company and self.team.id,
            }
        )
        self.env.flush_all()
        for table in ("sla_clock", "sla_span"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE ticket_id = %s",
                    SQL.identifier(table),
                    ticket.id,
                )
            )
        return ticket, self._timeline(ticket, due, holds)

    def clock(self, ticket, due=DUE, calendar=None, **values):
        """Return the id of a new 15 minute resolution clock of a ticket."""
        clock = {
            "ticket_id": ticket.id,
            "company_id": ticket.company_id.id,
            "metric": "resolution",
            "round": 1,
            "calendar_id": calendar.id if calendar else None,
            "seconds": 900,
            "pause_on_client": True,
            "pause_on_third_party": False,
            "item_limit": True,
            "key_client": True,
            "started_at": due - timedelta(minutes=15),
            "due_at": due,
        }
        clock_id = self._insert("sla_clock", **{**clock, **values})
        self.env.invalidate_all()
        return clock_id

    def breach(
        self, overrun, holds=None, due=DUE, calendar=None, company=None, **values
    ):
        """Return the breach of a 15 minute promise that stopped ``overrun`` late.

        :param overrun: seconds of overtime
        :param holds: list of (user or None, seconds[, waiting on]) from the due time
        """
        holds = holds or [(self.agent, overrun)]
        ticket, stop = self.ticket(holds, due, company)
        clock = self.clock(
            ticket,
            due,
            calendar,
            state="missed",
            stopped_at=stop,
            overrun_seconds=overrun,
        )
        return self.env["sla.breach"].create(
            {
                "clock_id": clock,
                "ticket_id": ticket.id,
                "ticket_number": ticket.number,
                "company_id": ticket.company_id.id,
                "metric": "resolution",
                "breached_at": due,
                "user_id": holds[0][0] and holds[0][0].id,
                "team_id": ticket.team_id.id,
                "overrun_seconds": overrun,
                "item_limit": True,
                "key_client": True,
                **values,
            }
        )

    def excuse(self, breach, asker, decider):
        """Excuse a breach as people do: one asks, another one approves."""
        excuse = self.env["sla.excuse"].with_user(asker)
        reason = self.env.ref("sla_promise.reason_outage")
        excuse = excuse.create(
            {"breach_id": breach.id, "reason_id": reason.id, "evidence": "Power cut"}
        )
        excuse.with_user(decider).action_approve()

    def _timeline(self, ticket, due, holds):
        """Insert the spans of a ticket and return when it was solved."""
        at = due - timedelta(minutes=15)
        # The timeline of a ticket begins with its opening.
        self.env.cr.execute(
            SQL(
                "UPDATE helpdesk_ticket SET opened_at = %s WHERE id = %s", at, ticket.id
            )
        )
        ticket.invalidate_recordset(["opened_at"])
        first = holds[0][0]
        self._span(ticket, at, first)
        at = due
        for user, seconds, *waiting in holds:
            stop = at + timedelta(seconds=seconds)
            self._span(ticket, at, user, waiting_on=waiting[0] if waiting else None)
            at = stop
        self._span(ticket, at, holds[-1][0], solved=True)
        return at

    def _span(self, ticket, start, user, waiting_on=None, solved=False):
        self._insert(
            "sla_span",
            ticket_id=ticket.id,
            start=start,
            user_id=user.id if user else None,
            team_id=ticket.team_id.id or None,
            stage_id=ticket.stage_id.id,
            active=True,
            solved=solved,
            closed=False,
            cancels=False,
            waiting_on=waiting_on,
        )

    def _insert(self, table, **values):
        columns = SQL(", ").join(SQL.identifier(name) for name in values)
        row = tuple(values.values())
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(table),
                columns,
                row,
            )
        )
        return self.env.cr.fetchone()[0]

    def charge(self, *breaches):
        """Run the drafting and return the entries of these breaches, in order."""
        self.entries._draft_from_breaches(at=LATER)
        keys = [f"breach:{breach.id}" for breach in breaches]
        return self.entries.search([("source_key", "in", keys)], order="id")

    def posted(self, overrun=60, **values):
        """Return one posted entry of the agent."""
        entry = self.charge(self.breach(overrun, **values))
        entry._post(LATER)
        return entry

    def gift(self, points, kind="offset", user=None, at=DUE):
        """Return a posted offset or award."""
        entry = self.entries.create(
            {
                "kind": kind,
                "user_id": (user or self.agent).id,
                "points": points,
                "reason": "Idea",
                "occurred_at": at,
            }
        )
        entry._post(LATER)
        return entry

    def rate(self, ticket, value, user=None, at=DUE, team=None, channel="mail"):
        """Let the client have answered about an agent; return the answer."""
        question = self._insert(
            "vip_question",
            purpose="closing",
            ticket_id=ticket.id,
            company_id=ticket.company_id.id,
            user_id=(user or self.agent).id,
            team_id=(team or ticket.team_id).id or None,
            closed_at=at - timedelta(seconds=self._questions()),
            recorded_at=at,
            expires_at=at + timedelta(days=30),
            state="asked",
        )
        answer = {
            "question_id": question,
            "grade": value,
            "channel": channel,
            "answered_at": at,
            "words": "",
            "dimensions": {},
        }
        return self.env["vip.answer"]._write_down([answer], at)

    def _questions(self):
        return self.env["vip.question"].search_count([])
