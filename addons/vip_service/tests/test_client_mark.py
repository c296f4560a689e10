from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .contact_case import START, ContactCase


@tagged("post_install", "-at_install")
class TestClientMark(ContactCase):
    """Needs, preferences and special care are dated rows, shown at contact (C1, C8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adviser = cls.users["adviser"]
        cls.bank.adviser_id = cls.adviser

    def as_user(self, records, role="adviser", at=START):
        return records.with_user(self.users[role]).with_context(
            allowed_company_ids=self.company.ids, **at_context(at)
        )

    def mark(self, role="adviser", at=START, **values):
        return self.as_user(self.env["vip.client.mark"], role, at).create(
            {
                "partner_id": self.bank.id,
                "kind": "care",
                "care": "age",
                "text": "Write, do not ring",
                "consent": "By phone, in May",
                "date_from": at.date(),
                **values,
            }
        )

    def header(self, role="agent", at=START):
        return self.as_user(self.bank, role, at).client_360()["partner"]

    def needs(self, role="agent", at=START):
        return self.as_user(self.bank, role, at).client_360_section("needs")

    def test_care_is_shown_in_the_header_and_beside_a_ticket(self):
        ticket = self.ticket()
        self.mark()
        care = [{"text": "Write, do not ring", "label": "Age", "whom": False}]
        self.assertEqual(self.header()["care"], care)
        panel = ticket.with_user(self.ann).with_context(
            allowed_company_ids=self.company.ids, **at_context(START)
        )
        self.assertEqual(panel.client_panel()["care"], care)

    def test_care_of_a_person_of_the_client_says_whom(self):
        self.mark(partner_id=self.clerk.id)
        [care] = self.header()["care"]
        self.assertEqual(care["whom"], "Clerk")

    def test_care_needs_consent_and_its_kind(self):
        for lacking in ({"consent": " "}, {"care": False}):
            with self.assertRaises(UserError):
                self.mark(**lacking)
        self.mark(kind="preference", care=False, consent=False, text="Reports by noon")
        self.assertFalse(self.header()["care"])
        [mark] = self.needs()["marks"]
        self.assertEqual((mark["kind"], mark["label"]), ("preference", "Preference"))

    def test_a_mark_holds_from_since_until_its_day(self):
        tomorrow = START.date() + timedelta(days=1)
        self.mark(date_from=tomorrow, date_to=tomorrow)
        shown = [
            bool(self.header(at=START + timedelta(days=days))["care"])
            for days in range(3)
        ]
        self.assertEqual(shown, [False, True, False])

    def test_an_ended_mark_stays_as_a_row_and_is_known_of_then(self):
        mark = self.mark()
        later = START + timedelta(days=10)
        self.as_user(mark, at=later).action_end()
        self.assertFalse(self.header(at=later)["care"])
        self.assertEqual(mark.ended_by_id, self.adviser)
        now = START + timedelta(days=20)
        page = self.as_user(self.bank, "manager", now).client_360_known(
            (START + timedelta(days=5)).date().isoformat()
        )
        [needs] = [one for one in page["sections"] if one["key"] == "needs"]
        self.assertEqual(len(needs["data"]["marks"]), 1)

    def test_only_who_serves_the_client_writes_and_nobody_changes(self):
        self.bank.adviser_id = False
        with self.assertRaises(AccessError):
            self.mark()
        mark = self.mark("manager")
        with self.assertRaises(AccessError):
            mark.text = "Other"
        with self.assertRaises(AccessError):
            self.as_user(mark).action_end()
        self.assertFalse(self.needs("adviser").get("may_write"))
        self.assertTrue(self.needs("manager")["may_write"])

    # The check

    def test_the_last_check_and_when_it_is_due_again(self):
        self.assertFalse(self.needs()["check"])
        checks = self.as_user(self.env["vip.client.check"])
        for days, following in ((400, 30), (30, 335)):
            day = START.date() - timedelta(days=days)
            checks.create(
                {
                    "partner_id": self.bank.id,
                    "checked_on": day,
                    "next_on": day + timedelta(days=following),
                }
            )
        check = self.needs()["check"]
        self.assertEqual(check["on"], (START.date() - timedelta(days=30)).isoformat())
        self.assertFalse(check["late"])
        self.assertTrue(self.needs(at=START + timedelta(days=340))["check"]["late"])

    def test_a_check_is_not_of_a_day_to_come(self):
        with self.assertRaises(UserError):
            self.as_user(self.env["vip.client.check"]).create(
                {
                    "partner_id": self.bank.id,
                    "checked_on": START.date() + timedelta(days=1),
                }
            )

    def test_a_due_review_is_a_key_point(self):
        self.as_user(self.env["vip.client.check"]).create(
            {
                "partner_id": self.bank.id,
                "checked_on": START.date() - timedelta(days=340),
                "next_on": START.date() + timedelta(days=25),
            }
        )
        section = self.as_user(self.bank, "agent").client_360_section("key_points")
        texts = [one["text"] for one in section["items"]]
        self.assertIn("The know-your-client review is due", texts)
