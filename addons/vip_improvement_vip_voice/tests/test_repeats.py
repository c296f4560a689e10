from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context
from odoo.addons.vip_voice.tests.voice_case import VoiceCase


@tagged("post_install", "-at_install")
class TestRepeats(VoiceCase):
    """A repeated cause opens one improvement, whose re-check counts its cases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.users["admin"]
        cls.cause = cls.env["vip.cause"].create(
            {
                "name": "Double booking",
                "company_id": cls.company.id,
                "repeat_owner_id": cls.manager.id,
            }
        )
        cls.part = cls.cause.create({"name": "After the cut-off"})
        cls.part.write({"parent_id": cls.cause.id, "company_id": cls.company.id})

    def case(self, days_ago, cause=None):
        ticket = self.ticket(
            at=self.now - timedelta(days=days_ago), team_id=self.voice.id
        )
        return self.env["vip.case.cause"].create(
            {"ticket_id": ticket.id, "cause_id": (cause or self.part).id}
        )

    def look(self):
        self.cause._open_repeated(self.company, self.now)
        return self.env["vip.improvement"].search([("cause_id", "=", self.cause.id)])

    def test_three_cases_in_thirty_days_open_one(self):
        for days_ago in (50, 40, 20, 10):
            self.case(days_ago)
        self.assertFalse(self.look())
        self.case(5, self.cause)
        improvement = self.look()
        self.assertEqual(improvement.owner_id, self.manager)
        self.assertEqual(improvement.company_id, self.company)
        self.case(4)
        self.assertEqual(self.look(), improvement)

    def test_what_is_not_armed_opens_nothing(self):
        for days_ago in (20, 10, 5):
            self.case(days_ago)
        job = self.env.ref("vip_improvement_vip_voice.ir_cron_repeats")
        improvements = self.env["vip.improvement"]
        of_cause = [("cause_id", "=", self.cause.id)]
        self.env.flush_all()
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertFalse(improvements.search(of_cause))
        self.cause.is_armed = True
        self.env.flush_all()
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertEqual(len(improvements.search(of_cause)), 1)
        told = self.cause.action_try()["params"]["message"]
        self.assertIn("3 cases", told)
        self.assertIn("1 improvements", told)

    def test_arming_needs_an_owner(self):
        self.cause.repeat_owner_id = False
        with self.assertRaises(UserError):
            self.cause.is_armed = True

    def test_the_re_check_counts_the_cases_of_the_cause(self):
        for days_ago in (20, 10, 5):
            self.case(days_ago)
        for days_ago in (9, 8):
            self.ticket(at=self.now - timedelta(days=days_ago))
        improvement = self.look()
        start = self.now - timedelta(days=90)
        self.assertEqual(improvement._cases(start, self.now), 3)
        self.assertEqual(improvement._tickets(start, self.now), 2)
        improvement.write(
            {"action_ids": [(0, 0, {"name": "Cut-off", "evidence": "Release"})]}
        )
        later = self.now + timedelta(days=91)
        at = at_context(later)
        improvement.action_ids.with_context(**at).action_done()
        improvement.with_user(self.second).with_context(
            allowed_company_ids=self.company.ids, **at
        ).action_recheck()
        self.assertEqual(improvement.check_ids.before_cases, 3)
        self.assertEqual(improvement.result, "early")
