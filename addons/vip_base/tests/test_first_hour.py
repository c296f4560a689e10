from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.vip_base.tools.setup import Check, Step

from ..models.vip_operations import BACKUP_AT


@tagged("post_install", "-at_install")
class TestFirstHour(TransactionCase):
    """Setting up and looking after: states come from data, each line says what to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role in ("agent", "manager", "admin", "auditor"):
            user = new_test_user(
                cls.env, f"first.{role}", groups=f"vip_base.group_vip_{role}"
            )
            setattr(cls, role, user)
        cls.hour = cls.env["vip.first.hour"]
        cls.operations = cls.env["vip.operations"]

    def step(self, key):
        steps = {step.key: step for step in self.hour.with_user(self.admin)._steps()}
        return steps[key]

    def check(self, key):
        checks = self.operations.with_user(self.admin)._checks()
        return {check.key: check for check in checks}[key]

    def test_administrators_and_auditors_read_both_pages_and_nobody_else(self):
        for user in self.admin, self.auditor:
            self.assertTrue(self.hour.with_user(user).page()["steps"])
            self.assertTrue(self.operations.with_user(user).page()["parts"])
        self.assertFalse(self.hour.with_user(self.auditor).page()["may_edit"])
        for user in self.agent, self.manager:
            for page in self.hour, self.operations:
                with self.assertRaises(AccessError):
                    page.with_user(user).page()

    def test_every_step_and_check_says_something_and_has_a_key_of_its_own(self):
        hour = self.hour.with_user(self.admin)
        steps, checks = hour._steps(), self.operations.with_user(self.admin)._checks()
        for found, kind in (steps, Step), (checks, Check):
            self.assertEqual(len({one.key for one in found}), len(found))
            for one in found:
                self.assertIsInstance(one, kind)
                self.assertTrue(one.title and one.text, one.key)
        self.assertTrue(all(step.why for step in steps))
        self.assertTrue(all(check.todo for check in checks if check.wrong))
        parts = self.operations._watch_parts()
        self.assertLessEqual({check.part for check in checks}, set(parts))

    def test_two_managers_are_needed(self):
        found = self.hour.with_user(self.admin)._people()
        self.assertGreaterEqual(found["vip_base.group_vip_manager"], 2)
        self.assertTrue(self.step("vip_base/people").done)
        managers = self.env.ref("vip_base.group_vip_manager").all_user_ids
        (managers - self.admin).active = False
        self.assertFalse(self.step("vip_base/people").done)

    def test_hours_are_edited_over_the_page_by_who_may(self):
        self.assertTrue(self.step("vip_base/hours").done)
        calendar = self.env.company.resource_calendar_id
        calendar.attendance_ids.unlink()
        self.assertFalse(self.step("vip_base/hours").done)

    def test_a_job_that_ought_to_have_run_is_behind(self):
        jobs = self.env["ir.cron"].search([])
        now = self.env.cr.now()
        jobs.nextcall = now + timedelta(days=1)
        self.assertFalse(self.check("vip_base/jobs").wrong)
        jobs[0].nextcall = now - timedelta(hours=2)
        check = self.check("vip_base/jobs")
        self.assertTrue(check.wrong)
        self.assertIn("1 behind", check.text)
        self.assertEqual(check.rows[0][0], jobs[0].cron_name)

    def test_a_back_up_is_too_old_after_a_day_and_a_half(self):
        self.assertTrue(self.check("vip_base/backup").wrong)
        parameters = self.env["ir.config_parameter"]
        for hours, wrong in (2, False), (40, True):
            made = self.env.cr.now() - timedelta(hours=hours)
            parameters.set_param(BACKUP_AT, str(made.replace(microsecond=0)))
            self.assertEqual(self.check("vip_base/backup").wrong, wrong)
        parameters.set_param(BACKUP_AT, "yesterday")
        self.assertTrue(self.check("vip_base/backup").wrong)

    def test_mail_that_could_not_be_sent_is_told(self):
        before = self.check("vip_base/bounced").wrong
        self.assertFalse(before)
        self.env["mail.mail"].create({"state": "exception", "body_html": "x"})
        self.assertTrue(self.check("vip_base/bounced").wrong)
