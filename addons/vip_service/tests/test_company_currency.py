from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.vip_base.tools.times import at_context

from .common import FEBRUARY, JANUARY, MARCH, VipCase

HEADER = "client_ref,month,deposit,currency\n"


class TestCompanyCurrency(VipCase):
    """Figures stay in the currency and the company in which they were booked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.client("C-1")
        cls.yen = cls.env.ref("base.JPY")
        cls.yen.active = True
        cls.old = cls.company.currency_id
        cls.changes = cls.env["vip.company.currency"]

    def plan(self, month=MARCH, rate=20, at=None, **values):
        changes = self.changes.with_context(**at_context(at)) if at else self.changes
        return changes.create(
            {
                "company_id": self.company.id,
                "month": month,
                "currency_id": self.yen.id,
                "rate": rate,
                **values,
            }
        )

    def test_the_currency_of_booked_figures_is_not_exchanged(self):
        self.company.currency_id = self.yen
        self.company.currency_id = self.old
        self.fact(self.one, JANUARY, deposit=60_000)
        with self.assertRaisesRegex(ValidationError, "from a month on"):
            self.company.currency_id = self.yen
        self.company.write({"currency_id": self.old.id, "name": "Same"})

    def test_a_change_that_is_rolled_back_is_not_remembered(self):
        self.assertEqual(self.company._vip_currency(None), self.old)
        with self.env.cr.savepoint() as savepoint:
            self.plan()
            self.assertEqual(self.company._vip_currency(None), self.yen)
            savepoint.rollback()
        self.assertEqual(self.company._vip_currency(None), self.old)

    def test_it_changes_from_a_month_on_and_earlier_months_stay_as_booked(self):
        self.import_csv("client_ref,month,deposit\nC-1,2024-01,60000\n")
        self.plan()
        self.assertEqual(self.company.currency_id, self.yen)
        self.import_csv(
            "client_ref,month,deposit\nC-1,2024-02,70000\nC-1,2024-03,800000\n"
        )
        facts = self.env["vip.activity"].search([], order="month")
        self.assertEqual(
            [(f.month, f.value, f.currency_id) for f in facts],
            [
                (JANUARY, 60_000, self.old),
                (FEBRUARY, 70_000, self.old),
                (MARCH, 800_000, self.yen),
            ],
        )
        self.assertEqual(self.company._vip_currency(FEBRUARY), self.old)

    def test_a_window_over_the_change_counts_at_its_rate(self):
        self.setting_up((self.platinum + self.diamond).criterion_ids).unlink()
        self.setting_up(self.platinum).match = "any"
        for aggregate in "sum", "min":
            self.env["vip.tier.criterion"].create(
                {
                    "tier_id": self.platinum.id,
                    "metric_id": self.deposit.id,
                    "window_months": 2,
                    "aggregate": aggregate,
                    "qualify": 1,
                    "retain": 1,
                }
            )
        self.fact(self.one, FEBRUARY, deposit=1_000)
        self.plan()
        self.fact(self.one, MARCH, deposit=50_000)
        before = self.review(FEBRUARY, at=datetime(2024, 3, 1, 3))
        evidence = before.change_ids.evidence
        self.assertEqual(evidence["currency"], self.old.name)
        self.assertEqual([c["value"] for c in evidence["criteria"]], [1_000, 0])
        evidence = self.review(MARCH, at=datetime(2024, 4, 1, 3)).change_ids.evidence
        self.assertEqual(evidence["currency"], "JPY")
        self.assertEqual([c["value"] for c in evidence["criteria"]], [70_000, 20_000])
        _last, facts = self.one._client_360_facts()
        self.assertEqual(facts[self.deposit.id, FEBRUARY], 20_000)

    def test_volumes_do_not_change_with_the_currency(self):
        self.fact(self.one, FEBRUARY, volume=300)
        self.plan()
        self.fact(self.one, MARCH, volume=300, deposit=1)
        _last, facts = self.one._client_360_facts()
        self.assertEqual(facts[self.volume.id, FEBRUARY], 300)

    def test_a_month_with_figures_keeps_its_currency(self):
        self.fact(self.one, MARCH, deposit=1)
        with self.assertRaises(ValidationError) as caught:
            self.plan()
        self.assertIn("March 2024", str(caught.exception))
        self.plan(month="2024-04-17")

    def test_a_month_that_is_to_come_waits(self):
        at = datetime(2024, 2, 10)
        change = self.plan(at=at)
        self.assertEqual(self.company.currency_id, self.old)
        late = at_context(datetime(2024, 3, 1, 1))
        self.changes.with_context(**late)._cron_currencies()
        self.assertEqual(self.company.currency_id, self.yen)
        with self.assertRaisesRegex(UserError, "has begun"):
            change.with_context(**late).unlink()

    def test_only_an_administrator_changes_it(self):
        for role in "manager", "adviser", "auditor":
            with self.subTest(role), self.assertRaises(AccessError):
                self.changes.with_user(self.users[role]).create(
                    {"month": MARCH, "currency_id": self.yen.id, "rate": 2}
                )
        self.plan()
        line = self.env["vip.audit.log"].search(
            [("model", "=", "vip.company.currency")], limit=1
        )
        self.assertEqual(line.new_values["rate"], 20)

    # Rates

    def rate(self, day, rate, currency=None):
        self.env["res.currency.rate"].create(
            {
                "currency_id": (currency or self.yen).id,
                "name": day,
                "rate": rate,
                "company_id": self.company.id,
            }
        )

    def test_a_rate_of_later_says_nothing_of_a_month(self):
        self.yen.rate_ids.unlink()
        self.rate("2024-07-15", 100)
        content = HEADER + "C-1,2024-01,100,JPY\n"
        record = self.import_csv(content)
        reasons = self.env["vip.activity.import"]._reject_reasons()
        self.assertEqual(self.rejects(record), {2: reasons["no_rate"]})
        self.rate("2024-01-31", 50)
        self.import_csv(content)
        fact = self.env["vip.activity"].search([("superseded_at", "=", False)])
        self.assertEqual(fact.value_company, 2)

    def test_a_company_whose_own_rate_came_later_converts_nothing_either(self):
        self.yen.rate_ids.unlink()
        self.old.rate_ids.unlink()
        self.rate("2024-01-01", 100)
        self.rate("2024-06-01", 2, self.old)
        record = self.import_csv(HEADER + "C-1,2024-01,100,JPY\n")
        self.assertEqual(record.rejected_count, 1)

    def wait(self):
        self.yen.rate_ids.unlink()
        self.setting_up((self.platinum + self.diamond).criterion_ids).unlink()
        self.env["vip.tier.criterion"].create(
            {
                "tier_id": self.platinum.id,
                "metric_id": self.deposit.id,
                "window_months": 2,
                "qualify": 50,
                "retain": 50,
            }
        )
        return self.import_csv(HEADER + "C-1,2023-12,1000,JPY\nC-1,2024-01,50,\n")

    def test_what_waits_for_a_rate_is_shown_as_missing(self):
        record = self.wait()
        self.assertEqual((record.accepted_count, record.rejected_count), (1, 1))
        missing = [{"month": "2023-12", "metric": "deposit", "currency": "JPY"}]
        line = self.env["vip.tier.outlook"].search([("partner_id", "=", self.one.id)])
        self.assertEqual(line.missing, "Deposit December 2023 (JPY)")
        change = self.review().change_ids
        self.assertEqual(change.evidence["missing"], missing)
        self.assertIn("December 2023 (JPY)", change.evidence_html)
        self.assertIn("December 2023 (JPY)", change.evidence_text)

    def test_it_is_booked_once_there_is_a_rate(self):
        self.wait()
        waiting = self.env["vip.activity.waiting"]
        cron = self.env.ref("vip_service.ir_cron_activity_waiting")
        triggered = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.rate("2023-12-31", 10)
        more = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(more - triggered)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(waiting.search([]))
        facts = self.env["vip.activity"].search([], order="month")
        self.assertEqual(facts.mapped("value_company"), [100, 50])
        self.assertEqual(
            facts[0].import_id.name, "Figures that have got their exchange rate"
        )

    def test_another_value_of_the_month_waits_no_more(self):
        self.wait()
        self.import_csv(HEADER + "C-1,2023-12,7,\n")
        self.assertFalse(self.env["vip.activity.waiting"].search([]))

    # Below zero

    def test_a_metric_that_allows_it_is_booked_below_zero(self):
        metric = self.env.ref("vip_service.metric_net_inflow")
        metric.active = True
        record = self.import_csv(
            "client_ref,month,net_inflow,deposit\nC-1,2024-01,-250.5,10\n"
            "C-1,2024-02,100,-1\n"
        )
        reasons = self.env["vip.activity.import"]._reject_reasons()
        self.assertEqual(self.rejects(record), {3: reasons["negative"]})
        self.assertEqual(
            self.current_facts(self.one)["net_inflow", JANUARY], (-250.5, 1)
        )

    def test_a_review_counts_what_went_out(self):
        self.setting_up((self.platinum + self.diamond).criterion_ids).unlink()
        metric = self.env.ref("vip_service.metric_net_inflow")
        metric.active = True
        for aggregate, qualify in ("sum", 60), ("min", -40), ("last", -40):
            self.env["vip.tier.criterion"].create(
                {
                    "tier_id": self.platinum.id,
                    "metric_id": metric.id,
                    "window_months": 2,
                    "aggregate": aggregate,
                    "qualify": max(qualify, 0),
                    "retain": 0,
                }
            )
        self.import_csv(
            "client_ref,month,net_inflow\nC-1,2023-12,100\nC-1,2024-01,-40\n"
        )
        review = self.review()
        self.assertFalse(review.change_ids, "the least month is below zero")
        lowest = self.platinum.criterion_ids.filtered(lambda c: c.aggregate != "sum")
        self.setting_up(lowest).unlink()
        trial = self.env["vip.tier.review"].create(
            {"company_id": self.company.id, "month": JANUARY, "trial": True}
        )
        trial._run()
        self.assertEqual(trial.promotion_count, 1)
        self.assertEqual(trial.verdict_ids.figures, [60])

    # Another company

    def test_a_client_with_history_does_not_go_to_another_company(self):
        other = self.env["res.company"].create({"name": "Other broker"})
        fresh = self.client("FRESH", company_id=self.company.id)
        fresh.company_id = other
        for client in (
            self.client("C-2"),
            self.client("C-3", company_id=self.company.id),
        ):
            self.fact(client, JANUARY, deposit=1)
            with self.subTest(client.client_number):
                with self.assertRaisesRegex(ValidationError, "Archive it there"):
                    client.company_id = other
                client.company_id = self.company
                client.company_id = False

    def test_a_client_does_not_come_to_another_company_by_a_merge(self):
        other = self.env["res.company"].create({"name": "Other broker"})
        here = self.client("HERE", company_id=self.company.id)
        there = self.client("THERE", company_id=other.id)
        self.fact(here, JANUARY, deposit=1)
        with self.assertRaisesRegex(ValidationError, "Archive it there"):
            self.env["base.partner.merge.automatic.wizard"]._merge(
                [here.id, there.id], there, extra_checks=False
            )
