"""The rows of an import as people and programs send them: pure, no database.

A file may be text with separators in any encoding (``delimited.py``) or a workbook
(``workbook.py``), with titles above its headings and columns of its own. Each source has
``columns`` (a name for each), ``header`` (what is known of them), ``first_line``,
``size`` (how many rows, about), ``questions`` and ``remarks`` (code, detail), ``as_is()``
(a stream that the database may read itself, or None) and ``rows()``.
"""

import csv
import io
from decimal import Decimal

from .delimited import WRONG_COLUMNS, CsvSource
from .table import Column, Header, Layout, UnreadableFile
from .workbook import WRONG_FORMULA, XlsSource, XlsxSource

__all__ = [
    "WRONG_CELL",
    "WRONG_COLUMNS",
    "WRONG_FORMULA",
    "CsvSource",
    "CsvStream",
    "Layout",
    "PushSource",
    "UnreadableFile",
    "file_source",
    "named_rows",
]
WRONG_CELL = "cell"
#: How workbooks begin; everything else is text.
BOOKS = {b"PK\x03\x04": XlsxSource, b"\xd0\xcf\x11\xe0": XlsSource}


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


def file_source(stream, layout=None, known=None):
    """Return the source of a seekable binary ``stream``: a workbook or text.

    :param layout: what is known of the files of this source
    :param known: what headings mean, as ``table.heading`` writes them
    :raises UnreadableFile: it is neither, or cannot be read
    """
    stream.seek(0)
    kind = BOOKS.get(stream.read(4), CsvSource)
    stream.seek(0)
    return kind(stream, layout, known)


class PushSource:
    """Rows that a program sends: dictionaries by column name. The first row is line 1.

    >>> source = PushSource([{"client_ref": "A", "deposit": 1.5}, {"client_ref": ["B"]}])
    >>> source.columns
    ['client_ref', 'deposit']
    >>> list(source.rows())
    [(1, None, ['A', '1.5']), (2, 'cell', ['', ''])]
    """

    kind = "push"
    delimiter = ","
    first_line = 1
    questions = remarks = ()
    modified = None
    is_ascii = False

    def __init__(self, rows):
        self._rows = rows
        self.size = len(rows)
        self.columns = list(dict.fromkeys(name for row in rows for name in row))
        self.header = Header(0, tuple(Column(name, name) for name in self.columns))

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


def named_rows(source, most):
    """Return (line, flaw or None, {column: cell}) of a table of few rows.

    :raises UnreadableFile: it has more than ``most`` rows

    >>> source = file_source(io.BytesIO(b"Day,x\\n1,2\\n"), None, {"day": "date"})
    >>> named_rows(source, 9)
    [(2, None, {'date': '1', 'extra_2': '2'})]
    """
    if source.size > most:
        raise UnreadableFile("too_large", "")
    return [
        (line, flaw, dict(zip(source.columns, cells, strict=True)))
        for line, flaw, cells in source.rows()
    ]
