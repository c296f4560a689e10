"""The screens as people use them; an error on the console fails the test."""

from .common import EachWay
from .story import StoryCase


class TestTours(EachWay, StoryCase):
    def test_client_page_shows_tier_road_chart_and_requests(self):
        self.start_tour(
            "/odoo/vip-clients", "vip_service_client_360", login="tour.manager"
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

    def test_manager_approves_from_the_list(self):
        self.assertEqual(self.futures.vip_tier_id.code, "silver")
        self.start_tour(
            "/odoo/vip-approvals", "vip_service_approve", login="tour.manager"
        )
        self.env.invalidate_all()
        self.assertEqual(self.proposal.state, "applied")
        self.assertEqual(self.proposal.decided_by_id, self.manager)
        self.assertEqual(self.futures.vip_tier_id.code, "diamond")

    def test_agent_reads_own_points(self):
        self.award(1.5, "Helped out")
        self.start_tour("/odoo/my-points", "sla_scoring_my_points", login="tour.agent")
