from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tests.access import AccessMatrixMixin, models_of
from odoo.addons.vip_base.tests.screens import ScreenCrawlMixin
from odoo.addons.vip_base.tools.event_time import at_context
from odoo.addons.vip_service.tests.common import ROLES

from .common import LATER, MARCH, ScoreCase

STAFF = ("agent", "leader", "helpdesk", "host_admin", "adviser")
READERS = (*STAFF, "manager", "admin", "auditor")


def cells(readers=READERS, **more):
    """Return a row of the table: who reads, and who may do more (letters)."""
    return {**dict.fromkeys(readers, "r"), **more}


CONFIG = cells(admin="crwu")
#: Records about a ticket, or points, of the agent.
OF_AGENT = {
    "sla.policy": CONFIG,
    "sla.escalation": CONFIG,
    "sla.escalation.level": CONFIG,
    "sla.breach.reason": CONFIG,
    "sla.target": CONFIG,
    "score.rule": CONFIG,
    "score.rule.band": CONFIG,
    "resource.makeup.day": CONFIG,
    "sla.outage": cells(manager="crwu", admin="crwu"),
    "resource.holiday.load": {"admin": "crwu"},
    "resource.holiday.load.line": {"admin": "crwu"},
    "sla.match": cells(),
    "sla.no.promise": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.reapply": cells(("manager", "auditor"), admin="crw"),
    "sla.reapply.line": cells(("manager", "auditor", "admin")),
    "sla.coverage.line": cells(("admin", "auditor")),
    "sla.policy.new.version": {"admin": "crwu"},
    "sla.contact.log": {role: "crwu" for role in READERS if role != "auditor"},
    "sla.span": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.contact": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.clock": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.breach": cells(
        ("agent", "helpdesk", "host_admin", "auditor"), manager="rw", admin="rw"
    ),
    "sla.excuse": cells(("auditor",), agent="cr", manager="crw", admin="crw"),
    "sla.notice": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "sla.start": cells(("auditor",), admin="crw"),
    "sla.whatif": cells(("auditor",), manager="crwu", admin="crwu"),
    "sla.whatif.line": cells(("auditor", "manager", "admin")),
    "score.entry": cells(("agent", "auditor"), manager="crwu", admin="crwu"),
    "score.appeal": cells(("auditor",), agent="cr", manager="crw", admin="crw"),
    "score.card": cells(("agent", "manager", "admin", "auditor")),
    "score.entry.reversal": {"manager": "crwu", "admin": "crwu"},
    "score.error.category": CONFIG,
    "score.contribution.kind": CONFIG,
    "score.review.card": CONFIG,
    "score.review.item": CONFIG,
    # Anybody may be named as a reviewer; what each may do is checked by the models.
    "score.error.report": cells(("auditor",), agent="cr", manager="cr", admin="cr"),
    "score.error.withdrawal": {role: "crwu" for role in READERS if role != "auditor"},
    "score.contribution": cells(("auditor",), agent="cr", manager="crw", admin="crw"),
    "score.review": cells(("auditor",), agent="rw", manager="crwu", admin="crwu"),
    "score.review.line": cells(("auditor",), agent="rw", manager="rw", admin="rw"),
    "score.review.sample": cells(("auditor",), manager="crwu", admin="crwu"),
    "score.card.template": CONFIG,
    "score.card.component": CONFIG,
    "score.award.rule": CONFIG,
    "score.award.criterion": CONFIG,
    "score.measure.rule": CONFIG,
    "score.kpi": CONFIG,
    "score.kpi.month": cells(("manager", "admin", "auditor")),
    "score.team.card": cells(("manager", "admin", "auditor")),
    "score.measure": cells(("auditor",), agent="rw", manager="rw", admin="rw"),
    "score.close": cells(("auditor",), manager="cru", admin="cru"),
    "score.rating.request": cells(("manager", "admin", "auditor")),
}
CONFIGURED = (
    *("sla.policy", "sla.target", "score.rule", "score.rule.band"),
    *("score.error.category", "score.contribution.kind"),
    *("score.review.card", "score.review.item"),
    *("score.card.template", "score.card.component", "score.award.rule"),
    *("score.award.criterion", "score.measure.rule", "score.kpi"),
    *("sla.escalation", "sla.escalation.level", "sla.breach.reason"),
)
#: Rows of these belong to who opened them, so they are tried on the model alone.
WIZARDS = {"score.entry.reversal", "score.error.withdrawal"}
WIZARDS |= {"sla.policy.new.version", "sla.coverage.line", "sla.contact.log"}
WIZARDS |= {"resource.holiday.load", "resource.holiday.load.line"}


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrixMixin, ScreenCrawlMixin, ScoreCase):
    """Every model of this addon, every role, every operation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.make_users(cls.company)
        cls.users["agent"] = cls.agent = cls.users["agent"]

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
        breach = self.breach(60, [(self.agent, 60)])
        breach.ticket_id.user_id = self.agent
        entry = self.charge(breach)
        entry._post(LATER)
        appeal = self.env["score.appeal"].with_user(self.agent)
        appeal = appeal.with_context(**at_context(LATER))
        appeal = appeal.create({"entry_id": entry.id, "reason": "No"}).sudo()
        self.env["score.card"]._make_drafts(self.company, MARCH)
        notice = self.env["sla.notice"].create(
            {
                "clock_id": breach.clock_id.id,
                "ticket_id": breach.ticket_id.id,
                "user_id": self.agent.id,
                "kind": "breach",
                "created_at": LATER,
            }
        )
        plan = self.env["sla.escalation"].search([], limit=1)
        reason = self.env["sla.breach.reason"].search([], limit=1)
        excuse = self.env["sla.excuse"].with_user(self.agent)
        excuse = excuse.create(
            {"breach_id": breach.id, "reason_id": reason.id, "evidence": "Log"}
        ).sudo()
        self.env["sla.contact"]._log(breach.ticket_id, LATER, outgoing=True)
        breach.ticket_id._sla_forget()
        policy = self.env["sla.policy"].search([("target_ids", "!=", False)], limit=1)
        rule = self.env["score.rule"].search([("band_ids", "!=", False)], limit=1)
        records = [
            *(policy, policy.target_ids[0], rule, rule.band_ids[0], notice),
            *(breach, breach.clock_id, breach.ticket_id.span_ids[0]),
            *(plan, plan.level_ids[0], reason, excuse),
            breach.ticket_id.contact_ids[0],
            *(entry, appeal),
            self.env["score.card"].search([("user_id", "=", self.agent.id)], limit=1),
            self._outage(),
            self._makeup_day(),
            self.env["sla.start"].create({"company_id": self.company.id}),
            *self._whatif(breach.ticket_id),
            *(self.env[name] for name in WIZARDS),
            *self._quality(breach.ticket_id),
            *self._policy_records(breach, policy),
            *self._appraisal(breach.ticket_id),
        ]
        return {record._name: record for record in records}

    def _outage(self):
        return self.env["sla.outage"].create(
            {
                "name": "Line down",
                "reason": "The provider said so",
                "date_from": LATER,
                "company_ids": [Command.set(self.company.ids)],
            }
        )

    def _makeup_day(self):
        return self.env["resource.makeup.day"].create(
            {
                "name": "National Day",
                "date": "2024-09-29",
                "company_id": self.company.id,
                "calendar_id": self.env["resource.calendar"]
                .create({"name": "Office", "company_id": self.company.id})
                .id,
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

    def _quality(self, ticket):
        """Return the records of a quality review that was shown, and around it."""
        card = self.env.ref("sla_scoring.review_card")
        review = self.env["score.review"].create(
            {
                "card_id": card.id,
                "ticket_id": ticket.id,
                "user_id": self.agent.id,
                "reviewer_id": self.boss.id,
                "month": MARCH,
            }
        )
        review.line_ids.score = "met"
        review.with_user(self.boss).action_submit()
        kind = self.env.ref("sla_scoring.contribution_case")
        category = self.env.ref("sla_scoring.error_entry")
        report = self.env["score.error.report"].with_user(self.boss)
        return [
            *(card, card.item_ids[0], review, review.line_ids[0], kind, category),
            self.env["score.review.sample"].create(
                {"card_id": card.id, "month": MARCH, "reviewer_ids": self.boss.ids}
            ),
            report.create(
                {
                    "user_id": self.agent.id,
                    "category_id": category.id,
                    "severity": "minor",
                    "evidence": "Seen",
                }
            ).sudo(),
            self.env["score.contribution"]
            .with_user(self.agent)
            .create({"kind_id": kind.id, "description": "Done"})
            .sudo(),
        ]

    def _appraisal(self, ticket):
        """Return the records around the scorecard of the agent."""
        template = self.env.ref("sla_scoring.score_card_template_shipped")
        award = self.env.ref("sla_scoring.award_star")
        limit = self.env.ref("sla_scoring.measure_coaching")
        self.env["score.team.card"]._refresh(self.company, MARCH)
        card = self.env["score.card"].search([("user_id", "=", self.agent.id)], limit=1)
        measure = self.env["score.measure"].create(
            {
                "company_id": self.company.id,
                "user_id": self.agent.id,
                "rule_id": limit.id,
                "card_id": card.id,
                "month": MARCH,
                "step": "coaching",
                "state": "agreed",
            }
        )
        request = self.env["score.rating.request"].create(
            {
                "ticket_id": ticket.id,
                "template_id": self.env["mail.template"].search([], limit=1).id,
                "requested_at": LATER,
                "try_at": LATER,
            }
        )
        return [
            *(template, template.component_ids[0], award, award.criterion_ids[0]),
            *(limit, measure, request, self.env.ref("sla_scoring.kpi_solved")),
            self.env["score.team.card"].search(
                [("team_id", "=", self.team.id)], limit=1
            ),
            self.env["score.close"].create({"month": MARCH}),
            self._kpi_month(),
        ]

    def _kpi_month(self):
        months = self.env["score.kpi.month"]
        months._keep(self.company, MARCH)
        return months.search([("company_id", "=", self.company.id)], limit=1)

    def _whatif(self, ticket):
        whatif = self.env["sla.whatif"].create({"company_id": self.company.id})
        values = {"whatif_id": whatif.id, "ticket_id": ticket.id, "kind": "new"}
        line = self.env["sla.whatif.line"].create({**values, "metric": "resolution"})
        return whatif, line

    def test_the_table_names_every_model(self):
        self.assertEqual(models_of(self.env, "sla_scoring"), set(OF_AGENT))

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
        self.assertIn("score.entry", opened["agent"])
        self.assertIn("vip.tier.change", opened["adviser"])
        self.assertLess(opened["agent"], opened["manager"])
        self.assertIn("sla.policy", opened["auditor"] & opened["admin"])
        self.assertFalse(self.open_screens(root, self.users["internal"])[0])

    def test_the_team_leader_sees_promises_of_the_team_but_no_points(self):
        records = self._records()
        self.team.user_ids += self.users["leader"]
        table = {
            name: OF_AGENT[name] | {"leader": "r"}
            for name in (
                *("sla.span", "sla.contact", "sla.clock", "sla.breach", "sla.notice"),
            )
        }
        table |= {name: OF_AGENT[name] for name in ("score.entry", "score.card")}
        self.assert_access(table, records)

    def test_nobody_of_another_company_has_any(self):
        records = self._records()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users = self.make_users(other, "elsewhere")
        table = {
            name: {}
            for name in OF_AGENT
            if name not in (*CONFIGURED, "resource.makeup.day", *WIZARDS)
        }
        self.assert_access(table, records)

    def test_configuration_of_a_company_is_its_own(self):
        records = self._records()
        records["sla.policy"].company_id = self.company
        records["score.rule"].company_id = self.company
        records["score.error.category"].company_id = self.company
        records["score.contribution.kind"].company_id = self.company
        records["score.review.card"].company_id = self.company
        for name in ("score.card.template", "score.award.rule", "score.measure.rule"):
            records[name].company_id = self.company
        records["score.kpi"].company_id = self.company
        records["sla.escalation"].company_id = self.company
        records["sla.breach.reason"].company_id = self.company
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users = self.make_users(other, "elsewhere")
        names = (*CONFIGURED, "resource.makeup.day")
        self.assert_access(dict.fromkeys(names, {}), records)
