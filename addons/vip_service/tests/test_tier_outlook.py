from datetime import datetime

from odoo.exceptions import AccessError

from ..tools.event_time import at_context
from .common import FEBRUARY, JANUARY, VipCase

BEFORE = datetime(2024, 1, 10)
NOW = datetime(2024, 2, 20)


class TestTierOutlook(VipCase):
    def rows(self, domain=(), user=None):
        """Return ``{client number: row}`` of the outlook."""
        outlook = self.env["vip.tier.outlook"].with_context(**at_context(NOW))
        if user:
            outlook = outlook.with_user(user)
        self.env.flush_all()
        outlook.invalidate_model()
        return {
            row.partner_id.sudo().client_number: row for row in outlook.search(domain)
        }

    def holder(self, number, tier, deposit=None, volume=None, **values):
        client = self.client(number, **values)
        if tier != self.silver:
            self.promote(client, tier, at=BEFORE)
        self.fact(client, JANUARY, deposit, volume)
        return client

    def test_percent_of_the_next_tier_is_the_least_of_all_criteria(self):
        self.holder("X", self.silver, 450_000, 60)
        row = self.rows()["X"]
        self.assertEqual((row.next_tier_id, row.percent), (self.platinum, 30))
        self.assertFalse(row.close)

    def test_percent_of_any_criterion_is_the_most(self):
        self.platinum.match = "any"
        self.holder("X", self.silver, 450_000, 60)
        self.assertEqual(self.rows()["X"].percent, 90)

    def test_close_begins_at_the_percentage_of_the_company(self):
        self.holder("at", self.silver, 500_000, 160)
        self.holder("below", self.silver, 500_000, 159)
        self.assertEqual(self.rows([("close", "=", True)]).keys(), {"at"})
        self.company.vip_close_percent = 79
        self.assertEqual(self.rows([("close", "=", True)]).keys(), {"at", "below"})

    def test_more_than_needed_is_a_hundred_and_less_than_nothing_is_zero(self):
        self.holder("much", self.silver, 9e9, 9e9)
        self.holder("debt", self.silver, -5, 9)
        rows = self.rows()
        self.assertEqual((rows["much"].percent, rows["debt"].percent), (100, 0))

    def test_at_the_top_there_is_no_next_tier(self):
        self.holder("top", self.diamond, 9e9, 9e9)
        row = self.rows()["top"]
        self.assertFalse(row.next_tier_id or row.percent or row.close or row.at_risk)

    def test_at_risk_is_who_would_be_found_below(self):
        self.platinum.criterion_ids.write({"retain": 100})
        self.holder("stays", self.platinum, 100, 100)
        self.holder("falls", self.platinum, 100, 99.9999)
        self.holder("gone", self.platinum)
        self.holder("lowest", self.silver, 1, 1)
        self.assertEqual(self.rows([("at_risk", "=", True)]).keys(), {"falls", "gone"})

    def test_who_rises_is_not_at_risk_of_what_it_leaves(self):
        self.platinum.match = "any"
        self.holder("X", self.platinum, 0, 700)
        self.assertFalse(self.rows()["X"].at_risk)

    def test_at_risk_agrees_with_what_the_review_then_finds(self):
        for place in range(12):
            tier = (self.silver, self.platinum, self.diamond)[place % 3]
            self.holder(f"C{place}", tier, 250_000 * place, 150 * place)
        at_risk = self.rows([("at_risk", "=", True)]).keys()
        review = self.review(JANUARY)
        falls = review.change_ids.filtered(lambda c: c.direction == "demotion")
        self.assertEqual(set(falls.partner_id.mapped("client_number")), set(at_risk))
        self.assertTrue(at_risk)

    def test_grace_is_counted_down(self):
        self.platinum.grace_reviews = 2
        self.holder("X", self.platinum)
        self.fact(self.client("other"), JANUARY, 1, 1)
        row = self.rows()["X"]
        self.assertEqual((row.shortfalls, row.grace_left), (0, 2))
        self.review()
        row = self.rows()["X"]
        self.assertEqual((row.shortfalls, row.grace_left), (1, 1))

    def test_the_figures_of_the_newest_month_count(self):
        client = self.holder("X", self.silver, 500_000, 200)
        self.fact(client, FEBRUARY, 50_000, 200)
        row = self.rows()["X"]
        self.assertEqual((row.month, row.percent), (FEBRUARY, 10))

    def test_each_type_has_its_own_next_tier(self):
        self.platinum.criterion_ids.client_type = "end"
        self.holder("end", self.silver, 500_000, 100)
        self.holder("agent", self.silver, 500_000, 350, client_type="agent")
        rows = self.rows()
        self.assertEqual(
            (rows["end"].next_tier_id, rows["end"].percent), (self.platinum, 50)
        )
        self.assertEqual(
            (rows["agent"].next_tier_id, rows["agent"].percent), (self.diamond, 50)
        )

    def test_no_row_of_who_is_archived(self):
        self.holder("archived", self.silver, 1, 1).active = False
        self.assertFalse(self.rows())

    def test_an_adviser_sees_own_clients_and_an_agent_none(self):
        adviser = self.users["adviser"]
        self.holder("own", self.silver, 1, 1, adviser_id=adviser.id)
        self.holder("foreign", self.silver, 1, 1)
        self.assertEqual(self.rows(user=adviser).keys(), {"own"})
        self.assertEqual(
            self.rows(user=self.users["auditor"]).keys(), {"own", "foreign"}
        )
        with self.assertRaises(AccessError):
            self.rows(user=self.users["agent"])

    def test_it_opens_the_clients_page(self):
        client = self.holder("X", self.silver, 1, 1)
        self.assertEqual(self.rows()["X"].action_open_client()["res_id"], client.id)

    def test_without_tiers_there_is_nothing_to_see(self):
        self.env["vip.tier"].search([]).active = False
        self.assertFalse(self.rows())

    def test_groups_are_counted_by_the_statement_too(self):
        self.holder("A", self.platinum)
        self.holder("B", self.platinum, 9e9, 9e9)
        self.env.flush_all()
        groups = (
            self.env["vip.tier.outlook"]
            .with_context(**at_context(NOW))
            ._read_group([], ["tier_id", "at_risk"], ["__count"])
        )
        self.assertEqual(
            set(groups), {(self.platinum, True, 1), (self.platinum, False, 1)}
        )
