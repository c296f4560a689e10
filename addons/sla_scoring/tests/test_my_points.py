from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import LATER, MARCH, ScoreCase


@tagged("post_install", "-at_install")
class TestMyPoints(ScoreCase):
    """What an agent sees of the own points, and can do about them."""

    def mine(self, user=None, at=LATER):
        entries = self.entries.with_user(user or self.agent)
        return entries.with_context(**at_context(at))

    def appeal(self, entry, at=LATER):
        appeals = self.env["score.appeal"].with_user(self.agent)
        return appeals.with_context(**at_context(at)).create(
            {"entry_id": entry.id, "reason_code": "other", "reason": "It was not so"}
        )

    def test_it_opens_on_the_last_month_with_entries(self):
        entry = self.posted()
        page = self.mine().my_points()
        self.assertEqual(page["month"], str(MARCH))
        self.assertEqual(self.mine().search([("of_last_month", "=", True)]), entry)
        self.assertTrue(entry.with_user(self.agent).of_last_month)

    def test_who_has_no_points_has_no_month(self):
        self.posted()
        self.assertEqual(self.mine(self.other).my_points(), {"month": False})
        self.assertFalse(self.mine(self.other).search([("of_last_month", "=", True)]))

    def test_the_sum_is_that_of_the_rows_below_and_says_what_is_not_posted(self):
        posted, draft = self.posted(), self.charge(self.breach(900))
        page = self.mine().my_points()
        self.assertAlmostEqual(page["total"], posted.points + draft.points)
        self.assertAlmostEqual(page["drafts"], draft.points)
        self.assertEqual(page["trend"][-1]["month"], str(MARCH))
        self.assertAlmostEqual(page["trend"][-1]["value"], page["total"])
        self.assertIsNone(page["trend"][0]["value"])

    def test_points_of_others_are_not_counted(self):
        self.posted()
        self.gift(5, user=self.other)
        self.assertLess(self.mine().my_points()["total"], 0)

    def test_what_may_be_contested_is_what_the_button_allows(self):
        entry = self.posted()
        found = self.mine().search([("may_be_contested", "=", True)])
        self.assertEqual(found, entry)
        self.assertTrue(found.can_appeal)
        days = self.company.score_appeal_days
        late = entry.posted_at + timedelta(days=days, seconds=1)
        found = self.mine(at=late).search([("may_be_contested", "=", True)])
        self.assertFalse(found)
        self.assertFalse(entry.with_env(self.mine(at=late).env).can_appeal)
        self.appeal(entry)
        self.assertFalse(self.mine().search([("may_be_contested", "=", True)]))

    def test_the_row_says_how_long_it_may_be_contested_and_what_became_of_it(self):
        entry = self.posted()
        days = self.company.score_appeal_days
        at = entry.posted_at + timedelta(hours=1)
        note = entry.with_env(self.mine(at=at).env).appeal_note
        self.assertEqual(note, f"can be contested, days left: {days - 1}")
        last = entry.posted_at + timedelta(days=days, hours=-1)
        note = entry.with_env(self.mine(at=last).env).appeal_note
        self.assertEqual(note, "can be contested for the last day")
        appeal = self.appeal(entry)
        self.env.invalidate_all()
        note = entry.with_env(self.mine().env).appeal_note
        self.assertTrue(note.startswith("Submitted, answer by"), note)
        appeal.with_user(self.manager).write({"comment": "Seen in the log"})
        appeal.with_user(self.manager)._decide("upheld", at=LATER)
        self.env.invalidate_all()
        self.assertEqual(entry.with_env(self.mine().env).appeal_note, "Upheld")

    def test_who_submits_an_appeal_is_told_until_when_it_is_answered(self):
        entry = self.posted()
        self.env.cr.flush()
        last = self.env["bus.bus"].search([], order="id desc", limit=1).id or 0
        self.appeal(entry)
        self.env.cr.precommit.run()
        sent = self.env["bus.bus"].search([("id", ">", last)]).mapped("message")
        [told] = [text for text in sent if "simple_notification" in text]
        self.assertIn("Your appeal is submitted", told)

    def test_a_draft_may_be_contested_without_an_end(self):
        draft = self.charge(self.breach(900))
        self.assertEqual(self.mine().my_points()["contest"], 1)
        note = draft.with_env(self.mine().env).appeal_note
        self.assertEqual(note, "can be contested")
