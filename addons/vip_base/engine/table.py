"""Which row of a file holds the headings, and which column is what.

People write titles above a table, leave rows empty, name columns in their language, put
the unit into the heading and add columns of their own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .cell_number import UNITS
from .cell_text import clean, half_width, heading

#: How far down the headings are looked for.
SEARCHED = 30
#: Columns that a file of rejected rows has in front.
OWN = frozenset({"line", "reason", "行号", "原因"})
_BRACKETS = re.compile(r"[（(\[【](?P<inner>[^）)\]】]*)[）)\]】]")
_SCALES = {**UNITS, "thousand": 10**3, "k": 10**3, "million": 10**6, "mn": 10**6}
_SCALE = re.compile(
    rf"(?:单位)?[:_]?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})_?"
    r"(?:元|美元|人民币|cny|rmb|usd|手|lots)?"
)


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; ``args`` say why (code, detail)."""


@dataclass(frozen=True)
class Layout:
    """What is known of the files of a source, beyond what a file shows.

    :param sheet: the name of the sheet to read; empty: the first with known headings
    :param heading_row: the line of the headings; 0: found
    :param names: what the column under a heading is; "" for a column to leave out
    :param encoding: how texts are encoded; empty: found
    """

    sheet: str = ""
    heading_row: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a file: its heading, what it is ("" if nobody knows), its scale."""

    heading: str
    name: str = ""
    scale: int = 1


@dataclass(frozen=True)
class Header:
    """The headings of a file, and where they stand."""

    line: int
    columns: tuple[Column, ...]

    @property
    def names(self):
        """Return a name for each column, also for those that nobody knows."""
        return [one.name or f"extra_{at}" for at, one in enumerate(self.columns, 1)]


def column(text: str, names: Mapping[str, str]) -> Column:
    """Return what the column under the heading ``text`` is.

    >>> names = {"client_ref": "client_ref", "入金": "deposit", "name": ""}
    >>> column("Client Ref", names).name, column("入金（万元）", names)
    ('client_ref', Column(heading='入金（万元）', name='deposit', scale=10000))
    >>> column("Name", names).name, column("入金 (CNY)", names).scale
    ('', 1)
    """
    shown, key = clean(text), heading(text)
    if key in names or not key:
        return Column(shown, names.get(key, ""))
    inner = _BRACKETS.search(half_width(shown))
    scale = inner and _SCALE.fullmatch(heading(inner["inner"]))
    short = heading(_BRACKETS.sub("", half_width(shown)))
    return Column(shown, names.get(short, ""), _SCALES[scale["scale"]] if scale else 1)


def find_header(
    rows: Sequence[tuple[int, Sequence[str]]], layout: Layout, known: Mapping[str, str]
) -> Header:
    """Return the headings among the first ``rows`` (line, cells) of a file.

    :param known: what headings mean that people use, as :func:`heading` writes them
    :raises UnreadableFile: there is no row, or none where the layout says

    >>> rows = [(1, ["Figures of March"]), (3, ["客户编号", "月份", "备注", ""])]
    >>> known = {"客户编号": "client_ref", "月份": "month"}
    >>> found = find_header(rows, Layout(), known)
    >>> found.line, found.names
    (3, ['client_ref', 'month', 'extra_3'])
    """
    names = {
        **known,
        **{heading(text): name for text, name in layout.names.items()},
    }
    headers = [
        Header(line, _columns(cells, names))
        for line, cells in rows
        if any(clean(cell) for cell in cells) and layout.heading_row in (0, line)
    ]
    if not headers:
        raise UnreadableFile(
            "heading_row" if rows and layout.heading_row else "empty",
            layout.heading_row or "",
        )
    return max(headers, key=lambda one: (_weight(one), -one.line))


def _columns(cells, names):
    cells = list(cells)
    while cells and not clean(cells[-1]):
        cells.pop()
    return tuple(column(cell, names) for cell in cells)


def _weight(header):
    """Return how many columns of ``header`` are known, each counted once."""
    return len({one.name for one in header.columns if one.name})


def is_own(column_: Column) -> bool:
    """Tell whether a column is one that a file of rejected rows has in front."""
    return not column_.name and heading(column_.heading) in OWN


def regular_row(cells: Sequence[str], width: int) -> tuple[bool, list[str]]:
    """Return whether a row has no more cells than ``width``, and exactly that many.

    Empty cells at the end say nothing, and a row may end early.

    >>> regular_row(["1", "", ""], 2), regular_row(["1", "2", "3"], 2)
    ((True, ['1', '']), (False, ['1', '2']))
    """
    fits = not any(clean(cell) for cell in cells[width:])
    return fits, [*cells, *[""] * width][:width]
