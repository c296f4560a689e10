"""Files as people make them by hand, in both languages, built where they are needed.

Each is a name, its content, and what becomes of it: the figures of ``FIGURES`` are booked,
or one sentence says what to do.
"""

import csv
import io
from datetime import date

import openpyxl
import xlwt

ENGLISH = ("Client number", "Month", "deposit", "volume")
CHINESE = ("客户编号", "月份", "入金金额", "交易量")
#: What each file that loads says: client, deposit, volume, all of January 2024.
FIGURES = [("C-1", 1250.5, 7), ("C-2", 1000000, 3)]


def rows(headings=ENGLISH, month="2024-01", numbers=("1250.5", "1000000"), more=()):
    """Return the table of ``FIGURES`` with its months and deposits written so."""
    return [
        headings,
        *(
            (client, month, number, str(volume))
            for (client, _deposit, volume), number in zip(FIGURES, numbers, strict=True)
        ),
        *more,
    ]


def text(table, encoding="utf-8", delimiter=",", above="", end="\r\n"):
    out = io.StringIO()
    out.write(above)
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(table)
    return out.getvalue().encode(encoding)


def workbook(table, above=(), sheets=(), formats=()):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [*above, *table]:
        sheet.append(list(row))
    for cell, form in formats:
        sheet[cell].number_format = form
    for name, other in sheets:
        more = book.create_sheet(name)
        for row in other:
            more.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def old_workbook(table):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for at, row in enumerate(table):
        for place, value in enumerate(row):
            sheet.write(at, place, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(headings, month=date(2024, 1, 31)):
    """Return the table as a workbook holds it: numbers and dates, not texts."""
    return [headings, *((c, month, deposit, volume) for c, deposit, volume in FIGURES)]


def loading():
    """Return {name: content} of files that load as they are."""
    yen = ("¥1,250.50", "￥100万")
    grouped = ("1,250.50", "1,000,000.00")
    total = [("合计", "", "1001250.5", "10")]
    return {
        "plain.csv": text(rows()),
        "with BOM.csv": text(rows(CHINESE), "utf-8-sig"),
        "saved in China.csv": text(rows(CHINESE, "2024年1月"), "gb18030"),
        "Unicode text.txt": text(rows(CHINESE, "2024/1"), "utf-16", "\t"),
        "semicolons.csv": text(rows(ENGLISH, "202401"), delimiter=";"),
        "sep.csv": text(rows(ENGLISH, "1/2024"), delimiter=";", above="sep=;\r\n"),
        "title.csv": text(rows(), above="Figures of January\r\n\r\n"),
        "commas behind.csv": text([(*row, "", "") for row in rows()]),
        "grouped.csv": text(rows(ENGLISH, "2024-01-31", grouped)),
        "money.csv": text(rows(CHINESE, "2024-01", yen)),
        "full width.csv": text(
            rows(CHINESE, "２０２４－０１", ("１２５０．５", "１００００００"))
        ),
        "scientific.csv": text(rows(ENGLISH, "Jan 2024", ("1.2505E+03", "1E+06"))),
        "blanks.csv": text(
            rows(ENGLISH, "\u30002024-01\xa0", ("\xa01250.5", "1000000\u200b"))
        ),
        "sums.csv": text(rows(CHINESE, more=total)),
        "names.csv": text([(*row, f"Name {at}") for at, row in enumerate(rows())]),
        "book.xlsx": workbook(typed(ENGLISH)),
        "中文.xlsx": workbook(typed(CHINESE), above=[("一月数据",), ()]),
        "texts.xlsx": workbook(rows(CHINESE, "2024年01月", grouped)),
        "with notes.xlsx": workbook(typed(ENGLISH), sheets=[("说明", [("read me",)])]),
        "sums.xlsx": workbook([*typed(CHINESE), ("总计", None, 1001250.5, 10)]),
        "old.xls": old_workbook(rows(CHINESE, "2024.01")),
    }


def refused():
    """Return {name: (content, words of the sentence that says what to do)}."""
    return {
        "page.xls": (b"<html><table><tr><td>C-1</td></tr></table></html>", "web page"),
        "scan.pdf": (b"%PDF-1.7\n", "PDF"),
        "binary.ods": (_package("content.xml", "mimetype"), "OpenDocument"),
        "packed.zip": (_package("figures.csv"), "unpack"),
        "picture.csv": (b"\x89PNG\r\n\x1a\n", "picture"),
        "cut.csv": (text(rows()).rstrip(b"\r\n"), "does not end"),
        "two sheets.xlsx": (
            workbook(typed(ENGLISH), sheets=[("February", typed(ENGLISH))]),
            "February",
        ),
        "unknown column.csv": (
            text(
                [(*row, "turnover" if not at else "7") for at, row in enumerate(rows())]
            ),
            "turnover",
        ),
        "no client.csv": (text(rows(("谁", "月份", "入金", "交易量"))), "client_ref"),
        "wrong sum.csv": (text(rows(more=[("Total", "", "1", "")])), "row of sums"),
        "in thousands.csv": (
            text(rows(("客户编号", "月份", "入金（千元）", "交易量"))),
            "1,000",
        ),
        "damaged.xlsx": (workbook(typed(ENGLISH))[:-100], "damaged"),
    }


def _package(*names):
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in names:
            package.writestr(name, "x")
    return out.getvalue()
