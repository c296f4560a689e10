from datetime import date, datetime, time, timedelta
from random import Random

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import add_months, at_context, first_day

from .common import VipCase

#: The first of the months in which it is looked who fell.
FIRST = date(2024, 1, 1)
MONTHS, CLIENTS = 4, 12
NOW = datetime(2024, 6, 3, 9, 0)
#: From so many days of silence on a client is red.
RED = 60


@tagged("post_install", "-at_install")
class TestHealthBacktest(VipCase):
    """Of those who fell, how many were red three months before; how many red did not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lines = cls.env["vip.health.measure"].search([("key", "!=", "silence")])
        lines.weight = 0
        cls.manager = cls.users["manager"]

    def backtest(self, role="manager", **values):
        tests = self.env["vip.health.backtest"].with_user(self.users[role])
        return tests.with_context(
            allowed_company_ids=self.company.ids, **at_context(NOW)
        ).create({"month_from": FIRST, "months": MONTHS, **values})

    def talk(self, client, day, recorded=None):
        at = datetime.combine(day, time(10))
        self.env["vip.contact"]._log_without_ticket(
            client.with_user(self.users["agent"]),
            "call",
            at,
            "Talked",
            datetime.combine(recorded or day, time(10)),
        )

    def fall(self, client, day):
        self.promote(client, self.platinum, at=datetime(2023, 1, 1))
        change = self.change(client, self.silver, current=self.platinum)
        change.with_user(self.manager)._approve(at=datetime.combine(day, time(9)))

    def sleep(self, client, day):
        self.env["vip.lifecycle"].create(
            {
                "company_id": self.company.id,
                "partner_id": client.id,
                "state": "dormant",
                "date_from": day,
            }
        )

    def test_who_fell_was_red_three_months_before_or_not(self):
        silent, spoken = self.client("SILENT"), self.client("SPOKEN")
        unknown, idle = self.client("UNKNOWN"), self.client("IDLE")
        for client in silent, idle:
            self.talk(client, date(2023, 8, 1))
        self.talk(spoken, date(2023, 10, 25))
        for client in silent, spoken, unknown:
            self.fall(client, date(2024, 2, 5))
        backtest = self.backtest(month_from=date(2024, 2, 1), months=1)
        backtest.action_run()
        self.assertEqual(
            [
                backtest[name]
                for name in (
                    *("fell_count", "fell_red_count", "fell_good_count"),
                    *("fell_unknown_count", "red_count", "red_idle_count"),
                )
            ],
            [3, 1, 1, 1, 2, 1],
        )
        rows = {row.partner_id: row for row in backtest.row_ids}
        self.assertEqual(rows[silent].event, "fall")
        self.assertEqual(rows[silent].event_on, date(2024, 2, 5))
        self.assertFalse(rows[idle].event)
        self.assertFalse(rows[unknown].state)
        missed = self.env["vip.health.backtest.row"].search(
            backtest.action_open_missed()["domain"]
        )
        self.assertEqual(missed.partner_id, spoken + unknown)

    def test_what_was_recorded_later_was_not_known(self):
        client = self.client("LATE")
        self.talk(client, date(2023, 7, 1))
        self.talk(client, date(2023, 10, 20), recorded=date(2023, 12, 1))
        self.fall(client, date(2024, 2, 5))
        backtest = self.backtest(month_from=date(2024, 2, 1), months=1)
        backtest.action_run()
        self.assertEqual(backtest.fell_red_count, 1)

    def test_random_lives_equal_a_plain_reading(self):
        dice = Random(2024)
        lives = {}
        for number in range(CLIENTS):
            client = self.client(f"LIFE{number}")
            talks = []
            for _once in range(dice.randint(0, 5)):
                day = date(2023, 6, 1) + timedelta(days=dice.randint(0, 320))
                known = day + timedelta(days=dice.choice((0, 0, 5, 40)))
                self.talk(client, day, known)
                talks.append((day, known))
            event = date(2023, 10, 1) + timedelta(days=dice.randint(0, 210))
            kind = dice.choice(("fall", "dormant", None))
            if kind == "fall":
                self.fall(client, event)
            elif kind:
                self.sleep(client, event)
            lives[client.id] = talks, event if kind else None, kind
        backtest = self.backtest()
        backtest.action_run()
        found = {
            (row.partner_id.id, row.month): (row.state, row.event, row.fell)
            for row in backtest.row_ids
            if row.partner_id.id in lives
        }
        self.assertEqual(found, self.reading(lives))
        self.assertTrue(any(fell for *_rest, fell in found.values()))
        self.assertTrue(any(not event for _state, event, _fell in found.values()))

    def reading(self, lives):
        """Return what the back-test must find, read from the lives alone."""
        expected = {}
        for place in range(MONTHS):
            month = add_months(FIRST, place)
            looked, after = add_months(month, -3), add_months(month, 1)
            for client_id, (talks, event, kind) in lives.items():
                known = [day for day, recorded in talks if recorded < looked]
                until = datetime.combine(looked, time()) - timedelta(seconds=1)
                silent = known and (until - datetime.combine(max(known), time(10))).days
                score = known and min(max((RED - silent) / (RED - 14), 0), 1) * 100
                state = False
                if known:
                    state = "good" if round(score) >= 60 else "watch"
                    state = state if round(score) else "red"
                happened = event and looked <= event < after
                fell = bool(happened and first_day(event) == month)
                if state == "red" or fell:
                    expected[client_id, month] = (
                        state,
                        kind if happened else False,
                        fell,
                    )
        return expected

    # Who may, and when

    def test_a_month_that_is_not_over_is_refused(self):
        with self.assertRaises(UserError):
            self.backtest(month_from=date(2024, 6, 1), months=1).action_run()

    def test_nobody_writes_a_result(self):
        backtest = self.backtest()
        with self.assertRaises(AccessError):
            backtest.fell_count = 7
        backtest.action_run()
        self.assertEqual(backtest.state, "done")
        backtest.months = 2
        self.assertEqual(backtest.state, "draft")

    def test_over_many_clients_the_job_looks(self):
        self.patch(
            type(self.env["vip.health.backtest"]), "_is_large", lambda self: True
        )
        backtest = self.backtest()
        backtest.action_run()
        self.assertEqual(backtest.state, "queued")
        with self.assertRaises(UserError):
            backtest.months = 2
        with self.enter_registry_test_mode():
            self.env.ref("vip_service.ir_cron_health_backtest").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(backtest.state, "done")
