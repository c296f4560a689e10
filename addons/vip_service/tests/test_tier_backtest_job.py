from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError

from ..models import vip_tier_backtest
from .common import JANUARY
from .test_tier_backtest import BacktestCase


class TestBacktestJob(BacktestCase):
    def waiting(self, **values):
        backtest = self.backtest(**values)
        with patch.object(vip_tier_backtest, "BACKGROUND_FACTS", 1):
            backtest.action_run()
        self.assertEqual(backtest.state, "queued")
        return backtest

    def run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("vip_service.ir_cron_tier_backtest").method_direct_trigger()
        self.env.invalidate_all()

    def test_few_figures_are_looked_through_at_once(self):
        backtest = self.backtest()
        backtest.action_run()
        self.assertEqual((backtest.state, backtest.progress), ("done", 100))

    def test_many_wait_for_the_job_which_finds_the_same(self):
        at_once = self.backtest()
        at_once.action_run()
        backtest = self.waiting()
        self.assertFalse(backtest.line_ids or backtest.backtest_result())
        self.run_job()
        self.assertEqual((backtest.state, backtest.progress), ("done", 100))
        self.assertEqual(self.moves(backtest), self.moves(at_once))
        self.assertEqual(backtest.result, at_once.result)
        self.assertFalse(self.env["vip.job.progress"].search([]))

    def test_it_is_taken_back_before_it_runs(self):
        backtest = self.waiting()
        backtest.action_cancel()
        self.run_job()
        self.assertEqual((backtest.state, backtest.mover_count), ("draft", 0))
        with self.assertRaises(UserError):
            backtest.action_cancel()

    def test_one_that_is_running_stops_and_leaves_nothing(self):
        backtest = self.waiting()
        self.env["vip.job.progress"]._cancel(backtest)
        self.run_job()
        self.assertEqual(backtest.state, "draft")
        self.assertFalse(backtest.line_ids)
        self.assertFalse(self.env["vip.job.progress"].search([]))

    def test_what_waits_is_not_edited(self):
        backtest = self.waiting()
        for edit in (
            lambda: backtest.write({"months": 5}),
            lambda: backtest.criterion_ids[0].write({"qualify": 1}),
            lambda: backtest.tier_line_ids[0].write({"grace_reviews": 1}),
            backtest.action_run,
        ):
            with self.assertRaises(UserError):
                edit()

    def test_what_stopped_the_job_is_said(self):
        backtest = self.waiting()
        self.env["vip.tier"].create(
            {"name": "Gold", "code": "gold", "rank": 9, "company_id": self.company.id}
        )
        self.run_job()
        self.assertEqual(backtest.state, "draft")
        self.assertIn("ladder", backtest.problem)

    def test_a_month_that_is_not_over_is_refused_at_the_button(self):
        backtest = self.backtest(month_from=date.today().replace(day=1), months=1)
        with patch.object(vip_tier_backtest, "BACKGROUND_FACTS", 1):
            with self.assertRaises(UserError):
                backtest.action_run()
        self.assertEqual(backtest.state, "draft")
        self.assertNotEqual(backtest.month_from, JANUARY)
