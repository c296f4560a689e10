import io
from decimal import Decimal
from itertools import count

import pytz
import xlsxwriter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import month_name

from ..engine.rounding import add_up

#: Columns of the sheet of agents that are points, of which each adds up.
POINTS = 7


def exact(value):
    """Return a number of the database as the decimal that it stands for."""
    return Decimal(str(round(value, 6)))


class ScoreCloseExport(models.Model):
    """The month as a workbook for payroll: agents, entries, what was left out, awards.

    Texts are written as texts whatever they begin with, so no name becomes a formula;
    points are numbers. The sums are those of the ledger, and of what is shown.
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
                "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            }
            entries = self._ledger_rows()
            self._write_agents(book, formats, entries)
            self._write_entries(book, formats, entries)
            self._write_left(book, formats)
            self._write_awards(book, formats)
        return buffer.getvalue()

    def _write_agents(self, book, formats, entries):
        cards = self.env["score.card"].search(self._card_domain())
        figures, keys = self.env["vip.figure"]._all(), cards._exported_keys(cards)
        heads = [
            (self.env._("Agent"), 22),
            (self.env._("Login"), 22),
            (self.env._("Staff number"), 14),
            (self.env._("Month"), 10),
            (self.env._("Score"), 10),
            *((figures[key]._label(), 13) for key in keys),
            (self.env._("Deductions"), 12),
            (self.env._("Offsets"), 12),
            (self.env._("Offsets used"), 12),
            (self.env._("Of earlier months"), 12),
            (self.env._("Awards"), 12),
            (self.env._("Total"), 12),
            (self.env._("Ledger"), 12),
        ]
        sheet = self._sheet(book, formats, self.env._("Agents"), heads)
        rows = [
            *self._agent_rows(cards, keys, entries),
            *self._team_rows(keys, entries),
        ]
        shown = [
            add_up([exact(value) for value in column])
            for column in zip(*(row[2] for row in rows), strict=True)
        ]
        shown = shown or [[] for _column in range(POINTS)]
        for number, (texts, figures, _points) in enumerate(rows, 1):
            places = count()
            for text in texts:
                sheet.write_string(number, next(places), text or "")
            for figure in figures:
                place = next(places)
                if figure is not None:
                    sheet.write_number(number, place, figure)
            for column in shown:
                value = float(column[number - 1])
                sheet.write_number(number, next(places), value, formats["points"])
        sheet.write_string(len(rows) + 1, 0, self.env._("Sum"), formats["sum"])
        for place, column in enumerate(shown, len(heads) - POINTS):
            sheet.write_number(len(rows) + 1, place, float(sum(column)), formats["sum"])

    def _agent_rows(self, cards, keys, entries):
        """Yield ``(texts, figures, points)`` of each agent."""
        ledger = {}
        for entry in entries:
            if entry["user_id"]:
                key = entry["user_id"]
                ledger[key] = ledger.get(key, 0) + entry["points"]
        month = f"{self.month:%Y-%m}"
        for card in cards.sorted(lambda card: (card.user_id.name or "", card.id)):
            # As superuser: the name of a colleague, whatever company is chosen.
            user = card.user_id.sudo()
            points = (card.deduction, card.offset_available, card.offset)
            points += (card.correction, card.award)
            yield (
                (user.name, user.login, user.staff_number, month),
                card._exported_figures(keys),
                (*points, card.total, ledger.pop(user.id, 0)),
            )

    def _team_rows(self, keys, entries):
        """Yield the rows of points that no agent bears, so that the sums are whole."""
        borne = {}
        for entry in entries:
            if not entry["user_id"]:
                team = entry["team_id"] or 0
                borne[team] = borne.get(team, 0) + entry["points"]
        if not borne:
            return
        sums = self.env["score.card"]._ledger_sums(
            self.company_id,
            self.month,
            SQL("CASE WHEN entry.user_id IS NULL THEN COALESCE(entry.team_id, 0) END"),
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT bearer, deduction, offsets, total - deduction - correction,"
                " correction, award, total FROM (%s) s ORDER BY bearer",
                sums,
            )
        )
        for team_id, *points in rows:
            yield (
                (self._team_name(team_id), "", "", f"{self.month:%Y-%m}"),
                (None,) * (1 + len(keys)),
                (*points, borne[team_id]),
            )

    def _team_name(self, team_id):
        # As superuser: the name of a team, whatever company is chosen.
        team = self.env["helpdesk.ticket.team"].sudo().browse(team_id).exists()
        return self.env._("Team: %s", team.name or "–")

    def _write_entries(self, book, formats, entries):
        heads = [
            (self.env._("Entry"), 10),
            (self.env._("Agent"), 20),
            (self.env._("Login"), 20),
            (self.env._("Staff number"), 14),
            (self.env._("Kind"), 12),
            (self.env._("Points"), 10),
            (self.env._("Date"), 17),
            (self.env._("Posted on"), 17),
            (self.env._("Ticket"), 14),
            (self.env._("Reversal of"), 12),
            (self.env._("Reason"), 60),
        ]
        sheet = self._sheet(book, formats, self.env._("Entries"), heads)
        kinds = dict(
            self.env["score.entry"]._fields["kind"]._description_selection(self.env)
        )
        reasons = self._entry_reasons(entries)
        shown = add_up([exact(entry["points"]) for entry in entries])
        for row, (entry, points) in enumerate(zip(entries, shown, strict=True), 1):
            sheet.write_number(row, 0, entry["id"])
            bearer = entry["agent"] or self._team_name(entry["team_id"] or 0)
            texts = (bearer, entry["login"], entry["staff_number"])
            for column, text in enumerate(texts, 1):
                sheet.write_string(row, column, text or "")
            sheet.write_string(row, 4, kinds[entry["kind"]])
            sheet.write_number(row, 5, float(points), formats["points"])
            for column, name in ((6, "occurred_at"), (7, "posted_at")):
                if entry[name]:
                    at = self._local(entry[name])
                    sheet.write_datetime(row, column, at, formats["date"])
            sheet.write_string(row, 8, entry["ticket_number"] or "")
            if entry["reversal_of_id"]:
                sheet.write_number(row, 9, entry["reversal_of_id"])
            sheet.write_string(row, 10, reasons[entry["id"]])
        sheet.write_string(len(entries) + 1, 0, self.env._("Sum"), formats["sum"])
        sheet.write_number(len(entries) + 1, 5, float(sum(shown)), formats["sum"])

    def _entry_reasons(self, entries):
        """Return dict of entry id → why it was charged or given, in words."""
        metrics = dict(
            self.env["sla.breach"]._fields["metric"]._description_selection(self.env)
        )
        # As superuser: the names of rules, whatever company is chosen.
        rules = self.env["score.rule"].sudo()
        rules = rules.browse({entry["rule_id"] for entry in entries} - {None})
        names = {rule.id: rule.name for rule in rules}
        return {
            entry["id"]: entry["reason"]
            or self._charge_reason(entry, metrics, names.get(entry["rule_id"]))
            for entry in entries
        }

    def _charge_reason(self, entry, metrics, rule):
        """Return why the rules charged an entry: which promise, how late, which rule."""
        late = self.env["score.entry"]._why_duration(entry["overrun_seconds"])
        parts = [
            late
            and self.env._(
                "%(promise)s late by %(time)s",
                promise=metrics.get(entry["metric"], self.env._("Promise")),
                time=late,
            ),
            entry["ordinal"]
            and self.env._("error no. %s of the month", entry["ordinal"]),
            rule,
        ]
        return " · ".join(part for part in parts if part)

    def _write_left(self, book, formats):
        """Write what was left out, and why, by whom it was closed and confirmed."""
        heads = [
            (self.env._("Line of the checklist"), 34),
            (self.env._("What"), 34),
            (self.env._("Agent"), 20),
            (self.env._("Login"), 20),
            (self.env._("Staff number"), 14),
            (self.env._("Points"), 10),
            (self.env._("What became of it"), 30),
        ]
        sheet = self._sheet(book, formats, self.env._("Left out"), heads)
        left = self.left_ids
        for row, one in enumerate(left, 1):
            # As superuser: the name of a colleague, whatever company is chosen.
            user = one.user_id.sudo()
            texts = (one.line_name, one.subject, user.name, user.login)
            for column, text in enumerate((*texts, user.staff_number)):
                sheet.write_string(row, column, text or "")
            if one.points:
                sheet.write_number(row, 5, one.points, formats["points"])
            sheet.write_string(row, 6, one.outcome or "")
        total = sum(exact(one.points) for one in left)
        sheet.write_string(len(left) + 1, 0, self.env._("Sum"), formats["sum"])
        sheet.write_number(len(left) + 1, 5, float(total), formats["sum"])
        told = [
            (self.env._("Closed by"), self.closed_by_id.sudo().name),
            (self.env._("Confirmed by"), self.confirmed_by_id.sudo().name),
            (self.env._("Reason"), self.reason),
        ]
        for row, (label, text) in enumerate(told, len(left) + 3):
            sheet.write_string(row, 0, label)
            sheet.write_string(row, 1, text or "–")

    def _write_awards(self, book, formats):
        heads = [
            (self.env._("Award"), 28),
            (self.env._("Month"), 10),
            (self.env._("Agent"), 20),
            (self.env._("Staff number"), 14),
            (self.env._("Points"), 10),
            (self.env._("Kind of reward"), 16),
            (self.env._("Reward"), 30),
            (self.env._("State"), 18),
            (self.env._("Given on"), 14),
            (self.env._("Given by"), 20),
            (self.env._("Evidence"), 30),
            (self.env._("Why"), 60),
        ]
        sheet = self._sheet(book, formats, self.env._("Awards"), heads)
        awards = self.env["score.award"].search(self._card_domain())
        kinds, states = (
            dict(awards._fields[name]._description_selection(self.env))
            for name in ("reward_kind", "state")
        )
        for row, award in enumerate(awards, 1):
            # As superuser: the name of a colleague, whatever company is chosen.
            user = award.user_id.sudo()
            month = month_name(self.env, award.month)
            texts = (award.rule_id.name, month, user.name, user.staff_number)
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text or "")
            if award.user_id:
                sheet.write_number(row, 4, award.points, formats["points"])
            reward = kinds.get(award.reward_kind), award.reward, states[award.state]
            for column, text in enumerate(reward, 5):
                sheet.write_string(row, column, text or "")
            if award.given_on:
                day = fields.Datetime.to_datetime(award.given_on)
                sheet.write_datetime(row, 8, day, formats["day"])
            rest = award.given_by_id.sudo().name, award.evidence, award.reason
            for column, text in enumerate(rest, 9):
                sheet.write_string(row, column, text or "")

    def _sheet(self, book, formats, name, heads):
        """Return a new sheet with heads, given as pairs of text and width."""
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        # On paper: all columns on each page, the heads on every one.
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for column, (head, width) in enumerate(heads):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head, formats["head"])
        return sheet

    def _local(self, at):
        """Return a naive UTC instant as the clocks of the company show it."""
        zone = pytz.timezone(self.company_id._vip_zone())
        return pytz.utc.localize(at).astimezone(zone).replace(tzinfo=None)

    def _ledger_rows(self):
        """Return the posted entries of the month, all of them, in order."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
        SELECT entry.id, entry.user_id, entry.team_id, entry.kind,
               entry.points::numeric AS points, entry.occurred_at, entry.posted_at,
               entry.ticket_number, entry.reason, person.login, person.staff_number,
               partner.name AS agent, entry.rule_id, entry.reversal_of_id,
               entry.overrun_seconds, entry.ordinal, entry.details->>'metric' AS metric
          FROM score_entry entry
     LEFT JOIN res_users person ON person.id = entry.user_id
     LEFT JOIN res_partner partner ON partner.id = person.partner_id
         WHERE entry.company_id = %s AND entry.month = %s AND entry.state = 'posted'
      ORDER BY partner.name, person.login, entry.occurred_at, entry.id
                """,
                self.company_id.id,
                self.month,
            )
        )
