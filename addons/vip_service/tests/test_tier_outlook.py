from datetime import datetime

from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.vip_base.tools.times import at_context, last_months

from tests import proof

from ..models import vip_tier_outlook
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

    def test_an_advisers_list_judges_no_more_than_the_own_clients(self):
        adviser = self.users["adviser"]
        self.holder("own", self.platinum, 1, 1, adviser_id=adviser.id)
        self.holder("foreign", self.platinum, 1, 1)
        outlook = self.env["vip.tier.outlook"].with_context(**at_context(NOW))
        at_risk = Domain("at_risk", "=", True)

        def judged(user, domain):
            sql = outlook.with_user(user)._search(domain).select()
            return "known" not in sql.code

        self.assertTrue(judged(adviser, at_risk))
        self.assertFalse(judged(self.users["manager"], at_risk))
        own = Domain("adviser_id", "=", adviser.id)
        self.assertTrue(judged(self.users["manager"], at_risk & own))
        self.assertEqual(self.rows(at_risk & own).keys(), {"own"})
        self.assertEqual(self.rows(at_risk & ~own).keys(), {"foreign"})
        none = self.rows([("adviser_id", "in", [False, adviser.id])])
        self.assertEqual(none.keys(), {"own", "foreign"})
        self.patch(vip_tier_outlook, "FEW", 0)
        self.assertFalse(judged(adviser, at_risk))
        self.assertEqual(self.rows(at_risk, user=adviser).keys(), {"own"})

    def test_it_opens_the_clients_page(self):
        client = self.holder("X", self.silver, 1, 1)
        self.assertEqual(self.rows()["X"].action_open_client()["res_id"], client.id)

    def plain_outlook(self):
        """Return ``{client number: (at risk, close)}`` counted in Python."""
        expected = {}
        ladder = self.env["vip.tier"]._ladder(self.company)
        for client in self.env["res.partner"].search([("client_number", "!=", False)]):
            facts = {
                (fact.metric_id, fact.month): fact.value_company
                for fact in self.env["vip.activity"].search(
                    [("partner_id", "=", client.id), ("superseded_at", "=", False)]
                )
            }
            own = client.with_context(**at_context(NOW)).vip_tier_id
            longest = max(ladder[1:].criterion_ids.mapped("window_months"))
            months = last_months(JANUARY, longest)
            if own == ladder[0] and not any(month in months for _m, month in facts):
                continue

            def criteria(tier, client=client):
                kinds = False, client.client_type
                return tier.criterion_ids.filtered_domain(
                    [("client_type", "in", kinds)]
                )

            def value(criterion, facts=facts):
                months = last_months(JANUARY, criterion.window_months)
                values = [facts.get((criterion.metric_id, m), 0) for m in months]
                return {
                    "sum": sum(values),
                    "avg": sum(values) / len(values),
                    "min": min(values),
                    "max": max(values),
                    "last": values[-1],
                }[criterion.aggregate]

            joint = {"all": (all, min), "any": (any, max)}
            stays = not criteria(own) or joint[own.match][0](
                value(c) >= c.retain for c in criteria(own)
            )
            above = [t for t in ladder if t.rank > own.rank and criteria(t)]
            close = above and joint[above[0].match][1](
                max(0, 100 * value(c) / c.qualify) if c.qualify > 0 else 100
                for c in criteria(above[0])
            ) >= (self.company.vip_close_percent)
            expected[client.client_number] = not stays, bool(close)
        return expected

    def test_lists_agree_with_plain_python_for_any_rules(self):
        rng = proof.dice()
        criteria = self.env["vip.tier"]._ladder(self.company).criterion_ids
        for place in range(24):
            tier = rng.choice([self.silver, self.silver, self.platinum, self.diamond])
            kind = rng.choice(["end", "agent"])
            client = self.holder(f"R{place}", tier, client_type=kind)
            for month in last_months(JANUARY, 4):
                if rng.random() < 0.7:
                    self.fact(client, month, rng.randint(-2, 9), rng.randint(0, 9))
        for _ladder in range(proof.examples("ladders")):
            for tier in self.platinum, self.diamond:
                self.setting_up(tier).match = rng.choice(["all", "any"])
            for criterion in criteria:
                qualify = rng.choice([0, 1, 4, 8, 20])
                self.setting_up(criterion).write(
                    {
                        "window_months": rng.choice([1, 2, 4]),
                        "aggregate": rng.choice(["sum", "avg", "min", "max", "last"]),
                        "qualify": qualify,
                        "retain": min(qualify, rng.choice([0, 1, 3])),
                        "client_type": rng.choice([False, False, "end", "agent"]),
                    }
                )
            self.company.vip_close_percent = rng.choice([50, 80, 100])
            expected = self.plain_outlook()
            self.assertEqual(
                {n: (row.at_risk, row.close) for n, row in self.rows().items()},
                expected,
            )
            for place, name in enumerate(("at_risk", "close")):
                self.assertEqual(
                    self.rows([(name, "=", True)]).keys(),
                    {number for number, row in expected.items() if row[place]},
                )

    def test_a_page_of_the_list_is_counted_no_further_than_asked(self):
        for place in range(5):
            self.holder(f"C{place}", self.platinum, place, place)
        self.env.flush_all()
        outlook = self.env["vip.tier.outlook"].with_context(**at_context(NOW))

        def page(offset, count_limit):
            found = outlook.web_search_read(
                [("at_risk", "=", True)],
                {"percent": {}},
                offset=offset,
                limit=2,
                order="id",
                count_limit=count_limit,
            )
            ids = [row["id"] for row in found["records"]]
            everybody = outlook.search([("at_risk", "=", True)], order="id").ids
            return found["length"], [everybody.index(client) for client in ids]

        self.assertEqual(page(0, 11), (5, [0, 1]))
        self.assertEqual(page(4, 11), (5, [4]))
        self.assertEqual(page(0, 3), (3, [0, 1]))
        self.assertEqual(page(2, 3), (4, [2, 3]))
        self.assertEqual(page(0, None), (5, [0, 1]))

    def test_who_is_asked_for_by_id_is_judged_as_in_the_list(self):
        clients = [
            self.holder("A", self.platinum, 9, 9),
            self.holder("B", self.silver, 450_000, 190),
            self.holder("C", self.platinum),
        ]
        nobody = self.client("N")
        rows = self.rows()
        for client in clients:
            [alone] = self.rows([("partner_id", "=", client.id)]).values()
            names = ["at_risk", "close", "percent", "next_tier_id", "grace_left"]
            row = rows[client.client_number]
            self.assertEqual([alone[n] for n in names], [row[n] for n in names])
        self.assertFalse(self.rows([("partner_id", "in", nobody.ids)]))
        self.assertEqual(
            self.rows(
                [("partner_id", "in", [c.id for c in clients]), ("close", "=", True)]
            ).keys(),
            {"B"},
        )

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
