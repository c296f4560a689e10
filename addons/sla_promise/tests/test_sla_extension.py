from datetime import datetime, timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.times import at_context

from .common import START, SlaCase, minutes


@tagged("post_install", "-at_install")
class TestExtension(SlaCase):
    """A limit is extended by a second person, before it passes; both limits stay."""

    def setUp(self):
        super().setUp()
        self.opened = self.ticket()
        self.owed = self.clock(self.opened)

    def ask(self, at=None, user=None, **vals):
        extensions = self.env["sla.extension"].with_user(user or self.ann)
        values = {"clock_id": self.owed.id, "duration": 30, "unit": "minutes"}
        return extensions.with_context(**at_context(at or minutes(10))).create(
            {**values, "reason": "The bank is closed", **vals}
        )

    def decide(self, extension, at, user=None, action="action_approve"):
        extension = extension.with_user(user or self.boss)
        getattr(extension.with_context(**at_context(at)), action)()

    def test_the_clock_keeps_and_shows_both_limits(self):
        extension = self.ask()
        self.decide(extension, minutes(20))
        self.assertEqual((self.owed.seconds, self.owed.extended_seconds), (5400, 1800))
        self.assertEqual(self.owed.due_at, minutes(90))
        self.assertEqual(extension.clock_due_at, minutes(90))
        self.assertEqual(extension.display_name, f"{self.opened.number} Resolution")
        self.assertEqual(
            (extension.first_due_at, extension.due_at), (minutes(60), minutes(90))
        )
        parts = self.owed._explain(minutes(20))
        self.assertEqual(sum(part.seconds for part in parts), 5400)
        table = self.owed.explanation
        for text in ("1 h", "1 h 30 min", "The bank is closed", self.boss.name):
            self.assertIn(text, table)
        self.assertIn("extended by 30 min", self.owed._info()[0]["target"])
        self.due(minutes(90))
        self.assertEqual(self.owed.state, "running")
        self.due(minutes(90) + timedelta(seconds=1))
        self.assertEqual(self.owed.state, "missed")
        self.assertEqual(
            self.breaches(self.opened).mapped("breached_at")[0], minutes(90)
        )

    def test_a_limit_that_has_passed_is_not_extended(self):
        late = minutes(60) + timedelta(seconds=1)
        extension = self.ask(minutes(60))
        with self.assertRaises(UserError):
            self.decide(extension, late)
        self.assertEqual((extension.state, self.owed.seconds), ("requested", 3600))
        self.decide(extension, minutes(60))
        self.assertEqual(self.owed.due_at, minutes(90))
        self.due(minutes(91))
        with self.assertRaises(UserError):
            self.ask(minutes(91))

    def test_nobody_decides_on_his_own_limit(self):
        extension = self.ask(user=self.boss)
        with self.assertRaises(AccessError):
            self.decide(extension, minutes(20))
        with self.assertRaises(AccessError):
            self.decide(extension, minutes(20), user=self.ann)
        self.opened._at(minutes(5)).write({"user_id": self.boss.id})
        self.assertFalse(extension.with_user(self.boss).can_decide)

    def test_a_rejection_says_why_and_changes_nothing(self):
        extension = self.ask()
        with self.assertRaises(UserError):
            self.decide(extension, minutes(20), action="action_reject")
        extension.with_user(self.boss).answer = "The branch is open"
        self.decide(extension, minutes(20), action="action_reject")
        self.assertEqual((self.owed.seconds, self.owed.due_at), (3600, minutes(60)))

    def test_what_was_decided_stays(self):
        extension = self.ask()
        self.decide(extension, minutes(20))
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            self.env.cr.execute("UPDATE sla_extension SET added_seconds = 1")

    def test_an_extension_survives_another_item_and_applying_policies_again(self):
        self.decide(self.ask(), minutes(20))
        self.make_policy(
            "Urgent", category_ids=[(6, 0, self.urgent_item.ids)], resolution=50
        )
        self.opened._at(minutes(30)).write({"category_id": self.urgent_item.id})
        now = self.clock(self.opened)
        self.assertEqual((now.extended_seconds, now.due_at), (1800, minutes(80)))

    def test_absurd_extensions_are_refused(self):
        for duration in (0, -1, float("nan"), 2**31):
            with self.assertRaises(ValidationError):
                self.ask(duration=duration)
        extension = self.ask(duration=200_000, unit="days")
        with self.assertRaises(UserError):
            self.decide(extension, minutes(20))

    def test_a_paused_clock_gets_its_time_when_it_goes_on(self):
        self.move(self.opened, minutes(10), self.awaiting)
        self.decide(self.ask(minutes(15)), minutes(20))
        self.move(self.opened, minutes(40), self.work)
        self.assertEqual(self.owed.due_at, minutes(120))


@tagged("post_install", "-at_install")
class TestCalendarDays(SlaCase):
    """Days and weeks of the calendar on the wall, whatever the working hours are."""

    def promise(self, duration, unit, opened):
        calendar = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "Europe/Berlin"}
        )
        self.policy.active = False
        target = {"unit": unit, "calendar_mode": "given", "calendar_id": calendar.id}
        self.make_policy("Days", target, resolution=duration)
        return self.clock(self.ticket(opened))

    def test_the_same_time_by_the_clock_on_the_wall(self):
        # Berlin: 11 o'clock in winter, and two days later in summer.
        clock = self.promise(2, "calendar_days", datetime(2024, 3, 30, 10))
        self.assertEqual(clock.due_at, datetime(2024, 4, 1, 9))
        self.assertEqual(sum(part.seconds for part in clock._explain()), 47 * 3600)

    def test_weeks_and_pauses(self):
        clock = self.promise(1, "weeks", START)
        self.assertEqual(clock.due_at, START + timedelta(days=7))
        self.move(clock.ticket_id, START + timedelta(days=5), self.awaiting)
        self.move(clock.ticket_id, START + timedelta(days=6), self.work)
        self.assertEqual(clock.due_at, START + timedelta(days=8))
        self.due(START + timedelta(days=9))
        self.move(clock.ticket_id, START + timedelta(days=10), self.solved)
        self.assertEqual(clock.overrun_seconds, 2 * 86400)

    def test_said_in_words(self):
        target = self.policy.target_ids[0]
        for unit, text in (
            ("calendar_days", "2 calendar days"),
            ("weeks", "2 calendar"),
        ):
            target.write({"duration": 2, "unit": unit})
            self.assertIn(text, target.display_name)
