"""Run by ``test_wing`` in a database in which the sample wing is installed."""

from datetime import timedelta

from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tools.times import event_time

from tests.browser.common import BrowserCase


@tagged("post_install", "-at_install")
class TestWing(BrowserCase):
    """An addon that names doors only is seen on each face."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = event_time(cls.env)
        cls.manager = new_test_user(
            cls.env, "wing.manager", groups="vip_base.group_vip_manager"
        )
        cls.client = cls.env["res.partner"].create(
            {"name": "Wing Trading", "client_type": "end"}
        )
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "Please",
                "description": "Please",
                "partner_id": cls.client.id,
                "user_id": cls.manager.id,
            }
        )
        cls.visit = cls.env["vip.sample.visit"].create(
            {
                "name": "On Monday",
                "partner_id": cls.client.id,
                "ticket_id": cls.ticket.id,
                "at": cls.now - timedelta(hours=1),
            }
        )
        cls.env.flush_all()

    def page(self):
        return self.client.with_user(self.manager).client_360()

    def section(self, key):
        return self.client.with_user(self.manager).client_360_section(key)

    def test_a_section(self):
        keys = [section["key"] for section in self.page()["sections"]]
        self.assertIn("sample_visits", keys)
        self.assertEqual(self.section("sample_visits"), {"items": ["On Monday"]})

    def test_a_badge(self):
        badges = {
            badge["key"]: badge["text"] for badge in self.page()["partner"]["badges"]
        }
        self.assertEqual(badges["sample_guest"], "Comes by tram")

    def test_a_request_column(self):
        [row] = self.section("requests")["open"]
        self.assertEqual(row["columns"]["sample_visit"], "On Monday")

    def test_a_key_point(self):
        keys = [point["key"] for point in self.section("key_points")["items"]]
        self.assertIn(f"sample_visit:vip.sample.visit,{self.visit.id}", keys)
        points = self.ticket.with_user(self.manager).client_panel()["key_points"]
        self.assertIn("Came to see us: On Monday", [point["text"] for point in points])

    def test_next_actions(self):
        verbs = [action["verb"] for action in self.section("next_action")["items"]]
        self.assertIn("thank", verbs)
        actions = self.ticket.with_user(self.manager).vip_next_actions
        self.assertEqual(actions[0]["verb"], "reply")
        self.assertIn("thank", [action["verb"] for action in actions])

    def test_a_line_of_the_story(self):
        lines = {line["kind"]: line for line in self.section("story")["lines"]}
        self.assertEqual(lines["sample_visit"]["text"], "Came to see us: On Monday")
        self.assertEqual(
            lines["sample_visit"]["link"],
            {"model": "vip.sample.visit", "id": self.visit.id},
        )

    def test_a_measure_of_health(self):
        client = self.client.with_user(self.manager)
        measures = {m["key"]: m for m in client._health_of(client._now())}
        self.assertEqual(measures["sample_visits"]["value"], 1)

    def test_the_client_is_seen_with_all_of_it(self):
        self.start_tour(
            f"/odoo/vip-clients/{self.client.id}",
            "vip_sample_wing_client",
            login="wing.manager",
        )

    def test_the_ticket_is_seen_with_all_of_it(self):
        self.start_tour(
            f"/odoo/helpdesk.ticket/{self.ticket.id}",
            "vip_sample_wing_ticket",
            login="wing.manager",
        )
