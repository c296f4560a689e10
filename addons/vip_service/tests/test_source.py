from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.vip_base.engine.import_source import PushSource

from .common import FEBRUARY, JANUARY
from .review_case import HEADER, ReviewCase


class TestSource(ReviewCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client("C-1"), cls.client("C-2")

    def deliveries(self, source):
        found = self.env["vip.source.delivery"].search([("source_id", "=", source.id)])
        return [(d.month, d.row_count, d.total) for d in found.sorted("month")]

    def test_a_file_is_kept_as_a_delivery_of_each_of_its_months(self):
        books = self.source(
            "Books",
            self.deposit + self.volume,
            completed_by="total",
            control_metric_id=self.deposit.id,
        )
        record = self.import_csv(
            HEADER
            + "C-1,2024-01,10,1\nC-2,2024-01,20.5,1\nC-1,2024-02,,3\nX,2024-03,9,9",
            confirmed=True,
        )
        self.assertEqual(record.source_id, books, "the only one there is")
        self.assertEqual(
            self.deliveries(books), [(JANUARY, 2, 30.5), (FEBRUARY, 1, 0.0)]
        )

    def test_a_file_that_changes_nothing_has_arrived_all_the_same(self):
        self.import_csv(HEADER + "C-1,2024-01,10,1")
        books = self.source("Books", self.deposit)
        again = self.import_csv(HEADER + "C-1,2024-01,10,1")
        self.assertEqual(again.changed_count, 0)
        self.assertEqual(self.deliveries(books), [(JANUARY, 1, 0.0)])

    def test_what_is_only_checked_has_not_arrived(self):
        books = self.source("Books", self.deposit)
        record = self.env["vip.activity.import"].create({"company_id": self.company.id})
        rows = [{"client_ref": "C-1", "month": "2024-01", "deposit": 1}]
        record._import_source(PushSource(rows), check_only=True)
        self.assertEqual(self.deliveries(books), [])

    def test_a_program_names_its_source_by_the_code(self):
        books, desk = (
            self.source(name, metric)
            for name, metric in (("Books", self.deposit), ("Desk", self.volume))
        )
        rows = [{"client_ref": "C-1", "month": "2024-01", "volume": 1}]
        Import = self.env["vip.activity.import"].with_user(self.users["manager"])
        self.assertFalse(Import.browse(Import.push(rows)["id"]).source_id)
        sent = Import.push(rows, source="desk")
        self.assertEqual(Import.browse(sent["id"]).source_id, desk)
        with self.assertRaisesRegex(UserError, "There is no source “till”"):
            Import.push(rows, source="till")
        self.assertEqual(self.deliveries(books), [])
        self.assertEqual(self.deliveries(desk), [(JANUARY, 1, 0.0)])

    def test_a_source_says_what_it_delivers_and_completes(self):
        with self.assertRaisesRegex(ValidationError, "delivers no metric"):
            self.source("None", self.deposit.browse())
        for values in {"completed_by": "count"}, {"completed_by": "total"}, {"day": 30}:
            with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
                self.source("Books", self.deposit, **values)

    def test_a_metric_that_a_source_delivers_is_not_deleted(self):
        metric = self.env["vip.metric"].create({"name": "Trades", "code": "trades"})
        self.source("Books", metric)
        with self.assertRaises(UserError):
            metric.unlink()

    def test_a_file_names_no_source_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.source("Books", self.deposit, company_id=other.id)
        with self.assertRaises(UserError):
            self.env["vip.activity.import"].create({"source_id": foreign.id})

    def test_the_source_of_a_file_that_is_imported_stays(self):
        books, desk = (
            self.source("Books", self.deposit),
            self.source("Desk", self.volume),
        )
        record = self.import_csv(HEADER + "C-1,2024-01,1,1", source_id=books.id)
        with self.assertRaises(UserError):
            record.with_user(self.users["manager"]).source_id = desk
