import io
from datetime import datetime

from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools.times import at_context

from .common import FEBRUARY, JANUARY, REVIEW_AT, VipCase

HEADER = "client_ref,month,deposit,volume\n"


class TestClientAlias(VipCase):
    """Clients that become one go by all their numbers, and what these book adds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept = cls.client("KEPT", company_id=cls.company.id)
        cls.double = cls.client("DOUBLE", company_id=cls.company.id)
        cls.facts = cls.env["vip.activity"]

    def merge(self, into, *sources, at=None):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        if at:
            wizard = wizard.with_context(**at_context(at))
        ids = [into.id, *(source.id for source in sources)]
        wizard._merge(ids, into, extra_checks=False)
        self.env.invalidate_all()

    def total(self, partner, metric, month=JANUARY):
        domain = [
            *(("partner_id", "=", partner.id), ("metric_id", "=", metric.id)),
            *(("month", "=", month), ("superseded_at", "=", False)),
        ]
        return sum(self.facts.search(domain).mapped("value_company"))

    def test_what_two_numbers_booked_adds_and_so_decides(self):
        self.import_csv(HEADER + "KEPT,2024-01,600000,400\nDOUBLE,2024-01,500000,400\n")
        self.merge(self.kept, self.double)
        self.assertEqual(self.total(self.kept, self.deposit), 1_100_000)
        change = self.review().change_ids
        self.assertEqual(change.partner_id, self.kept)
        values = {c["metric"]: c["value"] for c in change.evidence["criteria"]}
        self.assertEqual(values, {"deposit": 1_100_000, "volume": 800})

    def test_the_next_file_finds_the_client_under_either_number(self):
        self.merge(self.kept, self.double)
        record = self.import_csv(HEADER + "KEPT,2024-01,1,1\nDOUBLE,2024-01,2,2\n")
        self.assertEqual((record.accepted_count, record.rejected_count), (2, 0))
        self.assertEqual(self.total(self.kept, self.deposit), 3)
        again = self.import_csv(HEADER + "KEPT,2024-01,1,1\nDOUBLE,2024-01,2,2\n")
        self.assertEqual(again.changed_count, 0)

    def test_another_value_under_a_number_replaces_that_of_the_number_only(self):
        self.import_csv(HEADER + "KEPT,2024-01,1,1\nDOUBLE,2024-01,2,2\n")
        self.merge(self.kept, self.double)
        self.import_csv(HEADER + "DOUBLE,2024-01,5,2\n")
        self.assertEqual(self.total(self.kept, self.deposit), 6)
        self.import_csv(HEADER + "KEPT,2024-01,10,1\n")
        self.assertEqual(self.total(self.kept, self.deposit), 15)

    def test_the_same_number_twice_for_a_month_is_refused_also_as_an_alias(self):
        self.merge(self.kept, self.double)
        record = self.import_csv(HEADER + "DOUBLE,2024-01,1,1\nDOUBLE,2024-01,2,2\n")
        duplicate = self.env["vip.activity.import"]._reject_reasons()["duplicate"]
        self.assertEqual(self.rejects(record), {2: duplicate, 3: duplicate})

    def test_a_program_books_under_the_old_number(self):
        self.merge(self.kept, self.double)
        imports = self.env["vip.activity.import"].with_user(self.users["manager"])
        row = {"client_ref": "DOUBLE", "month": "2024-01", "deposit": 7}
        answer = imports.push([row], unknown_clients="create")
        self.assertEqual((answer["changed"], answer["rejected"]), (1, 0))
        self.assertEqual(self.total(self.kept, self.deposit), 7)

    def test_a_merge_of_a_merge_goes_by_all_numbers(self):
        third = self.client("THIRD", company_id=self.company.id)
        self.import_csv(
            HEADER + "KEPT,2024-01,1,1\nDOUBLE,2024-01,2,2\nTHIRD,2024-01,4,4\n"
        )
        self.merge(self.double, self.kept)
        self.merge(third, self.double)
        self.assertEqual(self.total(third, self.deposit), 7)
        self.assertEqual(third.client_alias_ids.mapped("number"), ["DOUBLE", "KEPT"])
        self.import_csv(HEADER + "KEPT,2024-01,10,1\n")
        self.assertEqual(self.total(third, self.deposit), 16)

    def test_the_least_of_the_months_is_that_of_their_sums(self):
        self.platinum.criterion_ids.unlink()
        self.diamond.criterion_ids.unlink()
        for aggregate in "min", "max":
            self.env["vip.tier.criterion"].create(
                {
                    "tier_id": self.platinum.id,
                    "metric_id": self.deposit.id,
                    "window_months": 2,
                    "aggregate": aggregate,
                    "qualify": 30 if aggregate == "min" else 40,
                    "retain": 0,
                }
            )
        months = ("2023-12", "2024-01")
        for value, number in (10, "KEPT"), (20, "DOUBLE"), (30, "KEPT"), (10, "DOUBLE"):
            month = months[value == 30 or (value, number) == (10, "DOUBLE")]
            self.import_csv(HEADER + f"{number},{month},{value},0\n")
        self.merge(self.kept, self.double)
        review = self.review()
        self.assertEqual(review.change_ids.to_tier_id, self.platinum)
        values = [c["value"] for c in review.change_ids.evidence["criteria"]]
        self.assertEqual(values, [30, 40])

    def test_before_the_merge_nobody_knew_that_they_are_one(self):
        early = self.env(
            context={**self.env.context, **at_context(datetime(2024, 1, 20))}
        )
        imports = early["vip.activity.import"]
        imports.push(
            [
                {"client_ref": "KEPT", "month": "2024-01", "deposit": 300_000},
                {"client_ref": "DOUBLE", "month": "2024-01", "deposit": 300_000},
            ]
        )
        self.diamond.criterion_ids.unlink()
        self.platinum.criterion_ids.filtered(
            lambda c: c.metric_id != self.deposit
        ).unlink()
        self.review(at=REVIEW_AT)
        self.merge(self.kept, self.double, at=datetime(2024, 2, 10))
        found = {}
        for facts in "then", "now":
            trial = self.env["vip.tier.review"].create(
                {
                    "company_id": self.company.id,
                    "month": JANUARY,
                    "trial": True,
                    "facts": facts,
                }
            )
            trial._run()
            verdict = trial.verdict_ids
            found[facts] = verdict.figures and verdict.figures[0]
        self.assertEqual(found["now"], 600_000)
        self.assertNotEqual(found["then"], 600_000)

    def test_a_client_file_finds_the_client_and_lets_its_own_row_speak(self):
        self.merge(self.kept, self.double)
        content = "client_ref,name,phone\nDOUBLE,Old name,1\nKEPT,New name,2\n"
        for count in 1, 0:
            record = self.env["vip.client.import"].create(
                {"company_id": self.company.id}
            )
            record._import_file(io.BytesIO(content.encode()))
            self.assertEqual(
                (record.created_count, record.changed_count, record.rejected_count),
                (0, count, 0),
            )
        self.assertEqual((self.kept.name, self.kept.phone), ("New name", "2"))

    def test_the_old_number_is_not_given_to_another_client(self):
        self.merge(self.kept, self.double)
        with self.assertRaisesRegex(ValidationError, "DOUBLE"):
            self.client("DOUBLE", company_id=self.company.id)
        other = self.env["res.company"].create({"name": "Other"})
        self.assertTrue(self.client("DOUBLE", company_id=other.id))

    def test_the_client_is_found_by_its_old_number(self):
        self.merge(self.kept, self.double)
        view = self.env.ref("vip_service.res_partner_view_search_client")
        self.assertIn("client_alias_ids.number", view.arch)
        found = self.env["res.partner"].search(
            [("client_alias_ids.number", "=", "DOUBLE")]
        )
        self.assertEqual(found, self.kept)

    def test_a_merge_leaves_a_line_with_the_numbers(self):
        self.merge(self.kept, self.double)
        line = self.env["vip.audit.log"].search(
            [("model", "=", "res.partner"), ("res_id", "=", self.kept.id)], limit=1
        )
        self.assertEqual(line.action, "merged")
        self.assertEqual(line.old_values["client_number"], "DOUBLE")

    def test_the_chart_of_the_client_shows_the_sum(self):
        self.import_csv(HEADER + "KEPT,2024-02,1,1\nDOUBLE,2024-02,2,2\n")
        self.merge(self.kept, self.double)
        _month, facts = self.kept._client_360_facts()
        self.assertEqual(facts[self.deposit.id, FEBRUARY], 3)

    def test_close_to_the_next_tier_counts_all_numbers(self):
        self.import_csv(HEADER + "KEPT,2024-01,250000,200\nDOUBLE,2024-01,240000,200\n")
        self.merge(self.kept, self.double)
        found = self.env["vip.tier.outlook"].search([("close", "=", True)])
        self.assertEqual(found.partner_id, self.kept)
