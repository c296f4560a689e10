"""The screens as people use them; an error on the console fails the test."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command

from .common import EachWay
from .story import StoryCase


class TestTours(EachWay, StoryCase):
    def test_client_page_shows_tier_road_chart_and_requests(self):
        self.start_tour(
            "/odoo/vip-clients", "vip_service_client_360", login="tour.manager"
        )

    def test_advisers_morning(self):
        """A call is planned, made and written down; a tier is proposed: all on one page."""
        self.start_tour(
            "/odoo/vip-my-clients", "vip_service_advisers_morning", login="tour.manager"
        )
        self.env.invalidate_all()
        contact = self.env["vip.contact"].search([("partner_id", "=", self.trading.id)])
        self.assertEqual(
            (contact.kind, contact.note, contact.logged_by_id),
            ("call", "Brings more in May", self.manager),
        )
        activities = self.env["mail.activity"].with_context(active_test=False)
        planned = activities.search([("res_id", "=", self.trading.id)])
        self.assertEqual(planned.summary, "Capital comes back")
        self.assertFalse(planned.active)
        change = self.env["vip.tier.change"].search(
            [("partner_id", "=", self.trading.id), ("state", "=", "proposed")]
        )
        self.assertEqual(
            (change.to_tier_id.code, change.proposed_by_id, change.reason),
            ("diamond", self.manager, "The family comes too"),
        )

    def test_client_page_shows_promises(self):
        self.start_tour(
            f"/odoo/vip-clients/{self.trading.id}",
            "sla_promise_client_360",
            login="tour.manager",
        )

    def test_ticket_counts_down(self):
        self.start_tour(
            "/odoo/vip-tickets", "sla_promise_ticket_countdown", login="tour.agent"
        )

    def test_agent_works_through_the_queue(self):
        self.start_tour("/odoo/vip-tickets", "sla_promise_queue", login="tour.agent")
        self.env.invalidate_all()
        solved = self.late_ticket.stage_id.solved
        self.assertEqual(
            solved, self.browser_size.startswith("1"), "keys are for desks"
        )

    def test_client_is_found_from_anywhere(self):
        self.start_tour("/odoo/vip-home", "vip_service_finder", login="tour.agent")

    def test_morning_of_an_agent(self):
        self.start_tour("/odoo", "sla_promise_morning_of_agent", login="tour.agent")

    def test_morning_of_a_leader(self):
        mate = self._person("tour.mate", "helpdesk_mgmt.group_helpdesk_user_team")
        self.team.user_ids += mate
        self.env.flush_all()
        self.start_tour("/odoo", "sla_promise_morning_of_leader", login="tour.manager")
        self.env.invalidate_all()
        self.assertEqual(self.late_ticket.user_id, mate)

    def test_manager_approves_from_the_list(self):
        self.assertEqual(self.futures.vip_tier_id.code, "silver")
        self.start_tour(
            "/odoo/vip-approvals", "vip_service_approve", login="tour.manager"
        )
        self.env.invalidate_all()
        self.assertEqual(self.proposal.state, "applied")
        self.assertEqual(self.proposal.decided_by_id, self.manager)
        self.assertEqual(self.futures.vip_tier_id.code, "diamond")

    def test_contact_logged_late_counts_once_a_manager_agrees(self):
        self.assertFalse(self.late_ticket.first_response_at)
        self.start_tour(
            "/odoo/vip-tickets", "sla_promise_late_contact_logged", login="tour.agent"
        )
        self.env.invalidate_all()
        late = self.env["vip.late.contact"].search(
            [("ticket_id", "=", self.late_ticket.id)]
        )
        self.assertEqual((late.state, late.proposed_by_id), ("proposed", self.agent))
        self.assertFalse(self.late_ticket.first_response_at)
        self.start_tour(
            "/odoo/vip-late-contacts",
            "sla_promise_late_contact_decided",
            login="tour.manager",
        )
        self.env.invalidate_all()
        self.assertEqual((late.state, late.decided_by_id), ("approved", self.manager))
        self.assertEqual(self.late_ticket.first_response_at, late.at)

    def test_limit_is_extended_by_a_manager(self):
        clock = self._resolution(self.open_ticket)
        due = clock.due_at
        self.start_tour(
            "/odoo/vip-tickets", "sla_promise_extension_asked", login="tour.agent"
        )
        self.env.invalidate_all()
        self.assertEqual(clock.due_at, due)
        self.start_tour(
            "/odoo/limit-extensions",
            "sla_promise_extension_decided",
            login="tour.manager",
        )
        self.env.invalidate_all()
        self.assertEqual(clock.due_at, due + timedelta(minutes=30))

    def test_holiday_says_what_it_moves_before_it_is_saved(self):
        clock = self._in_working_time()
        due = clock.due_at
        self.start_tour(
            "/odoo/vip-holidays", "sla_promise_holiday_previewed", login="tour.manager"
        )
        self.env.invalidate_all()
        self.assertGreater(clock.due_at, due + timedelta(days=13))

    def _in_working_time(self):
        """Return the clock of a request that is promised in working hours."""
        item = self.env["helpdesk.ticket.category"].create({"name": "Paper work"})
        self.env["sla.policy"].create(
            {
                "name": "In working hours",
                "category_ids": [Command.set(item.ids)],
                "target_ids": [
                    Command.create({"metric": "resolution", "duration": 60})
                ],
            }
        )
        ticket = self._request("Send me a paper", minutes=1, category_id=item.id)
        self.env.flush_all()
        return self._resolution(ticket)

    def _resolution(self, ticket):
        return ticket.clock_ids.filtered(
            lambda clock: clock.metric == "resolution" and clock.state == "running"
        )

    def test_agent_reads_own_points(self):
        self.award(1.5, "Helped out")
        self.start_tour("/odoo/my-points", "sla_scoring_my_points", login="tour.agent")

    def test_a_deduction_is_contested_two_presses_from_the_home(self):
        self.charge(1.5)
        self.start_tour("/odoo/vip-home", "sla_scoring_appeal", login="tour.agent")
        appeal = self.env["score.appeal"].search([("user_id", "=", self.agent.id)])
        self.assertEqual(appeal.state, "submitted")

    def test_the_client_is_one_press_from_the_ticket(self):
        self.start_tour(
            "/odoo/vip-tickets", "vip_service_ticket_client", login="tour.agent"
        )

    def test_a_template_is_put_into_a_message(self):
        self.env["mail.template"].create(
            {
                "name": "Tour greeting",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "body_html": '<p>Dear <t t-out="object.partner_id.name"/>,</p>'
                "<p>we look into it.</p>",
            }
        )
        self.start_tour(
            "/odoo/vip-tickets", "vip_service_ticket_template", login="tour.agent"
        )
        self.env.invalidate_all()
        said = self.env["mail.message"].search(
            [
                ("model", "=", "helpdesk.ticket"),
                ("author_id", "=", self.agent.partner_id.id),
            ]
        )
        self.assertIn("Dear Tour Trading", "".join(said.mapped("body")))

    def test_two_managers_close_a_month_without_what_waits(self):
        self._person("tour.second", "vip_base.group_vip_manager")
        entry = self.award(1.5, "Helped out")
        entry.sudo().write({"period": self.month, "month": self.month})
        closes = self.env["score.close"].with_user(self.manager)
        close = closes.create({"month": self.month, "company_id": self.company.id})
        url = f"/odoo/monthly-close/{close.id}"
        self.start_tour(url, "sla_scoring_close_proposed", login="tour.manager")
        with patch.object(type(close), "_commit_batch", lambda _self: None):
            self.start_tour(url, "sla_scoring_close_confirmed", login="tour.second")
        self.env.invalidate_all()
        self.assertEqual((close.state, close.left_count), ("closed", 1))
        self.assertEqual(close.confirmed_by_id.login, "tour.second")
