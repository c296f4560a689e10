import io

import xlsxwriter

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .score_card_mixin import KIND

#: As what the entries of a month count.
COUNTED = ("deduction", "error", "offset", "award", "correction")


class ScoreCloseExport(models.Model):
    """The month as a workbook for payroll: a sheet per agent, one per entry.

    Texts are written as texts whatever they begin with, so no name becomes a formula;
    points are numbers. The sums are those of the ledger.
    """

    _inherit = "score.close"

    def action_export(self):
        """Return the download of the workbook of a closed month."""
        self.ensure_one()
        self._check_manager()
        if self.state != "closed":
            raise UserError(self.env._("Close the month first."))
        # As superuser: a manager, checked above; nobody attaches files to a close.
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"points-{self.month:%Y-%m}.xlsx",
                    "raw": self._workbook(),
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def _workbook(self):
        """Return the bytes of the workbook, in the user's language."""
        buffer = io.BytesIO()
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(buffer, options) as book:
            formats = {
                "head": book.add_format({"bold": True, "bottom": 1}),
                "points": book.add_format({"num_format": "0.00"}),
                "sum": book.add_format({"num_format": "0.00", "bold": True, "top": 1}),
                "date": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            }
            entries = self._ledger_rows()
            self._write_agents(book, formats, entries)
            self._write_entries(book, formats, entries)
        return buffer.getvalue()

    def _write_agents(self, book, formats, entries):
        sheet = book.add_worksheet(self.env._("Agents"))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 1, 22)
        sheet.set_column(2, 20, 13)
        heads = [
            self.env._("Agent"),
            self.env._("Login"),
            self.env._("Month"),
            self.env._("Score"),
            self.env._("Solved"),
            self.env._("Timeliness %"),
            self.env._("Satisfaction %"),
            self.env._("Problem solving %"),
            self.env._("Quality %"),
            self.env._("Deductions"),
            self.env._("Offsets"),
            self.env._("Offsets used"),
            self.env._("Of earlier months"),
            self.env._("Awards"),
            self.env._("Total"),
            self.env._("Ledger"),
        ]
        self._write_heads(sheet, heads, formats)
        sums = [0.0] * 7
        row = 0
        for row, (texts, figures, points) in enumerate(self._agent_rows(entries), 1):
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text or "")
            for column, figure in enumerate(figures, len(texts)):
                if figure is not None:
                    sheet.write_number(row, column, figure, formats["points"])
            for column, value in enumerate(points, len(texts) + len(figures)):
                sheet.write_number(row, column, value, formats["points"])
            sums = [one + other for one, other in zip(sums, points, strict=True)]
        sheet.write_string(row + 1, 0, self.env._("Sum"), formats["sum"])
        for column, value in enumerate(sums, len(heads) - len(sums)):
            sheet.write_number(row + 1, column, round(value, 2), formats["sum"])

    def _agent_rows(self, entries):
        """Yield ``(texts, figures, points)`` of each agent, then of what teams bear."""
        ledger = {}
        for entry in entries:
            key = entry["user_id"] or -(entry["team_id"] or 0)
            ledger[key] = ledger.get(key, 0) + entry["points"]
        month = f"{self.month:%Y-%m}"
        cards = self.env["score.card"].search(self._card_domain())
        for card in cards.sorted(lambda card: (card.user_id.name or "", card.id)):
            # As superuser: the name of a colleague, whatever company is chosen.
            user = card.user_id.sudo()
            yield (
                (user.name, user.login, month),
                card._exported_figures(),
                (
                    *(card.deduction, card.offset_available, card.offset),
                    *(card.correction, card.award, card.total),
                    float(ledger.pop(user.id, 0)),
                ),
            )
        yield from self._team_rows(ledger, entries, month)

    def _team_rows(self, ledger, entries, month):
        """Yield the rows of points that no agent bears, so that the sums are whole."""
        for key, points in sorted(ledger.items(), reverse=True):
            # As superuser: the name of a team, whatever company is chosen.
            team = self.env["helpdesk.ticket.team"].sudo().browse(-key).exists()
            given = dict.fromkeys(COUNTED, 0)
            for entry in entries:
                if (entry["user_id"] or -(entry["team_id"] or 0)) == key:
                    given[entry["counts_as"]] += entry["points"]
            lost = float(given["deduction"] + given["error"])
            offset = float(given["offset"])
            used = min(offset, max(-lost, 0))
            earlier = float(given["correction"])
            yield (
                (self.env._("Team: %s", team.name or "–"), "", month),
                (None,) * 6,
                (
                    *(lost, offset, used, earlier, float(given["award"])),
                    *(lost + used + earlier, float(points)),
                ),
            )

    def _write_entries(self, book, formats, entries):
        sheet = book.add_worksheet(self.env._("Entries"))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 8, 20)
        kinds = dict(
            self.env["score.entry"]._fields["kind"]._description_selection(self.env)
        )
        heads = [
            self.env._("Entry"),
            self.env._("Agent"),
            self.env._("Login"),
            self.env._("Kind"),
            self.env._("Points"),
            self.env._("Date"),
            self.env._("Posted on"),
            self.env._("Ticket"),
            self.env._("Reversal of"),
            self.env._("Reason"),
        ]
        self._write_heads(sheet, heads, formats)
        for row, entry in enumerate(entries, 1):
            sheet.write_number(row, 0, entry["id"])
            sheet.write_string(row, 1, entry["agent"] or "")
            sheet.write_string(row, 2, entry["login"] or "")
            sheet.write_string(row, 3, kinds[entry["kind"]])
            sheet.write_number(row, 4, float(entry["points"]), formats["points"])
            for column, name in ((5, "occurred_at"), (6, "posted_at")):
                if entry[name]:
                    sheet.write_datetime(row, column, entry[name], formats["date"])
            sheet.write_string(row, 7, entry["ticket_number"] or "")
            if entry["reversal_of_id"]:
                sheet.write_number(row, 8, entry["reversal_of_id"])
            sheet.write_string(row, 9, entry["reason"] or "")
        total = float(sum(entry["points"] for entry in entries))
        sheet.write_string(len(entries) + 1, 0, self.env._("Sum"), formats["sum"])
        sheet.write_number(len(entries) + 1, 4, total, formats["sum"])

    def _write_heads(self, sheet, heads, formats):
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, formats["head"])

    def _ledger_rows(self):
        """Return the posted entries of the month, all of them, in order."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
        SELECT entry.id, entry.user_id, entry.team_id, entry.kind,
               %s AS counts_as,
               entry.points::numeric AS points, entry.occurred_at, entry.posted_at,
               entry.ticket_number, entry.reason, person.login,
               partner.name AS agent, entry.rule_id, entry.reversal_of_id
          FROM score_entry entry
     LEFT JOIN score_entry original ON original.id = entry.reversal_of_id
     LEFT JOIN res_users person ON person.id = entry.user_id
     LEFT JOIN res_partner partner ON partner.id = person.partner_id
         WHERE entry.company_id = %s AND entry.month = %s AND entry.state = 'posted'
      ORDER BY partner.name, person.login, entry.occurred_at, entry.id
                """,
                KIND,
                self.company_id.id,
                self.month,
            )
        )
