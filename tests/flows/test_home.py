"""Homes of all roles with all addons: each number opens its rows, and costs little."""

from datetime import timedelta

from odoo.fields import Domain
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context, event_time

GROUPS = {
    "agent": "helpdesk_mgmt.group_helpdesk_user_team",
    "adviser": "vip_base.group_vip_adviser",
    "manager": "vip_base.group_vip_manager",
    "auditor": "vip_base.group_vip_auditor",
    "admin": "vip_base.group_vip_admin",
}
MOST_QUERIES = 10


@tagged("post_install", "-at_install")
class TestHomes(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.users = {
            role: new_test_user(cls.env, f"home.{role}", groups=groups)
            for role, groups in GROUPS.items()
        }
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Desk", "user_ids": [(6, 0, cls.users["agent"].ids)]}
        )
        cls.client = cls.env["res.partner"].create(
            {
                "name": "Jan Novák",
                "client_type": "end",
                "client_number": "HOME-1",
                "adviser_id": cls.users["adviser"].id,
            }
        )
        item = cls.env["helpdesk.ticket.category"].create({"name": "Paper"})
        cls.env["sla.policy"].create(
            {
                "name": "Paper",
                "category_ids": [(6, 0, item.ids)],
                "target_ids": [
                    (
                        0,
                        0,
                        {
                            "metric": "resolution",
                            "duration": 60,
                            "calendar_mode": "always",
                        },
                    )
                ],
            }
        )
        cls.now = event_time(cls.env)
        cls.made = {}
        for name, minutes, agent in (
            ("late", 90, True),
            ("soon", 45, True),
            ("fine", 5, True),
            ("nobody", 5, False),
            ("waiting", 5, True),
        ):
            at = cls.now - timedelta(minutes=minutes)
            tickets = cls.env["helpdesk.ticket"].with_context(**at_context(at))
            cls.made[name] = tickets.create(
                {
                    "name": name,
                    "description": name,
                    "partner_id": cls.client.id,
                    "team_id": cls.team.id,
                    "category_id": item.id,
                    "user_id": agent and cls.users["agent"].id,
                }
            ).with_env(cls.env)
        cls.made["waiting"].stage_id = cls.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_awaiting"
        )
        cls.env.flush_all()

    def home(self, role):
        # As the web client asks: it says zone, language and companies.
        said = {"tz": "UTC", "lang": "en_US"}
        said["allowed_company_ids"] = self.env.company.ids
        return self.env["vip.home"].with_user(self.users[role]).with_context(**said)

    def told(self, role):
        page = self.home(role).page(role)
        lines = [line for card in page["cards"] for line in card["lines"]]
        told = {told["key"]: told for told in (*page["tiles"], *lines)}
        return {**told, **self.home(role).later(role)["tiles"]}

    def rows(self, role, key):
        action = self.home(role).open_tile(role, key)
        model = self.env[action["res_model"]].with_user(self.users[role])
        return model.search(Domain(action["domain"]))

    def test_each_number_opens_exactly_its_rows(self):
        for role in GROUPS:
            told = self.told(role)
            self.assertTrue(told, role)
            for key, tile in told.items():
                with self.subTest(role=role, tile=key):
                    self.assertFalse(tile["failed"])
                    self.assertEqual(len(self.rows(role, key)), tile["count"])

    def test_an_agent_sees_own_work(self):
        told = {key: tile["count"] for key, tile in self.told("agent").items()}
        self.assertEqual(told["vip_service/unassigned_mine"], 1)
        self.assertEqual(told["sla_promise/act_mine"], 2)
        self.assertEqual(told["sla_promise/due_mine"], 1)
        self.assertEqual(told["sla_promise/on_client_mine"], 1)
        late_and_soon = self.made["late"] | self.made["soon"]
        self.assertEqual(self.rows("agent", "sla_promise/act_mine"), late_and_soon)

    def test_soon_is_said_of_one_ticket_as_of_many(self):
        soon = {name for name, ticket in self.made.items() if ticket.sudo().sla_soon}
        self.assertEqual(soon, {"soon"})

    def test_an_adviser_sees_what_is_late_of_own_clients(self):
        late = self.rows("adviser", "sla_promise/late_of_my_clients")
        self.assertEqual(late, self.made["late"])
        told = self.told("adviser")["sla_promise/late_of_my_clients"]
        since = self.made["late"].sla_due_at
        self.assertEqual(told["oldest"], f"{since:%Y-%m-%d %H:%M:%S}")

    def test_a_manager_does_not_find_own_proposals_among_decisions(self):
        key = "decisions/sla.outage"
        before = self.told("manager")[key]["count"]
        for role in ("manager", "admin"):
            self.env["sla.outage"].with_user(self.users[role]).create(
                {
                    "name": role,
                    "reason": "Line cut",
                    "date_from": self.now - timedelta(hours=1),
                }
            )
        self.assertEqual(self.told("manager")[key]["count"], before + 1)

    def test_a_home_costs_few_queries(self):
        for role in GROUPS:
            home = self.home(role)
            home.page(role)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            home.page(role)
            queries = self.env.cr.sql_log_count - before
            with self.subTest(role=role):
                self.assertLessEqual(queries, MOST_QUERIES)
