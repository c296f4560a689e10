"""A5: limits that no ticket survives."""

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
