from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import LATER, MARCH, ScoreCase

READ = {
    "score.rule": {"agent", "adviser", "manager", "admin", "auditor"},
    "score.rule.band": {"agent", "adviser", "manager", "admin", "auditor"},
    "score.entry": {"agent", "adviser", "manager", "admin", "auditor"},
    "score.appeal": {"agent", "adviser", "manager", "admin", "auditor"},
    "score.card": {"agent", "adviser", "manager", "admin", "auditor"},
    **dict.fromkeys(
        (
            *("score.error.category", "score.contribution.kind"),
            *("score.review.card", "score.review.item"),
            *("score.error.report", "score.contribution"),
            *("score.review", "score.review.line"),
        ),
        {"agent", "adviser", "manager", "admin", "auditor"},
    ),
    "score.review.sample": {"manager", "admin", "auditor"},
}
CONFIG = dict.fromkeys(
    (
        *("score.error.category", "score.contribution.kind"),
        *("score.review.card", "score.review.item"),
    ),
    {"admin"},
)
NOBODY = set()
MANAGERS = {"manager", "admin"}
STAFF = {"agent", "adviser", *MANAGERS}
#: Who may do it at all; what of it, the ledger's own tests say.
MATRIX = {
    "read": READ,
    "create": {
        "score.rule": {"admin"},
        "score.rule.band": {"admin"},
        "score.entry": MANAGERS,
        "score.appeal": {"agent", "adviser", *MANAGERS},
        "score.card": NOBODY,
        **CONFIG,
        "score.error.report": STAFF,
        "score.contribution": STAFF,
        "score.review": MANAGERS,
        "score.review.line": NOBODY,
        "score.review.sample": MANAGERS,
    },
    "write": {
        "score.rule": {"admin"},
        "score.rule.band": {"admin"},
        "score.entry": MANAGERS,
        "score.appeal": MANAGERS,
        "score.card": NOBODY,
        **CONFIG,
        "score.error.report": NOBODY,
        "score.contribution": MANAGERS,
        "score.review": STAFF,
        "score.review.line": STAFF,
        "score.review.sample": MANAGERS,
    },
    "unlink": {
        "score.rule": {"admin"},
        "score.rule.band": {"admin"},
        "score.entry": MANAGERS,
        "score.appeal": NOBODY,
        "score.card": NOBODY,
        **CONFIG,
        "score.error.report": NOBODY,
        "score.contribution": NOBODY,
        "score.review": MANAGERS,
        "score.review.line": NOBODY,
        "score.review.sample": MANAGERS,
    },
}


@tagged("post_install", "-at_install")
class TestScoreAccess(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls.new_user("score_auditor", "vip_base.group_vip_auditor")
        cls.roles = {
            "agent": cls.agent,
            "adviser": cls.new_user("score_adviser", "vip_base.group_vip_adviser"),
            "manager": cls.manager,
            "admin": cls.new_user("score_admin", "vip_base.group_vip_admin"),
            "auditor": cls.auditor,
            "internal": cls.new_user("score_internal", "base.group_user"),
            "portal": cls.new_user("score_portal", "base.group_portal"),
            "public": cls.new_user("score_public", "base.group_public"),
        }
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = cls.new_user(
            "score_stranger",
            "vip_base.group_vip_manager",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )

    def test_each_role_may_do_what_the_matrix_says(self):
        for operation, models in MATRIX.items():
            for model, allowed in models.items():
                for role, user in self.roles.items():
                    with self.subTest(operation=operation, model=model, role=role):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            role in allowed,
                        )

    def test_an_agent_sees_own_lines_only(self):
        for record in self.records(self.agent):
            own, others = record, self.record_of(record._name, self.other)
            visible = record.with_user(self.agent).search([])
            with self.subTest(record._name):
                self.assertIn(own, visible)
                self.assertNotIn(others, visible)
                with self.assertRaises(AccessError):
                    others.with_user(self.agent).read()

    def test_a_leader_sees_scorecards_of_the_own_team_but_no_entries(self):
        leader = self.new_user("score_leader", "helpdesk_mgmt.group_helpdesk_user_own")
        entry, _appeal, card = self.records(self.agent)
        self.env["score.team.card"]._refresh(self.company, MARCH)
        team_card = self.env["score.team.card"].search([("team_id", "=", self.team.id)])
        for record in (card, team_card):
            self.assertFalse(record.with_user(leader).search([]))
        self.team.user_id = leader
        self.assertEqual(
            team_card.with_user(leader).card_page()["score"], team_card.score
        )
        self.assertEqual(card.with_user(leader).search([("id", "=", card.id)]), card)
        self.assertFalse(entry.with_user(leader).search([]))
        stranger = self.new_user("score_outside", "helpdesk_mgmt.group_helpdesk_user")
        outside = self.record_of("score.card", stranger)
        with self.assertRaises(AccessError):
            outside.with_user(leader).read()

    def test_places_are_for_managers(self):
        card = self.record_of("score.card", self.agent)
        self.assertNotIn("rank", card.with_user(self.agent).fields_get())
        self.assertIn("rank", card.with_user(self.manager).fields_get())

    def test_what_the_team_bears_is_not_for_agents(self):
        entry = self.charge(self.breach(60, [(None, 60)]))
        with self.assertRaises(AccessError):
            entry.with_user(self.agent).read(["points"])
        self.assertEqual(entry.with_user(self.manager).points, -0.5)

    def test_manager_and_auditor_see_all_of_their_company(self):
        for record in self.records(self.agent):
            for user in (self.manager, self.auditor):
                with self.subTest(record._name, user=user.login):
                    self.assertIn(record, record.with_user(user).search([]))

    def test_another_company_sees_nothing(self):
        for record in self.records(self.agent):
            with self.subTest(record._name):
                stranger = record.with_user(self.stranger)
                self.assertNotIn(record, stranger.search([]))
                with self.assertRaises(AccessError):
                    stranger.read()

    def test_another_company_cannot_decide(self):
        entry, appeal, card = self.records(self.agent)
        for call in (
            entry.with_user(self.stranger).action_post,
            appeal.with_user(self.stranger).action_uphold,
            card.with_user(self.stranger).action_close,
        ):
            with self.assertRaises(AccessError):
                call()

    def test_a_gift_for_another_company_is_refused(self):
        with self.assertRaises(AccessError):
            self.entries.with_user(self.manager).create(
                {
                    "company_id": self.elsewhere.id,
                    "user_id": self.stranger.id,
                    "points": 1,
                    "reason": "Idea",
                }
            )

    def test_scores_are_not_read_through_messages_or_activities(self):
        _entry, appeal, card = self.records(self.other)
        appeal.sudo().message_post(body="Half of it")
        card.sudo().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id
        )
        for model in ("mail.message", "mail.activity"):
            with self.subTest(model):
                rows = self.env[model].with_user(self.agent)
                if rows.has_access("read"):
                    domain = [
                        "|",
                        "&",
                        (self.model_field(model), "=", "score.appeal"),
                        ("res_id", "in", appeal.ids),
                        "&",
                        (self.model_field(model), "=", "score.card"),
                        ("res_id", "in", card.ids),
                    ]
                    self.assertFalse(rows.search(domain))

    def model_field(self, model):
        return "model" if model == "mail.message" else "res_model"

    def test_no_field_of_another_model_leads_to_scores(self):
        """Only the score models themselves, and their log fields, name each other."""
        own = {name for name in self.env.registry if name.startswith("score.")}
        leading = [
            f"{model}.{name}"
            for model in self.env.registry
            if model not in own
            for name, field in self.env[model]._fields.items()
            if field.relational and field.comodel_name in own
        ]
        self.assertFalse(leading)

    def test_scored_at_says_nothing_to_agents(self):
        breach = self.breach(60)
        self.charge(breach)
        self.assertNotIn(
            "scored_at", self.env["sla.breach"].with_user(self.agent).fields_get()
        )

    def records(self, user):
        return [
            self.record_of(model, user)
            for model in ("score.entry", "score.appeal", "score.card")
        ]

    def record_of(self, model, user):
        """Return a record of a score model that belongs to an agent."""
        known = self.env[model].search([("user_id", "=", user.id)], limit=1)
        if known:
            return known
        if model == "score.card":
            self.record_of("score.entry", user)
            self.env[model]._make_drafts(self.company, MARCH)
            return self.env[model].search([("user_id", "=", user.id)], limit=1)
        if model == "score.appeal":
            entry = self.record_of("score.entry", user)
            values = {"entry_id": entry.id, "reason": "No"}
            appeals = self.env[model].with_user(user).with_context(**at_context(LATER))
            return appeals.create(values).with_env(self.env)
        entry = self.charge(self.breach(60, [(user, 60)]))
        entry._post(LATER)
        return entry
