import random
import re
from datetime import date, datetime, timedelta

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.vip_base.tests.chinese import LANG, ChineseCase
from odoo.addons.vip_base.tools.times import at_context

from tests.proof import seeds

from .common import START, SlaCase, minutes

NUMBERS = (
    *(1, 2, 3, 15, 60, 480, 1440, 10_080, 525_600, 87_600, 200_000, 52_560_000),
    *(0, -1, -(2**31), 2**31 - 1, 2**31, 2**63, 10**30, 1.5, 1e300),
    *(float("nan"), float("inf"), float("-inf"), False, None, "7", "many", ""),
)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC")
#: When tickets are opened: some time, before a change of the clock, and far away.
OPENED = (
    START,
    datetime(2024, 3, 30, 23, 30),
    datetime(2024, 2, 29, 12),
    datetime(1970, 1, 1),
    datetime(1900, 6, 1),
    datetime(2200, 1, 1),
    datetime(9990, 12, 30),
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@tagged("post_install", "-at_install")
class TestConfigurations(SlaCase, ChineseCase):
    """Whatever is configured is refused in words, or tickets are opened under it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_chinese("sla_promise")
        cls.load_chinese("vip_base")
        cls.load_chinese("resource_worktime")
        cls.policy.active = False
        cls.refusals = 0

    def test_generated_configurations(self):
        tickets = 0
        for seed in seeds("configurations"):
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                tickets += self.live(random.Random(seed))
                savepoint.rollback()
                self.env.transaction.clear()
        # Neither is everything refused nor everything accepted.
        self.assertTrue(tickets)
        self.assertTrue(self.refusals)

    def live(self, chance):
        """Configure, open a ticket and go on; return how many were promised something."""
        calendar = self.typed(lambda: self.calendar(chance))
        if calendar and chance.random() < 0.5:
            team = self.team.with_context(lang=LANG)
            self.typed(lambda: team.write({"resource_calendar_id": calendar.id}))
        if calendar and chance.random() < 0.2:
            company = self.env.company.with_context(lang=LANG)
            self.typed(lambda: company.write({"resource_calendar_id": calendar.id}))
        plan = self.typed(lambda: self.escalation(chance)) or self.plan
        self.typed(lambda: self.promise_some(chance, calendar, plan))
        if calendar and chance.random() < 0.6:
            self.change(chance, calendar)
        at = chance.choice(OPENED)
        ticket = self.ticket(at)
        later = at + timedelta(minutes=chance.choice((1, 61, 5000, 600_000)))
        self.move(ticket, later, self.awaiting)
        if calendar and chance.random() < 0.3:
            self.change(chance, calendar)
        self.move(ticket, later + timedelta(minutes=7), self.work)
        self.due(later + timedelta(days=300))
        self.move(ticket, later + timedelta(days=350), self.solved)
        for clock in ticket.clock_ids:
            self.assertTrue(clock._explain() or not clock.due_at)
        self.assertIsInstance(self.env["sla.policy"].search([]).mapped("finding"), list)
        return bool(ticket.clock_ids)

    def typed(self, change):
        """Return what a change gives, None if it is refused, as it must be: in words."""
        try:
            with (
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                result = change()
        except (UserError, psycopg2.IntegrityError) as error:
            self.env.invalidate_all()
            type(self).refusals += 1
            # What a constraint of the database refuses is said by the host.
            if isinstance(error, UserError):
                self.assertTrue(CHINESE.search(str(error)), error)
            return None
        return result

    def chinese(self, model):
        return self.env[model].with_context(lang=LANG)

    def calendar(self, chance):
        two_weeks = chance.random() < 0.2
        lines = []
        for _line in range(chance.choice((0, 1, 1, 2, 5, 9))):
            hour = chance.choice((0, 7.5, 9, 13, 22))
            lines.append(
                {
                    "name": "Work",
                    "dayofweek": str(chance.randrange(7)),
                    "hour_from": hour,
                    "hour_to": chance.choice((hour, hour + 0.25, hour + 2, 24)),
                    "day_period": chance.choice(("morning", "full_day", "lunch")),
                    **({"week_type": chance.choice("01")} if two_weeks else {}),
                }
            )
        calendar = self.chinese("resource.calendar").create(
            {
                "name": "Hours",
                "tz": chance.choice(ZONES),
                "two_weeks_calendar": two_weeks,
                "attendance_ids": [(5,), *((0, 0, line) for line in lines)],
                **chance.choice(({}, {}, {}, {"schedule_type": "flexible"})),
            }
        )
        for _leave in range(chance.choice((0, 0, 1, 3))):
            self.closed(chance, calendar)
        return calendar

    def closed(self, chance, calendar):
        first = datetime(chance.choice((1, 1990, 2023, 2024, 2030)), 1, 1, 5)
        last = datetime(
            chance.choice((2024, 2024, 2025, 2200, 9999)), 12, 31, 23, 59, 59
        )
        self.chinese("resource.calendar.leaves").create(
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "date_from": min(first, last),
                "date_to": last,
            }
        )

    def escalation(self, chance):
        levels = [
            {
                "moment": chance.choice(("percent", "before", "after")),
                "amount": chance.choice(NUMBERS),
                "tell_handler": True,
            }
            for _level in range(chance.randrange(3))
        ]
        return self.chinese("sla.escalation").create(
            {"name": "Plan", "level_ids": [(0, 0, level) for level in levels]}
        )

    def promise_some(self, chance, calendar, plan):
        metrics = ("resolution", "first_response", "feedback", "update", "hand_over")
        policy = {
            "name": "Some",
            "date_from": chance.choice((False, date(1, 1, 1), date(2020, 1, 1))),
            "date_to": chance.choice((False, date(9999, 12, 31), date(2200, 1, 1))),
            "target_ids": [
                (
                    0,
                    0,
                    {
                        "metric": metric,
                        "duration": chance.choice(NUMBERS),
                        "unit": chance.choice(
                            ("minutes", "hours", "days", "calendar_days", "weeks")
                        ),
                        "calendar_mode": chance.choice(("team", "given", "always")),
                        "calendar_id": calendar and calendar.id,
                        "pause_on_client": chance.random() < 0.5,
                        "escalation_id": plan.id,
                        "no_promise": chance.random() < 0.1,
                        "rematch": chance.choice(("better", "keep", "restart")),
                    },
                )
                for metric in chance.sample(metrics, chance.choice((1, 1, 2)))
            ],
        }
        return self.chinese("sla.policy").create(policy)

    def change(self, chance, calendar):
        """Change hours that may be in use, by people or in their back by SQL."""
        calendar = calendar.with_context(
            lang=LANG, **at_context(START + timedelta(days=chance.randrange(9)))
        )
        lines = calendar.attendance_ids
        kind = chance.randrange(7)
        if kind == 0:
            self.typed(lines.unlink)
        elif kind == 1:
            self.typed(lambda: calendar.write({"schedule_type": "flexible"}))
        elif kind == 2:
            self.typed(lambda: self.closed(chance, calendar))
        elif kind == 3:
            self.typed(lambda: lines[1:].unlink())
        elif kind == 4:
            self.typed(lambda: calendar.write({"tz": chance.choice(ZONES)}))
        else:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM resource_calendar_attendance WHERE calendar_id = %s",
                    calendar.id,
                )
            )
            self.env.invalidate_all()
            if kind == 5:
                calendar._look_for_unnoticed(minutes(chance.choice((-9000, 30))))
