"""Reading the first sheet of a spreadsheet row by row: pure, no database."""

import itertools
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from .import_csv import WRONG_COLUMNS, UnreadableFile

MAGIC = b"PK\x03\x04"
#: What reading a damaged workbook may raise; a SyntaxError is one of its XML.
BROKEN = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(SyntaxError, LookupError, ValueError, TypeError),
)


def is_xlsx(stream):
    """Tell whether the binary ``stream``, which is left at its start, is a spreadsheet.

    >>> import io
    >>> is_xlsx(io.BytesIO(b"client_ref,month")), is_xlsx(io.BytesIO(MAGIC))
    (False, True)
    """
    stream.seek(0)
    magic = stream.read(len(MAGIC))
    stream.seek(0)
    return magic == MAGIC


def cell_text(value):
    """Return what a cell says, as a CSV file would.

    >>> [cell_text(value) for value in (None, " a ", 7.0, 0.1, 1e20, True)]
    ['', ' a ', '7', '0.1', '100000000000000000000', 'True']
    >>> cell_text(datetime(2024, 5, 1)), cell_text(date(2024, 5, 31))
    ('2024-05-01', '2024-05-31')
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return str(value).replace("\x00", "")


def regular_row(cells, width):
    """Return (flaw or None, cells) with exactly ``width`` cells.

    Empty cells at the end say nothing, and a row may end early.

    >>> regular_row(["1", "", ""], 2), regular_row(["1", "2", "3"], 2)
    ((None, ['1', '']), ('columns', ['1', '2']))
    >>> regular_row(["1"], 2)
    (None, ['1', ''])
    """
    flaw = WRONG_COLUMNS if any(cell.strip() for cell in cells[width:]) else None
    return flaw, (cells + [""] * width)[:width]


class XlsxSource:
    """The rows of the first sheet of a workbook; its first row is the header.

    Rows are read one at a time. What a workbook keeps apart, the table of its texts, is
    held in memory as long as it is read.
    """

    delimiter = ","
    first_line = 2

    def __init__(self, stream):
        stream.seek(0)
        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            self._sheet = book.worksheets[0]
            # What a sheet says of its size is often wrong.
            self._sheet.reset_dimensions()
            header = next(self._sheet.iter_rows(values_only=True), ())
        except BROKEN as error:
            raise UnreadableFile("xlsx", "") from error
        names = [cell_text(cell).strip().lower() for cell in header]
        while names and not names[-1]:
            names.pop()
        if not names:
            raise UnreadableFile("empty", "")
        self.columns = names

    def as_is(self):
        """Return None: no database reads a spreadsheet."""
        return None

    def rows(self):
        """Yield (line, flaw or None, cells) of all rows that are not blank.

        Raises :class:`UnreadableFile` when the workbook is damaged.
        """
        rows = self._sheet.iter_rows(min_row=self.first_line, values_only=True)
        for line in itertools.count(self.first_line):
            try:
                values = next(rows)
            except StopIteration:
                return
            except BROKEN as error:
                raise UnreadableFile("xlsx", line) from error
            cells = [cell_text(value) for value in values]
            if any(cell.strip() for cell in cells):
                yield (line, *regular_row(cells, len(self.columns)))
