"""A1: working hours change while the time of promises is counted in them."""

from datetime import date

from .common import PromiseCase, at

#: Days of March 2024.
FRIDAY, SATURDAY, SUNDAY, MONDAY, TUESDAY, WEDNESDAY = 1, 2, 3, 4, 5, 6


class TestConfiguration(PromiseCase):
    """Four hours in an office of Shanghai that works from 9 to 17 o'clock."""

    def setUp(self):
        super().setUp()
        self.calendar = self.office()
        given = {"calendar_mode": "given", "calendar_id": self.calendar.id}
        self.policy_in_force = self.promise_only("Four hours", given, resolution=240)

    def monday_afternoon(self):
        """Return a ticket of Monday 15:00; its four hours end on Tuesday at 11:00."""
        ticket = self.ticket(at(MONDAY, 15))
        self.assertEqual(self.clock(ticket).due_at, at(TUESDAY, 11))
        return ticket

    def holiday(self, day, entered):
        """Enter a day off for everybody who works in these hours."""
        leaves = self.ticking(self.env["resource.calendar.leaves"], entered)
        return leaves.create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.env.company.id,
                "date_from": at(day, 0),
                "date_to": at(day + 1, 0),
            }
        )

    def facts(self, ticket):
        """Return state and limit of the promise, and when it counts as missed."""
        clock = self.clock(ticket)
        clock.invalidate_recordset()
        breaches = self.breaches(ticket).filtered(lambda one: one.state == "open")
        return clock.state, clock.due_at, breaches.mapped("breached_at")

    def test_nothing_is_missed_on_a_holiday_entered_the_day_before(self):
        ticket = self.monday_afternoon()
        self.holiday(TUESDAY, entered=at(MONDAY, 16))
        self.due(at(TUESDAY, 12))
        self.outcome(
            self.facts(ticket),
            right=("running", at(WEDNESDAY, 11), []),
            wrong=("missed", at(TUESDAY, 11), [at(TUESDAY, 11)]),
        )

    def test_nobody_is_told_on_a_holiday_that_a_promise_was_missed(self):
        ticket = self.monday_afternoon()
        self.holiday(TUESDAY, entered=at(MONDAY, 16))
        self.due(at(TUESDAY, 12))
        self.outcome(
            [login for login in self.told(ticket) if login in ("ann", "boss")],
            right=[],
            wrong=["ann", "boss"],
        )

    def test_two_equal_tickets_end_alike_whichever_was_touched(self):
        untouched, touched = self.monday_afternoon(), self.monday_afternoon()
        self.holiday(TUESDAY, entered=at(MONDAY, 16))
        self.due(at(TUESDAY, 12))
        touched._at(at(TUESDAY, 13)).write({"category_id": self.urgent_item.id})
        self.outcome(
            [self.facts(ticket) for ticket in (untouched, touched)],
            right=[("running", at(WEDNESDAY, 11), [])] * 2,
            wrong=[
                ("missed", at(TUESDAY, 11), [at(TUESDAY, 11)]),
                ("running", at(WEDNESDAY, 11), []),
            ],
        )

    def test_the_limit_is_the_one_that_its_explanation_shows(self):
        ticket = self.monday_afternoon()
        self.holiday(TUESDAY, entered=at(MONDAY, 16))
        self.env.cr.flush()  # as at the end of the request
        clock = self.clock(ticket)
        self.outcome(
            (clock.due_at, self.explained(clock)),
            right=(at(WEDNESDAY, 11), at(WEDNESDAY, 11)),
            wrong=(at(TUESDAY, 11), at(WEDNESDAY, 11)),
        )

    def test_a_holiday_over_running_promises_is_in_the_audit_log(self):
        self.monday_afternoon()
        holiday = self.holiday(TUESDAY, entered=at(MONDAY, 16))
        logged = self.audited(holiday) + self.audited(self.calendar)
        self.outcome(bool(logged), right=True, wrong=False)

    def test_a_make_up_day_is_in_the_audit_log(self):
        sunday = self.makeup_day(self.calendar, date(2024, 3, SUNDAY), at(FRIDAY, 9))
        self.assertEqual(self.audited(sunday), ["created"])

    def test_hours_removed_on_the_way_are_not_counted(self):
        ticket = self.monday_afternoon()
        hours = self.calendar.attendance_ids.filtered(lambda day: day.dayofweek == "1")
        self.ticking(hours, at(MONDAY, 16)).unlink()
        self.due(at(TUESDAY, 12))
        self.outcome(
            self.facts(ticket),
            right=("running", at(WEDNESDAY, 11), []),
            wrong=("missed", at(TUESDAY, 11), [at(TUESDAY, 11)]),
        )

    def test_a_make_up_day_called_off_is_not_counted(self):
        sunday = self.makeup_day(self.calendar, date(2024, 3, SUNDAY), at(FRIDAY, 9))
        ticket = self.ticket(at(FRIDAY, 16))
        self.assertEqual(self.clock(ticket).due_at, at(SUNDAY, 12))
        self.ticking(sunday, at(SATURDAY, 12)).unlink()
        self.due(at(SUNDAY, 13))
        self.outcome(
            self.facts(ticket),
            right=("running", at(MONDAY, 12), []),
            wrong=("missed", at(SUNDAY, 12), [at(SUNDAY, 12)]),
        )

    def test_hours_moved_to_another_zone_count_there_from_the_change_on(self):
        """One hour is left when the office moves to Berlin, where it is 3 at night."""
        ticket = self.monday_afternoon()
        self.ticking(self.calendar, at(TUESDAY, 10)).tz = "Europe/Berlin"
        self.due(at(TUESDAY, 12))
        self.outcome(
            self.facts(ticket),
            # 10 o'clock of Berlin.
            right=("running", at(TUESDAY, 17), []),
            wrong=("missed", at(TUESDAY, 11), [at(TUESDAY, 11)]),
        )

    def test_a_late_solution_stays_late_when_a_holiday_is_entered_after_it(self):
        self.policy_in_force.target_ids.reopening = "new"
        ticket = self.monday_afternoon()
        self.due(at(TUESDAY, 12))
        self.move(ticket, at(TUESDAY, 13), self.done)
        self.holiday(TUESDAY, entered=at(WEDNESDAY, 9))
        self.move(ticket, at(WEDNESDAY, 10), self.work)
        first = self.clock(ticket).filtered(lambda clock: clock.round == 1)
        self.outcome(
            (first.state, self.breaches(ticket).state),
            right=("missed", "open"),
            wrong=("met", "withdrawn"),
        )

    def test_a_late_answer_stays_late_when_a_holiday_is_entered_after_it(self):
        self.policy_in_force.target_ids.metric = "first_response"
        ticket = self.ticket(at(MONDAY, 15))
        self.answer(ticket, at(TUESDAY, 13))
        self.holiday(TUESDAY, entered=at(WEDNESDAY, 9))
        self.move(ticket, at(WEDNESDAY, 10), self.solved)
        self.outcome(
            (self.clock(ticket, "first_response").state, self.breaches(ticket).state),
            right=("missed", "open"),
            wrong=("met", "withdrawn"),
        )
