from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import APRIL, DUE, LATER, MARCH, ScoreCase

CLOSING = LATER.replace(month=4, day=2)


@tagged("post_install", "-at_install")
class TestScoreMeasure(ScoreCase):
    """Limits propose, a manager agrees, the agent acknowledges (REQUIREMENTS P6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["score.measure.rule"].search([]).active = False
        cls.rule = cls.limit(threshold=1.5)

    @classmethod
    def limit(cls, **values):
        return cls.env["score.measure.rule"].create(
            {"name": "Limit", "company_id": cls.company.id, **values}
        )

    def close(self, month=MARCH, at=CLOSING, by=None):
        cards = self.env["score.card"]
        cards._make_drafts(self.company, month)
        cards.search(
            [("company_id", "=", self.company.id), ("month", "=", month)]
        )._close(at, by=by or self.manager)
        return self.measures()

    def measures(self):
        return self.env["score.measure"].search([])

    def agreed(self, **rule):
        self.rule.write(rule)
        self.posted(900)
        measure = self.close()
        measure.with_user(self.manager).action_agree()
        return measure

    def test_who_passed_the_limit_is_proposed_a_measure(self):
        self.posted(900)
        self.posted(60, holds=[(self.other, 60)])
        measure = self.close()
        self.assertEqual(measure.user_id, self.agent)
        self.assertEqual((measure.step, measure.state), ("coaching", "proposed"))
        self.assertEqual((measure.figure, measure.threshold), (1.5, 1.5))
        self.assertEqual(measure.owner_id, self.manager)
        self.assertEqual(measure.activity_ids.user_id, self.manager)
        self.assertEqual(measure.deadline, CLOSING.date().replace(day=16))

    def test_below_the_limit_nothing_is_proposed(self):
        self.rule.threshold = 1.51
        self.posted(900)
        self.assertFalse(self.close())

    def test_of_several_limits_the_severest_step_is_proposed(self):
        self.limit(threshold=1.5, step="post", sequence=20)
        self.posted(900)
        self.assertEqual(self.close().step, "post")

    def test_points_are_summed_over_the_months_of_the_limit(self):
        self.rule.write({"threshold": 1, "months": 2})
        self.posted(60)
        self.assertFalse(self.close())
        self.posted(60, due=DUE.replace(month=4))
        measure = self.close(APRIL, CLOSING.replace(month=5))
        self.assertEqual((measure.month, measure.figure), (APRIL, 1))

    def test_a_low_score_is_a_limit_too(self):
        self.rule.write({"basis": "score", "threshold": 100})
        self.posted(60)
        measure = self.close()
        self.assertEqual(measure.figure, measure.card_id.score)

    def test_the_agent_sees_it_once_it_is_agreed(self):
        self.posted(900)
        measure = self.close()
        mine = self.env["score.measure"].with_user(self.agent)
        self.assertFalse(mine.search([]))
        measure.with_user(self.manager).action_agree()
        self.assertEqual(mine.search([]), measure)
        self.assertFalse(mine.with_user(self.other).search([]))

    def test_nobody_decides_about_oneself(self):
        self.posted(900, holds=[(self.manager, 900)])
        measure = self.close()
        self.assertNotEqual(measure.owner_id, self.manager)
        with self.assertRaises(AccessError):
            measure.with_user(self.manager).action_agree()
        with self.assertRaises(AccessError):
            measure.with_user(self.agent).action_agree()

    def test_dismissing_needs_a_reason(self):
        self.posted(900)
        measure = self.close().with_user(self.manager)
        with self.assertRaises(UserError):
            measure.action_dismiss()
        measure.decision = "New in the job"
        measure.action_dismiss()
        self.assertEqual(
            (measure.state, measure.decided_by_id), ("dismissed", self.manager)
        )
        self.assertFalse(measure.activity_ids)

    def test_it_is_acknowledged_by_the_agent_and_done_with_evidence(self):
        measure = self.agreed()
        own = measure.with_user(self.agent)
        with self.assertRaises(AccessError):
            measure.with_user(self.manager).action_acknowledge()
        own.agent_comment = "I see it differently"
        own.action_acknowledge()
        self.assertTrue(measure.acknowledged_at)
        with self.assertRaises(AccessError):
            own.evidence = "Done by myself"
        task = measure.with_user(self.manager)
        with self.assertRaises(UserError):
            task.action_done()
        task.evidence = "Talk on 10 April, minutes in the file"
        task.action_done()
        self.assertEqual((measure.state, measure.done_by_id), ("done", self.manager))
        with self.assertRaises(AccessError):
            task.evidence = "Something else"

    def test_who_carries_it_out_may_be_somebody_else(self):
        self.posted(900)
        measure = self.close()
        measure.with_user(self.manager).owner_id = self.other
        measure.with_user(self.manager).action_agree()
        measure.with_user(self.agent).action_acknowledge()
        task = measure.with_user(self.other)
        with self.assertRaises(AccessError):
            task.deadline = CLOSING.date()
        task.evidence = "Sat beside for a day"
        task.action_done()
        self.assertEqual(measure.done_by_id, self.other)

    def test_an_agreed_deduction_is_posted_into_the_open_month(self):
        measure = self.agreed(step="deduction", points=3)
        entry = measure.entry_id
        self.assertEqual((entry.points, entry.kind), (-3, "deduction"))
        self.assertEqual((entry.state, entry.month), ("posted", entry.period))
        self.assertGreater(entry.month, MARCH)
        self.assertEqual(entry.raised_by_id, self.manager)

    def test_a_proposal_is_made_once(self):
        self.posted(900)
        measure = self.close()
        self.env["score.measure.rule"]._propose(measure.card_id, CLOSING, self.manager)
        self.assertEqual(self.measures(), measure)
