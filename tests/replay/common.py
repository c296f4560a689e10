"""What the tests of the replay share."""

from dataclasses import astuple
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase
from odoo.tools import SQL

from . import log, oracle
from .load import load
from .oracle import TEAM, USER
from .plan import shown_agent
from .tickets import STAGES, item_map

#: Every table whose rows say what the product made of the logs.
TABLES = (
    "vip_activity",
    "vip_tier_review",
    "vip_tier_change",
    "vip_tier_membership",
    "helpdesk_ticket",
    "sla_span",
    "vip_contact",
    "sla_clock",
    "sla_breach",
    "sla_notice",
    "vip_question",
    "vip_answer",
    "score_entry",
)


class ReplayCase(TransactionCase):
    """Loads the logs once into the transaction of the class."""

    #: The resolver of the log who is the demo's agent.
    agent = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cron = type(cls.env["ir.cron"])
        cls.startClassPatcher(
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: float("inf"))
        )

    @classmethod
    def play(cls, **options):
        """Load into the open transaction; return the report and the oracle's figures."""
        options.setdefault("commit", cls.env.flush_all)
        report = load(cls.env, log=lambda line: None, **options)
        facts = log.read_activity()
        incidents = log.read_incidents(facts=facts)
        if report.plan.is_demo:
            cls.agent = shown_agent(report.plan, facts, incidents)
        return report, oracle.figures(report.plan, facts, incidents)

    @classmethod
    def rows(cls, query, *args):
        cls.env.flush_all()
        return cls.env.execute_query(SQL(query, *args))

    @classmethod
    def checksums(cls):
        """Return table → checksum of all its rows."""
        return {
            table: cls.rows(
                "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t.id)) FROM %s t",
                SQL.identifier(table),
            )[0]
            for table in TABLES
        }

    @classmethod
    def clocks(cls, metric):
        """Return incident number → row of its promise that counts."""
        rows = cls.rows(
            """
            SELECT t.number, c.state, c.due_at, c.stopped_at, c.overrun_seconds,
                   c.started_at, c.seconds, c.key_client, c.item_limit
              FROM sla_clock c JOIN helpdesk_ticket t ON t.id = c.ticket_id
             WHERE c.state <> 'cancelled' AND c.metric = %s AND t.number LIKE 'INC%%'
            """,
            metric,
        )
        return {row[0]: row for row in rows}

    @classmethod
    def ledger(cls):
        """Return [(bearer, incident number, points lost, number of the error)]."""
        rows = cls.rows(
            """
            SELECT u.login, tm.name->>'en_US', e.ticket_number, -e.points, e.ordinal
              FROM score_entry e
              LEFT JOIN res_users u ON u.id = e.user_id
              LEFT JOIN helpdesk_ticket_team tm ON tm.id = e.team_id
             WHERE e.ticket_number LIKE 'INC%%'
            """
        )
        return [
            ((USER, login) if login else (TEAM, team), number, round(lost, 2), nth or 0)
            for login, team, number, lost, nth in rows
        ]

    def assert_same_clocks(self, found):
        """Compare every resolution promise with the oracle, to the second."""
        expected = {
            clock.number: (
                clock.state,
                clock.due,
                clock.stop,
                clock.overrun,
                clock.started,
                clock.seconds,
                clock.key,
                True,
            )
            for clock in found.clocks.values()
        }
        actual = {number: row[1:] for number, row in self.clocks("resolution").items()}
        different = {
            number: (actual.get(number), clock)
            for number, clock in expected.items()
            if actual.get(number) != clock
        }
        self.assertFalse(different, f"{len(different)} of {len(expected)} differ")
        self.assertEqual(len(actual), len(expected))

    def assert_same_rounds(self, metric, expected):
        """Compare the rounds of a metric with those of the oracle, to the second."""
        rows = self.rows(
            """
            SELECT t.number, c.started_at, c.state, c.due_at, c.stopped_at,
                   c.overrun_seconds
              FROM sla_clock c JOIN helpdesk_ticket t ON t.id = c.ticket_id
             WHERE c.state <> 'cancelled' AND c.metric = %s AND t.number LIKE 'INC%%'
            """,
            metric,
        )
        wanted = [astuple(one) for one in expected]
        different = set(rows).symmetric_difference(wanted)
        self.assertFalse(different, f"{len(different)} of {len(wanted)} differ")
        self.assertEqual(len(rows), len(wanted))

    def assert_same_points(self, found):
        """Compare every charge with the oracle."""
        expected = [
            (self._bearer(e.bearer), e.number, float(e.points), e.ordinal or 0)
            for e in found.entries
        ]
        self.assertEqual(_by_bearer(self.ledger()), _by_bearer(expected))

    def _bearer(self, bearer):
        kind, name = bearer
        if kind == TEAM:
            return bearer
        login = "agent" if name == self.agent else name.lower().replace(" ", ".")
        return (USER, login)

    def timeline(self):
        """Return incident number → [(start, stage, team, user, item, priority)]."""
        env = self.env
        stages = {env.ref(xmlid).id: key for key, xmlid in STAGES.items()}
        items = {category.id: item for item, category in item_map(env).items()}
        rows = self.rows(
            """
            SELECT t.number, s.start, s.stage_id, tm.name->>'en_US', u.login,
                   s.category_id, s.priority
              FROM sla_span s JOIN helpdesk_ticket t ON t.id = s.ticket_id
              LEFT JOIN helpdesk_ticket_team tm ON tm.id = s.team_id
              LEFT JOIN res_users u ON u.id = s.user_id
             WHERE t.number LIKE 'INC%%' ORDER BY t.number, s.start, s.id
            """
        )
        result = {}
        for number, start, stage, team, login, category, priority in rows:
            state = (start, stages[stage], team, login, items[category], priority)
            result.setdefault(number, []).append(state)
        return result

    def tiers_on(self, day):
        """Return client reference → rank in force on ``day``."""
        partners = self.env["res.partner"].search([("client_number", "like", "PKDD-%")])
        tiers = partners._tier_at(fields.Date.to_date(day), self.env.company)
        return {partner.client_number: tiers[partner.id].rank for partner in partners}


def _by_bearer(rows):
    result = {}
    for bearer, *rest in rows:
        result.setdefault(bearer, []).append(tuple(rest))
    return {bearer: sorted(charges) for bearer, charges in result.items()}
