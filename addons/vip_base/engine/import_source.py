"""The rows of an import as people and programs send them: pure, no database.

A file may come from a spreadsheet in UTF-8 (with or without a byte order mark) or in a
Chinese encoding, with commas, semicolons or tabs, with blank or ragged lines; or it is
the first sheet of a workbook. Each source has ``columns``, ``as_is()`` (a stream that the
database may read itself, or None) and ``rows()``.
"""

import codecs
import csv
import io
import itertools
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

DELIMITERS = ",;\t"
WRONG_COLUMNS = "columns"
WRONG_CELL = "cell"
MAGIC = b"PK\x03\x04"
#: What reading a damaged workbook may raise; a SyntaxError is one of its XML.
BROKEN = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(SyntaxError, LookupError, ValueError, TypeError),
)


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; ``args`` say why (code, detail)."""


def encoding_of(stream):
    """Return the encoding of the whole binary ``stream``, which is left at its start.

    >>> encoding_of(io.BytesIO("客户".encode("gb18030")))
    'gb18030'
    >>> encoding_of(io.BytesIO(b"plain"))
    'utf-8-sig'
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while chunk := stream.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    finally:
        stream.seek(0)
    return "utf-8-sig"


def read_header(stream, encoding):
    """Return (delimiter, column names) of the first line of the binary ``stream``.

    >>> read_header(io.BytesIO(b"Client_Ref; month;deposit\\n"), "utf-8-sig")
    (';', ['client_ref', 'month', 'deposit'])
    """
    stream.seek(0)
    line = stream.readline().decode(encoding, errors="replace").strip("\r\n\x00 ")
    if not line:
        raise UnreadableFile("empty", "")
    delimiter = max(DELIMITERS, key=line.count)
    try:
        names = next(csv.reader([line], delimiter=delimiter))
    except csv.Error as error:  # such as lines that end as they did long ago
        raise UnreadableFile("header", "") from error
    return delimiter, [name.strip().lower() for name in names]


def regular_rows(stream, encoding, delimiter, width):
    """Yield (line number, flaw or None, cells) with exactly ``width`` cells each.

    Blank lines are left out; a line with another number of cells carries the flaw
    ``columns``. Raises :class:`UnreadableFile` when a quote is never closed.

    >>> rows = io.BytesIO(b"a,b\\n1,2\\n\\n3\\n")
    >>> list(regular_rows(rows, "utf-8-sig", ",", 2))
    [(2, None, ['1', '2']), (4, 'columns', ['3', ''])]
    """
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    reader = csv.reader(
        (line.replace("\x00", "") for line in text), delimiter=delimiter, strict=True
    )
    begin = 1
    try:
        next(reader)
        begin = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                flaw = None if len(cells) == width else WRONG_COLUMNS
                yield begin, flaw, (cells + [""] * width)[:width]
            begin = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile("quote", begin) from error
    finally:
        text.detach()


class CsvSource:
    """The rows of a seekable binary ``stream`` of CSV, whose first line is the header."""

    first_line = 2

    def __init__(self, stream):
        self._stream = stream
        self._encoding = encoding_of(stream)
        self.delimiter, self.columns = read_header(stream, self._encoding)

    def as_is(self):
        """Return the stream at its start if a database may read it, else None."""
        self._stream.seek(0)
        return self._stream if self._encoding.startswith("utf-8") else None

    def rows(self):
        """Yield (line, flaw or None, cells); see :func:`regular_rows`."""
        return regular_rows(
            self._stream, self._encoding, self.delimiter, len(self.columns)
        )


class CsvStream(io.RawIOBase):
    """A readable binary stream of rows as CSV, built while it is read.

    What goes wrong in the rows is kept as ``error``: a driver that reads the stream may
    hide the exception.
    """

    error = None

    def __init__(self, rows):
        self._rows = iter(rows)
        self._left = b""

    def readable(self):
        return True

    def readinto(self, buffer):
        """Fill ``buffer`` with the next bytes; 0 at the end."""
        while not self._left:
            chunk = self._next_chunk()
            if not chunk:
                return 0
            self._left = chunk
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def _next_chunk(self, size=1000):
        out = io.StringIO()
        writer = csv.writer(out)
        try:
            for _index, row in zip(range(size), self._rows, strict=False):
                writer.writerow(row)
        except Exception as error:
            self.error = error
            raise
        return out.getvalue().encode(errors="replace")


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


def file_source(stream):
    """Return the source of a seekable binary ``stream``: a workbook or CSV."""
    return XlsxSource(stream) if is_xlsx(stream) else CsvSource(stream)


class PushSource:
    """Rows that a program sends: dictionaries by column name. The first row is line 1.

    >>> source = PushSource([{"client_ref": "A", "deposit": 1.5}, {"client_ref": ["B"]}])
    >>> source.columns
    ['client_ref', 'deposit']
    >>> list(source.rows())
    [(1, None, ['A', '1.5']), (2, 'cell', ['', ''])]
    """

    delimiter = ","
    first_line = 1

    def __init__(self, rows):
        self._rows = rows
        self.columns = list(dict.fromkeys(name for row in rows for name in row))

    def as_is(self):
        """Return None: there is no stream."""
        return None

    def rows(self):
        """Yield (line, flaw or None, cells); a cell that is no text or number is one."""
        for line, row in enumerate(self._rows, self.first_line):
            texts = [_json_text(row.get(name)) for name in self.columns]
            flaw = WRONG_CELL if None in texts else None
            yield line, flaw, [text or "" for text in texts]


def _json_text(value):
    if value is None or value is False:
        return ""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return f"{Decimal(repr(value)):f}"
