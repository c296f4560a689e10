from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .improvement_case import ImprovementCase


@tagged("post_install", "-at_install")
class TestImprovement(ImprovementCase):
    """Whether an improvement worked is read from the ledger, by somebody else."""

    def recheck(self, improvement, user=None):
        self.by(improvement, user or self.manager).action_recheck()
        improvement.invalidate_recordset()
        return improvement.check_ids[:1]

    def test_fewer_cases_pass_it(self):
        improvement = self.improvement()
        self.tickets(1000, 100, late=50)
        self.tickets(1000, 30, late=5)
        check = self.recheck(improvement)
        self.assertEqual((check.before_cases, check.before_tickets), (50, 1000))
        self.assertEqual((check.after_cases, check.after_tickets), (5, 1000))
        self.assertEqual((check.before_rate, check.after_rate), (50, 5))
        self.assertLess(check.after_low, 5)
        self.assertGreater(check.after_high, 5)
        self.assertEqual(improvement.state, "passed")
        month = self.company._vip_month(self.now)
        figures = self.env["vip.figure"]._over(self.company, ["recheck"], [month])
        self.assertEqual(figures["recheck"]["", 0, month].value, 100)

    def test_no_fewer_cases_or_a_missed_aim_fail_it(self):
        self.tickets(1000, 100, late=50)
        self.tickets(1000, 30, late=10)
        aimed = self.improvement(has_limit=True, per_1000=2)
        self.assertEqual(self.recheck(aimed).verdict, "failed")
        self.assertEqual(aimed.state, "failed")

    def test_too_few_tickets_are_looked_at_again_later(self):
        improvement = self.improvement()
        self.tickets(1000, 100, late=50)
        self.tickets(20, 30)
        self.assertEqual(self.recheck(improvement).verdict, "early")
        self.assertEqual(improvement.state, "open")
        self.assertGreater(improvement.recheck_on, self.now.date())

    def test_other_items_and_other_days_count_nothing(self):
        improvement = self.improvement()
        self.tickets(1000, 200, late=500)
        self.assertEqual(self.recheck(improvement).before_cases, 0)

    def test_its_owner_does_not_judge_it(self):
        improvement = self.improvement(owner_id=self.manager.id)
        with self.assertRaises(AccessError):
            self.recheck(improvement)

    def test_it_is_judged_neither_before_its_day_nor_before_its_actions(self):
        later = self.improvement(recheck_on=self.now.date() + timedelta(days=9))
        with self.assertRaises(UserError):
            self.recheck(later)
        undone = self.improvement()
        self.by(self.env["vip.improvement.action"], self.manager).create(
            {"improvement_id": undone.id, "name": "One more"}
        )
        with self.assertRaises(UserError):
            self.recheck(undone)

    def test_what_was_found_stays(self):
        check = self.recheck(self.improvement())
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL(
                        "UPDATE vip_improvement_check SET verdict = 'passed'"
                        " WHERE id = %s",
                        check.id,
                    )
                )
