from odoo.exceptions import AccessError, UserError

from .common import FEBRUARY, JANUARY, REVIEW_AT, VipCase


class TestTierEntry(VipCase):
    """A new client whose first deposit is large need not wait for the review."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for tier, value in (cls.platinum, 300_000), (cls.diamond, 800_000):
            tier.write({"entry_metric_id": cls.deposit.id, "entry_value": value})
        cls.partner = cls.client("NEW")

    def entries(self, **values):
        return self.env["vip.tier.change"]._propose_entries(self.company, **values)

    def test_the_highest_tier_whose_threshold_is_reached_is_proposed(self):
        for number, deposit, tier in (
            ("A", 299_999.99, None),
            ("B", 300_000, self.platinum),
            ("C", 800_000, self.diamond),
        ):
            client = self.client(number)
            self.fact(client, JANUARY, deposit=deposit)
            change = self.entries(partner_ids=client.ids, at=REVIEW_AT)
            self.assertEqual(change.to_tier_id, tier or self.env["vip.tier"])
            if change:
                self.assertEqual(
                    (change.state, change.proposed_at), ("proposed", REVIEW_AT)
                )
                self.assertFalse(change.proposed_by_id)
                [row] = change.evidence["criteria"]
                self.assertEqual(
                    (row["value"], row["qualify"]), (deposit, tier.entry_value)
                )
                self.assertIn("300", change.evidence_text.replace("800", "300"))
                self.assertIn(tier.name, change.evidence_html)

    def test_the_evidence_is_told_as_that_of_a_review(self):
        self.fact(self.partner, JANUARY, deposit=900_000, volume=900)
        entry = self.entries().evidence
        judged = self.review().change_ids.evidence
        self.assertEqual(entry["month"], judged["month"])
        self.assertEqual(entry["currency"], judged["currency"])
        self.assertEqual(
            {frozenset(row) for row in entry["criteria"]},
            {frozenset(row) for row in judged["criteria"]},
        )

    def test_only_who_is_new_enters(self):
        self.fact(self.partner, JANUARY, deposit=900_000)
        self.fact(self.partner, FEBRUARY, deposit=900_000)
        self.assertFalse(self.entries())

    def test_no_second_proposal_whatever_became_of_the_first(self):
        self.fact(self.partner, JANUARY, deposit=900_000)
        change = self.entries()
        self.assertEqual(change.partner_id, self.partner)
        self.assertFalse(self.entries())
        change.with_user(self.users["manager"])._reject("Money of a day")
        self.assertFalse(self.entries())

    def test_a_reviewed_month_is_the_reviews(self):
        self.fact(self.partner, JANUARY, deposit=900_000)
        self.review()
        self.assertFalse(self.entries())

    def test_the_button_is_the_managers(self):
        self.fact(self.partner, JANUARY, deposit=900_000)
        with self.assertRaises(AccessError):
            self.partner.with_user(self.users["adviser"]).action_vip_propose_entry()
        manager = self.partner.with_user(self.users["manager"]).with_context(
            allowed_company_ids=self.company.ids
        )
        action = manager.action_vip_propose_entry()
        change = self.env["vip.tier.change"].search(action["domain"])
        self.assertEqual(change.to_tier_id, self.diamond)
        self.assertEqual(
            manager.action_vip_propose_entry()["tag"], "display_notification"
        )
        # The rules proposed it; who asked them is the first of the two people.
        with self.assertRaisesRegex(UserError, "Somebody else decides"):
            change.with_user(self.users["manager"])._approve()
        self.company.vip_review_single = True
        change.with_user(self.users["manager"])._approve()
        self.assertEqual(self.partner.vip_tier_id, self.diamond)

    # While nobody has decided

    def proposed_entry(self, deposit=900_000):
        content = "client_ref,month,deposit\nNEW,2024-01,%s\n"
        self.company.vip_entry_auto = True
        self.import_csv(content % deposit)
        return content, self.env["vip.tier.change"].search(
            [("partner_id", "=", self.partner.id)]
        )

    def test_a_correction_that_asks_for_no_entry_ends_the_proposal(self):
        content, change = self.proposed_entry()
        self.import_csv(content % 5)
        self.assertEqual(change.state, "expired")
        [line] = self.env["vip.audit.log"].search(
            [("model", "=", change._name), ("res_id", "=", change.id)]
        )
        self.assertIn("not justified any more", line.reason)

    def test_a_correction_is_seen_before_it_is_approved(self):
        content, change = self.proposed_entry()
        self.import_csv(content % 950_000)
        self.assertEqual(change.state, "proposed")
        self.assertIn("950,000", change.evidence_text)
        self.assertIn("900,000", change.evidence_text)
        with self.assertRaisesRegex(UserError, "figures have changed"):
            change.with_user(self.users["manager"])._approve()
        self.import_csv(content % 900_000)
        self.assertFalse(change.figures_changed_at)
        change.with_user(self.users["manager"])._approve()

    def test_a_correction_to_another_tier_is_another_proposal(self):
        content, change = self.proposed_entry()
        self.import_csv(content % 400_000)
        new = self.env["vip.tier.change"].search(
            [("partner_id", "=", self.partner.id), ("state", "=", "proposed")]
        )
        self.assertEqual((change.state, new.to_tier_id), ("expired", self.platinum))
        self.assertEqual(new.figures_before, change.evidence)
        self.assertTrue(new.figures_changed_at)

    def test_the_next_months_figures_leave_the_proposal_alone(self):
        _content, change = self.proposed_entry()
        self.import_csv("client_ref,month,deposit\nNEW,2024-02,7\n")
        self.assertEqual(change.state, "proposed")
        self.assertFalse(change.figures_changed_at)

    def test_an_import_proposes_at_once_if_the_company_says_so(self):
        content = "client_ref,month,deposit\nNEW,2024-01,900000\n"
        domain = [("partner_id", "=", self.partner.id)]
        self.import_csv(content)
        self.assertFalse(self.env["vip.tier.change"].search(domain))
        self.company.vip_entry_auto = True
        other = self.client("OTHER")
        self.fact(other, JANUARY, deposit=900_000)
        self.import_csv(content.replace("900000", "900001"))
        change = self.env["vip.tier.change"].search([])
        change = change.filtered(lambda c: c.partner_id in self.partner | other)
        self.assertEqual(change.partner_id, self.partner)
        self.assertEqual(change.to_tier_id, self.diamond)
        self.import_csv(content.replace("900000", "900002"))
        self.assertEqual(self.env["vip.tier.change"].search(domain), change)
