"""What the server writes is what the web client writes: one table for both."""

import json
from datetime import date, datetime

from odoo.tests import TransactionCase
from odoo.tools import file_path

from odoo.addons.vip_base.tools.times import at_context
from odoo.addons.vip_base.tools.written import (
    written_day,
    written_late,
    written_length,
    written_moment,
    written_money,
)


def cases():
    with open(file_path("vip_base/static/tests/written_cases.js")) as file:
        return json.loads(file.read().split("`")[1])


class TestWritten(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].search(
            [("name", "=", "vip_base")]
        )._update_translations(["zh_CN"])
        cls.cases = cases()
        cls.now = datetime.fromisoformat(cls.cases["now"])
        cls.languages = [
            cls.env(context={"lang": lang, "tz": "UTC", **at_context(cls.now)})
            for lang in ("en_US", "zh_CN")
        ]

    def _all(self, kind, write):
        for value, *expected in self.cases[kind]:
            found = [write(env, value) for env in self.languages]
            self.assertEqual(found, expected, value)

    def test_days_are_in_words(self):
        today = date(2026, 11, 26)
        self._all(
            "days", lambda env, day: written_day(env, date.fromisoformat(day), today)
        )

    def test_moments_are_in_the_readers_zone(self):
        zone = self.cases["zone"]
        self._all(
            "moments",
            lambda env, at: written_moment(
                env, datetime.fromisoformat(at), zone, self.now
            ),
        )

    def test_what_is_kept_does_not_say_today(self):
        english = self.languages[0]
        self.assertEqual(written_day(english, date(2026, 11, 26)), "Nov 26")
        self.assertEqual(written_moment(english, self.now, "UTC"), "Nov 26, 6:14 AM")

    def test_lengths_have_two_units_at_most(self):
        self._all("lengths", written_length)
        self._all(
            "precise", lambda env, value: written_length(env, value, precise=True)
        )
        self._all("late", written_late)

    def test_money_has_no_decimals_from_a_thousand_on(self):
        currency = self.env["res.currency"].new({"symbol": "¥", "rounding": 0.01})
        for amount, position, expected in self.cases["money"]:
            currency.position = position
            for env in self.languages:
                self.assertEqual(written_money(env, amount, currency), expected)

    def test_the_words_of_the_web_client_are_those_of_the_file(self):
        """They are the translations by which the other test of the table runs."""
        with open(file_path("vip_base/i18n/zh_CN.po")) as file:
            text = file.read()
        for english, chinese in self.cases["words"].items():
            self.assertIn(f'msgid "{english}"\nmsgstr "{chinese}"\n', text)

    def test_pages_and_mails_write_by_the_same_words(self):
        field = self.env["ir.qweb.field.vip_moment"].with_env(self.languages[0])
        words = {"words": True, "zone": "Asia/Shanghai"}
        self.assertEqual(field.value_to_html(self.now, words), "today 2:14 PM")
        self.assertEqual(field.value_to_html(self.now, {}), "Nov 26, 6:14 AM")
        field = self.env["ir.qweb.field.vip_day"].with_env(self.languages[1])
        self.assertEqual(field.value_to_html(date(2026, 11, 27), words), "明天")
        self.assertEqual(field.value_to_html(self.now, words), "今天")
        field = self.env["ir.qweb.field.vip_length"].with_env(self.languages[1])
        self.assertEqual(field.value_to_html(5160, {}), "1小时26分钟")
