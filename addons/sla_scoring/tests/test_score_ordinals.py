from datetime import datetime, timedelta

from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import APRIL, DUE, LATER, MARCH, ScoreCase


@tagged("post_install", "-at_install")
class TestScoreOrdinals(ScoreCase):
    """What the n-th error of a month costs when one before it does not stand any more."""

    def errors(self, count=3, post=True, **values):
        errors = self.charge(*[self.breach(900, **values) for _ in range(count)])
        if post:
            errors._post(LATER)
        return errors

    def standing(self, month=MARCH):
        """Return the numbers and points of the errors of a month that stand."""
        errors = self.entries.search(
            [
                ("kind", "=", "error"),
                ("period", "=", month),
                ("user_id", "=", self.agent.id),
                ("reversal_ids", "=", False),
            ]
        )
        return [(e.ordinal, e.points, e.state) for e in errors.sorted("ordinal")]

    def total(self, month=MARCH):
        self.env["score.card"]._refresh(self.company, month)
        return self.env["score.card"].search([("month", "=", month)]).total

    def test_the_only_error_left_is_the_first(self):
        first, second, third = self.errors()
        first._reverse("Not an error", LATER)
        self.assertEqual(second.reversal_ids.points, 3)
        self.assertIn("error no. 1", second.reversal_ids.reason)
        anew = self.entries.search([("source_key", "=", f"anew:{second.id}")])
        self.assertEqual((anew.ordinal, anew.points), (1, -1.5))
        self.assertEqual((anew.breach_id, anew.state), (second.breach_id, "posted"))
        self.assertIn("Counted before as no.", str(anew.why_html))
        # The third costs as much as second: no pair is needed for it.
        self.assertFalse(third.reversal_ids)
        self.assertEqual(self.total(), -4.5)

    def test_the_next_error_takes_the_place_that_is_free(self):
        first, _second = self.errors(2)
        first._reverse("Not an error", LATER)
        self.assertEqual(self.standing(), [(1, -1.5, "posted")])
        self.errors(1)
        self.assertEqual(self.standing(), [(1, -1.5, "posted"), (2, -3, "posted")])

    def test_drafts_are_counted_anew_as_they_are(self):
        first, second, third = self.errors(post=False)
        self.excuse(first.breach_id, self.boss, self.manager)
        self.entries._undo_decided(LATER)
        self.assertFalse(first.exists())
        drafts = [(1, -1.5, "draft"), (2, -3, "draft")]
        self.assertEqual(self.standing(), drafts)
        self.assertEqual((second | third).mapped("ordinal"), [1, 2])
        self.assertEqual(second.band_id.outcome, "points")

    def test_two_that_are_excused_at_once_are_both_taken_back(self):
        errors = self.errors()
        for error in errors[:2]:
            self.excuse(error.breach_id, self.boss, self.manager)
        self.entries._undo_decided(LATER)
        self.assertEqual(self.standing(), [(1, -1.5, "posted")])
        self.assertEqual(self.total(), -1.5)

    def test_what_goes_back_in_part_stands(self):
        first, second = self.errors(2)
        first._reverse("Half of it", LATER, points=0.75)
        self.assertFalse(second.reversal_ids)
        self.errors(1)
        self.assertEqual(self.total(), -0.75 - 3 - 3)

    def test_what_somebody_has_given_back_in_part_stays_as_it_was_decided(self):
        first, second, _third = self.errors()
        second._reverse("A third of it", LATER, points=1)
        first._reverse("Not an error", LATER)
        self.assertEqual(second.reversal_ids.points, 1)
        self.assertEqual(self.standing(), [(1, -1.5, "posted")])
        self.assertEqual(self.total(), -2 - 1.5)

    def test_after_the_close_it_takes_an_appeal(self):
        first, second = self.errors(2)
        self.env["score.card"]._refresh(self.company, MARCH)
        self.env["score.card"].search([])._close(datetime(2024, 4, 2))
        first._reverse("Not an error", datetime(2024, 4, 3))
        self.assertFalse(second.reversal_ids)
        self.assertEqual(self.total(APRIL), 1.5)

    def test_other_agents_and_months_stay_as_they_are(self):
        first = self.errors(1)
        april = self.errors(1, due=DUE + timedelta(days=31))
        theirs = self.errors(1, holds=[(self.other, 900)])
        first._reverse("Not an error", LATER)
        self.assertFalse((april | theirs).reversal_ids)

    def test_who_contests_goes_on_contesting(self):
        first, second = self.errors(2)
        appeals = self.env["score.appeal"].with_user(self.agent)
        appeal = appeals.with_context(**at_context(LATER)).create(
            {"entry_id": second.id, "reason": "It was not me"}
        )
        first._reverse("Not an error", LATER)
        self.assertEqual((appeal.points, appeal.state), (-1.5, "submitted"))
        appeal = appeal.with_user(self.manager)
        appeal.comment = "Right"
        appeal.action_uphold()
        self.assertEqual(self.total(), 0)

    def test_caps_hold_for_what_is_counted_anew(self):
        self.env.ref("sla_scoring.rule_error").cap_month = 4
        first, *_others = self.errors()
        self.assertEqual(self.total(), -4)
        first._reverse("Not an error", LATER)
        self.assertEqual(self.total(), -4)

    def test_an_error_that_a_cap_spared_is_taken_back_too(self):
        self.env.ref("sla_scoring.rule_error").cap_month = 1.5
        _first, second = self.errors(2)
        self.assertEqual(second.points, 0)
        self.excuse(second.breach_id, self.boss, self.manager)
        self.entries._undo_decided(LATER)
        self.assertEqual(second.reversal_ids.points, 0)
        self.assertEqual(self.standing(), [(1, -1.5, "posted")])

    def test_what_a_team_bears_is_counted_anew_as_well(self):
        first, second = self.errors(2, holds=[(None, 900)])
        self.assertEqual((first | second).mapped("ordinal"), [1, 2])
        first._reverse("Not an error", LATER)
        anew = self.entries.search([("source_key", "=", f"anew:{second.id}")])
        self.assertEqual((anew.points, anew.team_id), (-1.5, self.team))
