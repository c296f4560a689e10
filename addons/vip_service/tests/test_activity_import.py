import base64
from datetime import date

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import FEBRUARY, JANUARY, VipCase

HEADER = "client_ref,month,deposit,volume\n"


class TestActivityImport(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = cls.client("C-1"), cls.client("C-2")

    def test_a_row_becomes_one_fact_per_metric(self):
        record = self.import_csv(HEADER + "C-1,2024-01,1250.50,7\nC-2,2024-01,,3\n")
        self.assertEqual(
            self.current_facts(self.one),
            {("deposit", JANUARY): (1250.50, 1), ("volume", JANUARY): (7, 1)},
        )
        self.assertEqual(self.current_facts(self.two), {("volume", JANUARY): (3, 1)})
        self.assertEqual(
            (
                record.state,
                record.row_count,
                record.accepted_count,
                record.changed_count,
            ),
            ("done", 2, 2, 3),
        )
        self.assertEqual((record.month_from, record.month_to), (JANUARY, JANUARY))

    def test_the_same_file_twice_changes_nothing(self):
        content = HEADER + "C-1,2024-01,1250.50,7\n"
        self.import_csv(content)
        before = self.env["vip.activity"].search([]).read()
        again = self.import_csv(content)
        self.assertEqual((again.accepted_count, again.changed_count), (1, 0))
        self.assertEqual(self.env["vip.activity"].search([]).read(), before)

    def test_an_open_month_is_corrected_and_keeps_its_version(self):
        self.import_csv(HEADER + "C-1,2024-01,100,7\n")
        record = self.import_csv(HEADER + "C-1,2024-01,200,7\n")
        self.assertEqual(record.changed_count, 1)
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (200, 1))

    def test_a_reviewed_month_is_corrected_by_a_new_version(self):
        self.import_csv(HEADER + "C-1,2024-01,100,7\n")
        self.review(JANUARY)
        record = self.import_csv(HEADER + "C-1,2024-01,200,7\nC-1,2024-02,50,1\n")
        self.assertEqual(record.changed_count, 3)
        facts = self.current_facts(self.one)
        self.assertEqual(facts["deposit", JANUARY], (200, 2))
        self.assertEqual(facts["volume", JANUARY], (7, 1))
        self.assertEqual(facts["deposit", FEBRUARY], (50, 1))
        old = self.env["vip.activity"].search([("superseded_at", "!=", False)])
        self.assertEqual((old.value, old.version), (100, 1))
        self.import_csv(HEADER + "C-1,2024-01,300,7\n")
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (300, 3))

    def test_a_review_of_a_later_month_closes_the_earlier_ones(self):
        self.import_csv(HEADER + "C-1,2024-01,100,7\n")
        self.review(FEBRUARY, at=self.env.cr.now())
        self.import_csv(HEADER + "C-1,2024-01,200,7\n")
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (200, 2))

    def test_every_flaw_is_named_by_its_line_and_stops_no_other_row(self):
        record = self.import_csv(
            HEADER
            + "C-1,2024-01,100,7\n"
            + "C-9,2024-01,100,7\n"  # 3
            + ",2024-01,100,7\n"  # 4
            + "C-1,2024-13,100,7\n"  # 5
            + "C-1,01/02/2024,100,7\n"  # 6
            + "C-1,2024-02,a lot,7\n"  # 7
            + 'C-1,2024-02,"1,000",7\n'  # 8
            + "C-1,2024-02,-1,7\n"  # 9
            + "C-1,2024-02,,\n"  # 10
            + "C-1,2199-01,1,1\n"  # 11
            + "C-1,2024-02,NaN,7\n"  # 12
        )
        reasons = self.env["vip.activity.import"]._reject_reasons()
        self.assertEqual(
            self.rejects(record),
            {
                3: reasons["unknown_client"],
                4: reasons["no_client"],
                5: reasons["bad_month"],
                6: reasons["bad_month"],
                7: reasons["bad_number"],
                8: reasons["bad_number"],
                9: reasons["negative"],
                10: reasons["no_value"],
                11: reasons["future_month"],
                12: reasons["bad_number"],
            },
        )
        self.assertEqual((record.accepted_count, record.rejected_count), (1, 10))
        self.assertEqual(set(self.current_facts(self.one)), self._both(JANUARY))

    def _both(self, month):
        return {("deposit", month), ("volume", month)}

    def test_rejected_rows_come_back_as_they_were(self):
        record = self.import_csv(HEADER + 'C-9,2024-01,"1,5", 7\n')
        header, row = self.rejected_rows(record)
        self.assertEqual(
            header, "line,reason,client_ref,month,deposit,volume".split(",")
        )
        reason = "No client has this number. [client_ref: “C-9”]"
        self.assertEqual(row, ["2", reason, "C-9", "2024-01", "1,5", " 7"])

    def test_all_rows_of_a_doubled_client_and_month_are_refused(self):
        record = self.import_csv(
            HEADER + "C-1,2024-01,1,1\nC-2,2024-01,1,1\nC-1,2024-01,2,2\n"
        )
        duplicate = self.env["vip.activity.import"]._reject_reasons()["duplicate"]
        self.assertEqual(self.rejects(record), {2: duplicate, 4: duplicate})
        self.assertFalse(self.current_facts(self.one))
        self.assertEqual(set(self.current_facts(self.two)), self._both(JANUARY))

    def test_ragged_and_blank_lines_keep_the_line_numbers_true(self):
        record = self.import_csv(
            HEADER
            + "C-1,2024-01,1,1\n\nC-1,2024-02\nC-2,2024-02,1,1,1\nC-9,2024-03,1,1\n"
        )
        reasons = self.env["vip.activity.import"]._reject_reasons()
        self.assertEqual(
            self.rejects(record),
            {
                4: reasons["columns"],
                5: reasons["columns"],
                6: reasons["unknown_client"],
            },
        )
        self.assertEqual(record.accepted_count, 1)

    def test_spreadsheet_habits_are_understood(self):
        content = "Client_Ref;Month ;Deposit;Volume\r\n C-1 ;2024-01; 10.5 ;1\r\n"
        for encoding in "utf-8-sig", "gb18030":
            record = self.import_csv(content.encode(encoding))
            self.assertEqual(record.accepted_count, 1, encoding)
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (10.5, 1))

    def test_a_chinese_encoding_is_read(self):
        client = self.client("客户-1")
        self.import_csv((HEADER + "客户-1,2024-01,1,1\n").encode("gb18030"))
        self.assertEqual(set(self.current_facts(client)), self._both(JANUARY))

    def test_an_unusable_header_is_named_and_nothing_is_applied(self):
        for header, name in {
            "client_ref,month,deposit,turnover": "turnover",
            "month,deposit": "client_ref",
            "client_ref,deposit": "month",
            "client_ref,month": "metric",
            "client_ref,month,deposit,deposit": "deposit",
        }.items():
            with self.assertRaisesRegex(UserError, name):
                self.import_csv(f"{header}\nC-1,2024-01,1,1\n")
        for content in "", HEADER:
            with self.assertRaises(UserError):
                self.import_csv(content)
        self.assertFalse(self.current_facts(self.one))

    def test_an_open_quote_is_named_and_nothing_is_applied(self):
        with self.assertRaisesRegex(UserError, "line 3"):
            self.import_csv(HEADER + 'C-1,2024-01,1,1\nC-2,"2024-01,1,1\nC-2,x,1,1\n')
        self.assertFalse(self.current_facts(self.one))

    def test_line_ends_that_nobody_uses_any_more_are_understood(self):
        self.import_csv(b"client_ref,month,deposit\rC-1,2024-01,1\r")
        self.assertEqual(self.current_facts(self.one), {("deposit", JANUARY): (1, 1)})

    def test_a_file_without_a_usable_row_has_failed(self):
        record = self.import_csv(HEADER + "C-9,2024-01,1,1\n")
        self.assertEqual((record.state, record.rejected_count), ("failed", 1))

    def test_money_keeps_its_currency_and_the_rate_of_the_months_end(self):
        euro = self._currency("EUR", {"2024-01-01": 0.5, "2024-01-31": 0.25})
        self.import_csv(
            "client_ref,month,deposit,volume,currency\n"
            "C-1,2024-01,100,7,EUR\nC-2,2024-01,100,7,\n"
        )
        facts = self.env["vip.activity"].search([("metric_id", "=", self.deposit.id)])
        foreign, local = (
            facts.filtered(lambda f, p=p: f.partner_id == p)
            for p in (self.one, self.two)
        )
        self.assertEqual(
            (foreign.currency_id, foreign.value, foreign.rate, foreign.value_company),
            (euro, 100, 4, 400),
        )
        self.assertEqual(local.currency_id, self.company.currency_id)
        self.assertEqual((local.rate, local.value_company), (1, 100))
        lots = self.env["vip.activity"].search([("metric_id", "=", self.volume.id)])
        self.assertFalse(lots.currency_id)

    def test_a_later_rate_reaches_open_months_but_not_closed_ones(self):
        euro = self._currency("EUR", {"2024-01-01": 0.5})
        content = "client_ref,month,deposit,currency\nC-1,2024-01,100,EUR\n"
        self.import_csv(content)
        self._rate(euro, "2024-01-31", 0.25)
        self.assertEqual(self.import_csv(content).changed_count, 1)
        fact = self.env["vip.activity"].search(
            [("partner_id", "=", self.one.id), ("superseded_at", "=", False)]
        )
        self.assertEqual(fact.value_company, 400)
        self.review(JANUARY)
        self._rate(euro, "2024-01-20", 0.1)
        euro.rate_ids.filtered(lambda r: r.name == date(2024, 1, 31)).unlink()
        self.assertEqual(self.import_csv(content).changed_count, 0)

    def test_unknown_currencies_and_missing_rates_are_refused(self):
        self.env["res.currency"].create({"name": "ZZZ", "symbol": "Z"})
        record = self.import_csv(
            "client_ref,month,deposit,currency\nC-1,2024-01,1,QQQ\nC-2,2024-01,1,ZZZ\n"
        )
        reasons = self.env["vip.activity.import"]._reject_reasons()
        self.assertEqual(
            self.rejects(record),
            {2: reasons["unknown_currency"], 3: reasons["no_rate"]},
        )

    def _currency(self, name, rates):
        currency = self.env.ref(f"base.{name}")
        currency.active = True
        currency.rate_ids.unlink()
        for day, rate in rates.items():
            self._rate(currency, day, rate)
        return currency

    def _rate(self, currency, day, rate):
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": day,
                "rate": rate,
                "company_id": self.company.id,
            }
        )

    def test_a_number_of_another_company_is_unknown(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.client("C-7", company_id=other.id)
        record = self.import_csv(HEADER + "C-7,2024-01,1,1\n")
        self.assertEqual(record.rejected_count, 1)

    def test_the_companys_own_client_goes_before_the_shared_one(self):
        own = self.client("C-1", company_id=self.company.id)
        self.import_csv(HEADER + "C-1,2024-01,1,1\n")
        self.assertEqual(set(self.current_facts(own)), self._both(JANUARY))
        self.assertFalse(self.current_facts(self.one))

    def test_facts_belong_to_one_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.import_csv(HEADER + "C-1,2024-01,1,1\n")
        self.import_csv(HEADER + "C-1,2024-01,2,2\n", company=other)
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (1, 1))
        there = self.current_facts(self.one, company=other)
        self.assertEqual(there["deposit", JANUARY], (2, 1))

    def test_the_button_imports_the_attached_file_once(self):
        content = (HEADER + "C-1,2024-01,1,1\n").encode()
        record = (
            self.env["vip.activity.import"]
            .with_user(self.users["manager"])
            .create({"file": base64.b64encode(content), "file_name": "january.csv"})
        )
        record.action_import()
        self.assertEqual(
            (record.state, record.user_id), ("done", self.users["manager"])
        )
        with self.assertRaises(UserError):
            record.action_import()
        with self.assertRaises(UserError):
            record.write({"state": "draft"})

    def test_reasons_are_told_in_the_users_language(self):
        reasons = self.env["vip.activity.import"]._reject_reasons()
        self.assertTrue(all(reasons.values()))
        self.assertEqual(len(set(reasons.values())), len(reasons))

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_one_current_fact(self):
        self.fact(self.one, JANUARY, deposit=1)
        with self.assertRaises(Exception) as caught:
            self.fact(self.one, JANUARY, deposit=2)
        self.assertIn("vip_activity_current", str(caught.exception))
