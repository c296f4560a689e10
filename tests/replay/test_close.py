"""Every month of the replayed log is closed: ledger, cards and workbook are one."""

import io
from datetime import datetime
from decimal import Decimal

import openpyxl

from odoo.addons.vip_base.tools.times import add_months, at_context

from .common import ReplayCase
from .oracle import TEAM, USER


class TestClose(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report, cls.found = cls.play(shift=False, tickets=300)
        entries = cls.env["score.entry"]
        [[end]] = cls.rows("SELECT max(occurred_at) FROM score_entry")
        drafts = entries.search([("state", "=", "draft")])
        drafts._post(end)
        charges = entries.search([("kind", "=", "deduction")], limit=3)
        for charge in charges - charges.reversal_ids.reversal_of_id:
            if not charge.reversal_ids:
                charge._reverse("Found to be wrong", end)
        cls.closes = cls.env["score.close"]
        cls.months = [
            month
            for (month,) in cls.rows(
                "SELECT DISTINCT month FROM score_entry WHERE state = 'posted' ORDER BY 1"
            )
        ]
        manager = cls.env["res.users"].search([("login", "=", "manager")])
        for month in cls.months:
            at = _morning_after(month)
            close = cls.closes.with_context(**at_context(at)).create({"month": month})
            close._run(at, manager)
            cls.closes |= close

    def test_every_month_is_closed(self):
        self.assertGreater(len(self.months), 2)
        self.assertEqual(set(self.closes.mapped("state")), {"closed"})
        open_cards = self.env["score.card"].search_count([("state", "=", "draft")])
        self.assertFalse(open_cards)

    def test_the_cards_are_the_ledger(self):
        self.assertGreater(len(self._ledger()), 10)
        cards = {
            (login, month): Decimal(str(lost)) + Decimal(str(given))
            for login, month, lost, given in self.rows(
                """
                SELECT u.login, c.month, c.deduction,
                       c.offset_available + c.correction + c.award
                  FROM score_card c JOIN res_users u ON u.id = c.user_id
                """
            )
            if lost or given
        }
        ledger = {key: points for key, points in self._ledger().items() if points}
        self.assertEqual(cards, ledger)

    def test_each_card_keeps_the_entries_that_it_counts(self):
        different = self.rows(
            """
            SELECT c.id FROM score_card c
             WHERE c.details->'entry_ids' IS DISTINCT FROM COALESCE((
                   SELECT jsonb_agg(e.id ORDER BY e.id) FROM score_entry e
                    WHERE e.user_id = c.user_id AND e.month = c.month
                      AND e.company_id = c.company_id AND e.state = 'posted'), '[]')
            """
        )
        self.assertFalse(different)

    def test_the_workbooks_are_the_ledger(self):
        ledger = self._ledger()
        found = {}
        for close in self.closes:
            book = openpyxl.load_workbook(io.BytesIO(close._workbook()))
            agents, entries = (list(sheet.values) for sheet in book.worksheets[:2])
            total = float(close._ledger_total())
            self.assertEqual((agents[-1][-1], entries[-1][5]), (total, total))
            self.assertEqual(round(sum(row[5] for row in entries[1:-1]), 2), total)
            for row in agents[1:-1]:
                if row[1] and row[-1]:
                    found[row[1], close.month] = Decimal(str(row[-1]))
        self.assertEqual(found, {key: value for key, value in ledger.items() if value})

    def test_the_points_are_those_of_the_oracle(self):
        """What was lost to promises, in whatever month it counts."""
        lost = self.rows(
            """
            SELECT COALESCE(sum(-points), 0)::numeric FROM score_entry
             WHERE ticket_number LIKE 'INC%%' AND kind IN ('deduction', 'error')
            """
        )[0][0]
        expected = sum(entry.points for entry in self.found.entries)
        self.assertEqual(Decimal(str(lost)), Decimal(str(expected)))

    def test_the_cards_have_the_satisfaction_of_the_oracle(self):
        """Who held the incident when it was resolved, whoever holds it now."""
        for table, name, kind in (
            ("score_card", "u.login", USER),
            ("score_team_card", "t.name->>'en_US'", TEAM),
        ):
            cards = self.rows(
                f"""
                SELECT {name}, c.month, c.rated_count, c.satisfied_count
                  FROM {table} c
                  LEFT JOIN res_users u ON u.id = (to_jsonb(c)->>'user_id')::int
                  LEFT JOIN helpdesk_ticket_team t
                         ON t.id = (to_jsonb(c)->>'team_id')::int
                 WHERE c.rated_count > 0
                """
            )
            found = {(bearer, month): counts for bearer, month, *counts in cards}
            expected = {
                (self._named(kind, key[1]), key[2]): [
                    count,
                    self.found.answers[(*key, "satisfied")],
                ]
                for key, count in self.found.answers.items()
                if key[0] == kind and len(key) == 3 and key[2] in self.months
            }
            self.assertGreater(len(expected), 2)
            self.assertEqual(found, expected, table)

    def _named(self, kind, name):
        return name.lower().replace(" ", ".") if kind == USER else name

    def _ledger(self):
        """Return dict of (login, month) → points, summed from the entries alone."""
        return {
            (login, month): points
            for login, month, points in self.rows(
                """
                SELECT u.login, e.month, sum(e.points::numeric)
                  FROM score_entry e JOIN res_users u ON u.id = e.user_id
                 WHERE e.state = 'posted' GROUP BY 1, 2
                """
            )
        }


def _morning_after(month):
    """Return nine o'clock on the first day after a month."""
    first = add_months(month, 1)
    return datetime(first.year, first.month, first.day, 9)
