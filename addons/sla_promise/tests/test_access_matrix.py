from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tests.access import AccessMatrixMixin, models_of
from odoo.addons.vip_base.tests.screens import ScreenCrawlMixin
from odoo.addons.vip_service.tests.common import ROLES

from ..engine.obligations import Obligation
from .common import SlaCase, minutes

STAFF = ("agent", "leader", "helpdesk", "host_admin", "adviser")
READERS = (*STAFF, "manager", "admin", "auditor")


def cells(readers=READERS, **more):
    """Return a row of the table: who reads, and who may do more (letters)."""
    return {**dict.fromkeys(readers, "r"), **more}


CONFIG = cells(admin="crwu")
#: Records about a ticket of the agent.
OF_AGENT = {
    "sla.policy": cells(manager="cr", admin="crwu"),
    "sla.escalation": CONFIG,
    "sla.escalation.level": CONFIG,
    "sla.breach.reason": CONFIG,
    "sla.target": cells(manager="r", admin="crwu"),
    "sla.outage": cells(manager="crwu", admin="crwu"),
    "sla.calendar.switch": cells(("manager", "auditor", "admin")),
    "sla.match": cells(),
    "sla.no.promise": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.reapply": cells(("manager", "auditor"), admin="crw"),
    "sla.reapply.line": cells(("manager", "auditor", "admin")),
    "sla.coverage.line": cells(("admin", "auditor")),
    "sla.policy.new.version": {"manager": "crwu", "admin": "crwu"},
    "sla.span": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.obligation": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.step": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.clock": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.breach": cells(
        ("agent", "helpdesk", "host_admin", "auditor"), manager="rw", admin="rw"
    ),
    "sla.excuse": cells(("auditor",), agent="cr", manager="crw", admin="crw"),
    "sla.extension": cells(("auditor",), agent="cr", manager="crw", admin="crw"),
    "sla.notice": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.intervention": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.intervene": dict.fromkeys(
        ("agent", "leader", "helpdesk", "host_admin", "adviser", "manager", "admin"),
        "crwu",
    ),
    "sla.move": dict.fromkeys(("manager", "admin"), "crwu"),
    "sla.move.line": dict.fromkeys(("manager", "admin"), "crwu"),
    "sla.start": cells(("auditor",), admin="crw"),
    "sla.whatif": cells(("auditor",), manager="crwu", admin="crwu"),
    "sla.wall": cells(("manager", "auditor"), admin="crwu"),
    "sla.whatif.line": cells(("auditor", "manager", "admin")),
}
CONFIGURED = (
    *("sla.policy", "sla.target"),
    *("sla.escalation", "sla.escalation.level", "sla.breach.reason"),
)
#: Rows of these belong to who opened them, so they are tried on the model alone.
WIZARDS = {
    *("sla.policy.new.version", "sla.coverage.line", "sla.intervene"),
    *("sla.move", "sla.move.line"),
}


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrixMixin, ScreenCrawlMixin, SlaCase):
    """Every model of this addon, every role, every operation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.users = cls.make_users(cls.company)
        cls.agent = cls.users["agent"]

    @classmethod
    def make_users(cls, company, prefix="matrix"):
        return {
            role: new_test_user(
                cls.env,
                f"{prefix}_{role}",
                groups=groups,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )
            for role, groups in ROLES.items()
        }

    def _records(self):
        """Return one record of each model: the agent's, where it is somebody's."""
        ticket = self.ticket(user_id=self.agent.id)
        self.due(minutes(61))
        breach = self.breaches(ticket)[0]
        self.assertEqual(breach.user_id, self.agent)
        notice = self.env["sla.notice"].create(
            {
                "clock_id": breach.clock_id.id,
                "ticket_id": ticket.id,
                "user_id": self.agent.id,
                "kind": "breach",
                "created_at": minutes(61),
            }
        )
        reason = self.env["sla.breach.reason"].search([], limit=1)
        excuse = self.env["sla.excuse"].with_user(self.agent)
        excuse = excuse.create(
            {"breach_id": breach.id, "reason_id": reason.id, "evidence": "Log"}
        ).sudo()
        records = [
            *(self.policy, self.policy.target_ids[0], notice, breach, breach.clock_id),
            *(self.plan, self.plan.level_ids[0], reason, excuse),
            ticket.span_ids[0],
            self._step(ticket),
            self._obligation(ticket),
            self._intervention(ticket),
            self._extension(ticket),
            self._outage(),
            self._switch(),
            self.env["sla.start"].create({"company_id": self.company.id}),
            *self._whatif(ticket),
            self.env["sla.wall"].create({"name": "W", "company_id": self.company.id}),
            *(self.env[name] for name in WIZARDS),
            *self._policy_records(breach, self.policy),
        ]
        return {record._name: record for record in records}

    def _switch(self):
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Branch", "company_id": self.company.id}
        )
        team.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Other hours", "company_id": self.company.id}
        )
        return self.env["sla.calendar.switch"].search([], order="id desc", limit=1)

    def _step(self, ticket):
        values = {"ticket_id": ticket.id, "user_id": self.agent.id, "kind": "note"}
        times = dict.fromkeys(("at", "recorded_at"), minutes(3))
        return self.env["sla.step"].create({**values, **times})

    def _obligation(self, ticket):
        times = dict.fromkeys(("at", "recorded_at"), minutes(3))
        owed = {"ticket_id": ticket.id, "metric": "test.owed", "kind": "owed"}
        declared = {"test.owed": Obligation("test.owed", "Reply", "the client")}
        obligations = self.env["sla.obligation"]
        with patch.object(type(obligations), "_declared", lambda _self: declared):
            return obligations.create({**owed, **times})

    def _intervention(self, ticket):
        values = {"ticket_id": ticket.id, "user_id": self.agent.id, "kind": "other"}
        return self.env["sla.intervention"].create({**values, "at": minutes(62)})

    def _extension(self, ticket):
        return self.env["sla.extension"].create(
            {
                "clock_id": ticket.clock_ids[0].id,
                "ticket_id": ticket.id,
                "company_id": self.company.id,
                "metric": ticket.clock_ids[0].metric,
                "reason": "The bank is closed",
                "requested_by_id": self.agent.id,
                "requested_at": minutes(3),
            }
        )

    def _outage(self):
        return self.env["sla.outage"].create(
            {
                "name": "Line down",
                "reason": "The provider said so",
                "date_from": minutes(61),
                "company_ids": [Command.set(self.company.ids)],
            }
        )

    def _policy_records(self, breach, policy):
        clock = breach.clock_id
        reapply = self.env["sla.reapply"].create({"company_id": self.company.id})
        line = self.env["sla.reapply.line"].create(
            {
                "reapply_id": reapply.id,
                "company_id": self.company.id,
                "ticket_id": clock.ticket_id.id,
                "metric": clock.metric,
            }
        )
        match = self.env["sla.match"].create(
            {"key": "x", "company_id": self.company.id, "metric": clock.metric}
        )
        nothing = self.env["sla.no.promise"].create(
            {
                "ticket_id": clock.ticket_id.id,
                "metric": "resolution",
                "policy_id": policy.id,
            }
        )
        return reapply, line, match, nothing

    def _whatif(self, ticket):
        whatif = self.env["sla.whatif"].create({"company_id": self.company.id})
        values = {"whatif_id": whatif.id, "ticket_id": ticket.id, "kind": "new"}
        line = self.env["sla.whatif.line"].create({**values, "metric": "resolution"})
        return whatif, line

    def test_the_table_names_every_model(self):
        self.assertEqual(models_of(self.env, "sla_promise"), set(OF_AGENT))

    def test_every_role_on_records_of_an_agent(self):
        records = self._records()
        for name in OF_AGENT.keys() - WIZARDS:
            self.assertTrue(records[name], name)
        self.assert_access(OF_AGENT, records)

    def test_every_screen_opens_for_every_role(self):
        self._records()
        root = self.env.ref("vip_base.menu_root")
        opened, wrong = {}, []
        for role in ("agent", "adviser", "manager", "auditor", "admin"):
            opened[role], failed = self.open_screens(root, self.users[role])
            wrong += failed
        self.assertFalse(wrong, "\n".join(wrong))
        self.assertIn("sla.clock", opened["agent"])
        self.assertIn("vip.tier.change", opened["adviser"])
        self.assertLess(opened["agent"], opened["manager"])
        self.assertIn("sla.policy", opened["auditor"] & opened["admin"])
        self.assertFalse(self.open_screens(root, self.users["internal"])[0])

    def test_the_team_leader_sees_promises_of_the_team(self):
        records = self._records()
        self.team.user_ids += self.users["leader"]
        table = {
            name: OF_AGENT[name] | {"leader": "r"}
            for name in (
                *(
                    "sla.span",
                    "sla.step",
                    "sla.obligation",
                    "sla.clock",
                    "sla.breach",
                    "sla.notice",
                ),
            )
        }
        self.assert_access(table, records)

    def test_nobody_of_another_company_has_any(self):
        records = self._records()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users = self.make_users(other, "elsewhere")
        table = {name: {} for name in OF_AGENT if name not in (*CONFIGURED, *WIZARDS)}
        self.assert_access(table, records)

    def test_configuration_of_a_company_is_its_own(self):
        records = self._records()
        for name in ("sla.policy", "sla.escalation", "sla.breach.reason"):
            records[name].company_id = self.company
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users = self.make_users(other, "elsewhere")
        self.assert_access(dict.fromkeys(CONFIGURED, {}), records)
