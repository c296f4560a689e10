"""Letters to clients: who makes them, and that they say what the page says."""

import io
import re
import shutil
from datetime import date, timedelta
from unittest.mock import patch

import pypdf

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import FEBRUARY, JANUARY, REVIEW_AT, VipCase

STATE = (
    "odoo.addons.base.models.ir_actions_report.IrActionsReport.get_wkhtmltopdf_state"
)


@tagged("post_install", "-at_install")
class TestLetter(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adviser = cls.users["adviser"]
        cls.bank = cls.client("BANK", adviser_id=cls.adviser.id, lang="en_US")
        cls.fact(cls.bank, JANUARY, 1_234_567, 150)
        cls.fact(cls.bank, FEBRUARY, 600_000, 12.5)
        cls.promote(cls.bank, cls.platinum, at=REVIEW_AT)
        cls.right = cls.env["vip.entitlement"].create(
            {"name": "Lecture", "tier_id": cls.silver.id, "quota": 3, "period": "year"}
        )

    def window(self, user=None, kind="record", clients=None, **values):
        return (
            self.env["vip.letter"]
            .with_user(user or self.adviser)
            .create(
                {
                    "kind": kind,
                    "partner_ids": [(6, 0, (clients or self.bank).ids)],
                    "date_from": date(2024, 1, 1),
                    "date_to": date(2024, 3, 31),
                    **values,
                }
            )
        )

    def html(self, window):
        """Return the letters of a window as text, without styles."""
        name = f"vip_service.vip_letter_report_{window.kind}"
        reports = self.env["ir.actions.report"].with_user(window.env.user)
        found, _kind = reports._render_qweb_html(name, window.ids)
        return re.sub("<style>.*?</style>", "", found.decode(), flags=re.DOTALL)

    # What they say

    def test_figures_are_those_of_the_page(self):
        page = self.bank.with_user(self.adviser).client_360_section("activity")
        letter = self.bank.with_user(self.adviser)._letter_record(
            date(2024, 1, 1), date(2024, 2, 29)
        )
        [part] = [one for one in letter["parts"] if one["template"].endswith("figures")]
        rows = part["values"]["rows"]
        self.assertEqual(
            [row["month"] for row in rows], ["January 2024", "February 2024"]
        )
        self.assertEqual(rows[0]["values"], ["$1,234,567", "150"])
        self.assertEqual(rows[1]["values"], ["$600,000", "12.50"])
        for series, shown in zip(
            page["series"], ((1_234_567, 600_000), (150, 12.5)), strict=True
        ):
            self.assertEqual(tuple(series["values"][-2:]), shown)

    def test_rights_requests_contacts_and_answers_of_the_period(self):
        at = REVIEW_AT + timedelta(days=2)
        tickets = self.env["helpdesk.ticket"]._at(at)
        inside = tickets.create(
            {"name": "Inside", "description": "B", "partner_id": self.bank.id}
        )
        tickets._at(at + timedelta(days=90)).create(
            {"name": "Outside", "description": "B", "partner_id": self.bank.id}
        )
        self.env["vip.entitlement.use"].create(
            {
                "entitlement_id": self.right.id,
                "partner_id": self.bank.id,
                "company_id": self.company.id,
                "date": at.date(),
            }
        )
        text = self.html(self.window())
        for shown in (
            "Inside",
            inside.number,
            "Lecture",
            "Service record",
            "Client BANK",
        ):
            self.assertIn(shown, text)
        self.assertNotIn("Outside", text)

    def test_the_last_day_is_of_the_period_and_the_next_one_not(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        period = self.bank._letter_period(date(2024, 1, 1), date(2024, 1, 31))
        self.assertEqual(str(period.start), "2023-12-31 16:00:00")
        self.assertEqual(str(period.stop), "2024-01-31 16:00:00")

    def test_each_letter_is_in_the_language_of_its_client(self):
        chinese = self.client("WANG", adviser_id=self.adviser.id, lang="zh_CN")
        both = self.html(self.window(clients=self.bank | chinese))
        self.assertIn("Service record", both)
        self.assertIn('lang="zh-CN"', both)
        alone = self.html(self.window(clients=chinese))
        self.assertNotIn("Service record", alone)
        self.assertRegex(alone, "[\u4e00-\u9fff]{4}")

    def test_a_certificate_says_tier_since_and_rights(self):
        text = self.html(self.window(kind="certificate"))
        for shown in (
            "Tier certificate",
            "Client BANK",
            "Platinum",
            "Feb 1, 2024",
            "Lecture",
        ):
            self.assertIn(shown, text)

    def test_no_inner_word_stands_in_it(self):
        text = self.html(self.window()) + self.html(self.window(kind="certificate"))
        for word in ("points", "verdict", "grace", "breach", "threshold"):
            self.assertNotIn(word, text.lower())

    # Who makes them

    def test_advisers_make_those_of_their_own_clients(self):
        foreign = self.client("ELSE")
        with self.assertRaises(AccessError):
            self.window(clients=foreign).action_print()
        self.assertIn(
            "Client ELSE",
            self.html(self.window(self.users["manager"], clients=foreign)),
        )

    def test_who_serves_nobody_makes_none(self):
        for role in ("agent", "auditor", "internal"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.window(self.users[role])

    def test_by_the_address_of_a_report_nobody_reads_more(self):
        window = self.window(self.users["manager"], clients=self.client("ELSE"))
        for role in ("adviser", "agent"):
            reports = self.env["ir.actions.report"].with_user(self.users[role])
            with self.subTest(role), self.assertRaises(AccessError):
                reports._render_qweb_html(
                    "vip_service.vip_letter_report_record", window.ids
                )

    def test_the_page_and_the_list_offer_them_to_who_makes_them(self):
        for role, offered in (("adviser", True), ("manager", True), ("agent", False)):
            page = self.bank.with_user(self.users[role]).client_360()["partner"]
            keys = {button["key"] for button in page["buttons"]}
            self.assertEqual("letters" in keys, offered, role)
        action = self.bank.with_user(self.adviser).action_letters()
        self.assertEqual(action["context"], {"default_partner_ids": self.bank.ids})

    def test_a_period_that_ends_before_it_begins_is_refused(self):
        window = self.window(date_from=date(2024, 4, 1))
        with self.assertRaisesRegex(UserError, "before it begins"):
            window._check_letters()
        with self.assertRaisesRegex(UserError, "at most|At most"):
            self.window(
                self.users["manager"],
                clients=self.env["res.partner"].create(
                    [{"name": str(n), "client_type": "end"} for n in range(51)]
                ),
            )._check_letters()

    # Whether they can be made

    def test_where_no_pdf_can_be_made_the_window_says_so(self):
        with patch(STATE, return_value="install"):
            window = self.window()
            self.assertFalse(window.can_print)
            with self.assertRaisesRegex(UserError, "wkhtmltopdf"):
                window.action_print()
        with patch(STATE, return_value="ok"):
            window.invalidate_recordset()
            self.assertTrue(window.can_print)
            action = window.action_print()
        self.assertEqual(action["report_name"], "vip_service.letter_record")

    def test_a_real_pdf_has_the_text_of_both_languages(self):
        if not shutil.which("wkhtmltopdf"):
            self.skipTest("wkhtmltopdf is missing")
        chinese = self.client("WANG", adviser_id=self.adviser.id, lang="zh_CN")
        chinese.name = "王磊"
        for kind in ("record", "certificate"):
            window = self.window(kind=kind, clients=self.bank | chinese)
            reports = self.env["ir.actions.report"].with_user(self.adviser)
            content, form = reports.with_context(
                force_report_rendering=True
            )._render_qweb_pdf(f"vip_service.vip_letter_report_{kind}", window.ids)
            self.assertEqual(form, "pdf")
            pages = pypdf.PdfReader(io.BytesIO(content)).pages
            self.assertEqual(len(pages), 2)
            text = " ".join("".join(page.extract_text() for page in pages).split())
            self.assertIn("Client BANK", text)
            self.assertIn("王磊", text)
