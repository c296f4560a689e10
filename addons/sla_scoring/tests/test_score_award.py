from odoo.tests import tagged

from .common import LATER, MARCH, ScoreCase

CLOSING = LATER.replace(month=4, day=2)


@tagged("post_install", "-at_install")
class TestScoreAward(ScoreCase):
    """Star of the month, elite of the quarter (REQUIREMENTS P5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["score.award.rule"].search([]).active = False
        cls.rule = cls.award_rule("total", "volume")

    @classmethod
    def award_rule(cls, *keys, **values):
        return cls.env["score.award.rule"].create(
            {
                "name": "Star",
                "company_id": cls.company.id,
                "points": 2,
                "min_tickets": 1,
                "criterion_ids": [(0, 0, {"key": key}) for key in keys],
                **values,
            }
        )

    def close(self, month=MARCH, at=CLOSING):
        cards = self.env["score.card"]
        cards._make_drafts(self.company, month)
        month_cards = cards.search(
            [("company_id", "=", self.company.id), ("month", "=", month)]
        )
        month_cards._close(at, by=self.manager)

    def awards(self):
        return self.entries.search([("kind", "=", "award")])

    def solved(self, user, month=3):
        self.breach(60, [(user, 60)], due=LATER.replace(month=month), key_client=False)

    def test_the_best_card_is_proposed_for_an_award(self):
        self.posted(60)
        self.posted(900, holds=[(self.other, 900)])
        cards = self.env["score.card"]
        cards._make_drafts(self.company, MARCH)
        both = cards.search([("month", "=", MARCH)])
        both[0]._close(CLOSING)
        self.assertFalse(self.awards())
        both[1]._close(CLOSING)
        award = self.awards()
        self.assertEqual((award.user_id, award.state), (self.agent, "draft"))
        self.assertEqual(award.points, 2)
        self.assertIn("Points -0.50", award.reason)
        self.assertNotIn(award, self.entries._due_drafts(CLOSING))
        award.with_user(self.manager).action_post()
        self.assertEqual(award.state, "posted")

    def test_a_tie_is_broken_by_the_next_figure(self):
        self.solved(self.agent)
        self.solved(self.other)
        self.solved(self.other)
        self.close()
        self.assertEqual(self.awards().user_id, self.other)

    def test_who_is_equal_in_all_figures_shares_the_award(self):
        self.solved(self.agent)
        self.solved(self.other)
        self.close()
        self.assertEqual(self.awards().user_id, self.agent | self.other)

    def test_too_small_a_sample_is_not_compared(self):
        self.rule.min_tickets = 2
        self.solved(self.agent)
        self.posted(60, holds=[(self.other, 60)])
        self.posted(60, holds=[(self.other, 60)])
        self.close()
        self.assertEqual(self.awards().user_id, self.other)

    def test_the_elite_is_found_at_the_end_of_the_quarter(self):
        self.rule.active = False
        rule = self.award_rule("volume", period="quarter", points=5)
        self.solved(self.agent, month=4)
        self.solved(self.agent, month=5)
        self.solved(self.agent, month=6)
        self.solved(self.other, month=6)
        self.solved(self.other, month=6)
        for month in (4, 5, 6):
            self.assertFalse(self.awards())
            self.close(MARCH.replace(month=month), CLOSING.replace(month=month + 1))
        self.assertEqual(self.awards().user_id, self.agent)
        self.assertEqual(self.awards().points, rule.points)

    def test_an_award_is_proposed_once(self):
        self.solved(self.agent)
        self.close()
        self.env["score.award.rule"]._propose_all(self.company, MARCH, CLOSING)
        self.assertEqual(len(self.awards()), 1)

    def test_a_manager_may_decline_an_award(self):
        self.solved(self.agent)
        self.close()
        self.awards().with_user(self.manager).unlink()
        self.assertFalse(self.awards())
