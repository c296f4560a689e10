from datetime import datetime

from odoo.exceptions import AccessError

from odoo.addons.vip_base.tools.times import CONTEXT_KEY

from .common import REVIEW_AT, VipCase


class TestHelpdeskTicket(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.client("X")
        cls.promote(cls.partner, cls.platinum, at=REVIEW_AT)

    def ticket(self, user=None, at=None, **values):
        Ticket = self.env["helpdesk.ticket"].with_user(user or self.env.user)
        if at:
            Ticket = Ticket._at(at)
        return Ticket.create(
            {
                "name": "Login",
                "description": "Locked",
                "partner_id": self.partner.id,
                **values,
            }
        )

    def test_a_ticket_is_opened_now(self):
        self.assertEqual(
            self.ticket().opened_at, self.env.cr.now().replace(microsecond=0)
        )

    def test_history_says_when_it_happened(self):
        at = datetime(2024, 1, 31, 8, 30)
        self.assertEqual(self.ticket(at=at).opened_at, at)

    def test_a_remote_caller_cannot_date_back(self):
        user = self.users["agent"]
        before = datetime(2024, 1, 1)
        Ticket = self.env["helpdesk.ticket"].with_user(user)
        for value in ("2024-01-01 00:00:00", {"at": "2024-01-01 00:00:00"}, before):
            ticket = Ticket.with_context(**{CONTEXT_KEY: value}).create(
                {"name": "Login", "description": "Locked"}
            )
            self.assertGreater(ticket.opened_at, before)
        with self.assertRaises(AccessError):
            self.ticket(user=user, opened_at=before)
        with self.assertRaises(AccessError):
            self.ticket(user=user).opened_at = before

    def test_an_administrator_says_it_at_creation_only(self):
        at = datetime(2024, 1, 31, 8, 30)
        ticket = self.ticket(user=self.users["admin"], opened_at=at)
        self.assertEqual(ticket.opened_at, at)
        with self.assertRaises(AccessError):
            ticket.opened_at = REVIEW_AT

    def test_the_tier_is_that_of_the_opening(self):
        self.assertEqual(self.ticket(at=datetime(2024, 1, 31)).vip_tier_id, self.silver)
        ticket = self.ticket(at=REVIEW_AT)
        self.assertEqual(ticket.vip_tier_id, self.platinum)
        self.promote(
            self.partner, self.diamond, current=self.platinum, at=datetime(2024, 3, 1)
        )
        self.assertEqual(ticket.vip_tier_id, self.platinum)

    def test_the_day_of_opening_is_the_companys(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.assertEqual(
            self.ticket(at=datetime(2024, 1, 31, 15, 59)).vip_tier_id, self.silver
        )
        self.assertEqual(
            self.ticket(at=datetime(2024, 1, 31, 16, 0)).vip_tier_id, self.platinum
        )

    def test_the_team_decides_on_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Elsewhere", "company_id": other.id}
        )
        ticket = self.ticket(team_id=team.id)
        self.assertEqual(ticket.company_id, other)
        self.assertEqual(ticket.vip_tier_id, self.env.ref("vip_service.tier_silver"))

    def test_a_client_found_later_brings_the_tier_at_opening(self):
        ticket = self.ticket(at=REVIEW_AT, partner_id=False)
        self.assertFalse(ticket.vip_tier_id)
        ticket.with_user(self.users["manager"]).partner_id = self.partner
        self.assertEqual(ticket.vip_tier_id, self.platinum)

    def test_a_colleague_of_the_client_leaves_the_tier_at_opening(self):
        """Also where the client was promoted later on the day of the opening."""
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.partner.id}
        )
        ticket = self.ticket(at=REVIEW_AT)
        before = ticket.vip_tier_id
        self.promote(self.partner, self.diamond, at=REVIEW_AT)
        ticket.partner_id = colleague
        self.assertEqual(ticket.vip_tier_id, before)
        ticket.partner_id = self.client("Y")
        self.assertEqual(ticket.vip_tier_id, self.silver)

    def test_the_tier_is_not_written_by_hand(self):
        with self.assertRaises(AccessError):
            self.ticket().with_user(self.users["admin"]).vip_tier_id = self.diamond
        ticket = self.ticket(user=self.users["admin"], vip_tier_id=self.diamond.id)
        self.assertEqual(ticket.vip_tier_id, self.platinum)

    def test_tiers_of_a_batch_take_one_query(self):
        Ticket = self.env["helpdesk.ticket"]
        clients = [self.client(f"many-{number}") for number in range(20)]
        vals = [{"partner_id": client.id, "opened_at": REVIEW_AT} for client in clients]
        self.env.flush_all()
        self.company._vip_zone()
        with self.assertQueryCount(1):
            Ticket._set_opening_tiers(vals)
        self.assertEqual({val["vip_tier_id"] for val in vals}, {self.silver.id})
