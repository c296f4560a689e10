from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .contact_case import ContactCase, minutes

#: So many queries may the panel beside a ticket make.
MOST = 6


@tagged("post_install", "-at_install")
class TestClientPanel(ContactCase):
    """The client beside its ticket: one call, by the rights of the reader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fact(cls.bank, date(2024, 2, 1), deposit=450000, volume=400)
        cls.promote(cls.bank, cls.platinum)
        cls.bank.adviser_id = cls.users["adviser"]
        cls.env["vip.entitlement"].create(
            {"name": "A call", "tier_id": cls.platinum.id, "quota": 2, "period": "year"}
        )

    def panel(self, ticket, user=None):
        ticket = ticket.with_user(user or self.ann)
        ticket = ticket.with_context(allowed_company_ids=self.company.ids)
        return ticket._at(minutes(60)).client_panel()

    def test_it_says_who_the_client_is_and_how_it_stands(self):
        panel = self.panel(self.ticket())
        partner = panel["partner"]
        self.assertEqual(partner["name"], self.bank.name)
        self.assertEqual(partner["tier"]["name"], "Platinum")
        self.assertEqual(partner["adviser"]["name"], self.users["adviser"].name)
        [right] = [one for one in panel["rights"] if one["name"] == "A call"]
        self.assertEqual((right["quota"], right["used"], right["left"]), (2, 0, 2))

    def test_a_contact_shows_the_client_that_it_is_of(self):
        panel = self.panel(self.ticket(partner_id=self.clerk.id))
        self.assertEqual(panel["partner"]["id"], self.bank.id)

    def test_the_road_is_exact_for_who_may_see_figures_and_in_steps_for_others(self):
        ticket = self.ticket(user_id=self.ann.id)
        road = self.panel(ticket, self.users["manager"])["road"]
        told = self.panel(ticket)["road"]
        self.assertFalse(road["about"])
        self.assertTrue(told["about"])
        self.assertEqual((told["kind"], told["tier"]), (road["kind"], road["tier"]))
        self.assertEqual(told["percent"], road["percent"] // 10 * 10)
        self.assertNotIn("450000", str(told))

    def test_the_last_requests_are_those_that_one_may_read_and_how_many_more(self):
        ticket = self.ticket()
        for count in range(4):
            self.ticket(minutes(count + 1), name=f"Request {count}")
        self.ticket(
            minutes(9), name="Elsewhere", team_id=self.other_team.id, user_id=False
        )
        requests = self.panel(ticket)["requests"]
        names = [row["name"] for row in requests["items"]]
        self.assertEqual(names, ["Request 3", "Request 2", "Request 1"])
        self.assertEqual((requests["count"], requests["elsewhere"]), (5, 1))
        of_all = self.panel(ticket, self.users["manager"])["requests"]
        self.assertEqual((of_all["count"], of_all["elsewhere"]), (6, 0))

    def test_who_may_not_read_the_ticket_is_told_nothing(self):
        ticket = self.ticket(team_id=self.other_team.id, user_id=self.bob.id)
        other = self.new_user("agent", login="panel_other")
        with self.assertRaises(AccessError):
            self.panel(ticket, other)

    def test_a_ticket_of_no_client_has_no_panel(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.assertFalse(self.panel(self.ticket(partner_id=stranger.id)))
        self.assertFalse(self.panel(self.ticket(partner_id=False)))

    def test_it_is_at_most_six_queries_whatever_the_history(self):
        ticket = self.ticket()
        self.panel(ticket)  # what a process keeps
        few = self._queries(ticket)
        for count in range(10):
            self.ticket(minutes(count + 1))
        self.assertEqual(self._queries(ticket), few)
        self.assertLessEqual(few, MOST)

    def _queries(self, ticket):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.panel(ticket)
        return self.env.cr.sql_log_count - before

    def test_opening_is_the_page_of_the_client(self):
        page = self.env.ref("vip_service.res_partner_view_form_client_360")
        for partner in (self.bank, self.clerk):
            action = partner.with_user(self.ann).get_formview_action()
            self.assertEqual(action["views"], [(page.id, "form")])
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        action = stranger.with_user(self.ann).get_formview_action()
        self.assertNotEqual(action["views"], [(page.id, "form")])
        internal = self.users["internal"]
        action = self.bank.with_user(internal).get_formview_action()
        self.assertNotEqual(action["views"], [(page.id, "form")])
