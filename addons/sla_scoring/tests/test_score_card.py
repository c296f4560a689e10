from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import APRIL, DUE, LATER, MARCH, ScoreCase

CLOSING = LATER.replace(month=4, day=2)


@tagged("post_install", "-at_install")
class TestScoreCard(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cards = cls.env["score.card"]

    def card(self, user=None, month=MARCH):
        self.cards._make_drafts(self.company, month)
        return self.cards.search(
            [("user_id", "=", (user or self.agent).id), ("month", "=", month)]
        )

    def test_a_card_sums_the_posted_entries_of_its_month(self):
        self.posted(60)
        self.posted(900)
        self.charge(self.breach(60))
        self.posted(60, due=DUE + timedelta(days=31))
        card = self.card()
        self.assertEqual((card.deduction, card.total), (-2.0, -2.0))
        self.assertEqual(len(card.details["entry_ids"]), 2)

    def test_a_deleted_agent_does_not_stop_the_cards_of_the_others(self):
        gone = self.new_user("score_gone", "helpdesk_mgmt.group_helpdesk_user")
        self.breach(60, [(gone, 60)], key_client=False)
        self.posted(60)
        gone.unlink()
        self.assertEqual(self.card().deduction, -0.5)

    def test_offsets_compensate_and_never_make_a_positive_total(self):
        self.posted(900)
        self.gift(1)
        card = self.card()
        self.assertEqual((card.offset, card.total), (1, -0.5))
        self.gift(2)
        self.assertEqual((card.offset_available, card.offset, card.total), (3, 1.5, 0))

    def test_offsets_without_deductions_count_nothing(self):
        self.gift(2)
        card = self.card()
        self.assertEqual((card.offset_available, card.offset, card.total), (2, 0, 0))

    def test_awards_stay_apart(self):
        self.gift(2, "award")
        card = self.card()
        self.assertEqual((card.award, card.total), (2, 0))

    def test_posting_keeps_an_open_card_current(self):
        self.posted(60)
        card = self.card()
        self.posted(60)
        self.assertEqual(card.total, -1.0)

    def test_a_reversal_counts_where_its_original_would(self):
        self.posted(60)._reverse("Wrong", LATER)
        card = self.card()
        self.assertEqual((card.deduction, card.offset_available), (0, 0))

    def test_a_reversed_offset_takes_back_what_it_gave(self):
        self.posted(900)
        offset = self.gift(1)
        offset._reverse("Not an idea at all", LATER)
        self.assertEqual(self.card().total, -1.5)

    def test_timeliness_counts_kept_and_missed_promises_of_the_agent(self):
        self.breach(60)
        self.breach(60).state = "excused"
        for _number in range(3):
            self.kept()
        card = self.card()
        self.assertEqual((card.met_count, card.missed_count), (3, 1))
        self.assertEqual(card.timeliness, 75)

    def kept(self):
        ticket, _stop = self.ticket([(self.agent, 60)])
        self.clock(ticket, state="met", stopped_at=DUE)

    def test_volume_counts_tickets_solved_by_the_agent(self):
        self.breach(60, [(self.other, 30), (self.agent, 30)])
        self.breach(60)
        self.assertEqual(self.card().volume, 2)
        self.assertEqual(self.card(self.other).volume, 0)

    def test_satisfied_is_four_or_five(self):
        ticket = self.breach(60).ticket_id
        for value in (5, 4, 3, 1):
            self.rate(ticket, value)
        card = self.card()
        self.assertEqual((card.satisfied_count, card.rated_count), (2, 4))
        self.assertEqual(card.satisfaction, 50)

    def test_drafting_again_makes_no_second_card(self):
        self.posted(60)
        self.assertEqual(self.card(), self.card())

    def test_the_job_drafts_last_month(self):
        entry = self.posted(60)
        with self.enter_registry_test_mode():
            self.env.ref("sla_scoring.score_cron_cards").method_direct_trigger()
        self.assertEqual(self.entries.search_count([("id", "=", entry.id)]), 1)
        self.assertFalse(self.cards.search([("month", "<", MARCH)]))

    def test_a_closed_card_is_frozen(self):
        self.posted(60)
        card = self.card()
        card._close(CLOSING, by=self.manager)
        self.assertEqual((card.state, card.closed_by_id), ("closed", self.manager))
        self.card()
        for statement in (
            "UPDATE score_card SET total = 0 WHERE id = %s",
            "DELETE FROM score_card WHERE id = %s",
        ):
            with (
                self.subTest(statement),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [card.id])
        with self.assertRaises(UserError):
            card.unlink()

    def test_a_correction_lands_in_the_next_month(self):
        entry = self.posted(60)
        card = self.card()
        card._close(CLOSING)
        entry._reverse("Wrong", CLOSING)
        following = self.card(month=APRIL)
        self.assertEqual((card.total, following.total), (-0.5, 0.5))

    def test_a_month_is_closed_when_it_is_over_and_in_order(self):
        self.posted(60)
        card = self.card()
        with self.assertRaises(UserError):
            card._close(LATER)
        self.posted(60, due=DUE + timedelta(days=31))
        following = self.card(month=APRIL)
        with self.assertRaises(UserError):
            following._close(CLOSING.replace(month=5))
        (card | following)._close(CLOSING.replace(month=5))
        self.assertEqual(following.state, "closed")

    def test_a_manager_closes_the_whole_month(self):
        self.posted(60)
        self.posted(60, holds=[(self.other, 60)])
        card = self.card()
        with self.assertRaises(AccessError):
            card.with_user(self.agent).action_close()
        self.cards.search([("month", "=", MARCH)]).with_user(
            self.manager
        ).action_close()
        self.assertEqual(self.card(self.other).state, "closed")
