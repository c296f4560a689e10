"""The daily mail of what waits for a manager: once, in their morning, with one button each."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import html2plaintext

#: A Wednesday.
MORNING = datetime(2026, 11, 25, 9, 0)
MANAGER = "vip_base.group_vip_manager"


@tagged("post_install", "-at_install")
class TestDecisionMail(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.env["resource.calendar.leaves"].search(
            [("date_from", "<", MORNING), ("date_to", ">", MORNING)]
        ).unlink()
        cls.ann, cls.bob = (
            new_test_user(cls.env, f"mail.{name}", groups=MANAGER, name=name, tz="UTC")
            for name in ("Ann", "Bob")
        )
        # Nobody else is told.
        others = cls.env.ref(MANAGER).all_user_ids - cls.ann - cls.bob
        others.vip_decisions_mail = False
        cls.client = cls.env["res.partner"].create(
            {"name": "Acme Mail", "client_type": "end", "client_number": "MAIL-1"}
        )
        cls.change = (
            cls.env["vip.tier.change"]
            .with_user(cls.ann)
            .create(
                {
                    "company_id": cls.company.id,
                    "partner_id": cls.client.id,
                    "from_tier_id": cls.env.ref("vip_service.tier_silver").id,
                    "to_tier_id": cls.env.ref("vip_service.tier_diamond").id,
                    "direction": "promotion",
                    "reason": "The family comes",
                }
            )
        )
        cls.home = cls.env["vip.home"]

    def told(self, user):
        """Return the mails to a person, the newest first."""
        domain = [("partner_ids", "in", user.partner_id.ids)]
        return self.env["mail.message"].search(domain, order="id desc")

    def rows(self, user):
        groups, _count = self.home._decisions_of(user)
        return [row for _title, rows in groups for row in rows if row.client]

    def test_who_may_decide_is_told_once_a_day(self):
        before = len(self.told(self.bob))
        self.assertTrue(self.home._tell_decisions(self.bob, MORNING))
        self.assertFalse(self.home._tell_decisions(self.bob, MORNING))
        later = MORNING + timedelta(hours=5)
        self.assertFalse(self.home._tell_decisions(self.bob, later))
        self.assertEqual(len(self.told(self.bob)), before + 1)
        tomorrow = MORNING + timedelta(days=1)
        self.assertTrue(self.home._tell_decisions(self.bob, tomorrow))

    def test_the_row_says_whose_since_when_by_whom_and_who_else_decides(self):
        [row] = [row for row in self.rows(self.bob) if row.client == "Acme Mail"]
        self.assertIn("Ann", row.holder)
        self.assertIn("since", row.due)
        self.assertNotIn("Ann", row.note)
        self.assertTrue(row.url.endswith(f"/{self.change.id}"))
        self.assertEqual(row.todo, "Decide")
        self.home._tell_decisions(self.bob, MORNING)
        message = self.told(self.bob)[0]
        self.assertIn("Acme Mail", html2plaintext(message.body))
        self.assertIn(row.url, message.body)

    def test_what_is_about_no_client_and_several_companies_is_told_as_well(self):
        outage = self.env["sla.outage"].with_user(self.ann)
        outage = outage.create(
            {"name": "Line cut", "reason": "Digger", "date_from": MORNING}
        )
        groups, _count = self.home._decisions_of(self.bob)
        rows = [row for _title, rows in groups for row in rows]
        [row] = [row for row in rows if row.title == outage.display_name]
        self.assertFalse(row.client)
        self.assertIn("Ann", row.holder)

    def test_nobody_is_told_of_what_they_proposed(self):
        self.assertNotIn("Acme Mail", [row.client for row in self.rows(self.ann)])

    def test_the_day_begins_at_eight_where_the_reader_is(self):
        self.assertFalse(
            self.home._tell_decisions(self.bob, MORNING - timedelta(hours=2))
        )
        self.bob.tz = "America/New_York"
        self.assertFalse(self.home._tell_decisions(self.bob, MORNING))
        self.assertTrue(
            self.home._tell_decisions(self.bob, MORNING + timedelta(hours=5))
        )

    def test_weekends_holidays_and_leave_are_quiet(self):
        saturday = MORNING + timedelta(days=3)
        self.assertFalse(self.home._tell_decisions(self.bob, saturday))
        holiday = self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "company_id": self.company.id,
                "date_from": MORNING - timedelta(hours=20),
                "date_to": MORNING + timedelta(hours=20),
            }
        )
        self.assertFalse(self.home._tell_decisions(self.bob, MORNING))
        holiday.unlink()
        self.assertTrue(self.home._tell_decisions(self.bob, MORNING))

    def test_a_person_or_a_company_may_do_without(self):
        self.assertIn(self.bob, self.home._told_of_decisions())
        self.bob.with_user(self.bob).vip_decisions_mail = False
        self.assertNotIn(self.bob, self.home._told_of_decisions())
        self.assertIn(self.ann, self.home._told_of_decisions())
        self.company.vip_decisions_mail = False
        self.assertNotIn(self.ann, self.home._told_of_decisions())

    def test_it_is_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.bob.lang = "zh_CN"
        self.home._tell_decisions(self.bob, MORNING)
        message = self.told(self.bob)[0]
        self.assertIn("等待您决定", message.subject)
        text = html2plaintext(message.body)
        self.assertNotIn("Decide", text)
        self.assertIn("钻石级", text)

    def test_a_job_run_twice_tells_once(self):
        with self.enter_registry_test_mode():
            job = self.env.ref("vip_base.vip_decision_cron_tell")
            before = self.env["mail.message"].search_count([])
            job.method_direct_trigger()
            once = self.env["mail.message"].search_count([])
            job.method_direct_trigger()
            self.assertEqual(self.env["mail.message"].search_count([]), once)
        self.assertGreaterEqual(once, before)

    def test_who_decides_nothing_has_no_mail(self):
        clerk = new_test_user(
            self.env, "mail.clerk", groups="vip_base.group_vip_adviser"
        )
        self.assertNotIn(clerk, self.home._told_of_decisions())
        self.bob.group_ids = [Command.clear()]
        self.assertNotIn(self.bob, self.home._told_of_decisions())
