"""Working time changes while promises run in it, by whatever door."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context

from ..models.clock import sla_clock_recount
from .common import SlaCase

#: Of March 2024.
MONDAY, TUESDAY, WEDNESDAY = 4, 5, 6


def at(day, hour, minute=0):
    return datetime(2024, 3, day, hour, minute)


class WorkingTimeCase(SlaCase):
    """Four hours in an office from 9 to 17 o'clock; the ticket comes on Monday at 15."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.office()
        cls.policy.target_ids.unlink()
        cls.target = cls.env["sla.target"].create(
            {
                "policy_id": cls.policy.id,
                "metric": "resolution",
                "duration": 240,
                "calendar_mode": "given",
                "calendar_id": cls.calendar.id,
            }
        )
        cls.admin = new_test_user(
            cls.env, "chief", groups="vip_base.group_vip_admin,base.group_system"
        )

    def monday(self, **vals):
        return self.ticket(at(MONDAY, 15), **vals)

    def when(self, records, instant):
        """Return records as the administrator has them at an instant."""
        return records.with_user(self.admin).with_context(**at_context(instant))

    def close(self, start, stop, entered, calendar=None):
        """Enter a closing time; the request ends."""
        leave = self.when(self.env["resource.calendar.leaves"], entered).create(
            {
                "name": "Holiday",
                "calendar_id": (calendar or self.calendar).id,
                "company_id": self.env.company.id,
                "date_from": start,
                "date_to": stop,
            }
        )
        self.env.cr.flush()
        return leave

    def off(self, day, entered):
        return self.close(at(day, 0), at(day + 1, 0), entered)

    def facts(self, ticket):
        clock = self.clock(ticket)
        clock.invalidate_recordset()
        return clock.state, clock.due_at


@tagged("post_install", "-at_install")
class TestDoors(WorkingTimeCase):
    """Each door by which working time changes moves the limits at once."""

    def test_a_holiday_moves_the_limit_and_its_warning(self):
        ticket = self.monday()
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 11)))
        self.off(TUESDAY, at(MONDAY, 16))
        self.assertEqual(self.facts(ticket), ("running", at(WEDNESDAY, 11)))
        self.assertEqual(self.clock(ticket).warn_at, at(WEDNESDAY, 10, 12))

    def test_a_holiday_for_all_calendars_of_the_company(self):
        ticket = self.monday()
        self.when(self.env["resource.calendar.leaves"], at(MONDAY, 16)).create(
            {
                "name": "Holiday",
                "calendar_id": False,
                "company_id": self.env.company.id,
                "date_from": at(TUESDAY, 0),
                "date_to": at(WEDNESDAY, 0),
            }
        )
        self.env.cr.flush()
        self.assertEqual(self.facts(ticket), ("running", at(WEDNESDAY, 11)))

    def test_a_holiday_that_is_moved_or_recalled(self):
        ticket = self.monday()
        leave = self.off(TUESDAY, at(MONDAY, 16))
        self.when(leave, at(MONDAY, 16, 30)).write(
            {"date_from": at(WEDNESDAY, 0), "date_to": at(WEDNESDAY + 1, 0)}
        )
        self.env.cr.flush()
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 11)))
        self.when(leave, at(MONDAY, 16, 40)).write({"date_to": at(WEDNESDAY, 12)})
        self.when(leave, at(MONDAY, 16, 45)).unlink()
        self.env.cr.flush()
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 11)))

    def test_a_paused_promise_keeps_what_is_left_of_it(self):
        ticket = self.monday()
        self.answer_and_wait(ticket, at(MONDAY, 16))
        self.off(TUESDAY, at(MONDAY, 16, 30))
        self.assertEqual(self.facts(ticket)[0], "paused")
        self.move(ticket, at(TUESDAY, 8), self.work)
        self.assertEqual(self.facts(ticket), ("running", at(WEDNESDAY, 12)))

    def answer_and_wait(self, ticket, instant):
        ticket._at(instant)._log_contact(instant)
        self.move(ticket, instant, self.awaiting)

    def test_hours_of_the_calendar(self):
        ticket = self.monday()
        lines = self.calendar.attendance_ids.filtered(lambda a: a.dayofweek == "1")
        self.when(lines, at(MONDAY, 16)).write({"hour_from": 12})
        self.env.cr.flush()
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 14)))

    def test_hours_changed_on_the_way_hold_from_then_on(self):
        """One hour is done by 16 o'clock, whatever Monday is by then."""
        ticket = self.monday()
        lines = self.calendar.attendance_ids.filtered(lambda a: a.dayofweek == "0")
        self.when(lines, at(MONDAY, 16)).unlink()
        self.env.cr.flush()
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 12)))

    def test_another_calendar_of_the_team(self):
        self.team.resource_calendar_id = self.calendar
        self.target.write({"calendar_mode": "team", "calendar_id": False})
        ticket = self.monday()
        late = self.office("Late", 12, 20)
        self.when(self.team, at(TUESDAY, 9, 30)).resource_calendar_id = late
        # Two and a half hours are done; one and a half are left from 12 o'clock on.
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 13, 30)))
        rows = self.clock(ticket)._explain_rows()
        self.assertEqual(sum(row["seconds"] for row in rows), 4 * 3600)
        self.move(ticket, at(TUESDAY, 14), self.done)
        self.assertEqual(self.clock(ticket).overrun_seconds, 1800)

    def test_another_calendar_of_the_company(self):
        company = self.env.company
        company.resource_calendar_id = self.calendar
        self.target.write({"calendar_mode": "team", "calendar_id": False})
        ticket, other = self.monday(), self.office("Late", 12, 20)
        given = self.team.copy({"resource_calendar_id": self.calendar.id})
        untouched = self.monday(team_id=given.id)
        self.when(company, at(MONDAY, 16)).resource_calendar_id = other
        self.assertEqual(self.facts(ticket), ("running", at(MONDAY, 19)))
        self.assertEqual(self.facts(untouched), ("running", at(TUESDAY, 11)))

    def test_what_sql_changed_holds_from_when_it_is_seen(self):
        ticket = self.monday()
        self.env.cr.flush()
        self.env.cr.execute(
            "UPDATE resource_calendar_attendance SET hour_to = 16"
            " WHERE calendar_id = %s AND dayofweek = '1'",
            [self.calendar.id],
        )
        self.env.invalidate_all()
        self.env["resource.calendar"]._look_for_unnoticed(at(MONDAY, 16))
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 11)))
        self.env.cr.execute(
            "UPDATE resource_calendar_attendance SET hour_from = 12"
            " WHERE calendar_id = %s AND dayofweek = '1'",
            [self.calendar.id],
        )
        self.env.invalidate_all()
        self.env["resource.calendar"]._look_for_unnoticed(at(MONDAY, 16, 30))
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 14)))


@tagged("post_install", "-at_install")
class TestVerdicts(WorkingTimeCase):
    """Nothing is missed before a change, and nothing is forgotten by one."""

    def test_a_limit_moved_into_the_past_is_due_with_the_change(self):
        self.off(TUESDAY, at(MONDAY, 9))
        ticket = self.monday()
        leave = self.env["resource.calendar.leaves"].search(
            [], limit=1, order="id desc"
        )
        self.when(leave, at(TUESDAY, 14)).unlink()
        self.env.cr.flush()
        clock = self.clock(ticket)
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 14)))
        *parts, last = clock._explain_rows()
        self.assertEqual(sum(part["seconds"] for part in parts), 4 * 3600)
        self.assertEqual((last["start"], last["stop"]), (at(TUESDAY, 11), clock.due_at))
        self.assertFalse(last["counted"])
        self.due(at(TUESDAY, 14))
        self.assertFalse(self.breaches(ticket))
        self.due(at(TUESDAY, 14, 1))
        self.assertEqual(self.breaches(ticket).breached_at, at(TUESDAY, 14))
        self.move(ticket, at(TUESDAY, 15), self.done)
        self.assertEqual(self.breaches(ticket).overrun_seconds, 3600)

    def test_levels_that_came_true_are_not_told_again(self):
        ticket = self.monday()
        self.due(at(TUESDAY, 10, 30))
        told = self.env["sla.notice"].search_count([("ticket_id", "=", ticket.id)])
        self.assertTrue(told)
        self.off(TUESDAY, at(TUESDAY, 10, 40))
        self.due(at(WEDNESDAY, 10, 59))
        again = self.env["sla.notice"].search_count([("ticket_id", "=", ticket.id)])
        self.assertEqual(again, told)

    def test_what_was_missed_keeps_its_limit_and_is_proposed_to_be_excused(self):
        late, later = self.monday(), self.monday()
        self.due(at(TUESDAY, 12))
        self.move(late, at(TUESDAY, 12), self.done)
        self.off(TUESDAY, at(TUESDAY, 13))
        self.assertEqual(self.facts(late), ("missed", at(TUESDAY, 11)))
        breaches = self.breaches(late + later)
        self.assertEqual(set(breaches.mapped("state")), {"open"})
        excuses = breaches.excuse_ids
        self.assertEqual(len(excuses), 2)
        self.assertEqual(excuses.requested_by_id, self.admin)
        with self.assertRaises(AccessError):
            excuses[0].with_user(self.admin).action_approve()
        self.boss.group_ids += self.env.ref("vip_base.group_vip_manager")
        excuses.with_user(self.boss).action_approve()
        self.assertEqual(set(breaches.mapped("state")), {"excused"})

    def test_many_breaches_are_proposed_to_be_excused_by_the_job(self):
        tickets = self.monday() + self.monday() + self.monday()
        missed_anyway = self.ticket(at(TUESDAY, 9))
        self.due(at(TUESDAY, 16))
        for ticket in tickets:
            self.move(ticket, at(WEDNESDAY, 10), self.done)
        with patch.object(sla_clock_recount, "MOST_BREACHES", 3):
            leave = self.off(TUESDAY, at(WEDNESDAY, 16, 30))
        breaches = self.breaches(tickets)
        self.assertEqual(len(breaches), 3)
        self.assertFalse(breaches.excuse_ids)
        clocks = self.env["sla.clock"]
        self.assertTrue(clocks._propose_left_excuses())
        self.assertFalse(clocks._propose_left_excuses())
        breaches.invalidate_recordset()
        excuses = breaches.excuse_ids
        self.assertEqual(excuses.breach_id, breaches)
        self.assertEqual(excuses.requested_by_id, self.admin)
        self.assertEqual(set(excuses.mapped("requested_at")), {at(WEDNESDAY, 16, 30)})
        self.assertIn("Holiday", excuses[0].evidence)
        self.assertTrue(leave)
        self.assertFalse(self.breaches(missed_anyway).excuse_ids)

    def test_a_day_off_is_entered_whatever_became_of_the_reasons(self):
        """The shipped reason excuses nobody any more, then no reason does."""
        shipped = self.env.ref("sla_promise.reason_working_time")
        reasons = self.env["sla.breach.reason"].search([])
        for gone, proposed in ((shipped, True), (reasons, False)):
            gone.excusable = False
            ticket = self.monday()
            self.due(at(TUESDAY, 12))
            leave = self.off(TUESDAY, at(TUESDAY, 13))
            excuses = self.breaches(ticket).excuse_ids
            self.assertEqual(bool(excuses), proposed)
            self.assertNotIn(shipped, excuses.reason_id)
            self.when(leave, at(TUESDAY, 14)).unlink()
            self.env.cr.flush()

    def test_a_calendar_that_is_gone_counts_as_it_was_known_last(self):
        late, ticket = self.monday(), self.ticket(at(TUESDAY, 10))
        self.due(at(TUESDAY, 12))
        with patch.object(sla_clock_recount, "MOST", 0):
            self.off(WEDNESDAY, at(TUESDAY, 13))
        self.target.write({"calendar_mode": "always", "calendar_id": False})
        self.when(self.calendar, at(TUESDAY, 14)).unlink()
        self.env.cr.flush()
        clocks = self.env["sla.clock"]
        self.assertEqual(clocks._recount_batch(at(TUESDAY, 14)), 1)
        self.assertEqual(clocks._recount_batch(at(TUESDAY, 14)), 0)
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 14)))
        self.move(late, at(WEDNESDAY + 1, 10), self.done)
        self.assertEqual(self.clock(late).overrun_seconds, 7 * 3600)

    def test_what_would_have_been_missed_anyway_is_not_proposed(self):
        ticket = self.monday()
        self.due(at(TUESDAY, 12))
        self.move(ticket, at(WEDNESDAY, 16), self.done)
        self.off(TUESDAY, at(WEDNESDAY, 17))
        self.assertFalse(self.breaches(ticket).excuse_ids)

    def test_what_is_late_goes_on_by_the_new_hours(self):
        ticket = self.monday()
        self.due(at(TUESDAY, 12))
        self.close(at(TUESDAY, 13), at(TUESDAY, 15), entered=at(TUESDAY, 12))
        self.move(ticket, at(TUESDAY, 16), self.done)
        self.assertEqual(self.facts(ticket), ("missed", at(TUESDAY, 11)))
        self.assertEqual(self.breaches(ticket).overrun_seconds, 3 * 3600)

    def test_explain_shows_the_working_time_of_then(self):
        ticket = self.monday()
        self.move(ticket, at(TUESDAY, 10), self.done)
        before = self.clock(ticket)._explain_rows()
        self.off(TUESDAY, at(WEDNESDAY, 9))
        self.when(self.calendar, at(WEDNESDAY, 10)).tz = "Asia/Shanghai"
        self.env.cr.flush()
        self.assertEqual(self.clock(ticket)._explain_rows(), before)
        self.assertEqual(self.clock(ticket).state, "met")


@tagged("post_install", "-at_install")
class TestManyTickets(WorkingTimeCase):
    """With many tickets the job does what the request does with few."""

    def test_the_job_judges_what_the_request_left(self):
        tickets = self.monday() + self.monday() + self.monday()
        with patch.object(sla_clock_recount, "MOST", 2):
            self.off(TUESDAY, at(MONDAY, 16))
        limits = {self.facts(ticket)[1] for ticket in tickets}
        self.assertEqual(limits, {at(TUESDAY, 11)})
        clocks = self.env["sla.clock"]
        # A machine whose time runs behind finds nothing, rather than the same for ever.
        self.assertEqual(clocks._recount_batch(at(MONDAY, 15), 2), 0)
        self.assertEqual(clocks._recount_batch(at(MONDAY, 17), 2), 2)
        self.assertEqual(clocks._recount_batch(at(MONDAY, 17), 2), 1)
        self.assertEqual(clocks._recount_batch(at(MONDAY, 17), 2), 0)
        limits = {self.facts(ticket)[1] for ticket in tickets}
        self.assertEqual(limits, {at(WEDNESDAY, 11)})

    def test_until_then_nothing_is_missed_by_the_old_hours(self):
        ticket, solved = self.monday(), self.monday()
        with patch.object(sla_clock_recount, "MOST", 0):
            self.off(TUESDAY, at(MONDAY, 16))
            self.move(solved, at(TUESDAY, 12), self.done)
            self.due(at(TUESDAY, 13))
        self.assertEqual(self.facts(ticket), ("running", at(WEDNESDAY, 11)))
        self.assertEqual(self.facts(solved)[0], "met")
        self.assertFalse(self.breaches(ticket + solved))

    def test_what_was_late_before_the_change_is_missed_though_the_job_comes_after(self):
        ticket = self.monday()
        with patch.object(sla_clock_recount, "MOST", 0):
            self.off(TUESDAY, at(TUESDAY, 13))
        self.due(at(TUESDAY, 14))
        self.assertEqual(self.facts(ticket), ("missed", at(TUESDAY, 11)))

    def test_what_only_begins_to_wait_is_brought_up_to_date(self):
        ticket = self.monday()
        with patch.object(sla_clock_recount, "MOST", 0):
            self.off(TUESDAY, at(MONDAY, 16))
            ticket._at(at(MONDAY, 16, 30))._log_contact(at(MONDAY, 16, 30))
            self.move(ticket, at(MONDAY, 16, 30), self.awaiting)
        self.move(ticket, at(WEDNESDAY, 9), self.work)
        self.assertEqual(self.facts(ticket), ("running", at(WEDNESDAY, 11, 30)))

    def test_another_calendar_of_a_team_with_many_tickets(self):
        self.team.resource_calendar_id = self.calendar
        self.target.write({"calendar_mode": "team", "calendar_id": False})
        ticket, moved = self.monday(), self.monday()
        late = self.office("Late", 12, 20)
        with patch.object(sla_clock_recount, "MOST", 0):
            self.when(self.team, at(TUESDAY, 9, 30)).resource_calendar_id = late
            self.move(moved, at(TUESDAY, 12, 30), self.done)
            self.due(at(TUESDAY, 11, 30))
        self.assertEqual(self.facts(moved)[0], "met")
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 13, 30)))


@tagged("post_install", "-at_install")
class TestTold(WorkingTimeCase):
    """What a change moves is shown before it is saved, and told after."""

    def preview(self, record, values):
        preview = self.when(self.env["resource.worktime.preview"], at(MONDAY, 16))
        return preview.preview(record._name, record.id, values)

    def leave(self, day):
        return {
            "name": "Holiday",
            "calendar_id": self.calendar.id,
            "company_id": self.env.company.id,
            "date_from": fields.Datetime.to_string(at(day, 0)),
            "date_to": fields.Datetime.to_string(at(day + 1, 0)),
        }

    def test_a_preview_counts_the_limits_that_move_and_changes_nothing(self):
        ticket, untouched = self.monday(), self.ticket(at(MONDAY, 9))
        answer = self.preview(self.env["resource.calendar.leaves"], self.leave(TUESDAY))
        texts = [effect["text"] for effect in answer["effects"]]
        self.assertIn(
            "Limits of running promises that move: 1 of 2 (1 later, 0 earlier).", texts
        )
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 11)))
        self.assertEqual(self.facts(untouched), ("running", at(MONDAY, 13)))

    def test_a_preview_of_another_calendar_of_a_team(self):
        self.team.resource_calendar_id = self.calendar
        self.target.write({"calendar_mode": "team", "calendar_id": False})
        ticket, late = self.monday(), self.office("Late", 12, 20)
        answer = self.preview(self.team, {"resource_calendar_id": late.id})
        texts = [effect["text"] for effect in answer["effects"]]
        self.assertIn(
            "Limits of running promises that move: 1 of 1 (0 later, 1 earlier).", texts
        )
        self.assertEqual(self.facts(ticket), ("running", at(TUESDAY, 11)))
        self.assertEqual(self.team.resource_calendar_id, self.calendar)

    def test_the_notice_after_saving_counts_them_too(self):
        self.monday()
        sent = []
        bus = type(self.env["res.users"])
        with patch.object(bus, "_bus_send", lambda *args, **_more: sent.append(args)):
            self.off(TUESDAY, at(MONDAY, 16))
        [(_user, kind, message)] = sent
        self.assertEqual(kind, "resource_worktime_changed")
        moved = [e for e in message["effects"] if "running promises" in e["text"]]
        self.assertEqual(moved[0]["action"]["res_model"], "helpdesk.ticket")

    def test_another_calendar_of_a_team_is_in_the_audit_log(self):
        late = self.office("Late", 12, 20)
        self.when(self.team, at(MONDAY, 16)).resource_calendar_id = late
        line = self.env["vip.audit.log"].search(
            [("model", "=", "helpdesk.ticket.team"), ("res_id", "=", self.team.id)],
            limit=1,
        )
        self.assertEqual(line.new_values, {"resource_calendar_id": late.id})
        self.assertEqual(line.user_name, self.admin.name)

    def test_a_change_costs_the_same_for_any_number_of_tickets(self):
        costs = []
        for count in (2, 20):
            self.tickets(count, at(MONDAY, 15))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.off(TUESDAY, at(MONDAY, 16) + timedelta(minutes=count))
            costs.append(self.env.cr.sql_log_count - before)
            self.env["resource.calendar.leaves"].search(
                [], order="id desc", limit=1
            ).unlink()
            self.env.cr.flush()
        self.assertLessEqual(costs[1], costs[0] + 2)
