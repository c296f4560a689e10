"""Files as people save them: the same table reads the same, whatever it is saved as."""

import csv
import io
import zipfile
from calendar import monthrange
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import xlwt
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import cell_day, cell_number
from ..engine.cell_text import clean, harmless, is_total, visible
from ..engine.delimited import encoding_of
from ..engine.import_source import CsvStream, Layout, UnreadableFile, file_source

KNOWN = {
    **{"client": "client", "客户编号": "client", "month": "month", "月份": "month"},
    **{"amount": "amount", "金额": "amount"},
}
HEADINGS = [("Client", "Month", "Amount"), ("客户编号", "月份", "金额")]
TITLES = ("Figures of the month", "本月汇总")
ROWS = st.lists(
    st.tuples(
        st.from_regex(r"[A-Z]{1,3}-[0-9]{1,4}", fullmatch=True),
        st.tuples(st.integers(2001, 2099), st.integers(1, 12)),
        st.decimals(-(10**9), 10**9, places=2),
    ),
    min_size=1,
    max_size=8,
)


def _day(month):
    return date(*month, 1)


#: How a month may be written so that nobody doubts it.
MONTHS = [
    lambda m: f"{m[0]}-{m[1]:02}",
    lambda m: f"{m[0]}/{m[1]}",
    lambda m: f"{m[0]}年{m[1]}月",
    lambda m: f"{m[0]}{m[1]:02}",
    lambda m: f"{m[1]}/{m[0]}",
    lambda m: f"{m[0]}-{m[1]:02}-{monthrange(*m)[1]}",
    lambda m: f"{m[0]}.{m[1]:02}.01",
    lambda m: f"{_day(m):%B %Y}",
    lambda m: f"{m[0]}-{m[1]:02}-01 00:00:00",
]
WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
#: How an amount may be written where the decimal mark is a point ...
AMOUNTS = [
    lambda v: f"{v:f}",
    lambda v: f"{v:,.2f}",
    lambda v: f"¥{v:,.2f}" if v >= 0 else f"-¥{-v:,.2f}",
    lambda v: f"{v:,.2f}元",
    lambda v: f"({-v:,.2f})" if v < 0 else f"{v:f}",
    lambda v: f"{v:f}".translate(WIDE),
    lambda v: f"\xa0{v:f}\u200b",
    lambda v: f"{v / 10000:f}万",
]
#: ... and where it is a comma.
COMMA_AMOUNTS = [
    lambda v: f"{v:.2f}".replace(".", ","),
    lambda v: f"{v:,.2f}".translate(str.maketrans(",.", ".,")),
    lambda v: f"{v:,.2f}".translate(str.maketrans(",.", " ,")),
]
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"]


def read_table(content, decimal=None, layout=None):
    """Return [(client, month, amount)] of a file as it is understood."""
    source = file_source(io.BytesIO(content), layout, KNOWN)
    rows = [
        dict(zip(source.columns, cells, strict=True)) for *_x, cells in source.rows()
    ]
    marks = cell_number.marks_of([row["amount"] for row in rows], decimal)
    return [
        (
            clean(row["client"]),
            cell_day.month(row["month"]),
            cell_number.read(row["amount"], marks)[0],
        )
        for row in rows
        if not is_total(row["client"])
    ]


def text_file(rows, encoding="utf-8", delimiter=",", above=(), said=False, end="\r\n"):
    out = io.StringIO()
    if said:
        out.write(f"sep={delimiter}{end}")
    for line in above:
        out.write(line + end)
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue().encode(encoding)


def workbook(rows, above=(), sheets=()):
    book = openpyxl.Workbook()
    for line in above:
        book.active.append([line])
    for row in rows:
        book.active.append(list(row))
    for name, others in sheets:
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def old_workbook(rows, above=()):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    dates = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for at, row in enumerate([*([line] for line in above), *rows]):
        for place, value in enumerate(row):
            style = [dates] if isinstance(value, date) else []
            sheet.write(at, place, value, *style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@tagged("-at_install", "post_install")
class TestFiles(BaseCase):
    def refusal(self, content, layout=None):
        with self.assertRaises(UnreadableFile) as caught:
            source = file_source(io.BytesIO(content), layout, KNOWN)
            list(source.rows())
        return caught.exception.args[0]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows=ROWS, data=st.data())
    def test_the_same_table_reads_the_same_from_any_file(self, rows, data):
        pick = lambda options: data.draw(st.sampled_from(options))  # noqa: E731
        expected = [(client, _day(month), value) for client, month, value in rows]
        decimal = pick([None, ".", ","])
        amount = pick(COMMA_AMOUNTS if decimal == "," else AMOUNTS)
        if decimal is None:  # Where all are 1,234.50 the file shows its marks itself.
            rows = [(client, month, value) for client, month, value in rows]
        month = pick(MONTHS)
        written = [(c, month(m), amount(v)) for c, m, v in rows]
        headings = pick(HEADINGS)
        extra = pick([0, 2])
        table = [
            (*headings, *[""] * extra),
            *((*row, *[""] * extra) for row in written),
        ]
        total = pick([(), (("合计", "", ""),), (("", "", ""), ("Total", "", ""))])
        table += [(*row, *[""] * extra) for row in total]
        above = pick([(), TITLES[:1], (TITLES[1], "")])
        kind = pick(["text", "xlsx", "xls", "typed xlsx", "typed xls"])
        if kind == "text":
            delimiter = pick([",", ";", "\t"])
            content = text_file(
                *(table, pick(ENCODINGS), delimiter, above),
                said=pick([False, delimiter != "\t"]),
                end=pick(["\r\n", "\n"]),
            )
        else:
            if kind.startswith("typed"):
                table[1 : 1 + len(rows)] = [
                    (c, _day(m), float(v), *[""] * extra) for c, m, v in rows
                ]
            make = workbook if kind.endswith("xlsx") else old_workbook
            content = make(table, above)
        self.assertEqual(read_table(content, decimal), expected)

    def test_two_bytes_that_are_also_a_letter_are_told_by_what_stands_around(self):
        for text in ("A-1,0.00元", "A-1,12千", "A-1,5元\nA-2,6千元"):
            self.assertEqual(encoding_of(io.BytesIO(text.encode("gb18030"))), "gb18030")
        for text in ("Zoé,1", "Ωμέγα,3", "Ирина,7", "3 × 4", "¥12", "5 m²", "Łódź,2"):
            self.assertEqual(encoding_of(io.BytesIO(text.encode())), "utf-8-sig")

    @settings(max_examples=200, deadline=None)
    @given(st.text(st.characters(exclude_characters="\x02\x03\x04"), max_size=12))
    @example("=1+1")
    @example("\t=1")
    def test_no_text_is_read_as_a_formula_and_each_comes_back(self, text):
        safe = harmless(text)
        self.assertFalse(safe.lstrip().startswith(("=", "+", "-", "@")))
        if not text.startswith("'"):
            self.assertEqual(clean(safe), clean(text))

    @settings(max_examples=200, deadline=None)
    @given(st.text(alphabet="0123456789.,()-+ ¥万e%'\u3000", max_size=9))
    def test_a_number_is_read_in_one_way_or_not_at_all(self, text):
        """An independent reader of what is left when blanks and signs are gone."""
        try:
            value, _sign = cell_number.read(text)
        except cell_number.Doubtful:
            return
        digits = "".join(char for char in text if char.isdigit())
        shown = "".join(char for char in f"{abs(value):f}" if char.isdigit())
        if "万" not in text and "e" not in text:
            self.assertEqual(shown.lstrip("0").rstrip("0"), digits.strip("0"))
        self.assertEqual(value < 0, value != 0 and ("-" in text or "(" in text))

    def test_a_file_that_is_no_table_is_called_by_its_name(self):
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as file:
            file.writestr("a.txt", "a")
        for content, code in {
            b"%PDF-1.7 ...": "pdf",
            b"<html><table><tr><td>1</td></tr></table></html>": "html",
            "\ufeff<HTML xmlns:x='urn'>".encode(): "html",
            b"\x89PNG\r\n": "image",
            b"\x1f\x8b\x08": "archive",
            package.getvalue(): "archive",
            workbook([["client"], ["A"]])[:-40]: "xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600): "xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + "EncryptedPackage".encode("utf-16-le"): "locked",
            b"": "empty",
            b"\n\n": "empty",
        }.items():
            with self.subTest(code=code, content=content[:20]):
                self.assertEqual(self.refusal(content), code)

    def test_what_unfolds_into_too_much_is_refused_before_it_is_read(self):
        sheet = b"<worksheet><sheetData>%s</sheetData></worksheet>"
        for parts in (
            {"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * (20 << 20) + b"</sst>"},
            {"xl/styles.xml": b" " * (17 << 20)},
            {"xl/worksheets/sheet1.xml": sheet % (b'<row r="99999999"/>')},
            {"xl/worksheets/sheet1.xml": sheet % (b"<c/>" * 9 + b"x" * (3 << 20))},
            {
                "xl/worksheets/sheet1.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]>"
                + sheet % b""
            },
        ):
            with self.subTest(parts=list(parts)):
                self.assertIn(self.refusal(self._changed(parts)), ("too_large", "xlsx"))

    def _changed(self, parts):
        """Return a workbook with other ``parts``."""
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(workbook([["client"], ["A"]]))) as old,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for name in {*old.namelist(), *parts}:
                new.writestr(name, parts.get(name) or old.read(name))
        return out.getvalue()

    def test_a_formula_without_a_result_is_named(self):
        content = workbook([["client", "month", "amount"], ["A", "2024-01", "=1+1"]])
        source = file_source(io.BytesIO(content), None, KNOWN)
        self.assertEqual(
            list(source.rows()), [(2, "formula", ["A", "2024-01", "\x03C2"])]
        )
        self.assertEqual(visible("\x03C2"), "C2")

    def test_of_two_sheets_alike_one_has_to_be_chosen(self):
        rows = [["client", "month"], ["A", "2024-01"]]
        content = workbook(rows, sheets=[("Second", rows), ("Notes", [["read me"]])])
        source = file_source(io.BytesIO(content), None, KNOWN)
        self.assertEqual(source.questions, [("sheets", ("Sheet", ["Second"]))])
        self.assertEqual(source.remarks, [("unread", ("Sheet", ["Notes"]))])
        second = file_source(io.BytesIO(content), Layout(sheet="Second"), KNOWN)
        self.assertEqual((second.sheet, second.questions), ("Second", []))
        self.assertEqual(self.refusal(content, Layout(sheet="Third")), "sheet")

    def test_a_file_whose_last_line_does_not_end_is_a_question(self):
        for end, questions in {"": 1, "\n": 0, "\r\n": 0}.items():
            source = file_source(io.BytesIO(f"client,month\nA,1{end}".encode()))
            self.assertEqual(len(source.questions), questions)

    def test_headings_are_found_where_the_source_says(self):
        content = b"Client,Month,Amount\nwho,when,much\nA,2024-01,5\n"
        names = {"Who": "client", "When": "month", "much": "amount"}
        layout = Layout(heading_row=2, names=names)
        self.assertEqual(
            read_table(content, layout=layout), [("A", date(2024, 1, 1), Decimal(5))]
        )
        self.assertEqual(self.refusal(content, Layout(heading_row=9)), "heading_row")

    def test_dates_of_workbooks_keep_their_time(self):
        content = workbook([["client", "month"], ["A", datetime(2024, 1, 5, 9, 30)]])
        source = file_source(io.BytesIO(content), None, KNOWN)
        [(_line, _flaw, cells)] = source.rows()
        self.assertEqual(cells[1], "2024-01-05 09:30:00")

    def test_a_stream_of_rows_reads_as_csv(self):
        rows = [("a", "1,5"), ('"', "x")]
        stream = io.TextIOWrapper(io.BufferedReader(CsvStream(rows)), newline="")
        self.assertEqual([tuple(row) for row in csv.reader(stream)], rows)
