from contextlib import closing
from datetime import date, datetime, timedelta

from odoo import api
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import Form

from .common import FEBRUARY, JANUARY, REVIEW_AT, VipCase

TOMORROW = REVIEW_AT + timedelta(days=1)
FIRST, SECOND = date(2024, 2, 1), date(2024, 2, 2)


class TestTierDecision(VipCase):
    """From which day, by whom or by which rule, and what becomes of what waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.client("X", adviser_id=cls.users["adviser"].id)
        cls.manager = cls.users["manager"]
        cls.Change = cls.env["vip.tier.change"]

    def tier_on(self, day, partner=None):
        partner = partner or self.partner
        return partner._tier_at(day, self.company)[partner.id]

    def scheduled(self, partner=None, tier=None, day=SECOND):
        change = self.change(partner or self.partner, tier or self.diamond)
        change.with_user(self.manager)._approve(at=REVIEW_AT, effective_date=day)
        return change

    # From which day

    def test_a_change_for_a_later_day_waits_for_it(self):
        change = self.scheduled()
        self.assertEqual((change.state, change.effective_date), ("approved", SECOND))
        self.assertFalse(change.tell_adviser)
        self.Change._apply_scheduled(self.company, REVIEW_AT)
        self.assertEqual(change.state, "approved")
        self.assertEqual(self.tier_on(SECOND), self.silver)
        # The job is three days late: the tier holds from its day all the same.
        self.Change._apply_scheduled(self.company, REVIEW_AT + timedelta(days=4))
        self.assertEqual((change.state, change.effective_date), ("applied", SECOND))
        self.assertEqual(self.tier_on(FIRST), self.silver)
        self.assertEqual(self.tier_on(SECOND), self.diamond)
        self.assertEqual(change.decided_at, REVIEW_AT)

    def test_the_job_applies_what_is_due_in_each_company(self):
        today = self.company._vip_local_date(self.env.cr.now())
        change = self.change(self.partner, self.diamond)
        change.with_user(self.manager)._approve(
            at=datetime.combine(today - timedelta(days=3), datetime.min.time()),
            effective_date=today,
        )
        with self.enter_registry_test_mode():
            cron = self.env.ref("vip_service.ir_cron_tier_decisions")
            cron.method_direct_trigger()
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.partner.vip_tier_id, self.diamond)

    def test_the_last_decision_replaces_a_scheduled_one(self):
        old = self.scheduled()
        new = self.change(self.partner, self.platinum)
        new.with_user(self.manager)._approve(at=REVIEW_AT)
        self.assertEqual((old.state, new.state), ("expired", "applied"))
        self.Change._apply_scheduled(self.company, TOMORROW)
        self.assertEqual(self.tier_on(SECOND), self.platinum)

    def test_a_scheduled_change_is_called_off_until_its_day(self):
        change = self.scheduled()
        change.with_user(self.manager)._reject("The client leaves", at=REVIEW_AT)
        self.assertEqual((change.state, change.effective_date), ("rejected", False))
        self.Change._apply_scheduled(self.company, TOMORROW)
        self.assertEqual(self.tier_on(SECOND), self.silver)

    def test_a_scheduled_change_that_was_overtaken_ends(self):
        change = self.scheduled()
        self.env["vip.tier.membership"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.partner.id,
                "tier_id": self.platinum.id,
                "date_from": "2024-02-03",
            }
        )
        other = self.scheduled(self.client("Y"))
        self.Change._apply_scheduled(self.company, REVIEW_AT + timedelta(days=4))
        self.assertEqual((change.state, other.state), ("expired", "applied"))

    def test_only_an_administrator_with_a_reason_dates_back(self):
        change = self.change(self.partner, self.diamond)
        day = FIRST - timedelta(days=10)
        with self.assertRaises(AccessError):
            change.with_user(self.manager)._approve(
                at=REVIEW_AT, reason="Late paper", effective_date=day
            )
        admin = change.with_user(self.users["admin"])
        with self.assertRaises(UserError):
            admin._approve(at=REVIEW_AT, reason=" ", effective_date=day)
        self.assertEqual(change.state, "proposed")
        admin._approve(at=REVIEW_AT, reason="Late paper", effective_date=day)
        self.assertEqual(self.tier_on(day), self.diamond)
        self.assertEqual(self.tier_on(day - timedelta(days=1)), self.silver)

    def test_many_are_approved_from_a_day_with_a_reason(self):
        changes = self.Change.browse()
        for number in range(3):
            changes += self.change(self.client(f"many-{number}"), self.platinum)
        action = changes.with_user(self.manager).action_approve_with()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.change_count, 3)
        today = self.company._vip_local_date(self.env.cr.now())
        self.assertEqual(wizard.effective_date, today)
        wizard.effective_date = today + timedelta(days=7)
        wizard.reason = "Campaign"
        wizard.save().action_approve()
        self.assertEqual(set(changes.mapped("state")), {"approved"})
        self.assertEqual(set(changes.mapped("reason")), {"Campaign"})
        self.assertEqual(changes[0].effective_date, today + timedelta(days=7))

    # By rule

    def _figures_for_rise_and_fall(self):
        rising, falling = self.client("R"), self.client("F")
        self.promote(falling, self.platinum, at=datetime(2024, 1, 5))
        self.fact(rising, JANUARY, 1_000_000, 700)
        self.fact(falling, JANUARY, 1, 1)
        return rising, falling

    def auto(self, setting):
        self.company.vip_auto_approval = setting
        clients = self._figures_for_rise_and_fall()
        changes = self.review().change_ids
        return [changes.filtered(lambda c, p=p: c.partner_id == p) for p in clients]

    def test_nothing_is_approved_by_rule_as_shipped(self):
        rise, fall = self.auto("none")
        self.assertEqual((rise.state, fall.state), ("proposed", "proposed"))

    def test_rises_are_approved_by_rule(self):
        rise, fall = self.auto("promotions")
        self.assertEqual((rise.state, fall.state), ("applied", "proposed"))
        self.assertFalse(rise.decided_by_id)
        self.assertEqual(rise.decided_at, REVIEW_AT)
        self.assertIn("by rule", rise.reason)
        self.assertEqual(self.tier_on(FIRST, rise.partner_id), self.diamond)
        line = self.env["vip.audit.log"].search(
            [("model", "=", "vip.tier.change"), ("res_id", "=", rise.id)]
        )
        self.assertEqual((line.action, line.at), ("approved", REVIEW_AT))
        self.assertEqual((line.user_id, line.reason), (self.env.uid, rise.reason))

    def test_falls_too_if_the_company_says_so(self):
        rise, fall = self.auto("all")
        self.assertEqual((rise.state, fall.state), ("applied", "applied"))
        self.assertEqual(self.tier_on(FIRST, fall.partner_id), self.silver)

    # What nobody decides

    def test_stale_proposals_expire_after_the_days_of_the_company(self):
        old = self.change(self.partner, self.diamond, proposed_at=REVIEW_AT)
        young = self.change(self.client("Y"), self.diamond, proposed_at=TOMORROW)
        late = REVIEW_AT + timedelta(days=10, hours=1)
        self.Change._expire_stale(self.company, late)
        self.assertEqual(old.state, "proposed")
        self.company.vip_proposal_days = 10
        self.Change._expire_stale(self.company, late)
        self.assertEqual((old.state, young.state), ("expired", "proposed"))
        self.assertEqual(old.decided_at, late)

    def test_a_proposal_locks_no_client(self):
        """Another transaction writes the client while a proposal is not yet committed."""
        with (
            closing(db_connect(self.env.cr.dbname).cursor()) as one,
            closing(db_connect(self.env.cr.dbname).cursor()) as other,
        ):
            context = {"tracking_disable": True}
            partner = api.Environment(one, api.SUPERUSER_ID, context).ref(
                "base.main_partner"
            )
            company = partner.env.ref("base.main_company")
            tiers = partner.env["vip.tier"]._ladder(company)
            partner.env["vip.tier.change"].create(
                {
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "from_tier_id": tiers[0].id,
                    "to_tier_id": tiers[1].id,
                    "direction": "promotion",
                }
            )
            partner.env.flush_all()
            other.execute("SET LOCAL lock_timeout = '3s'")
            again = api.Environment(other, api.SUPERUSER_ID, context)
            again["res.partner"].browse(partner.id).write({"phone": "+86 10 1234"})
            again.flush_all()
            one.rollback()
            other.rollback()

    # Telling

    def approve_now(self, *partners, tier=None):
        changes = self.Change.browse()
        for partner in partners:
            changes += self.change(partner, tier or self.diamond)
        changes.with_user(self.manager)._approve()
        return changes

    def test_approving_sends_nothing_the_job_does(self):
        self.partner.email = "x@example.com"
        self.company.vip_tell_clients = True
        mails = self.env["mail.mail"].search([])
        change = self.approve_now(self.partner)
        self.assertTrue(change.tell_adviser and change.tell_client)
        self.assertEqual(self.env["mail.mail"].search([]), mails)
        with self.enter_registry_test_mode():
            self.env.ref("vip_service.ir_cron_tier_tell").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(change.tell_adviser or change.tell_client)
        [mail] = (self.env["mail.mail"].search([]) - mails).filtered(
            lambda m: m.recipient_ids == self.partner
        )
        self.assertEqual((mail.state, mail.subject), ("outgoing", "Welcome to Diamond"))
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.users["adviser"].partner_id.ids)]
        )
        self.assertIn("Silver → Diamond", told.body)

    def test_a_fall_has_its_own_words(self):
        self.partner.email = "x@example.com"
        self.company.vip_tell_clients = True
        change = self.change(self.partner, self.silver, current=self.platinum)
        change.with_user(self.manager)._approve()
        change._tell_clients()
        mail = self.env["mail.mail"].search([("recipient_ids", "=", self.partner.id)])
        self.assertEqual(mail.subject, "Your service tier")
        self.assertIn("Silver", mail.body_html)

    def test_clients_are_told_only_if_the_company_says_so(self):
        change = self.approve_now(self.partner)
        self.assertTrue(change.tell_adviser)
        self.assertFalse(change.tell_client)

    def test_history_tells_nobody(self):
        self.company.vip_tell_clients = True
        self.partner.email = "x@example.com"
        change = self.promote(self.partner, self.diamond)
        change._tell_adviser()
        change._tell_clients()
        self.assertFalse(change.tell_adviser or change.tell_client)
        self.assertFalse(
            self.env["mail.mail"].search([("recipient_ids", "=", self.partner.id)])
        )

    def test_an_adviser_gets_one_digest_of_many(self):
        clients = [
            self.client(f"D{number}", adviser_id=self.users["adviser"].id)
            for number in range(52)
        ]
        changes = self.approve_now(*clients)
        changes._tell_adviser()
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.users["adviser"].partner_id.ids)]
        )
        self.assertEqual(len(told), 1)
        self.assertIn("and 2 others", told.body)
        self.assertEqual(told.body.count("Client D"), 50)

    def test_the_adviser_is_told_of_a_rejection(self):
        change = self.change(self.partner, self.diamond)
        change.with_user(self.manager)._reject("One good month only")
        self.assertTrue(change.tell_adviser)
        self.assertFalse(change.tell_client)

    # Archiving

    def test_an_archived_client_keeps_its_history_and_nothing_waits_for_it(self):
        self.promote(self.partner, self.platinum)
        waiting = self.change(self.partner, self.diamond, current=self.platinum)
        self.partner.active = False
        self.assertEqual(waiting.state, "expired")
        self.assertEqual(self.tier_on(FIRST), self.platinum)
        self.fact(self.partner, FEBRUARY, 1_000_000, 700)
        review = self.review(month=FEBRUARY, at=datetime(2024, 3, 1, 3))
        self.assertFalse(review.change_ids)
        self.partner.active = True
        self.assertEqual(self.partner.vip_tier_id, self.platinum)
