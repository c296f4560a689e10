from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.times import at_context

from .common import JANUARY, VipCase

HEADER = "client_ref,month,deposit\n"


@tagged("-at_install", "post_install")
class TestActivityHistory(VipCase):
    """What was booked is kept: who, when, from which file; also before any review."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.client("C-1")
        cls.facts = cls.env["vip.activity"]

    def book(self, day, value, user="manager"):
        env = self.env(user=self.users[user], context=dict(self.env.context))
        imports = env["vip.activity.import"].with_context(
            **at_context(datetime(2024, 1, day, 9)), allowed_company_ids=self.company.ids
        )
        answer = imports.push([{"client_ref": "C-1", "month": "2024-01", **value}])
        return imports.browse(answer["id"])

    def history(self):
        return self.facts.search([("partner_id", "=", self.one.id)], order="recorded_at")

    def test_what_an_open_month_said_before_is_kept_with_who_when_and_from_where(self):
        first = self.book(10, {"deposit": 100})
        second = self.book(12, {"deposit": 200}, user="admin")
        old, new = self.history()
        self.assertEqual(
            (old.value, old.recorded_by_id, old.import_id),
            (100, self.users["manager"], first),
        )
        self.assertEqual(
            (old.superseded_at, old.superseded_by_id),
            (datetime(2024, 1, 12, 9), self.users["admin"]),
        )
        self.assertEqual((new.value, new.import_id), (200, second))
        self.assertFalse(new.superseded_at or new.superseded_by_id)

    def test_a_trial_judges_by_what_was_known_before_the_correction(self):
        env = self.env["vip.tier.review"]
        self.book(10, {"deposit": 600_000, "volume": 400})
        review = self.review(JANUARY)
        self.book(31, {"deposit": 1})
        for facts, promotions in ("then", 1), ("now", 0):
            trial = env.create(
                {
                    "company_id": self.company.id,
                    "month": JANUARY,
                    "trial": True,
                    "facts": facts,
                }
            )
            # Judged as of an instant before the correction was booked.
            review.write({"run_at": datetime(2024, 1, 20)})
            trial._run()
            with self.subTest(facts):
                self.assertEqual(trial.promotion_count, promotions)

    def test_the_history_of_a_figure_is_one_list(self):
        for day, value in (10, 1), (11, 2), (12, 3):
            self.book(day, {"deposit": value, "volume": 7})
        fact = self.history().filtered(lambda f: f.value == 3)
        action = fact.with_user(self.users["auditor"]).action_open_history()
        found = self.facts.search(action["domain"], order="recorded_at")
        self.assertEqual(found.mapped("value"), [1, 2, 3])

    def test_a_figure_is_neither_edited_nor_deleted(self):
        self.book(10, {"deposit": 100})
        fact = self.history()
        for values in {"value": 5}, {"rate": 2}, {"recorded_at": "2020-01-01"}:
            with self.subTest(**values), self.assertRaisesRegex(UserError, "stays"):
                fact.write(values)
        with self.assertRaisesRegex(UserError, "stays"):
            fact.unlink()

    @mute_logger("odoo.sql_db")
    def test_the_database_itself_keeps_what_was_booked(self):
        self.book(10, {"deposit": 100})
        self.book(11, {"deposit": 200})
        for statement in (
            "UPDATE vip_activity SET value = 1",
            "UPDATE vip_activity SET import_id = NULL",
            "UPDATE vip_activity SET superseded_at = NULL",
            "DELETE FROM vip_activity",
        ):
            with self.subTest(statement), self.assertRaises(Exception) as caught:
                with self.env.cr.savepoint():
                    self.env.cr.execute(statement)
            self.assertIn("cannot be changed", str(caught.exception))
