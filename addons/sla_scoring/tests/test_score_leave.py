from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import DUE, LATER, ScoreCase

SOON = DUE + timedelta(hours=2)
MUCH_LATER = LATER + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestScoreLeave(ScoreCase):
    """Sick leave that becomes known when points are there already."""

    def leave(self, user, minute, minutes, by=None, at=SOON):
        """Enter leave of a user some minutes after the due time."""
        start = DUE + timedelta(minutes=minute)
        leaves = self.env["resource.calendar.leaves"].with_user(by or self.manager)
        return leaves.with_context(**at_context(at)).create(
            {
                "name": "Ill",
                "resource_id": leaves.sudo()._resource_of(user).id,
                "date_from": start,
                "date_to": start + timedelta(minutes=minutes),
            }
        )

    def entries_of(self, breach):
        return self.entries.search([("breach_id", "=", breach.id)])

    def test_a_draft_is_drafted_again(self):
        breach = self.breach(60)
        self.assertEqual(self.charge(breach).user_id, self.agent)
        self.leave(self.agent, -10, 60)
        self.assertFalse(self.entries_of(breach))
        entry = self.charge(breach)
        self.assertEqual((entry.user_id.id, entry.points), (False, -0.5))
        self.assertEqual(entry.team_id, self.team)

    def test_only_what_was_held_in_that_time_is_drafted_again(self):
        breaches = [
            self.breach(60, [(self.other, 60)]),
            self.breach(60, due=DUE + timedelta(days=1)),
            self.breach(60, [(self.agent, 60)]),
        ]
        before = self.charge(*breaches)
        self.leave(self.agent, 0, 60)
        kept = before.exists().breach_id
        self.assertEqual(set(kept), set(breaches[:2]))

    def test_leave_recalled_charges_the_agent_again(self):
        leave = self.leave(self.agent, 0, 60)
        breach = self.breach(60)
        self.assertFalse(self.charge(breach).user_id)
        leave.unlink()
        self.assertEqual(self.charge(breach).user_id, self.agent)

    def test_leave_moved_away_charges_the_agent_again(self):
        leave = self.leave(self.agent, 0, 60)
        breach = self.breach(60)
        self.assertFalse(self.charge(breach).user_id)
        leave.write(
            {
                "date_from": DUE + timedelta(days=2),
                "date_to": DUE + timedelta(days=3),
            }
        )
        self.assertEqual(self.charge(breach).user_id, self.agent)

    def test_own_leave_changes_points_from_its_approval_on(self):
        breach = self.breach(60)
        entry = self.charge(breach)
        leave = self.leave(self.agent, 0, 60, by=self.agent)
        self.assertTrue(entry.exists())
        told = leave.with_user(self.manager).action_approve()
        self.assertFalse(entry.exists())
        self.assertIn("1", told["params"]["message"])

    def test_what_is_contested_stays(self):
        entry = self.charge(self.breach(60))
        self.env["score.appeal"].with_user(self.agent).create(
            {"entry_id": entry.id, "reason": "I was ill"}
        )
        self.leave(self.agent, 0, 60)
        self.assertTrue(entry.exists())

    def test_what_is_posted_stays_and_is_shown(self):
        ill, fit = (
            self.posted(60, holds=[(who, 60)]) for who in (self.agent, self.other)
        )
        leave = self.leave(self.agent, 0, 60, by=self.agent, at=MUCH_LATER)
        shown = [("leave_came_later", "=", True)]
        self.assertFalse(self.entries.search(shown) & ill)
        manager = leave.with_user(self.manager).with_context(**at_context(MUCH_LATER))
        told = manager.action_approve()
        self.assertEqual(told["params"]["type"], "warning")
        self.assertEqual(self.entries.search(shown) & (ill | fit), ill)
        self.assertTrue(ill.leave_came_later)
        self.assertFalse(fit.leave_came_later)
        ill._reverse("Ill", MUCH_LATER, by=self.boss)
        self.assertFalse(self.entries.search(shown) & ill)

    def test_leave_approved_before_the_posting_is_not_late(self):
        self.leave(self.agent, 600, 60)
        self.assertFalse(self.posted(60).leave_came_later)

    def test_a_rule_that_charges_leave_shows_nothing(self):
        self.env.ref("sla_scoring.rule_overtime").exempt_leave = False
        entry = self.posted(60)
        self.leave(self.agent, 0, 60, at=MUCH_LATER)
        self.assertFalse(entry.leave_came_later)

    def test_agents_neither_see_nor_search_it(self):
        entry = self.posted(60)
        self.leave(self.agent, 0, 60, at=MUCH_LATER)
        self.assertNotIn(
            "leave_came_later", self.entries.with_user(self.agent).fields_get()
        )
        self.assertTrue(entry.with_user(self.agent).read(["points"]))
