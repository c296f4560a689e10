"""What is said to a person of a file: why it, or a cell of it, is not read; what to do."""

from odoo import models

from ..engine import cell_day, cell_number
from ..engine.cell_text import BLANKS, TYPED, UNCOUNTED, visible


class VipImportStage(models.AbstractModel):
    _inherit = "vip.import.stage"

    # The file as a whole

    def _unreadable_text(self, code, detail):
        """Return why the file cannot be read, and what to do."""
        if code == "sheet":
            name, names = detail
            return self.env._(
                "The workbook has no sheet “%(name)s”. It has: %(names)s. Name another one "
                "in the source.",
                name=name,
                names=", ".join(f"“{one}”" for one in names),
            )
        if code in ("quote", "encoding", "heading_row") and detail:
            return self._unreadable_line(code, detail)
        return self._unreadable_texts().get(code) or self.env._("The file is empty.")

    def _unreadable_line(self, code, line):
        if code == "quote":
            return self.env._("A quote that begins in line %s is never closed.", line)
        if code == "heading_row":
            return self.env._(
                "Row %s, in which the source has its headings, is empty.", line
            )
        return self.env._(
            "Characters near line %s cannot be read: save the file as CSV UTF-8, or as a "
            "workbook, and load it again.",
            line,
        )

    def _unreadable_texts(self):
        return {
            "header": self.env._("The first line cannot be read as a header."),
            "xlsx": self.env._(
                "The workbook is damaged or of an unknown kind: open it in a spreadsheet "
                "program and save it as an Excel workbook (.xlsx)."
            ),
            "xls": self.env._(
                "This old workbook (.xls) is damaged or of an unknown kind: open it in a "
                "spreadsheet program and save it as an Excel workbook (.xlsx)."
            ),
            "xlsb": self.env._(
                "This is a binary workbook (.xlsb): save it as an Excel workbook (.xlsx)."
            ),
            "ods": self.env._(
                "This is an OpenDocument table (.ods): save it as an Excel workbook (.xlsx)."
            ),
            "locked": self.env._(
                "The workbook is locked with a password: save it without one."
            ),
            "html": self.env._(
                "This is a web page with the name of a table, as some programs save it: "
                "open it in a spreadsheet program and save it as an Excel workbook (.xlsx)."
            ),
            "pdf": self.env._(
                "This is a PDF, which holds no table: ask for the file as a workbook or CSV."
            ),
            "image": self.env._(
                "This is a picture: ask for the file as a workbook or CSV."
            ),
            "archive": self.env._(
                "This is a packed folder: unpack it and load the file inside."
            ),
            "no_workbook": self.env._(
                "This is a text document: load a workbook or a CSV file."
            ),
            "encoding": self.env._(
                "The characters of this file cannot be read: save it as CSV UTF-8, or as a "
                "workbook, and load it again."
            ),
            "too_large": self.env._(
                "The workbook holds more than can be read: save the sheet alone, as CSV."
            ),
        }

    # What a person is asked

    def _question_text(self, code, detail):
        """Return a question about a file that can be read."""
        if code == "cut":
            return self.env._(
                "The last line of the file does not end: perhaps it was cut, and its last "
                "number with it. Look at its end, or type its control total."
            )
        if code == "sheets":
            read, others = detail
            return self.env._(
                "Only the sheet “%(read)s” is read. These look the same: %(others)s.",
                read=read,
                others=", ".join(f"“{one}”" for one in others),
            )
        if code == "scale":
            return self.env._(
                "The heading “%(heading)s” says a unit: its numbers are taken %(scale)s "
                "times.",
                heading=detail.heading,
                scale=f"{detail.scale:,}",
            )
        return self.env._(
            "The column “%s” holds figures and is not booked: nothing is called so. Rename "
            "it, or say in the source what it is.",
            detail,
        )

    def _remark_text(self, code, detail):
        """Return what a person may want to know of how the file was read."""
        if code == "unread":
            read, others = detail
            return self.env._(
                "Read is the sheet “%(read)s”, not: %(others)s.",
                read=read,
                others=", ".join(f"“{one}”" for one in others),
            )
        if code == "totals":
            return self.env._(
                "Rows of sums, left out: line %s.", ", ".join(map(str, detail))
            )
        return self.env._(
            "Columns left out: %s.", ", ".join(f"“{one}”" for one in detail)
        )

    # One cell

    def _cell_problems(self):
        """Return what to do about a cell that is not read, by code."""
        return {
            cell_number.TWO_WAYS: self.env._(
                "it can be read in two ways: say the decimal mark in the source, or write "
                "it without signs between the digits"
            ),
            cell_number.OTHER_MARK: self.env._(
                "its comma or point stands where none is expected: say the decimal mark in "
                "the source, or write it as 1234.56"
            ),
            cell_number.ROUNDED: self.env._(
                "the spreadsheet has dropped digits of it: show the column in full, or as "
                "text, and save the file again"
            ),
            cell_number.PERCENT: self.env._("write it without the percent sign"),
            cell_number.NOT_COUNTED: self.env._(
                "its formula has no result: let a spreadsheet program calculate, and save"
            ),
            cell_number.DASH: self.env._("write 0, or leave the cell empty"),
            cell_day.MID_MONTH: self.env._(
                "it is a day inside a month: write the month as 2024-05"
            ),
            cell_day.TWO_ORDERS: self.env._(
                "day and month may be either way round: say in the source which comes "
                "first, or write 2024-05-31"
            ),
            cell_day.SHORT_YEAR: self.env._("write the year with four digits"),
            cell_day.LOST_ZERO: self.env._(
                "it may have lost a zero at its end: write the month as 2024-10"
            ),
            cell_day.SERIAL: self.env._(
                "it looks like the number of a day: show the column as a date, or say so "
                "in the source"
            ),
            cell_day.NO_SUCH: self.env._("there is no such day or month"),
        }

    def _cells_at_fault(self):
        """Return {code of a reason: columns whose cells it is about}."""
        return {}

    def _is_at_fault(self, code, cell):
        """Tell whether ``code`` may be about this cell of a column that it is about."""
        return True

    def _teller(self, source):
        """Return a function of (code, cells) that says why a row is refused.

        It names the columns and their values with what is not seen in them, and what to
        do about each.
        """
        reasons, words = self._reject_reasons(), self._cell_problems()
        problems, faults = self._problems_of_cells(), self._cells_at_fault()
        hint = self._hints()
        headings = {
            name: one.heading or name
            for name, one in zip(source.columns, source.header.columns, strict=True)
        }

        def told(code, cells):
            cells = dict(zip(source.columns, cells, strict=True))
            found = {
                name: problems.get((name, cell.strip(BLANKS)))
                or problems.get((name, cell.strip(BLANKS + TYPED)))
                for name, cell in cells.items()
                if cell
                and (
                    (name in faults.get(code, ()) and self._is_at_fault(code, cell))
                    or cell[0] == UNCOUNTED
                )
            }
            if any(found.values()):
                found = {name: problem for name, problem in found.items() if problem}
            texts = [
                self._cell_in_words(headings[name], cells[name], words.get(problem))
                for name, problem in found.items()
            ]
            texts += filter(None, [hint(code, cells)])
            reason = reasons.get(code, code)
            return f"{reason} [{'; '.join(texts)}]" if texts else reason

        return told

    def _hints(self):
        """Return a function of (code, cells) that says what else there is to a row."""
        return lambda code, cells: ""

    def _cell_in_words(self, heading, cell, what):
        shown = f"{heading}: “{visible(cell)}”"
        return f"{shown}: {what}" if what else shown
