"""Tables written as workbooks in which a text stays a text: pure, no database."""

import io

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from .cell_text import TYPED, UNCOUNTED, UNSURE


def workbook(rows, title="Sheet1") -> bytes:
    """Return a workbook of ``rows`` of texts, whose first has the headings.

    A text that begins with the mark of a number becomes one; no other text does, and none
    becomes a formula.

    >>> book = openpyxl.load_workbook(io.BytesIO(workbook([["a"], ["=1"], ["\\x025"]])))
    >>> [(cell.value, cell.data_type) for [cell] in book.active.rows]
    [('a', 's'), ('=1', 's'), (5, 'n')]
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for at, row in enumerate(rows):
        cells = [_cell(sheet, text) for text in row]
        for cell in cells if at == 0 else ():
            cell.font = Font(bold=True)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet, value):
    text = str("" if value is None else value).removeprefix(UNSURE)
    if text.startswith(TYPED):
        number = float(text[1:])
        cell = WriteOnlyCell(sheet, int(number) if number.is_integer() else number)
        return cell
    if text.startswith(UNCOUNTED):
        text = ""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
