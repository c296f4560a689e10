"""Twenty files as people save them: each is booked rightly or says what is wrong."""

import base64

from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.times import add_months

from . import hand_made
from .common import JANUARY
from .test_activity_files import FilesCase

CHINESE = "[\u4e00-\u9fff]{4}"


class TestHandMade(FilesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.client("000123")

    def setUp(self):
        super().setUp()
        # What was booked before: an import that is taken back restores it.
        self.import_csv(
            "client_ref,month,deposit,volume\nC-1,2024-01,1,1\nC-2,2023-12,2,2\n"
        )
        self.before = self.booked()

    def booked(self):
        """Return {(client, month, metric): value} of all that counts."""
        self.env.flush_all()
        facts = self.env["vip.activity"].search(
            [("company_id", "=", self.company.id), ("superseded_at", "=", False)]
        )
        return {
            (f.partner_id.client_number, f.month, f.metric_id.code): f.value
            for f in facts
        }

    def test_there_are_twenty(self):
        self.assertGreaterEqual(len(hand_made.FILES), 20)

    def test_each_is_booked_rightly_or_says_row_and_reason(self):
        for name, make, expected in hand_made.FILES:
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.load(make(), name, expected)
                savepoint.rollback()
                self.env.invalidate_all()

    def load(self, content, name, expected):
        record = self.loaded(content, name)
        if isinstance(expected, str):
            with self.assertRaisesRegex(UserError, expected):
                record.action_check()
            with self.assertRaisesRegex(UserError, CHINESE):
                record.with_context(lang="zh_CN").action_check()
            self.assertEqual(self.booked(), self.before)
            return
        record.action_check()
        self.assertEqual(self.booked(), self.before, "a check books nothing")
        self.assertEqual(bool(record.questions), bool(expected.asked))
        if expected.asked:
            self.assertIn(expected.asked, record.questions)
            record.action_import()
            self.assertEqual((record.state, self.booked()), ("checked", self.before))
            record.confirmed = True
        record.action_import()
        self.assertEqual(self.booked(), {**self.before, **self.figures_of(expected)})
        self.assert_refused(record, expected)
        if record.state == "done":
            record.action_undo()
        self.assertEqual(self.booked(), self.before, "taken back")

    def figures_of(self, expected):
        return {
            (client, month, code): value
            for client, month, *values in expected.booked
            for code, value in zip(("deposit", "volume"), values, strict=True)
        }

    def assert_refused(self, record, expected):
        told = self.rejects_in_full(record) if record.rejected_count else {}
        self.assertEqual(told.keys(), expected.refused.keys())
        for line, words in expected.refused.items():
            self.assertRegex(told[line], words)
        if told:
            again = self.loaded(
                base64.b64decode(record.with_context(bin_size=False).file),
                record.file_name,
            ).with_context(lang="zh_CN")
            again.action_check()
            for text in self.rejects_in_full(again).values():
                self.assertRegex(text, CHINESE)

    def test_a_control_total_that_is_missing_is_asked(self):
        source = self.env["vip.source"].create(
            {
                "name": "Settlement",
                "code": "settlement",
                "company_id": self.company.id,
                "metric_ids": self.deposit.ids,
                "completed_by": "total",
                "control_metric_id": self.deposit.id,
            }
        )
        record = self.loaded(hand_made.scientific(), source_id=source.id)
        record.action_check()
        self.assertIn("none is typed", record.questions)
        record.control_total = 120_000
        record.action_import()
        self.assertEqual(record.state, "done")

    def test_only_the_cell_that_is_below_zero_is_named(self):
        told = self.rejects_in_full(self.import_csv(hand_made.negative()))
        self.assertNotIn("交易量", told[2])

    def test_the_number_of_a_day_in_a_workbook_says_what_to_do(self):
        book, sheet = hand_made._sheet()
        sheet.append(["Client number", "Month", "deposit"])
        sheet.append(["C-1", 45322, 5])
        told = self.rejects_in_full(self.import_csv(hand_made._saved(book)))
        self.assertIn("number of a day", told[2])

    def test_a_column_that_is_missing_is_named_in_words(self):
        record = self.loaded(hand_made.wide_months()).with_context(lang="zh_CN")
        with self.assertRaisesRegex(UserError, "月份"):
            record.action_check()

    def test_two_months_in_one_file_are_both_told(self):
        content = hand_made.two_months().replace(b",", b".")
        record = self.import_csv(content)
        self.assertEqual(
            (record.month_from, record.month_to), (add_months(JANUARY, -1), JANUARY)
        )
