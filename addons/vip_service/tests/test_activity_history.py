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
            **at_context(datetime(2024, 1, day, 9)),
            allowed_company_ids=self.company.ids,
        )
        answer = imports.push([{"client_ref": "C-1", "month": "2024-01", **value}])
        return imports.browse(answer["id"])

    def history(self):
        return self.facts.search(
            [("partner_id", "=", self.one.id)], order="recorded_at"
        )

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

    def at(self, day, record):
        return record.with_context(**at_context(datetime(2024, 1, day, 9)))

    def told(self):
        return [
            (f.value, f.recorded_at.day, f.superseded_at and f.superseded_at.day)
            for f in self.facts.search(
                [("partner_id", "=", self.one.id)], order="value"
            )
        ]

    def test_an_edited_figure_leaves_what_it_said(self):
        self.book(10, {"deposit": 100})
        self.at(12, self.history()).value = 200
        self.assertEqual(self.told(), [(100, 10, 12), (200, 12, False)])
        new = self.history()[-1]
        self.assertEqual((new.recorded_by_id, new.value_company), (self.env.user, 200))
        self.assertFalse(new.import_id)

    def test_a_deleted_figure_leaves_what_it_said(self):
        self.book(10, {"deposit": 100})
        self.at(12, self.history()).unlink()
        self.assertEqual(self.told(), [(100, 10, 12)])
        self.assertFalse(self.current_facts(self.one))
        self.book(14, {"deposit": 100})
        self.assertEqual(set(self.told()), {(100, 10, 12), (100, 14, False)})

    def test_what_sql_changes_or_deletes_is_kept_by_the_database(self):
        self.book(10, {"deposit": 100})
        self.env.cr.execute("UPDATE vip_activity SET value = 200")
        self.env.invalidate_all()
        self.assertEqual([row[0] for row in self.told()], [100, 200])
        self.env.cr.execute("DELETE FROM vip_activity WHERE superseded_at IS NULL")
        self.env.invalidate_all()
        self.assertEqual([row[0] for row in self.told()], [100, 200])
        self.assertFalse(self.current_facts(self.one))

    @mute_logger("odoo.sql_db")
    def test_what_was_replaced_stays_as_it_was(self):
        self.book(10, {"deposit": 100})
        self.book(11, {"deposit": 200})
        old = self.history()[0]
        with self.assertRaises(UserError):
            old.value = 5
        with self.assertRaises(UserError):
            old.unlink()
        for statement in (
            "UPDATE vip_activity SET value = 1 WHERE superseded_at IS NOT NULL",
            "DELETE FROM vip_activity",
        ):
            with self.subTest(statement), self.assertRaises(Exception) as caught:
                with self.env.cr.savepoint():
                    self.env.cr.execute(statement)
            self.assertIn("cannot be changed", str(caught.exception))

    def test_an_edit_after_the_review_is_a_new_version(self):
        self.book(10, {"deposit": 100})
        self.review(JANUARY)
        self.history().value = 200
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (200, 2))
