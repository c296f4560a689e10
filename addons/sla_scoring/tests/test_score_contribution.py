from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import DUE, LATER, MARCH, ScoreCase


@tagged("post_install", "-at_install")
class TestScoreContribution(ScoreCase):
    """What agents contribute offsets what they lost (REQUIREMENTS P3)."""

    def claim(self, by=None, **values):
        claims = self.env["score.contribution"].with_user(by or self.agent)
        return claims.with_context(**at_context(LATER)).create(
            {
                "kind_id": self.env.ref("sla_scoring.contribution_suggestion").id,
                "description": "A shorter form",
                "occurred_at": DUE,
                **values,
            }
        )

    def approve(self, claim, by=None):
        claim = claim.with_user(by or self.manager)
        claim.with_context(**at_context(LATER)).action_approve()
        return self.entries.search([("contribution_id", "=", claim.id)])

    def test_an_approved_claim_is_a_posted_offset(self):
        entry = self.approve(self.claim())
        self.assertEqual(
            (entry.kind, entry.points, entry.state, entry.user_id, entry.month),
            ("offset", 0.5, "posted", self.agent, MARCH),
        )
        self.assertEqual(entry.posted_by_id, self.manager)
        self.assertFalse(entry.raised_by_id)

    def test_the_form_claims_a_contribution(self):
        form = Form(self.env["score.contribution"].with_user(self.agent))
        form.kind_id = self.env.ref("sla_scoring.contribution_case")
        form.description = "Called every client of the outage"
        claim = form.save()
        self.assertEqual(
            (claim.user_id, claim.claimed_by_id, claim.points),
            (self.agent, self.agent, 0.5),
        )

    def test_offsets_compensate_deductions_of_the_month_and_no_more(self):
        self.posted(60)
        for _again in range(2):
            self.approve(self.claim())
        self.env["score.card"]._make_drafts(self.company, MARCH)
        card = self.env["score.card"].search([("user_id", "=", self.agent.id)])
        self.assertEqual((card.offset_available, card.offset, card.total), (1, 0.5, 0))

    def test_a_granted_contribution_is_approved_by_another_manager(self):
        claim = self.claim(by=self.manager, user_id=self.agent.id)
        with self.assertRaises(AccessError):
            self.approve(claim)
        entry = self.approve(claim, self.boss)
        self.assertEqual(entry.raised_by_id, self.manager)

    def test_nobody_approves_an_own_claim(self):
        claim = self.claim(by=self.manager)
        with self.assertRaises(AccessError):
            self.approve(claim)
        with self.assertRaises(AccessError):
            self.approve(self.claim(), self.agent)

    def test_a_claim_is_decided_once(self):
        claim = self.claim()
        self.approve(claim)
        with self.assertRaises(UserError):
            self.approve(claim, self.boss)

    def test_a_rejected_claim_is_answered_and_gives_nothing(self):
        claim = self.claim().with_user(self.manager)
        with self.assertRaises(UserError):
            claim.action_reject()
        with Form(claim) as form:
            form.comment = "We have that form already"
        claim.action_reject()
        self.assertEqual((claim.state, claim.decided_by_id), ("rejected", self.manager))
        self.assertFalse(claim.entry_ids)

    def test_points_are_those_of_the_day_of_the_claim(self):
        claim = self.claim()
        claim.sudo().kind_id.points = 9
        self.assertEqual(self.approve(claim).points, 0.5)

    def test_an_agent_claims_nothing_else(self):
        for values in (
            {"user_id": self.other.id},
            {"points": 100},
            {"state": "approved"},
            {"claimed_by_id": self.manager.id},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self.claim(**values)
        with self.assertRaises(ValidationError):
            self.claim(occurred_at=LATER + timedelta(days=1))
        claim = self.claim()
        for user in self.agent, self.manager:
            with self.assertRaises(AccessError):
                claim.with_user(user).points = 9

    def test_an_agent_sees_own_claims_only(self):
        own, others = self.claim(), self.claim(by=self.other)
        seen = self.env["score.contribution"].with_user(self.agent).search([])
        self.assertEqual(seen & (own | others), own)
