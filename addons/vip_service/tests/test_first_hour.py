from odoo.exceptions import AccessError

from .common import JANUARY, VipCase


class TestFirstHour(VipCase):
    """What is left on the way to the first judged month, as the data say."""

    def steps(self):
        hour = self.env["vip.first.hour"].with_user(self.users["admin"])
        return {step.key: step for step in hour._steps()}

    def test_tiers_are_done_once_somebody_confirms_them(self):
        self.company.vip_tiers_confirmed_at = False
        self.env["vip.tier.review"].search([]).unlink()
        self.assertFalse(self.steps()["vip_service/tiers"].done)
        hour = self.env["vip.first.hour"]
        with self.assertRaises(AccessError):
            hour.with_user(self.users["manager"]).confirm_tiers()
        hour.with_user(self.users["admin"]).confirm_tiers()
        self.assertTrue(self.steps()["vip_service/tiers"].done)
        line = self.env["vip.audit.log"].search(
            [("model", "=", "res.company")], limit=1
        )
        self.assertEqual(line.user_id, self.users["admin"].id)

    def test_the_first_review_needs_clients_and_their_activity(self):
        steps = self.steps()
        if not steps["vip_service/clients"].done:
            self.assertTrue(steps["vip_service/review"].needs)
        self.fact(self.client("C"), JANUARY, 10, 10)
        self.env.flush_all()
        steps = self.steps()
        self.assertTrue(steps["vip_service/clients"].done)
        self.assertTrue(steps["vip_service/activity"].done)
        self.assertFalse(steps["vip_service/review"].needs)
        self.review()
        self.assertTrue(self.steps()["vip_service/review"].done)

    def test_a_team_without_a_lead_is_not_ready(self):
        self.env["helpdesk.ticket.team"].create({"name": "Alone"})
        self.assertFalse(self.steps()["vip_service/teams"].done)
