"""A5: limits that no ticket survives."""

from functools import partial

from odoo.tools import mute_logger

from .common import PromiseCase, at

REFUSED = "refused"
FAILS = "accepted, and no ticket can be opened"
ERROR = "neither accepted nor refused: the server fails"
FINE = "accepted, and tickets are opened"

#: Days of March 2024.
SATURDAY, MONDAY = 2, 4


class TestLimits(PromiseCase):
    def setUp(self):
        super().setUp()
        self.policy.active = False

    def promised(self, duration, **target):
        """Promise a solution within a duration; return what becomes of it."""
        promise = {"unit": "minutes", **target}
        try:
            if self.refused(lambda: self.promise("Long", promise, resolution=duration)):
                return REFUSED
        except Exception as error:  # no message for people, whatever it is
            return f"{ERROR} ({type(error).__name__})"
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.ticket()
        except Exception as error:  # whatever it is, the client has no ticket
            self.env.invalidate_all()
            return f"{FAILS} ({type(error).__name__})"
        return FINE

    def in_hours_of(self, calendar):
        return {"calendar_mode": "given", "calendar_id": calendar.id}

    def mondays(self):
        """Return working hours of eight hours a week."""
        calendar = self.office()
        calendar.attendance_ids[1:].unlink()
        return calendar

    def test_a_limit_of_a_year_is_accepted(self):
        self.assertEqual(self.promised(525_600), FINE)

    def test_a_limit_of_a_year_of_mondays_is_accepted(self):
        mondays = self.in_hours_of(self.mondays())
        self.assertEqual(self.promised(52 * 8, unit="hours", **mondays), FINE)

    def test_a_limit_of_nothing_or_less_is_refused(self):
        self.assertEqual([self.promised(0), self.promised(-5)], [REFUSED, REFUSED])

    def test_a_limit_of_a_hundred_years_in_minutes_is_refused(self):
        self.assertEqual(self.promised(52_560_000), REFUSED)

    def test_a_limit_of_centuries_in_days_is_refused(self):
        self.assertEqual(self.promised(200_000, unit="days"), REFUSED)

    def test_a_limit_of_centuries_in_working_days_is_refused(self):
        office = self.in_hours_of(self.office())
        self.assertEqual(self.promised(200_000, unit="days", **office), REFUSED)

    def test_a_limit_that_working_hours_never_reach_is_refused(self):
        mondays = self.in_hours_of(self.mondays())
        self.assertEqual(self.promised(87_600, unit="hours", **mondays), REFUSED)

    def test_a_limit_that_is_no_number_is_refused(self):
        self.assertEqual(self.promised(float("nan")), REFUSED)

    def test_a_limit_without_end_is_refused(self):
        self.assertEqual(self.promised(float("inf")), REFUSED)

    def test_a_limit_beyond_what_can_be_stored_is_refused(self):
        self.assertEqual(self.promised(2**31), REFUSED)

    def test_the_last_hours_of_a_calendar_with_promises_stay(self):
        calendar = self.office()
        self.promise("Hours", self.in_hours_of(calendar), resolution=240)
        refused = self.refused(calendar.attendance_ids.unlink)
        clock = self.clock(self.ticket(at(SATURDAY, 12)))
        self.assertEqual((refused, clock.due_at), (True, at(MONDAY, 13)))

    def test_hours_are_not_cut_so_that_a_limit_is_never_reached(self):
        calendar = self.office()
        self.promise("Hours", self.in_hours_of(calendar), resolution=60 * 40 * 52 * 15)
        self.assertTrue(self.refused(calendar.attendance_ids[1:].unlink))
        self.assertFalse(self.refused(calendar.attendance_ids[4:].unlink))

    def test_hours_of_a_team_are_refused_in_which_a_limit_is_never_reached(self):
        team = {"calendar_mode": "team", "unit": "hours"}
        self.promise("Long", team, resolution=40 * 52 * 15)
        mondays = self.mondays()

        def choose():
            self.team.resource_calendar_id = mondays

        self.assertTrue(self.refused(choose))
        self.promise("Short", {"calendar_mode": "team"}, first_response=30)
        self.assertFalse(self.refused(self.long_gone))
        self.assertFalse(self.refused(choose))

    def long_gone(self):
        self.env["sla.policy"].search([("name", "=", "Long")]).active = False

    def test_a_policy_comes_back_only_if_its_limits_can_work(self):
        self.promise("Long", {"calendar_mode": "team"}, resolution=60 * 40 * 52 * 15)
        self.long_gone()
        self.team.resource_calendar_id = self.mondays()
        gone = self.env["sla.policy"].with_context(active_test=False)
        policy = gone.search([("name", "=", "Long")])
        self.assertTrue(self.refused(policy.action_unarchive))

    def test_an_endless_holiday_stops_no_ticket_and_is_a_finding(self):
        calendar = self.office()
        policy = self.promise("Hours", self.in_hours_of(calendar), resolution=240)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "For ever",
                "calendar_id": calendar.id,
                "date_from": at(MONDAY, 9),
                "date_to": "9999-12-31 00:00:00",
            }
        )
        clock = self.clock(self.ticket(at(MONDAY, 12)))
        self.assertEqual(clock.due_at, at(MONDAY, 16))
        policy.invalidate_recordset()
        self.assertEqual(policy.finding, "calendar")
        self.assertIn("Office", policy.finding_text)

    def test_hours_taken_away_by_sql_stop_no_running_ticket(self):
        calendar = self.office()
        self.promise("Hours", self.in_hours_of(calendar), resolution=240)
        ticket = self.ticket(at(MONDAY, 16))
        self.env.cr.execute(
            "DELETE FROM resource_calendar_attendance WHERE calendar_id = %s",
            (calendar.id,),
        )
        self.env.invalidate_all()
        calendar._look_for_unnoticed(at(MONDAY, 18))
        self.move(ticket, at(MONDAY, 20), self.awaiting)
        self.move(ticket, at(MONDAY, 21), self.work)
        self.assertTrue(self.clock(ticket).due_at)
        self.assertTrue(self.clock(self.ticket(at(MONDAY, 22))).due_at)

    def test_an_absurd_level_is_refused(self):
        for amount in (2**31, 10**30, float("nan"), -1, 52_560_000):
            level = {"moment": "after", "amount": amount, "tell_handler": True}
            values = {"name": "Plan", "level_ids": [(0, 0, level)]}
            make = partial(self.env["sla.escalation"].create, values)
            self.assertTrue(self.refused(make), amount)

    def test_a_breach_of_more_than_a_lifetime_is_kept(self):
        self.promise("Now", resolution=5)
        ticket = self.ticket(at(MONDAY, 9).replace(year=1900))
        self.move(ticket, at(MONDAY, 9), self.solved)
        self.assertEqual(self.clock(ticket).overrun_seconds, 2**31 - 1)
