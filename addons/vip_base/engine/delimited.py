"""Files of text with separators, in whatever encoding: pure, no database."""

import codecs
import csv
import io
import re
from collections.abc import Mapping

import charset_normalizer

from .cell_text import clean
from .table import SEARCHED, Layout, UnreadableFile, find_header

#: The wide ones as a Chinese keyboard types them.
DELIMITERS = ",;\t|，；"
WRONG_COLUMNS = "columns"
#: What people write beside UTF-8 where we are used.
GUESSED = ["gb18030", "big5", "cp1252", "cp1250", "cp1251", "shift_jis", "cp949"]
#: So much of a text is looked at to tell how it is encoded.
SAMPLE = 1 << 16
CHUNK = 1 << 20
BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
NO_TEXT = {
    b"%PDF": "pdf",
    b"\x1f\x8b": "archive",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
}
#: A letter of no European alphabet, or one right behind a digit.
STRANGE = re.compile(
    "[^\x00-\u024f\u0370-\u045f]|(?<=[0-9])[\u00df-\u00f6\u00f8-\u024f\u0370-\u045f]"
)
MARKUP = (b"<html", b"<!doctype", b"<table", b"<head", b"<meta", b"<?xml", b"<body")


def check_text(head: bytes) -> None:
    """Raise UnreadableFile naming what a file is whose begin shows that it is no table.

    >>> for head in (b"%PDF-1.7", b"\\xef\\xbb\\xbf <HTML>", b"a,b"):
    ...     try: check_text(head)
    ...     except UnreadableFile as error: print(error.args[0])
    pdf
    html
    """
    for magic, code in NO_TEXT.items():
        if head.startswith(magic):
            raise UnreadableFile(code, "")
    start = head.removeprefix(codecs.BOM_UTF8).replace(b"\x00", b"").lstrip().lower()
    start = start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    if start.startswith(MARKUP):
        raise UnreadableFile("html", "")


def encoding_of(stream):
    """Return the encoding of the whole binary ``stream``, which is left at its start.

    :raises UnreadableFile: it is no text

    >>> encoding_of(io.BytesIO("客户".encode("gb18030")))
    'gb18030'
    >>> encoding_of(io.BytesIO(b"plain")), encoding_of(io.BytesIO("客".encode("utf-16")))
    ('utf-8-sig', 'utf-16')
    >>> text = "Café Müller, 7".encode("cp1252")
    >>> text.decode(encoding_of(io.BytesIO(text)))
    'Café Müller, 7'
    >>> [encoding_of(io.BytesIO(one)) for one in ("7元".encode("gb18030"), "é".encode())]
    ['gb18030', 'utf-8-sig']
    """
    stream.seek(0)
    head = stream.read(SAMPLE)
    if encoding := BOMS.get(head[:2]):
        return encoding
    if b"\x00" in head[:400]:
        return _without_bom(head)
    if _decodes(stream, "utf-8") and not _is_short_chinese(stream):
        return "utf-8-sig"
    return _guessed(stream)


def _is_short_chinese(stream):
    """Tell whether what reads as UTF-8 reads better as Chinese.

    The two bytes of some characters, 元 among them, are also a letter in UTF-8: one of no
    European word.
    """
    sample = b"".join(_foreign_lines(stream))
    try:
        text = sample.decode("utf-8")
        chinese = sample.decode("gb18030")
    except UnicodeDecodeError:
        return False
    is_strange = STRANGE.search(text) and all(char < "\u0800" for char in text)
    return bool(is_strange) and _is_everyday(chinese)


def _without_bom(head):
    """Return which UTF-16 has the zeros of ``head``."""
    odd, even = head[1:400:2].count(0), head[0:400:2].count(0)
    if max(odd, even) < len(head[:400]) // 8:
        return "utf-8-sig"  # A few zeros among text are left out.
    return "utf-16-le" if odd > even else "utf-16-be"


def _decodes(stream, encoding):
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _guessed(stream):
    """Return the encoding of what is no UTF-8: Chinese, unless it looks otherwise.

    What reads as simplified Chinese of everyday use is that. Bytes of other alphabets
    read as rare characters.
    """
    sample = b"".join(_foreign_lines(stream))
    chinese = _decodes(stream, "gb18030")
    if chinese and _is_everyday(sample.decode("gb18030", errors="ignore")):
        return "gb18030"
    found = charset_normalizer.from_bytes(sample, cp_isolation=GUESSED).best()
    if found and found.encoding != "gb18030" and _decodes(stream, found.encoding):
        return found.encoding
    if not chinese:
        raise UnreadableFile("encoding", "")
    return "gb18030"


def _is_everyday(text):
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _foreign_lines(stream):
    """Yield the first lines that are not plain ASCII."""
    stream.seek(0)
    size = 0
    for line in stream:
        if not line.isascii():
            size += len(line)
            yield line
        if size > SAMPLE:
            return


class CsvSource:
    """The rows of a seekable binary ``stream`` of text with separators.

    ``columns`` has a name for each column, ``header`` what is known of them,
    ``questions`` what a person is to look at before the file is taken for whole.
    """

    kind = "csv"
    modified = None

    def __init__(self, stream, layout=None, known=None):
        layout, known = layout or Layout(), known or {}
        self._stream = stream
        stream.seek(0)
        check_text(stream.read(512))
        self._encoding = layout.encoding or encoding_of(stream)
        self._count()
        self.is_ascii = self.is_ascii and self._encoding.startswith("utf-8")
        self.delimiter, self.header = self._find_header(layout, known)
        self.columns = self.header.names
        self.first_line = self.header.line + 1
        self.questions = [] if self._ended else [("cut", self.size)]
        self.remarks = []

    def _count(self):
        """Count the lines, look whether the last one ends and all is plain ASCII."""
        self._stream.seek(0)
        self.size, self.is_ascii, last = 0, True, b""
        while chunk := self._stream.read(CHUNK):
            self.is_ascii = self.is_ascii and chunk.isascii()
            self.size += chunk.count(b"\n") or chunk.count(b"\r")
            last = chunk[-4:]
        self._ended = not last or last.rstrip(b"\x00").endswith((b"\n", b"\r"))

    # Headings

    def _find_header(self, layout: Layout, known: Mapping[str, str]):
        """Return (delimiter, header) that know the most columns."""
        said = self._said_delimiter()
        found = []
        for delimiter in said or DELIMITERS:
            try:
                rows = self._first_rows(delimiter, bool(said), layout.heading_row)
                header = find_header(rows, layout, known)
            except csv.Error as error:  # such as lines that end as they did long ago
                raise UnreadableFile("header", "") from error
            known_ = len({one.name for one in header.columns if one.name})
            found.append(((known_, len(header.columns)), delimiter, header))
        return max(found, key=lambda one: one[0])[1:]

    def _said_delimiter(self):
        """Return what the first line says of the separator, as ``sep=;``."""
        with self._text() as text:
            line = text.readline(40).strip("\r\n \ufeff").lower()
        return line[4:5] if len(line) == 5 and line.startswith("sep=") else ""

    def _first_rows(self, delimiter, skip, heading_row):
        rows, most = [], max(SEARCHED, heading_row)
        with self._text() as text:
            lines = (line.replace("\x00", "") for line in text)
            if skip:
                next(lines, None)
            reader, begin = csv.reader(lines, delimiter=delimiter), 1 + skip
            while begin <= most:
                try:
                    cells = next(reader, None)
                except csv.Error:
                    if rows:
                        break  # Said with its line when all rows are read.
                    raise
                if cells is None:
                    break
                rows.append((begin, cells))
                begin = reader.line_num + 1 + skip
        return rows

    def _text(self):
        return _Text(self._stream, self._encoding)

    # Rows

    def as_is(self):
        """Return the stream at its headings if a database may read it, else None."""
        if not self._encoding.startswith("utf-8") or not self.delimiter.isascii():
            return None
        self._stream.seek(0)
        for _line in range(self.header.line - 1):
            self._stream.readline()
        begin = self._stream.tell()
        if not self._is_plain(self._stream.readline().decode("utf-8-sig")):
            return None
        self._stream.seek(begin)
        return self._stream

    def _is_plain(self, line):
        """Tell whether the line of the headings has them all and nothing else."""
        line = line.rstrip("\r\n")
        if "\r" in line or "\x00" in line or line.count('"') % 2:
            return False
        cells = next(csv.reader([line], delimiter=self.delimiter), ())
        return len(cells) == len(self.columns)

    def rows(self):
        """Yield (line, flaw or None, cells), as many cells as there are columns.

        Blank lines are left out; a line with another number of cells carries the flaw
        ``columns``.

        :raises UnreadableFile: a quote is never closed, or characters are of another
            encoding

        >>> source = CsvSource(io.BytesIO(b"a,b\\n1,2\\n\\n3\\n4,5,,\\n"))
        >>> list(source.rows())
        [(2, None, ['1', '2']), (4, 'columns', ['3', '']), (5, None, ['4', '5'])]
        """
        width, skipped = len(self.columns), self.header.line - 1
        with self._text() as text:
            for _line in range(skipped):
                text.readline()
            lines = (line.replace("\x00", "") for line in text)
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            begin = skipped + 1
            try:
                next(reader)
                begin = skipped + reader.line_num + 1
                for cells in reader:
                    if any(clean(cell) for cell in cells):
                        yield begin, *_row(cells, width)
                    begin = skipped + reader.line_num + 1
            except csv.Error as error:
                raise UnreadableFile("quote", begin) from error
            except UnicodeError as error:
                raise UnreadableFile("encoding", begin) from error


def _row(cells, width):
    if len(cells) < width or any(clean(cell) for cell in cells[width:]):
        return WRONG_COLUMNS, [*cells, *[""] * width][:width]
    return None, cells[:width]


class _Text:
    """The text of a binary stream from its start; the stream stays open."""

    def __init__(self, stream, encoding):
        stream.seek(0)
        self._text = io.TextIOWrapper(stream, encoding=encoding, newline="")

    def __enter__(self):
        return self._text

    def __exit__(self, *_error):
        self._text.detach()
