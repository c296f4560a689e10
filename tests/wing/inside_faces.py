"""Run by ``test_wing`` in a database in which the sample wing is installed."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestFaces(HttpCase):
    """Home, portal, obligations, who may hold, personal data: by doors only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "face.manager", groups="vip_base.group_vip_manager"
        )
        cls.novice = new_test_user(
            cls.env, "novice", groups="helpdesk_mgmt.group_helpdesk_user"
        )
        cls.client = cls.env["res.partner"].create(
            {"name": "Wing Trading", "client_type": "end", "client_number": "WING-1"}
        )
        cls.env["vip.tier.membership"].create(
            {
                "company_id": cls.env.company.id,
                "partner_id": cls.client.id,
                "tier_id": cls.env["vip.tier"]._ladder(cls.env.company)[-1].id,
                "date_from": "2020-01-01",
            }
        )
        item = cls.env["helpdesk.ticket.category"].create({"name": "Visit"})
        target = {"metric": "vip_sample_wing.thanks", "calendar_mode": "always"}
        cls.env["sla.policy"].create(
            {
                "name": "Visits",
                "category_ids": [Command.set(item.ids)],
                "target_ids": [Command.create({**target, "duration": 60})],
            }
        )
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "Please",
                "description": "Please",
                "priority": "3",
                "partner_id": cls.client.id,
                "category_id": item.id,
            }
        )
        cls.env.flush_all()

    def test_a_tile(self):
        home = self.env["vip.home"].with_user(self.manager)
        tiles = {tile["key"]: tile for tile in home.page("agent")["tiles"]}
        action = home.open_tile("agent", "vip_sample_wing/urgent")
        found = self.env["helpdesk.ticket"].with_user(self.manager)
        found = found.search(action["domain"])
        self.assertIn(self.ticket, found)
        self.assertEqual(tiles["vip_sample_wing/urgent"]["count"], len(found))

    def test_a_card_in_the_portal(self):
        new_test_user(self.env, "guest", groups="base.group_portal")
        self.authenticate("guest", "guest")
        page = self.url_open("/my").text
        self.assertIn('data-card="vip_sample_wing"', page)
        self.assertIn("9 to 5", page)

    def test_an_obligation(self):
        key = "vip_sample_wing.thanks"
        self.env["sla.obligation"]._owe(key, self.ticket)
        clock = self.ticket.clock_ids.filtered(lambda clock: clock.metric == key)
        self.assertEqual(clock.state, "running")
        self.assertEqual(clock._label(), "Thanks, to the guest")
        self.env["sla.obligation"]._meet(key, self.ticket, self.client)
        self.assertEqual(clock.state, "met")

    def test_who_may_hold_a_request(self):
        ticket = self.ticket.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "has not met a guest"):
            ticket.user_id = self.novice
        self.assertEqual(ticket._may_hold(self.novice + self.manager), self.manager)

    def test_personal_data(self):
        held = self.env["vip.personal"]._held_of(self.client)
        visits = self.env["vip.sample.visit"]
        visit = visits.create(
            {
                "name": "Monday",
                "partner_id": self.client.id,
                "at": self.ticket.opened_at,
            }
        )
        self.assertEqual(visits.search(held["vip.sample.visit"]), visit)
