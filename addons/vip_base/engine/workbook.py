"""Workbooks, of today (.xlsx) and of old (.xls): pure, no database."""

import io
import itertools
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import xlrd
from openpyxl.utils.exceptions import InvalidFileException

from .cell_text import TYPED, UNCOUNTED, clean
from .table import SEARCHED, Header, Layout, UnreadableFile, find_header, regular_row
from .workbook_limits import check_package, check_texts, scan_sheet

WRONG_COLUMNS = "columns"
WRONG_FORMULA = "formula"
#: An old workbook is not packed: what it unfolds to is a small multiple of it.
MOST_OLD_BYTES = 64 << 20
#: What reading a damaged workbook may raise; a SyntaxError is one of its XML.
BROKEN = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(SyntaxError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError),
    *(AssertionError, NotImplementedError, RecursionError),
)
BROKEN_OLD = (xlrd.XLRDError, xlrd.compdoc.CompDocError, struct.error, UnicodeError)


def cell_text(value) -> str:
    """Return what a cell says, as a CSV file would; a number with its mark.

    >>> [cell_text(value) for value in (None, " a ", 7.0, 0.1, 1e20, True)]
    ['', ' a ', '\\x027', '\\x020.1', '\\x02100000000000000000000', 'True']
    >>> cell_text(datetime(2024, 5, 1)), cell_text(date(2024, 5, 31))
    ('2024-05-01', '2024-05-31')
    >>> cell_text(datetime(2024, 5, 1, 9, 30)), cell_text("\\x02 5")
    ('2024-05-01 09:30:00', ' 5')
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return str(value.date() if midnight else value.replace(microsecond=0))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return TYPED + f"{Decimal(repr(value)):f}".removesuffix(".0")
    return str(value).translate(dict.fromkeys((0, 2, 3, 4)))


class BookSource:
    """The rows of one sheet of a workbook; see ``CsvSource`` for what a source has.

    ``sheets`` names those that people see. Where none is asked for, the first one with
    headings that are known is read; others that look the same are a question.
    """

    delimiter = ","
    #: When it was saved, if it says so.
    modified = None
    is_ascii = False

    def __init__(self, stream, layout=None, known=None):
        layout, known = layout or Layout(), known or {}
        self.questions, self.remarks = [], []
        self._open(stream)
        self.sheets = [name for name, _sheet in self._sheets]
        if not self.sheets:
            raise UnreadableFile("xlsx", "")
        self.sheet, self._sheet, self.header = self._choose(layout, known)
        self.columns = self.header.names
        self.first_line = self.header.line + 1
        self.size = self._measure()

    # The sheet

    def _choose(self, layout, known):
        """Return (name, sheet, header) of the sheet to read."""
        chosen = [one for one in self._sheets if layout.sheet in ("", one[0])]
        if not chosen:
            raise UnreadableFile("sheet", (layout.sheet, self.sheets))
        headers, problem = [], None
        for name, sheet in chosen:
            try:
                rows = list(itertools.islice(self._lines(sheet), self._most(layout)))
                headers.append((name, sheet, find_header(rows, layout, known)))
            except UnreadableFile as error:
                problem = problem or error
        if not headers:
            raise problem
        alike = [one for one in headers if _is_known(one[2])] or headers[:1]
        others = [one[0] for one in alike[1:]]
        if others:
            self.questions.append(("sheets", (alike[0][0], others)))
        rest = [one[0] for one in headers if one not in alike]
        if rest:
            self.remarks.append(("unread", (alike[0][0], rest)))
        return alike[0]

    def _most(self, layout):
        return max(SEARCHED, layout.heading_row)

    # Rows

    def as_is(self):
        """Return None: no database reads a workbook."""
        return None

    def rows(self) -> Iterator[tuple[int, str | None, list[str]]]:
        """Yield (line, flaw or None, cells) of all rows that are not blank.

        :raises UnreadableFile: the workbook is damaged
        """
        for line, cells in self._lines(self._sheet):
            if line < self.first_line:
                continue
            if any(clean(cell) for cell in cells):
                fits, cells = regular_row(cells, len(self.columns))
                yield line, self._flaw(fits, cells), cells

    def _flaw(self, fits, cells):
        known = zip(self.header.columns, cells, strict=True)
        if any(cell[:1] == UNCOUNTED and one.name for one, cell in known):
            return WRONG_FORMULA
        return None if fits else WRONG_COLUMNS


def _is_known(header: Header):
    return any(one.name for one in header.columns)


class XlsxSource(BookSource):
    """The rows of a sheet of a workbook of today.

    Rows are read one at a time. What a workbook keeps apart, the table of its texts, is
    held in memory as long as it is read.
    """

    kind = "xlsx"

    def _open(self, stream):
        self._package = check_package(stream)
        self._uncounted = {}
        try:
            check_texts(self._package)
            stream.seek(0)
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
            saved = book.properties.modified
        except UnreadableFile:
            raise
        except BROKEN as error:
            raise UnreadableFile("xlsx", "") from error
        if isinstance(saved, datetime):
            self.modified = saved.replace(tzinfo=None, microsecond=0)
        self._sheets = [(sheet.title, sheet) for sheet in sheets]
        self._scans = {
            name: scan_sheet(self._package, sheet._worksheet_path)
            for name, sheet in self._sheets
        }

    def _measure(self):
        return self._scans[self.sheet].rows

    def _lines(self, sheet):
        uncounted = self._scans[sheet.title].uncounted
        # What a sheet says of its size is often wrong.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        for line in itertools.count(1):
            try:
                values = next(rows)
            except StopIteration:
                return
            except BROKEN as error:
                raise UnreadableFile("xlsx", line) from error
            cells = [cell_text(value) for value in values]
            for place, name in uncounted.get(line, {}).items():
                cells += [""] * (place + 1 - len(cells))
                cells[place] = UNCOUNTED + name
            yield line, cells


class XlsSource(BookSource):
    """The rows of a sheet of a workbook of old."""

    kind = "xls"

    def _open(self, stream):
        content = stream.read(MOST_OLD_BYTES + 1)
        if len(content) > MOST_OLD_BYTES:
            raise UnreadableFile("too_large", "")
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile("locked", "")
        try:
            book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
        except (*BROKEN, *BROKEN_OLD) as error:
            locked = "encrypted" in str(error).lower()
            raise UnreadableFile("locked" if locked else "xls", "") from error
        self._mode = book.datemode
        self._sheets = [(one.name, one) for one in book.sheets() if not one.visibility]

    def _measure(self):
        return self._sheet.nrows

    def _lines(self, sheet):
        for place in range(sheet.nrows):
            yield place + 1, [self._text(cell) for cell in sheet.row(place)]

    def _text(self, cell):
        if cell.ctype == xlrd.XL_CELL_DATE:
            try:
                value = xlrd.xldate.xldate_as_datetime(cell.value, self._mode)
            except (ValueError, OverflowError):
                value = cell.value
            return cell_text(value)
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return cell_text(bool(cell.value))
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code.get(cell.value, "#ERROR!")
        return cell_text(cell.value)
