"""Public holidays from a file that a person has made."""

import base64
import io
from datetime import date

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import TransactionCase

from ..engine.public_holidays import HOLIDAY, MAKEUP

CHINESE = "日期,节日,类型\n2026年1月1日,元旦,放假\n2026-01-04,,补班\n"


class TestHolidayFile(TransactionCase):
    def load(self, content):
        if isinstance(content, str):
            content = content.encode("gb18030")
        return self.env["resource.holiday.load"].create(
            {"file": base64.b64encode(content), "file_name": "days.csv"}
        )

    def days(self, load):
        return [(line.date, line.kind) for line in load.line_ids]

    def test_holidays_and_make_up_days_are_read_in_both_languages(self):
        expected = [(date(2026, 1, 1), HOLIDAY), (date(2026, 1, 4), MAKEUP)]
        self.assertEqual(self.days(self.load(CHINESE)), expected)
        book = openpyxl.Workbook()
        for row in (
            ["Public holidays"],
            ["Date", "Name", "Kind"],
            [date(2026, 1, 1), "New Year", None],
            ["4 January 2026", None, "make-up day"],
        ):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        self.assertEqual(self.days(self.load(out.getvalue())), expected)

    def test_what_is_read_is_loaded(self):
        load = self.load(CHINESE)
        load.action_load()
        leave = self.env["resource.calendar.leaves"].search([("name", "=", "元旦")])
        self.assertEqual(len(leave), 1)
        self.assertTrue(
            self.env["resource.makeup.day"].search([("date", "=", date(2026, 1, 4))])
        )

    def test_a_doubtful_row_is_named_and_nothing_is_loaded(self):
        for row, words in {
            "01/02/2026,x,": "Row 2, date “01/02/2026”: day and month",
            "2026-02-30,x,": "no such day",
            "soon,x,": "write it as 2024-05-31",
            "2026-01-01,x,maybe": "“maybe” is neither",
        }.items():
            load = self.load(f"date,name,kind\n{row}\n")
            self.assertIn(words, load.problem)
            with self.assertRaises(UserError):
                load.action_load()

    def test_a_file_that_is_no_table_is_called_by_its_name(self):
        self.assertIn("PDF", self.load(b"%PDF-1.7").problem)
        self.assertIn("date", self.load("a,b\n1,2\n").problem)
