"""Reading CSV files as people really send them: pure, no database.

A file may come from a spreadsheet in UTF-8 (with or without a byte order mark) or in a
Chinese encoding, with commas, semicolons or tabs, with blank or ragged lines.
"""

import codecs
import csv
import io

DELIMITERS = ",;\t"
WRONG_COLUMNS = "columns"


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
