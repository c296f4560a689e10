import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import APRIL, LATER, MARCH, ScoreCase


@tagged("post_install", "-at_install")
class TestScoreLedger(ScoreCase):
    """What is posted stays; corrections are new lines."""

    def test_the_database_refuses_to_change_a_posted_entry(self):
        entry = self.posted()
        self.env.flush_all()
        for statement in (
            "UPDATE score_entry SET points = -0.1 WHERE id = %s",
            "UPDATE score_entry SET state = 'draft' WHERE id = %s",
            "UPDATE score_entry SET user_id = NULL WHERE id = %s",
            "UPDATE score_entry SET ticket_id = NULL, month = '2020-01-01' WHERE id = %s",
            "DELETE FROM score_entry WHERE id = %s",
        ):
            with (
                self.subTest(statement),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [entry.id])

    def test_a_draft_may_change_in_the_database(self):
        entry = self.charge(self.breach(60))
        self.env.cr.execute(
            "UPDATE score_entry SET points = -0.1 WHERE id = %s", [entry.id]
        )
        self.assertEqual(self.env.cr.rowcount, 1)

    def test_a_posted_entry_is_not_deleted(self):
        with self.assertRaises(UserError):
            self.posted().unlink()

    def test_an_entry_is_reversed_only_once(self):
        entry = self.posted()
        reversal = entry._reverse("Wrong", LATER)
        self.assertEqual((reversal.points, reversal.state), (0.5, "posted"))
        self.assertEqual(reversal.reversal_of_id, entry)
        with self.assertRaises(UserError):
            entry._reverse("Again", LATER)
        with self.assertRaises(UserError):
            reversal._reverse("The reversal", LATER)
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            values = entry._reversal_values("Again", LATER, None)
            self.entries.create({**values, "points": 0.1, "month": MARCH})

    def test_a_draft_is_not_reversed(self):
        with self.assertRaises(UserError):
            self.charge(self.breach(60))._reverse("Too early", LATER)

    def test_no_more_than_was_taken_goes_back(self):
        with self.assertRaises(UserError):
            self.posted()._reverse("Generous", LATER, points=0.51)

    def test_a_manager_reverses_with_a_reason(self):
        entry = self.posted()
        wizard = self.env["score.entry.reversal"].with_user(self.manager)
        wizard.create({"entry_id": entry.id, "reason": "Fire drill"}).action_reverse()
        self.assertEqual(entry.reversal_ids.reason, "Fire drill")
        self.assertEqual(entry.reversal_ids.posted_by_id, self.manager)

    def test_nobody_reverses_own_points(self):
        entry = self.posted(holds=[(self.manager, 60)])
        wizard = self.env["score.entry.reversal"].with_user(self.manager)
        with self.assertRaises(AccessError):
            wizard.create({"entry_id": entry.id, "reason": "Me"}).action_reverse()

    def test_a_manager_gives_an_offset(self):
        entry = self.gift()
        self.assertEqual((entry.raised_by_id, entry.state), (self.manager, "draft"))
        self.assertEqual(entry.month, MARCH)
        entry.points = 0.75
        with self.assertRaises(UserError):
            entry.action_post()
        entry.with_user(self.boss).action_post()
        self.assertEqual((entry.state, entry.posted_by_id), ("posted", self.boss))
        with self.assertRaises(AccessError):
            entry.points = 5

    def test_the_form_gives_an_offset(self):
        form = Form(self.entries.with_user(self.manager))
        form.user_id = self.agent
        form.points = 0.5
        form.reason = "Trained a colleague"
        entry = form.save()
        self.assertEqual((entry.kind, entry.points), ("offset", 0.5))
        with Form(entry) as form:
            form.points = 0.75
        self.assertEqual(entry.points, 0.75)

    def test_the_job_posts_no_gift(self):
        entry = self.gift()
        self.assertNotIn(entry, self.entries._due_drafts(LATER))

    def test_an_offset_needs_a_reason(self):
        with self.assertRaises(ValidationError):
            self.gift(reason=" ")

    def test_nobody_gives_points_to_themselves(self):
        with self.assertRaises(AccessError):
            self.gift(user_id=self.manager.id)

    def test_nobody_takes_over_a_gift(self):
        with self.assertRaises(AccessError):
            self.gift().user_id = self.manager

    def test_a_new_date_moves_the_month(self):
        entry = self.gift()
        entry.occurred_at = "2024-02-29 12:00:00"
        self.assertEqual(entry.month, MARCH.replace(month=2))

    def test_by_hand_only_gifts_are_entered(self):
        for values in (
            {"kind": "deduction", "points": -1},
            {"kind": "reversal"},
            {"state": "posted"},
            {"month": "2020-01-01"},
            {"raised_by_id": self.boss.id},
            {"source_key": "breach:1"},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self.gift(**values)

    def test_defaults_of_a_client_do_not_pass(self):
        manager = self.entries.with_user(self.manager)
        entry = manager.with_context(default_state="posted", default_ordinal=7).create(
            {"user_id": self.agent.id, "points": 1, "reason": "Idea"}
        )
        self.assertEqual((entry.state, entry.ordinal), ("draft", 0))

    def test_a_gift_is_not_dated_ahead(self):
        with self.assertRaises(ValidationError):
            self.gift(occurred_at="2999-01-01 00:00:00")

    def test_a_manager_changes_no_charge(self):
        entry = self.charge(self.breach(60)).with_user(self.manager)
        with self.assertRaises(AccessError):
            entry.points = -0.1
        with self.assertRaises(AccessError):
            entry.unlink()

    def test_a_manager_posts_early_but_not_own_entries(self):
        entry = self.charge(self.breach(60))
        own = self.charge(self.breach(60, [(self.manager, 60)]))
        entry.with_user(self.manager).action_post()
        self.assertEqual(entry.posted_by_id, self.manager)
        with self.assertRaises(AccessError):
            own.with_user(self.manager).action_post()
        with self.assertRaises(AccessError):
            self.charge(self.breach(60)).with_user(self.agent).action_post()

    def test_a_draft_lands_in_the_next_open_month(self):
        entry = self.charge(self.breach(60))
        self.env["score.card"]._make_drafts(self.company, MARCH)
        card = self.env["score.card"].search(
            [("user_id", "=", self.agent.id), ("month", "=", MARCH)]
        )
        self.assertTrue(card)
        card._close(LATER.replace(month=4))
        entry._post(LATER.replace(month=4))
        self.assertEqual((entry.period, entry.month), (MARCH, APRIL))

    def gift(self, **values):
        return self.entries.with_user(self.manager).create(
            {
                "kind": "offset",
                "user_id": self.agent.id,
                "points": 0.5,
                "reason": "Wrote the answer everybody uses",
                "occurred_at": LATER,
                **values,
            }
        )
