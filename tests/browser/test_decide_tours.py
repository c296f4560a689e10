"""A manager's day and an administrator's first hour, as people live them."""

from .common import EachWay
from .story import StoryCase


class TestDecideTours(EachWay, StoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._person("tour.admin", "vip_base.group_vip_admin")

    def test_tier_changes_are_decided_together_and_taken_back(self):
        changes = self.env["vip.tier.change"]
        (changes.search([("state", "=", "proposed")]) - self.proposal)._reject("Tour")
        self.env.flush_all()
        self.start_tour(
            "/odoo/vip-decide", "vip_service_decide_together", login="tour.manager"
        )
        self.env.invalidate_all()
        self.assertEqual(self.proposal.state, "approved")
        self.assertEqual(self.proposal.decided_by_id, self.manager)
        self.assertGreater(
            self.proposal.effective_date, self.company._vip_local_date(self.now)
        )

    def test_the_board_opens_what_is_late(self):
        self.start_tour("/odoo/kpi", "sla_scoring_kpi_board", login="tour.manager")

    def test_the_first_hour_is_done_by_what_the_data_say(self):
        self.company.vip_tiers_confirmed_at = False
        self.env["vip.tier.review"].search([("state", "=", "done")]).state = "draft"
        self.env.flush_all()
        self.start_tour("/odoo/vip-first-hour", "sla_promise_first_hour", "tour.admin")
        self.env.invalidate_all()
        self.assertTrue(self.company.vip_tiers_confirmed_at)
        self.start_tour("/odoo/vip-operations", "sla_promise_operations", "tour.admin")
