import io
from datetime import timedelta
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import APRIL, DUE, LATER, MARCH, ScoreCase

CLOSING = LATER.replace(month=4, day=2)


@tagged("post_install", "-at_install")
class TestScoreClose(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        close = cls.env.registry["score.close"]
        cls.startClassPatcher(patch.object(close, "_commit_batch", lambda self: None))

    def close(self, month=MARCH, at=CLOSING, user=None):
        closes = self.env["score.close"].with_user(user or self.manager)
        return closes.with_context(**at_context(at)).create(
            {"month": month, "company_id": self.company.id}
        )

    def cards(self, month=MARCH):
        return self.env["score.card"].search(
            [("company_id", "=", self.company.id), ("month", "=", month)]
        )

    def workbook(self, close, lang=None):
        close = close.with_context(lang=lang) if lang else close
        return openpyxl.load_workbook(io.BytesIO(close._workbook()))

    def test_closing_freezes_all_cards_and_locks_the_month(self):
        self.posted(60)
        self.posted(60, holds=[(self.other, 60)])
        close = self.close()
        close.action_close()
        self.assertEqual((close.state, close.closed_by_id), ("closed", self.manager))
        self.assertEqual(set(self.cards().mapped("state")), {"closed"})
        teams = self.env["score.team.card"].search([("month", "=", MARCH)])
        self.assertEqual(set(teams.mapped("state")), {"closed"})
        self.assertEqual(self.company.score_locked_month, MARCH)

    def test_nothing_is_posted_into_a_locked_month(self):
        self.posted(60)
        self.close().action_close()
        newcomer = self.gift(1, user=self.other)
        self.assertEqual((newcomer.period, newcomer.month), (MARCH, APRIL))
        borne = self.charge(self.breach(60, [(None, 60)]))
        borne._post(CLOSING)
        self.assertEqual(borne.month, APRIL)

    def test_a_month_is_closed_when_it_is_over_and_in_order(self):
        self.posted(60)
        with self.assertRaises(UserError):
            self.close(at=LATER).action_close()
        self.posted(60, due=DUE + timedelta(days=31))
        later = CLOSING.replace(month=5)
        with self.assertRaisesRegex(UserError, "March"):
            self.close(APRIL, later).action_close()

    def test_a_draft_says_in_which_month_it_will_count(self):
        self.posted(60)
        draft = self.charge(self.breach(900, [(self.other, 900)]))
        self.assertEqual(draft.month_name, "March 2024")
        self.env.company.score_close_second = False
        self.close().close_leaving_out("Nobody is there")
        self.assertEqual((draft.state, draft.month), ("draft", MARCH))
        self.assertEqual(draft.month_name, "April 2024")

    def test_the_page_says_why_a_month_cannot_be_closed_yet(self):
        self.posted(60)
        self.posted(60, due=DUE + timedelta(days=31))

        def bar(close, at):
            close = close.with_context(**at_context(at))
            return close.close_page()["decision"]["bar"]

        march, april = self.close(), self.close(APRIL)
        self.assertEqual(bar(march, LATER), "This month is not over yet.")
        later = CLOSING.replace(month=5)
        self.assertEqual(bar(april, later), "Close March 2024 first.")
        self.assertFalse(bar(march, CLOSING))

    def test_an_interrupted_close_goes_on_and_keeps_its_instant(self):
        self.posted(60)
        self.posted(60, holds=[(self.other, 60)])
        close = self.close().sudo()
        close._lock_month(CLOSING, self.manager)
        close._draft_cards()
        self.cards()[0]._freeze(CLOSING, self.manager)
        later = CLOSING + timedelta(hours=1)
        close.with_context(**at_context(later)).with_user(self.boss).action_close()
        self.assertEqual(set(self.cards().mapped("closed_at")), {CLOSING})
        self.assertEqual(self.cards().closed_by_id, self.manager)
        self.assertEqual(close.state, "closed")

    def test_the_job_finishes_an_interrupted_close(self):
        self.posted(60)
        close = self.close().sudo()
        close._lock_month(CLOSING, self.manager)
        with self.enter_registry_test_mode():
            self.env.ref("sla_scoring.score_cron_close").method_direct_trigger()
        self.assertEqual(close.state, "closed")

    def test_closing_again_changes_nothing(self):
        self.posted(60)
        close = self.close()
        close.action_close()
        known = self.cards().read()
        close.action_close()
        self.assertEqual(self.cards().read(), known)

    def test_a_close_is_made_by_managers_only_and_never_edited(self):
        close = self.close()
        with self.assertRaises(AccessError):
            close.with_user(self.manager).write({"state": "closed"})
        with self.assertRaises(AccessError):
            close.with_user(self.agent).action_close()
        with self.assertRaises(AccessError):
            self.env["score.close"].with_user(self.manager).create({"state": "closed"})
        close.action_close()
        with self.assertRaises(UserError):
            close.with_user(self.manager).unlink()

    def test_the_workbook_reconciles_with_the_ledger(self):
        self.posted(60)
        self.posted(900)._reverse("Half of it", LATER, points=0.75)
        self.gift(5)
        self.gift(2, "award", self.other)
        self.charge(self.breach(60, [(None, 60)]))._post(LATER)
        close = self.close()
        close.action_close()
        book = self.workbook(close)
        agents, entries = (list(sheet.values) for sheet in book.worksheets[:2])
        ledger = float(close._ledger_total())
        self.assertEqual(ledger, -0.5 - 1.5 + 0.75 + 5 + 2 - 0.5)
        self.assertEqual(agents[-1][-1], ledger)
        self.assertEqual(entries[-1][5], ledger)
        self.assertEqual(round(sum(row[-1] for row in agents[1:-1]), 2), ledger)
        self.assertEqual(round(sum(row[5] for row in entries[1:-1]), 2), ledger)
        cards = self.cards()
        self.assertEqual(
            {row[1]: row[-2] for row in agents[1:-1] if row[1]},
            {card.user_id.login: card.total for card in cards},
        )
        for row in agents[1:-1]:
            lost, given, _used, earlier, award, _total, points = row[-7:]
            self.assertEqual(round(lost + given + earlier + award, 2), points)

    def test_no_name_becomes_a_formula(self):
        for name in ("=1+1", "+1", "-1", "@SUM(A1)", "https://example.com"):
            self.agent.name = name
            self.posted(60)
        self.agent.name = "=HYPERLINK(1)"
        self.gift(1).sudo()
        close = self.close()
        close.action_close()
        for sheet in self.workbook(close).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    self.assertNotEqual(cell.data_type, "f")
                    self.assertFalse(cell.hyperlink)
        names = [row[0] for row in self.workbook(close).worksheets[0].values]
        self.assertIn("=HYPERLINK(1)", names)

    def test_the_workbook_is_for_managers_once_the_month_is_closed(self):
        self.posted(60)
        close = self.close()
        with self.assertRaises(UserError):
            close.action_export()
        close.action_close()
        url = close.action_export()["url"]
        attachment = self.env["ir.attachment"].browse(
            int(url.split("/")[3].split("?")[0])
        )
        self.assertEqual(attachment.name, "points-2024-03.xlsx")
        with self.assertRaises(AccessError):
            attachment.with_user(self.agent).read(["raw"])
        with self.assertRaises(AccessError):
            close.with_user(self.agent).action_export()

    def test_every_entry_has_a_reason_and_the_staff_number_of_its_agent(self):
        self.agent.staff_number = "A-0417"
        self.posted(600)
        self.posted(900)
        self.gift(1)
        close = self.close()
        close.action_close()
        for lang, late in (
            ("en_US", "Resolution late by 10 min"),
            ("zh_CN", "10分钟"),
        ):
            agents, entries = (
                list(sheet.values)
                for sheet in self.workbook(close, lang).worksheets[:2]
            )
            reasons = [row[10] for row in entries[1:-1]]
            self.assertTrue(all(reasons), reasons)
            self.assertTrue(any(late in reason for reason in reasons), reasons)
            self.assertEqual({row[3] for row in entries[1:-1]}, {"A-0417"})
            self.assertEqual({row[2] for row in agents[1:-1]}, {"A-0417"})
        with self.assertRaises(AccessError):
            self.other.with_user(self.agent).read(["staff_number"])
        with self.assertRaises(AccessError):
            self.agent.with_user(self.agent).staff_number = "A-1"

    def test_figures_are_rounded_as_the_cards_show_them(self):
        for _number in range(2):
            self.posted(60)
        self.clock(self.ticket([(self.agent, 60)])[0], state="met", stopped_at=DUE)
        close = self.close()
        close.action_close()
        [row] = list(self.workbook(close).worksheets[0].values)[1:-1]
        self.assertEqual(row[6], 33.3)
        self.assertEqual(row[4], round(row[4], 2))

    def test_a_sheet_tells_what_was_left_out_and_one_the_awards(self):
        self.posted(60)
        late = self.charge(self.breach(1300))
        self.charge(self.breach(60, [(None, 60)]))
        close = self.close()
        close.close_leaving_out("The logs come on Monday")
        close.with_user(self.boss).action_confirm()
        late._post(CLOSING)
        _agents, _entries, left, awards = (
            list(sheet.values) for sheet in self.workbook(close).worksheets
        )
        told = {(row[0], row[5], row[6]) for row in left[1:3]}
        self.assertEqual(
            told,
            {
                (
                    "Errors that need a second look",
                    late.points,
                    "Counted in April 2024",
                ),
                ("Draft point entries", -0.5, "Still a draft"),
            },
        )
        self.assertEqual(left[3][5], late.points - 0.5)
        self.assertIn(("Confirmed by", self.boss.name), [row[:2] for row in left])
        self.assertIn(("Reason", "The logs come on Monday"), [row[:2] for row in left])
        # Two awards end with March; nobody qualifies for either.
        self.assertEqual([row[7] for row in awards[1:]], ["Nobody qualified"] * 2)
        self.assertTrue(all(row[11] for row in awards[1:]))
