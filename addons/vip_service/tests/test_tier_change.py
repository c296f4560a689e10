from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import JANUARY, REVIEW_AT, VipCase


class TestTierChange(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.client("X", adviser_id=cls.users["adviser"].id)
        cls.manager = cls.users["manager"]

    def test_nothing_is_applied_before_it_is_approved(self):
        self.fact(self.partner, JANUARY, 1_000_000, 700)
        change = self.review().change_ids
        self.assertEqual(change.state, "proposed")
        self.assertFalse(change.proposed_by_id)
        self.assertEqual(self.partner.vip_tier_id, self.silver)

    def test_an_approval_keeps_who_when_why_and_applies(self):
        change = self.change(self.partner, self.diamond)
        change.with_user(self.manager)._approve(at=REVIEW_AT, reason="As agreed")
        self.assertEqual(
            (change.state, change.decided_by_id, change.decided_at, change.reason),
            ("applied", self.manager, REVIEW_AT, "As agreed"),
        )
        self.assertEqual(change.effective_date, date(2024, 2, 1))
        self.assertEqual(self.partner.vip_tier_id, self.diamond)
        self.assertEqual(self.partner.vip_tier_since, date(2024, 2, 1))

    def test_the_effective_date_is_the_companys(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        change = self.change(self.partner, self.diamond)
        change.with_user(self.manager)._approve(at=datetime(2024, 1, 31, 17, 0))
        self.assertEqual(change.effective_date, date(2024, 2, 1))

    def test_a_single_decision_is_noted_at_the_client(self):
        change = self.change(self.partner, self.diamond)
        change.with_user(self.manager).action_approve()
        self.assertIn("Silver → Diamond", str(self.partner.message_ids[0].body))
        self.assertEqual(
            self.partner.message_ids[0].author_id,
            self.env["res.partner"].sudo().browse(self.manager.partner_id.id),
        )

    def test_a_rejection_needs_a_reason_and_changes_no_tier(self):
        change = self.change(self.partner, self.diamond).with_user(self.manager)
        with self.assertRaises(UserError):
            change._reject("  ")
        action = change.action_reject()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        wizard.reason = "One good month only"
        wizard.save().action_reject()
        self.assertEqual(
            (change.state, change.reason), ("rejected", "One good month only")
        )
        self.assertEqual(self.partner.vip_tier_id, self.silver)

    def test_only_a_service_manager_decides(self):
        for role in "agent", "adviser", "auditor", "internal":
            change = self.change(self.client(role), self.diamond)
            for env_change in (
                change.with_user(self.users[role]),
                change.with_user(self.users[role]).sudo(),
            ):
                with self.assertRaises(AccessError):
                    env_change._approve()
                with self.assertRaises(AccessError):
                    env_change._reject("No")
            self.assertEqual(change.state, "proposed")

    def test_nobody_decides_on_an_own_proposal(self):
        Change = self.env["vip.tier.change"].with_user(self.manager)
        change = Change.create(
            {"partner_id": self.partner.id, "to_tier_id": self.diamond.id}
        )
        self.assertEqual(change.proposed_by_id, self.manager)
        with self.assertRaises(UserError):
            change._approve()
        other = self.new_user("manager", login="another manager")
        change.with_user(other)._approve()
        self.assertEqual(change.state, "applied")

    def test_an_adviser_proposes_for_own_clients_only(self):
        Change = self.env["vip.tier.change"].with_user(self.users["adviser"])
        values = {"to_tier_id": self.platinum.id, "reason": "Promised in person"}
        change = Change.create({"partner_id": self.partner.id, **values})
        self.assertEqual(
            (change.from_tier_id, change.direction, change.state),
            (self.silver, "promotion", "proposed"),
        )
        with self.assertRaises(AccessError):
            Change.create({"partner_id": self.client("foreign").id, **values})

    def test_a_proposal_cannot_be_made_as_decided(self):
        Change = self.env["vip.tier.change"].with_user(self.manager)
        change = Change.create(
            {
                "partner_id": self.partner.id,
                "to_tier_id": self.diamond.id,
                "state": "approved",
            }
        )
        self.assertEqual(change.state, "proposed")
        with self.assertRaises(AccessError):
            Change.create(
                {
                    "partner_id": self.client("Y").id,
                    "to_tier_id": self.diamond.id,
                    "proposed_by_id": self.users["admin"].id,
                }
            )
        with self.assertRaises(AccessError):
            change.write({"state": "approved"})
        with self.assertRaises(AccessError):
            change.write({"to_tier_id": self.platinum.id})

    def test_a_decided_change_is_not_decided_again(self):
        change = self.change(self.partner, self.diamond).with_user(self.manager)
        change._approve(at=REVIEW_AT)
        with self.assertRaises(UserError):
            change._approve(at=REVIEW_AT)
        with self.assertRaises(UserError):
            change._reject("Too late")
        self.assertEqual(
            self.env["vip.tier.membership"].search_count(
                [("partner_id", "=", self.partner.id)]
            ),
            1,
        )

    def test_no_tier_that_is_the_present_one_or_of_another_ladder(self):
        Change = self.env["vip.tier.change"].with_user(self.manager)
        for tier in self.silver, self.env.ref("vip_service.tier_diamond"):
            with self.assertRaises(UserError):
                Change.create({"partner_id": self.partner.id, "to_tier_id": tier.id})

    @mute_logger("odoo.sql_db")
    def test_a_client_has_one_open_proposal(self):
        self.change(self.partner, self.diamond)
        with self.assertRaises(Exception) as caught:
            self.change(self.partner, self.platinum)
        self.assertIn("one_proposed", str(caught.exception))

    def test_approving_many_takes_as_many_statements_as_approving_few(self):
        counts = []
        for size in 101, 301:
            clients = [self.client(f"{size}-{number}") for number in range(size)]
            changes = self.env["vip.tier.change"].browse()
            for client in clients:
                changes += self.change(client, self.platinum)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            changes.with_user(self.manager)._approve(at=REVIEW_AT)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(changes.mapped("state")), {"applied"})
            self.assertEqual(changes.decided_by_id, self.manager)
            self.assertEqual(
                {client.vip_tier_id for client in clients}, {self.platinum}
            )
        self.assertLessEqual(counts[1], counts[0])
        self.assertFalse(changes.message_ids)

    def test_of_several_own_proposals_are_left_to_somebody_else(self):
        Change = self.env["vip.tier.change"].with_user(self.manager)
        own = Change.create(
            {"partner_id": self.partner.id, "to_tier_id": self.diamond.id}
        )
        other = self.change(self.client("Other"), self.platinum)
        decided = self.change(self.client("Decided"), self.platinum)
        decided.with_user(self.manager)._reject("Too early")
        several = (own | other | decided).with_user(self.manager)
        message = several.action_approve()["params"]["message"]
        self.assertEqual(several.mapped("state"), ["proposed", "applied", "rejected"])
        head, *skipped = message.split("\n")
        self.assertEqual(head, "Decided: 1. Skipped: 2.")
        self.assertIn("Somebody else decides on what you proposed", skipped[0])
        self.assertIn(decided.display_name, skipped[1])

    def test_the_window_tells_who_was_skipped(self):
        Change = self.env["vip.tier.change"].with_user(self.manager)
        own = Change.create(
            {"partner_id": self.partner.id, "to_tier_id": self.diamond.id}
        )
        other = self.change(self.client("Other"), self.platinum)
        action = (own | other).with_user(self.manager).action_reject()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        wizard.reason = "One good month only"
        told = wizard.save().action_reject()
        self.assertEqual((own.state, other.state), ("proposed", "rejected"))
        self.assertIn(own.display_name, told["params"]["message"])
        self.assertEqual(told["params"]["next"]["type"], "ir.actions.act_window_close")
