"""Where the rows of an import come from. Each source has ``columns``, ``as_is()`` (a
stream that the database may read itself, or None) and ``rows()``."""

from decimal import Decimal

from .import_csv import CsvSource
from .import_xlsx import XlsxSource, is_xlsx

WRONG_CELL = "cell"


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
