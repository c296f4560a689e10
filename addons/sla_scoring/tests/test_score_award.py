from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

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
                # What bars people is tested on its own below.
                **{"min_promises": 0, "excludes_negative": False},
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

    def nobody(self):
        """Close March and return why nobody got the award."""
        self.close()
        self.assertFalse(self.awards())
        row = self.env["score.award"].search([("rule_id", "=", self.rule.id)])
        self.assertEqual((row.user_id.id, row.state), (False, "nobody"))
        return row.reason

    def test_an_award_that_nobody_qualifies_for_says_so(self):
        self.solved(self.agent)
        self.rule.min_tickets = 2
        self.assertEqual(self.nobody(), "Nobody qualified: 1 × too few tickets.")

    def test_who_lost_points_gets_no_award(self):
        self.rule.excludes_negative = True
        self.posted(900)
        self.solved(self.agent)
        self.assertIn("lost points", self.nobody())

    def test_who_is_proposed_a_measure_by_the_same_close_gets_no_award(self):
        limits = self.env["score.measure.rule"]
        limits.search([]).active = False
        limits.create(
            {"name": "Post", "step": "post", "company_id": self.company.id}
            | {"threshold": 0.4}
        )
        self.posted(60)
        self.assertIn("a measure in the period", self.nobody())

    def test_too_few_promises_are_not_compared(self):
        self.rule.min_promises = 2
        self.posted(60)
        self.assertIn("too few promises", self.nobody())
        self.assertEqual(self.rule._judged(*self.judged())[0], [])
        self.rule.min_promises = 1
        self.assertTrue(self.rule._judged(*self.judged())[0])

    def judged(self):
        return self.company, self.rule._period_cards(self.company, MARCH), MARCH

    def test_a_figure_has_a_minimum(self):
        minimum = {"key": "timeliness", "has_minimum": True, "minimum": 80}
        self.rule.criterion_ids = [Command.create(minimum)]
        self.posted(60)
        self.solved(self.other)
        reason = self.nobody()
        self.assertIn("2 × below the minimum of Timeliness", reason)

    def test_the_forecast_is_what_the_close_proposes(self):
        self.solved(self.agent)
        self.posted(900, holds=[(self.other, 900)])
        self.env["score.card"]._make_drafts(self.company, MARCH)
        rules = self.env["score.award.rule"]
        [forecast] = rules._forecast_all(self.company, MARCH)
        self.assertEqual(forecast["people"], [self.agent.name])
        self.close()
        self.assertEqual(self.awards().user_id, self.agent)

    def test_an_award_of_too_many_points_is_refused(self):
        with self.assertRaises(ValidationError):
            self.rule.points = 99999
        with self.assertRaises(ValidationError):
            self.gift(99999, "award")
        with self.assertRaises(ValidationError):
            self.company.score_award_max = 1
        self.company.score_award_max = 20
        self.rule.points = 20

    def given(self):
        """Return the award of the agent, its points posted."""
        self.rule.write({"reward_kind": "study", "reward": "A course"})
        self.solved(self.agent)
        self.close()
        award = self.env["score.award"].search([("rule_id", "=", self.rule.id)])
        self.assertEqual((award.state, award.reward), ("proposed", "A course"))
        self.awards().with_user(self.manager).action_post()
        award.invalidate_recordset()
        self.assertEqual(award.state, "granted")
        return award.with_context(**at_context(CLOSING))

    def test_a_reward_is_noted_as_given_with_who_when_and_evidence(self):
        award = self.given().with_user(self.manager)
        with self.assertRaisesRegex(UserError, "recorded"):
            award.action_give()
        award.evidence = "Certificate 7 in the staff file"
        award.given_on = CLOSING.date().replace(day=9)
        with self.assertRaisesRegex(UserError, "future"):
            award.action_give()
        award.given_on = CLOSING.date()
        award.action_give()
        self.assertEqual((award.state, award.given_by_id), ("given", self.manager))
        with self.assertRaises(AccessError):
            award.evidence = "Another"
        with self.assertRaises(UserError):
            award.action_give()
        log = self.env["vip.audit.log"].search([("model", "=", "score.award")])
        self.assertEqual(log.mapped("reason"), ["Certificate 7 in the staff file"])

    def test_nobody_gives_an_award_to_oneself_or_without_its_points(self):
        award = self.given()
        award.evidence = "Seen"
        with self.assertRaises(AccessError):
            award.with_user(self.agent).action_give()
        self.agent.group_ids += self.env.ref("vip_base.group_vip_manager")
        with self.assertRaises(AccessError):
            award.with_user(self.agent).action_give()
        award.entry_id._reverse("Wrong", CLOSING)
        award.invalidate_recordset()
        self.assertEqual(award.state, "taken_back")
        with self.assertRaises(UserError):
            award.with_user(self.manager).action_give()

    def test_a_declined_award_is_not_proposed_again(self):
        self.solved(self.agent)
        self.close()
        self.awards().with_user(self.manager).unlink()
        award = self.env["score.award"].search([("rule_id", "=", self.rule.id)])
        self.assertEqual(award.state, "declined")
        self.env["score.award.rule"]._propose_all(self.company, MARCH, CLOSING)
        self.assertFalse(self.awards())
        with self.assertRaises(UserError):
            award.unlink()
