"""The screens as people use them; an error on the console fails the test."""

from unittest.mock import patch

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
