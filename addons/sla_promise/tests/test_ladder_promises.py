"""Promises read the ladder of the day on which a request arrived."""

from datetime import timedelta

from odoo.tests.common import new_test_user

from odoo.addons.vip_base.tools.times import at_context

from .common import START, SlaCase, minutes


class TestLadderPromises(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "ladders", groups="vip_base.group_vip_admin")
        cls.silver, cls.platinum, cls.diamond = cls.env["vip.tier"]._ladder(
            cls.env.company, START.date()
        )
        cls.bronze = cls.env["vip.tier"].create(
            {"name": "Bronze", "code": "bronze", "active": False}
        )
        cls.make_policy("Key", client_scope="key", resolution=20, sequence=5)
        cls.day = (START + timedelta(days=1)).date()
        cls.later = START + timedelta(days=1, hours=1)

    def ladder(self, *tiers, plan):
        """Put a ladder in force from the day after START on."""
        versions = self.env["vip.ladder.version"].with_context(**at_context(START))
        draft = versions._draft(versions.company_id, self.day, "Board")
        draft.rung_ids.filtered(lambda rung: rung.tier_id not in tiers).unlink()
        for rank, tier in enumerate(tiers, 1):
            rung = draft.rung_ids.filtered(lambda x, tier=tier: x.tier_id == tier)
            if rung:
                rung.rank = rank
            else:
                draft.rung_ids = [(0, 0, {"tier_id": tier.id, "rank": rank})]
        for line in draft.plan_ids:
            line.to_tier_id = plan[line.from_tier_id]
        draft.with_user(self.admin).action_propose()
        draft.with_user(self.boss).action_put_in_force()
        versions._take_effect(self.env.company, self.later)

    def below(self, to_tier):
        tiers = (self.bronze, self.silver, self.platinum, self.diamond)
        self.ladder(*tiers, plan={self.silver: to_tier})

    def test_who_keeps_the_tier_above_a_new_lowest_is_a_key_client_from_then_on(self):
        self.below(self.silver)
        before, after = self.ticket(START), self.ticket(self.later)
        self.assertFalse(self.clock(before).key_client)
        self.assertTrue(self.clock(after).key_client)
        self.assertEqual(after.vip_tier_id, self.silver)

    def test_a_request_of_before_stays_that_of_a_regular_client(self):
        ticket = self.ticket(START)
        self.below(self.bronze)
        self.assertEqual(ticket.sla_tier_id, self.bronze)
        ticket._at(self.later).category_id = self.urgent_item
        self.assertFalse(self.clock(ticket).key_client)
        self.assertEqual(ticket.vip_tier_id, self.silver)

    def test_open_requests_follow_the_plan(self):
        change = self.env["vip.tier.change"].create(
            {
                "company_id": self.env.company.id,
                "partner_id": self.client.id,
                "from_tier_id": self.silver.id,
                "to_tier_id": self.diamond.id,
                "direction": "promotion",
            }
        )
        change.with_user(self.boss)._approve(at=START)
        ticket = self.ticket(minutes(5))
        self.ladder(self.silver, self.platinum, plan={self.diamond: self.platinum})
        self.assertEqual(ticket.vip_tier_id, self.diamond)
        self.assertEqual(ticket.sla_tier_id, self.platinum)
        self.assertTrue(self.clock(ticket).key_client)
