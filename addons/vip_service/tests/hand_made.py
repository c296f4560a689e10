"""Twenty files as brokers' and banks' people save them, each with what becomes of it.

Clients C-1, C-2 and 000123 are known; figures are of January 2024 if not said otherwise.
"""

import io
from datetime import date, datetime
from typing import NamedTuple

import openpyxl
import xlwt
from openpyxl.styles import Font


def _saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(title="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = title
    return book, book.active


def monthly_report():
    """A report with a merged title, a date line, thousands signs and a total below."""
    book, sheet = _sheet("一月")
    sheet["A1"] = "2024年1月客户交易汇总表"
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.merge_cells("A1:E1")
    sheet["A2"] = "制表人：李四"
    sheet["D2"] = "制表日期：2024-02-01"
    sheet.append([])
    sheet.append(["序号", "客户编号", "客户名称", "月份", "入金量", "交易量(手)"])
    sheet.append([1, "C-1", "张三", "2024年1月", "1,250.50", 7])
    sheet.append([2, "C-2", "李四", "2024年1月", "1,000,000.00", 3])
    sheet.append(["合计", None, None, None, "1,001,250.50", 10])
    return _saved(book)


def merged_months():
    """The month stands in one merged cell beside all of its rows."""
    book, sheet = _sheet()
    sheet.append(["月份", "客户编号", "入金量", "交易量"])
    sheet.append(["2024-01", "C-1", 1250.5, 7])
    sheet.append([None, "C-2", 1000000, 3])
    sheet.merge_cells("A2:A3")
    return _saved(book)


def dates_and_times():
    book, sheet = _sheet()
    sheet.append(["Client number", "Month", "deposit", "volume"])
    sheet.append(["C-1", datetime(2024, 1, 31), 1250.5, 7])
    sheet.append(["C-2", date(2024, 1, 1), 1000000, 3])
    for cell in ("B2", "B3"):
        sheet[cell].number_format = "mmm yyyy"
    return _saved(book)


def hidden_sheet():
    """The figures of last year stand in a sheet that is hidden."""
    book, sheet = _sheet("2024")
    sheet.append(["Client number", "Month", "deposit", "volume"])
    sheet.append(["C-1", "2024-01", 1250.5, 7])
    sheet.append(["C-2", "2024-01", 1000000, 3])
    old = book.create_sheet("2023")
    old.append(["Client number", "Month", "deposit", "volume"])
    old.append(["C-1", "2023-01", 1, 1])
    old.sheet_state = "hidden"
    return _saved(book)


def hidden_rows():
    """A filter hides one row of the sheet."""
    book, sheet = _sheet()
    sheet.append(["Client number", "Month", "deposit", "volume"])
    sheet.append(["C-1", "2024-01", 1250.5, 7])
    sheet.append(["C-2", "2024-01", 1000000, 3])
    sheet.row_dimensions[3].hidden = True
    sheet.auto_filter.ref = "A1:D3"
    return _saved(book)


def formulas():
    """Saved by a program that does not calculate."""
    book, sheet = _sheet()
    sheet.append(["Client number", "Month", "deposit", "volume"])
    sheet.append(["C-1", "2024-01", "=1000+250.5", 7])
    sheet.append(["C-2", "2024-01", 1000000, 3])
    return _saved(book)


def old_excel():
    book = xlwt.Workbook()
    sheet = book.add_sheet("Figures")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for place, heading in enumerate(["Client number", "Month", "deposit", "volume"]):
        sheet.write(0, place, heading)
    for at, (client, deposit, volume) in enumerate(
        [("C-1", 1250.5, 7), ("C-2", 1000000, 3)], 1
    ):
        sheet.write(at, 0, client)
        sheet.write(at, 1, date(2024, 1, 31), day)
        sheet.write(at, 2, deposit)
        sheet.write(at, 3, volume)
    return _saved(book)


def numbers_of_clients():
    """The spreadsheet took the numbers of clients for numbers."""
    book, sheet = _sheet()
    sheet.append(["Client number", "Month", "deposit", "volume"])
    sheet.append([123, "2024-01", 5, 1])
    sheet.append(["C-1", "2024-01", 1250.5, 7])
    return _saved(book)


def blank_columns():
    """An empty column in front and in between, empty lines among the rows."""
    book, sheet = _sheet()
    sheet.append([None, "Client number", None, "Month", "deposit", "volume"])
    sheet.append([None, "C-1", None, "2024-01", 1250.5, 7])
    sheet.append([])
    sheet.append([None, "C-2", None, "2024-01", 1000000, 3])
    return _saved(book)


def subtotals():
    """A row of sums after each branch."""
    book, sheet = _sheet()
    sheet.append(["分公司", "客户编号", "月份", "入金量", "交易量"])
    sheet.append(["上海", "C-1", "2024-01", 1250.5, 7])
    sheet.append(["上海小计", None, None, 1250.5, 7])
    sheet.append(["北京", "C-2", "2024-01", 1000000, 3])
    sheet.append(["北京小计", None, None, 1000000, 3])
    sheet.append(["总计", None, None, 1001250.5, 10])
    return _saved(book)


def wide_months():
    """One column for each month."""
    book, sheet = _sheet()
    sheet.append(["客户编号", "2024年1月", "2024年2月"])
    sheet.append(["C-1", 1250.5, 7])
    return _saved(book)


def signed_below():
    """Names and a date below the table."""
    return (
        "客户编号,月份,入金量,交易量\r\n"
        "C-1,2024-01,1250.5,7\r\n"
        "C-2,2024-01,1000000,3\r\n"
        "\r\n"
        "复核人：王五,,,\r\n"
    ).encode("gbk")


def two_months():
    return (
        "Client number;Month;deposit;volume\r\n"
        "C-1;Jan 2024;1250,50;7\r\n"
        "C-2;Jan 2024;1000000,00;3\r\n"
        "C-1;Dec 2023;900,00;2\r\n"
    ).encode("utf-8-sig")


def wrong_month():
    """Typed by hand: the year is one too high."""
    return b"client_ref,month,deposit,volume\nC-1,2034-01,1250.5,7\nC-2,2024-01,1000000,3\n"


def duplicates():
    return (
        b"client_ref,month,deposit,volume\n"
        b"C-1,2024-01,1250.5,7\nC-1,2024-01,1250.5,7\nC-2,2024-01,1000000,3\n"
    )


def negative():
    return (
        "客户编号,月份,入金量,交易量\nC-1,2024-01,-1250.5,7\nC-2,2024-01,（5）,3\n"
    ).encode()


def scientific():
    return b"Client number,Month,deposit,volume\nC-1,2024-01,1.2E+05,7\n"


def full_width():
    return "客户编号，月份，入金量，交易量\nＣ－１，２０２４－０１，１２５０．５，７\n".encode()


def wide_commas():
    """Typed with a Chinese keyboard."""
    return "客户编号，月份，入金量，交易量\nC-1，２０２４－０１，１２５０．５，7\n".encode()


def tabs_as_csv():
    return "Client number\tMonth\tdeposit\tvolume\nC-1\t2024/01\t1,250.50\t7\n".encode(
        "utf-16"
    )


def pasted_from_web():
    """Blanks that do not break, a sign of money, words for nothing."""
    return (
        "Client number,Month,Deposit (CNY),Volume\n"
        '\u00a0C-1\u00a0,2024-01,"¥ 1,250.50",7\n'
        "C-2,2024-01,N/A,3\n"
    ).encode()


def in_tens_of_thousands():
    return "客户编号,月份,入金量（万元）,交易量\nC-2,2024-01,100,3\n".encode("gb18030")


def others_headings():
    """Headings as a bank's system prints them."""
    return b"CUST_NO,ACCT_MONTH,DEPOSIT_AMT,TRADE_VOL\nC-1,202401,1250.5,7\n"


class Expected(NamedTuple):
    """What becomes of a file that is read: the rows booked, those refused by their line
    with words of the reason, and words of what is asked before.

    Anything but ``Expected`` is the sentence that refuses the whole file.
    """

    booked: tuple = ()  # (client, month, deposit, volume)
    refused: dict = {}
    asked: str = ""


JANUARY = date(2024, 1, 1)
ONE, TWO = ("C-1", JANUARY, 1250.5, 7), ("C-2", JANUARY, 1_000_000, 3)
BOTH = Expected((ONE, TWO))

#: (name, what makes it, what becomes of it)
FILES = [
    ("monthly report.xlsx", monthly_report, BOTH),
    ("merged months.xlsx", merged_months, Expected((ONE,), {3: "cells are merged"})),
    ("dates.xlsx", dates_and_times, BOTH),
    ("hidden sheet.xlsx", hidden_sheet, BOTH),
    ("hidden rows.xlsx", hidden_rows, BOTH),
    ("formulas.xlsx", formulas, Expected((TWO,), {2: "C2.*let a spreadsheet"})),
    ("old.xls", old_excel, BOTH),
    ("numbers.xlsx", numbers_of_clients, Expected((ONE,), {2: "“123”.*“000123”"})),
    ("blank columns.xlsx", blank_columns, BOTH),
    ("subtotals.xlsx", subtotals, BOTH),
    ("wide.xlsx", wide_months, "lacks: Month"),
    ("signed.csv", signed_below, Expected((ONE, TWO), {5: "复核人：王五"})),
    (
        "two months.csv",
        two_months,
        Expected((), dict.fromkeys((2, 3, 4), "say the decimal mark in the source")),
    ),
    ("wrong month.csv", wrong_month, Expected((TWO,), {2: "future.*2034-01"})),
    (
        "duplicates.csv",
        duplicates,
        Expected((TWO,), dict.fromkeys((2, 3), "more than once")),
    ),
    ("negative.csv", negative, Expected((), dict.fromkeys((2, 3), "below zero"))),
    (
        "scientific.csv",
        scientific,
        Expected((("C-1", JANUARY, 120_000, 7),)),
    ),
    ("full width.csv", full_width, Expected((), {2: "“Ｃ－１”.*“C-1”"})),
    ("wide commas.csv", wide_commas, Expected((ONE,))),
    ("tabs.csv", tabs_as_csv, Expected((ONE,))),
    ("pasted.csv", pasted_from_web, Expected((ONE,), {3: "“N/A”"})),
    ("万元.csv", in_tens_of_thousands, Expected((TWO,), asked="10,000 times")),
    ("bank.csv", others_headings, "CUST_NO.*say in the source which column"),
]
