"""Files of facts as people send them: what is clear loads, what is doubtful is told."""

import base64
import io
import re
import zipfile

import openpyxl

from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.models.vip_import_mixin import OpenQuestions
from odoo.addons.vip_base.tools.times import at_context

from . import files
from .common import JANUARY, REVIEW_AT, VipCase

HEADER = "client_ref,month,deposit,volume\n"


class FilesCase(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.currency_id = cls.env.ref("base.CNY")
        cls.one, cls.two = cls.client("C-1"), cls.client("C-2")

    def loaded(self, content, name="file.csv", **values):
        """Return an import of ``content`` as a manager has saved it, not yet checked."""
        if isinstance(content, str):
            content = content.encode()
        return (
            self.env["vip.activity.import"]
            .with_user(self.users["manager"])
            .create({"file": base64.b64encode(content), "file_name": name, **values})
        )

    def figures(self):
        return [
            (
                client.client_number,
                *(facts[code, JANUARY][0] for code in ("deposit", "volume")),
            )
            for client in (self.one, self.two)
            if (facts := self.current_facts(client))
        ]

    def told(self, content, **values):
        """Return why the one row of a file is refused."""
        record = self.import_csv(content, **values)
        self.assertEqual(record.rejected_count, 1)
        return list(self.rejects_in_full(record).values())[0]


class TestFilesOfPeople(FilesCase):
    def test_each_file_made_by_hand_loads(self):
        for name, content in files.loading().items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                record = self.loaded(content, name)
                record.action_check()
                self.assertFalse(record.questions)
                self.assertEqual(record.rejected_count, 0, self.rejects_in_full(record))
                record.action_import()
                self.assertEqual(record.state, "done")
                self.assertEqual(self.figures(), files.FIGURES)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_each_file_that_is_doubtful_says_in_a_sentence_what_to_do(self):
        for name, (content, words) in files.refused().items():
            with self.subTest(name):
                with self.assertRaisesRegex(UserError, words):
                    self.loaded(content, name)._import_file(io.BytesIO(content))
                self.assertFalse(self.figures())

    def test_the_same_is_said_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        imports = self.env["vip.activity.import"].with_context(lang="zh_CN")
        for name, (content, _words) in files.refused().items():
            with self.subTest(name), self.assertRaises(UserError) as caught:
                imports.create({})._import_file(io.BytesIO(content))
            self.assertRegex(str(caught.exception), "[\u4e00-\u9fff]{4}")


class TestPreview(FilesCase):
    def test_a_check_shows_the_first_rows_as_they_are_understood(self):
        content = files.text(
            [
                files.CHINESE,
                ("C-1", "2024年1月", "1.25万", "7"),
                ("C-9", "soon", "x", ""),
            ]
        )
        record = self.loaded(content)
        record.action_check()
        page = str(record.preview_html)
        for words in "January 2024", "12,500", "客户编号", "Client number", "soon":
            self.assertIn(words, page)
        self.assertIn("No client has this number.", page)
        self.assertFalse(self.figures())

    def test_a_preview_shows_ten_rows(self):
        rows = "".join(f"C-1,20{year}-01,1,1\n" for year in range(10, 24))
        record = self.loaded(HEADER + rows)
        record.action_check()
        self.assertEqual(len(record.preview["rows"]), 10)

    def test_text_of_a_file_stays_text_on_the_page(self):
        record = self.loaded(HEADER + "<b>x</b>,2024-01,1,1\n")
        record.action_check()
        self.assertIn("&lt;b&gt;x", str(record.preview_html))

    def test_what_is_asked_is_shown_and_imported_once_somebody_has_looked(self):
        record = self.loaded(HEADER + "C-1,2024-01,1,1\nC-2,2024-01,2,2")
        record.action_import()
        self.assertEqual(record.state, "checked")
        self.assertIn("does not end", record.questions)
        self.assertFalse(self.figures())
        record.confirmed = True
        record.action_import()
        self.assertEqual((record.state, len(self.figures())), ("done", 2))

    def test_another_file_is_asked_about_anew(self):
        record = self.loaded(HEADER + "C-1,2024-01,1,1", confirmed=True)
        record.file = base64.b64encode((HEADER + "C-1,2024-01,2,2").encode())
        self.assertFalse(record.confirmed)

    def test_sample_files_load_in_both_languages(self):
        self.client("C-0001")
        record = self.loaded(HEADER)
        for language in "en", "zh":
            action = getattr(record, f"action_sample_{language}")()
            self.assertIn(f"sample_{language}", action["url"])
            content = base64.b64decode(record[f"sample_{language}"])
            self.assertEqual(self.import_csv(content).accepted_count, 1)


class TestControlTotal(FilesCase):
    CONTENT = HEADER + "C-1,2024-01,1000.5,1\nC-2,2024-01,2000,2\n"

    def test_a_total_that_differs_is_asked(self):
        record = self.loaded(self.CONTENT, control_total=3000)
        record.action_check()
        self.assertIn("3,000.50", record.questions)
        self.assertIn("0.50", record.questions)
        with self.assertRaises(OpenQuestions):
            record._import_file(io.BytesIO(self.CONTENT.encode()))

    def test_a_total_that_is_right_shows_that_the_file_is_whole(self):
        record = self.loaded(self.CONTENT.rstrip("\n"), control_total=3000.5)
        record.action_import()
        self.assertEqual(record.state, "done")


class TestDoubtfulRows(FilesCase):
    def test_numbers_that_can_be_read_in_two_ways_are_named(self):
        record = self.import_csv(
            HEADER.replace(",", ";") + "C-1;2024-01;1.234;1\nC-2;2024-01;12,50;1\n"
        )
        told = self.rejects_in_full(record)
        self.assertIn("deposit: “1.234”: it can be read in two ways", told[2])
        self.assertIn("deposit: “12,50”", told[3])
        self.assertEqual(record.state, "failed")

    def test_a_number_that_a_spreadsheet_rounded_is_named(self):
        for cell in "1.23457E+12", "1234567890123456789":
            self.assertIn(
                "dropped digits", self.told(HEADER + f"C-1,2024-01,{cell},1\n")
            )

    def test_a_formula_without_result_is_named_and_nothing_of_its_row_is_booked(self):
        content = files.workbook(
            [
                ["client_ref", "month", "deposit", "volume"],
                ["C-1", "2024-01", "=1+1", 5],
            ]
        )
        self.assertIn("deposit: “C2”", self.told(content))
        self.assertFalse(self.figures())

    def test_months_that_are_doubtful_are_named(self):
        for month, words in {
            "01/03/2024": "which comes first",
            "2024-01-15": "a day inside a month",
            "45292": "number of a day",
            "2024.1": "lost a zero",
            "Jan-24": "four digits",
            "2024-13": "no such",
        }.items():
            told = self.told(HEADER + f"C-1,{month},5,1\n")
            self.assertIn(words, told)
            self.assertIn(f"month: “{month}”", told)

    def test_what_is_not_seen_in_a_cell_is_shown(self):
        told = self.told(HEADER + "C\u200b-7,2024-01,5,1\n")
        self.assertIn("client_ref: “C[U+200B]-7”", told)

    def test_a_month_that_is_not_over_is_asked(self):
        at = at_context(REVIEW_AT)
        record = self.loaded(HEADER + "C-1,2024-02,5,1\n").with_context(**at)
        record.action_import()
        self.assertIn("February 2024 is not over", record.questions)
        self.assertFalse(self.current_facts(self.one))

    def test_a_sign_of_another_currency_is_refused(self):
        self.assertIn("sign", self.told(HEADER + "C-1,2024-01,1,€1\n"))
        other = self.env.ref("base.EUR")
        other.active = True
        self.company.currency_id = self.env.ref("base.USD")
        self.assertIn("sign", self.told(HEADER + "C-1,2024-01,€100,1\n"))
        self.import_csv(HEADER + "C-1,2024-01,$100,1\n")
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (100, 1))


class TestLimits(FilesCase):
    def test_a_file_of_too_many_columns_says_so(self):
        content = "client_ref,month,deposit" + ",x" * 600 + "\nC-1,2024-01,5\n"
        with self.assertRaisesRegex(UserError, "columns; at most"):
            self.import_csv(content)

    def test_a_bomb_is_refused_in_a_sentence(self):
        rows = [["client_ref", "month", "deposit"], ["C-1", "2024-01", 5]]
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(files.workbook(rows))) as old,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for name in {*old.namelist(), "xl/sharedStrings.xml"}:
                bomb = name == "xl/sharedStrings.xml"
                content = b"<si/>" * (25 << 20) if bomb else old.read(name)
                new.writestr(name, content)
        with self.assertRaisesRegex(UserError, "more than can be read"):
            self.import_csv(out.getvalue())


class TestClientsOfRows(FilesCase):
    def test_zeros_that_a_spreadsheet_dropped_are_not_guessed(self):
        self.client("000123")
        for unknown in "reject", "create":
            told = self.told(HEADER + "123,2024-01,5,1\n", unknown_clients=unknown)
            self.assertIn("that client's: “000123”", told)
        self.client("123")
        self.assertIn("drops zeros", self.told(HEADER + "123,2024-01,5,1\n"))
        record = self.import_csv(HEADER + "123,2024-01,5,1\n000123,2024-01,6,1\n")
        self.assertEqual(record.accepted_count, 2)

    def test_the_case_of_a_number_is_not_guessed(self):
        told = self.told(HEADER + "ｃ－1,2024-01,5,1\n", unknown_clients="create")
        self.assertIn("“C-1”", told)
        both = HEADER + "n-1,2024-01,5,1\nN-1,2024-02,5,1\n"
        record = self.import_csv(both, unknown_clients="create")
        self.assertEqual(record.rejected_count, 2)

    def test_a_rounded_number_makes_no_client(self):
        for number in "6.22202E+18", "6222021234567890000":
            told = self.told(
                HEADER + f"{number},2024-01,5,1\n", unknown_clients="create"
            )
            self.assertIn("rounded", told)

    def test_an_archived_client_is_named(self):
        self.one.active = False
        self.assertIn("archived", self.told(HEADER + "C-1,2024-01,5,1\n"))

    def test_a_number_of_a_contact_that_is_no_client_stops_its_row_only(self):
        self.env["res.partner"].create({"name": "Held", "client_number": "H-1"})
        content = HEADER + "H-1,2024-01,5,1\nN-1,2024-01,5,1\nC-1,2024-01,5,1\n"
        record = self.import_csv(content, unknown_clients="create")
        self.assertEqual((record.accepted_count, record.rejected_count), (2, 1))
        self.assertIn("no client: make it", self.rejects(record)[2])

    def test_a_row_of_sums_makes_no_client(self):
        content = HEADER + "C-1,2024-01,5,1\n合计,,5,1\n"
        record = self.import_csv(content, unknown_clients="create")
        self.assertEqual((record.row_count, record.rejected_count), (1, 0))
        self.assertIn("line 3", record.remarks)
        self.assertFalse(
            self.env["res.partner"].search([("client_number", "=", "合计")])
        )


class TestRejectedRows(FilesCase):
    def test_rejected_rows_corrected_load_as_they_are(self):
        rows = [
            ["client_ref", "month", "deposit", "volume"],
            ["C-7", "2024-01", "5", "-2"],
        ]
        for content in files.text(rows), files.workbook(rows):
            record = self.import_csv(content)
            back = base64.b64decode(record.reject_file)
            if back.startswith(b"PK"):
                book = openpyxl.load_workbook(io.BytesIO(back))
                book.active["C2"], book.active["F2"] = "C-1", 2
                out = io.BytesIO()
                book.save(out)
                back = out.getvalue()
            else:
                back = back.replace(b"C-7,", b"C-1,").replace(b"'-2", b"2")
            again = self.import_csv(back)
            self.assertEqual((again.accepted_count, again.rejected_count), (1, 0))
            self.assertFalse(again.remarks, "its own columns are no news")

    def test_no_cell_of_a_rejected_row_is_a_formula(self):
        cells = ["=HYPERLINK(1)", "+cmd|x", "-5", "@SUM(1)"]
        rows = [["client_ref", "month", "deposit", "volume"], cells]
        text = self.rejected_rows(self.import_csv(files.text(rows)))[1]
        self.assertEqual(text[2:], [f"'{cell}" for cell in cells])
        record = self.import_csv(files.workbook([rows[0], ["x", *cells[1:]]]))
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(record.reject_file)))
        self.assertEqual({cell.data_type for cell in book.active[2]} - {"n"}, {"s"})


class TestSourceOfFile(FilesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["vip.source"].create(
            {
                "name": "Books",
                "code": "books",
                "company_id": cls.company.id,
                "metric_ids": (cls.deposit + cls.volume).ids,
            }
        )

    def test_a_source_remembers_how_its_files_are_written(self):
        content = files.text(
            [("Wer", "Wann", "Betrag", "x"), ("C-1", "01/02/2023", "1.250,50", "9")],
            delimiter=";",
        )
        with self.assertRaisesRegex(UserError, "“Wer”"):
            self.import_csv(content)
        record = self.loaded(content)
        record.with_user(self.users["admin"]).action_map_columns()
        meant = {"Wer": "client_ref", "Wann": "month", "Betrag": "metric"}
        for column in self.source.column_ids:
            column.write(
                {
                    "meaning": meant.get(column.heading, "left_out"),
                    "metric_id": column.heading == "Betrag" and self.deposit.id,
                }
            )
        self.source.write({"decimal_mark": ",", "day_form": "dmy"})
        record.action_import()
        self.assertEqual(
            {key[1].isoformat(): v for key, v in self.current_facts(self.one).items()},
            {"2023-02-01": (1250.5, 1)},
        )

    def test_a_source_says_which_sheet_is_read(self):
        content = files.workbook(
            files.typed(files.ENGLISH),
            sheets=[("Second", [files.ENGLISH, ("C-1", "2024-01", 5, 5)])],
        )
        self.source.sheet = "Second"
        self.import_csv(content)
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (5, 1))

    def test_an_older_file_over_a_newer_one_is_asked(self):
        old, new = (HEADER + f"C-1,2024-01,{n},1\n" for n in (5, 6))
        for content in old, new:
            record = self.loaded(content)
            record.action_import()
            self.assertEqual(record.state, "done")
            # As if it had been a while ago.
            record.sudo().done_at = REVIEW_AT.replace(day=2 if content == old else 3)
        again = self.loaded(old, "old.csv")
        again.action_import()
        self.assertIn("older than “file.csv”", again.questions)
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (6, 1))
        again.confirmed = True
        again.action_import()
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (5, 1))

    def test_a_workbook_saved_before_the_last_one_is_asked(self):
        def saved(day, value):
            table = [["client_ref", "month", "deposit"], ["C-1", "2024-01", value]]
            out, at = io.BytesIO(), REVIEW_AT.replace(day=day)
            with (
                zipfile.ZipFile(io.BytesIO(files.workbook(table))) as old,
                zipfile.ZipFile(out, "w") as new,
            ):
                for name in old.namelist():
                    content = old.read(name)
                    if name == "docProps/core.xml":
                        content = re.sub(
                            rb"20[0-9T:-]+Z", f"{at.isoformat()}Z".encode(), content
                        )
                    new.writestr(name, content)
            return out.getvalue()

        self.loaded(saved(9, 6), "nine.xlsx").action_import()
        record = self.loaded(saved(8, 5), "eight.xlsx")
        record.action_import()
        self.assertIn("older than “nine.xlsx”", record.questions)


class TestUndo(FilesCase):
    def imported(self, deposit, at=None):
        context = at_context(at) if at else {}
        record = self.loaded(HEADER + f"C-1,2024-01,{deposit},1\n")
        record = record.with_context(**context)
        record.action_import()
        record.confirmed = True
        if record.state == "checked":
            record.action_import()
        return record

    def counts(self):
        fact = self.current_facts(self.one).get(("deposit", JANUARY))
        return fact and fact[0]

    def test_what_an_import_replaced_comes_back(self):
        self.imported(5)
        record = self.imported(6)
        record.action_undo()
        self.assertEqual((record.state, self.counts()), ("undone", 5))
        self.assertEqual(record.undone_by_id, self.users["manager"])
        self.assertTrue(record.undone_at)
        self.assertEqual(record.restored_count, 1)

    def test_what_was_new_counts_no_more(self):
        record = self.imported(5)
        record.action_undo()
        self.assertIsNone(self.counts())
        self.assertEqual(self.imported(5).changed_count, 2)

    def test_imports_are_taken_back_in_any_order(self):
        first, second, third = (self.imported(n) for n in (5, 6, 7))
        second.action_undo()
        self.assertEqual(self.counts(), 7)
        third.action_undo()
        self.assertEqual(self.counts(), 5)
        first.action_undo()
        self.assertIsNone(self.counts())

    def test_an_import_of_a_reviewed_month_stays(self):
        record = self.imported(5)
        self.review(JANUARY)
        with self.assertRaisesRegex(UserError, "January 2024 is reviewed"):
            record.action_undo()
        self.assertEqual(self.counts(), 5)

    def test_only_what_is_done_is_taken_back_and_once(self):
        record = self.loaded(HEADER + "C-1,2024-01,5,1\n")
        with self.assertRaises(UserError):
            record.action_undo()
        record.action_import()
        record.action_undo()
        with self.assertRaises(UserError):
            record.action_undo()
        with self.assertRaises(AccessError):
            record.with_user(self.users["auditor"]).action_undo()

    def test_a_month_that_was_taken_back_has_not_arrived(self):
        source = self.env["vip.source"].create(
            {
                "name": "Books",
                "code": "books",
                "company_id": self.company.id,
                "metric_ids": self.deposit.ids,
            }
        )
        record = self.loaded(HEADER + "C-1,2024-01,5,1\n", source_id=source.id)
        record.action_import()
        arrived = self.env["vip.source.delivery"]
        self.assertTrue(arrived.search([("source_id", "=", source.id)]))
        record.action_undo()
        self.assertFalse(arrived.search([("source_id", "=", source.id)]))

    def test_it_is_logged_who_took_it_back(self):
        record = self.imported(5)
        record.action_undo()
        lines = self.env["vip.audit.log"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )
        last = max(lines, key=lambda line: line.id)
        self.assertEqual(last.user_name, self.users["manager"].name)
        self.assertEqual(last.new_values["state"], "undone")
