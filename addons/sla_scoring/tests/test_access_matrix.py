from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tests.access import AccessMatrixMixin, models_of
from odoo.addons.vip_base.tests.screens import ScreenCrawlMixin
from odoo.addons.vip_base.tools.times import at_context
from odoo.addons.vip_service.tests.common import ROLES

from .common import LATER, MARCH, ScoreCase

STAFF = ("agent", "leader", "helpdesk", "host_admin", "adviser")
READERS = (*STAFF, "manager", "admin", "auditor")


def cells(readers=READERS, **more):
    """Return a row of the table: who reads, and who may do more (letters)."""
    return {**dict.fromkeys(readers, "r"), **more}


CONFIG = cells(admin="crwu")
#: Points of the agent, and what they come from.
OF_AGENT = {
    "score.rule": CONFIG,
    "score.rule.band": CONFIG,
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
    "score.team.card": cells(("manager", "admin", "auditor")),
    "score.measure": cells(("auditor",), agent="rw", manager="rw", admin="rw"),
    "score.aside": cells(("manager", "admin", "auditor")),
    "score.close": cells(("auditor",), manager="cru", admin="cru"),
    "score.close.left": cells(("manager", "admin", "auditor")),
    "score.award": cells(("agent", "auditor"), manager="rw", admin="rw"),
}
CONFIGURED = (
    *("score.rule", "score.rule.band"),
    *("score.error.category", "score.contribution.kind"),
    *("score.review.card", "score.review.item"),
    *("score.card.template", "score.card.component", "score.award.rule"),
    *("score.award.criterion", "score.measure.rule", "score.kpi"),
)
#: Rows of these belong to who opened them, so they are tried on the model alone.
WIZARDS = {"score.entry.reversal", "score.error.withdrawal"}


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
        rule = self.env["score.rule"].search([("band_ids", "!=", False)], limit=1)
        records = [
            *(rule, rule.band_ids[0], entry, appeal),
            self.env["score.card"].search([("user_id", "=", self.agent.id)], limit=1),
            *(self.env[name] for name in WIZARDS),
            *self._quality(breach.ticket_id),
            *self._appraisal(breach.ticket_id),
        ]
        return {record._name: record for record in records}

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
        return [
            *(template, template.component_ids[0], award, award.criterion_ids[0]),
            *(limit, measure, self.env.ref("sla_scoring.kpi_solved")),
            self.env["score.team.card"].search(
                [("team_id", "=", self.team.id)], limit=1
            ),
            *self._closed(award),
            self._aside(card),
        ]

    def _closed(self, rule):
        """Return a close, something that it left out, and an award of the agent."""
        close = self.env["score.close"].create({"month": MARCH})
        self.env["score.close.left"]._keep(close)
        award = {"rule_id": rule.id, "company_id": self.company.id, "month": MARCH}
        award = self.env["score.award"].create({**award, "user_id": self.agent.id})
        return close, close.left_ids[:1], award

    def _aside(self, card):
        asides = self.env["score.aside"]
        asides._put("measure", card, UserError("No owner"), LATER)
        return asides.search([("res_id", "=", card.id)])

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
        self.assertLess(opened["agent"], opened["manager"])
        self.assertIn("score.rule", opened["auditor"] & opened["admin"])
        self.assertFalse(self.open_screens(root, self.users["internal"])[0])

    def test_the_team_leader_sees_no_points_of_others(self):
        records = self._records()
        self.team.user_ids += self.users["leader"]
        table = {name: OF_AGENT[name] for name in ("score.entry", "score.card")}
        self.assert_access(table, records)

    def test_nobody_of_another_company_has_any(self):
        records = self._records()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users = self.make_users(other, "elsewhere")
        table = {name: {} for name in OF_AGENT if name not in (*CONFIGURED, *WIZARDS)}
        self.assert_access(table, records)

    def test_configuration_of_a_company_is_its_own(self):
        records = self._records()
        for name in (
            *("score.rule", "score.error.category", "score.contribution.kind"),
            *("score.review.card", "score.card.template", "score.award.rule"),
            *("score.measure.rule", "score.kpi"),
        ):
            records[name].company_id = self.company
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users = self.make_users(other, "elsewhere")
        self.assert_access(dict.fromkeys(CONFIGURED, {}), records)
