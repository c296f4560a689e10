from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.times import at_context

from .common import START, SlaCase, minutes

#: The second in which a limit has just passed.
TICK = timedelta(seconds=1)


@tagged("post_install", "-at_install")
class TestSlaEscalation(SlaCase):
    """Levels: when they come true, whom they tell, what they do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        # People work at any time, unless a test says otherwise.
        cls.company.resource_calendar_id = False
        cls.head = new_test_user(
            cls.env, "head", groups="helpdesk_mgmt.group_helpdesk_user"
        )
        cls.head_office = cls.env["helpdesk.ticket.team"].create(
            {"name": "Head office", "user_id": cls.head.id}
        )
        cls.company.sla_head_office_team_id = cls.head_office

    def make_plan(self, *levels, **vals):
        plan = self.env["sla.escalation"].create(
            {
                "name": "Plan",
                "level_ids": [
                    (0, 0, {"sequence": place, "tell_handler": True, **level})
                    for place, level in enumerate(levels)
                ],
                **vals,
            }
        )
        self.policy.target_ids.escalation_id = plan
        return plan

    def rows(self, ticket, metric="first_response"):
        """Return (minutes from START, what, whom) of what came true, in order."""
        notices = self.env["sla.notice"].search([("ticket_id", "in", ticket.ids)])
        return [
            (
                (notice.created_at - START).total_seconds() / 60,
                notice.action,
                notice.user_id.login,
            )
            for notice in notices.sorted(
                lambda notice: (notice.created_at, notice.user_id.login or "")
            )
            if notice.clock_id.metric == metric
        ]

    def told(self, ticket, **more):
        return [
            (at, login)
            for at, action, login in self.rows(ticket, **more)
            if action == "notify"
        ]

    def act(self, at):
        """Run the job that does what levels ask for, without its commits."""
        notices = self.env["sla.notice"].with_context(**at_context(at))
        with patch.object(type(self.env["ir.cron"]), "_commit_progress") as progress:
            progress.return_value = 1
            notices._cron_act()

    def send(self, at):
        """Run the job that tells people; return the deliveries: {login: notices}."""
        sent = {}

        def deliver(notices, user, batch):
            sent[user.login] = batch

        notices = self.env["sla.notice"].with_context(**at_context(at))
        with (
            patch.object(type(self.env["ir.cron"]), "_commit_progress") as progress,
            patch.object(type(notices), "_deliver", deliver),
        ):
            progress.return_value = 1
            notices._cron_send()
        return sent

    # ---------------------------------------------------------------- when and whom

    def test_a_plan_says_whom_of_its_people_nobody_reaches(self):
        self.plan.head_office_user_id = self.bob
        self.assertFalse(self.plan.archived_names)
        self.bob.active = False
        self.env.invalidate_all()
        self.assertEqual(self.plan.archived_names, self.bob.name)

    def test_shipped_plan_goes_from_handler_to_head_office(self):
        ticket = self.ticket()
        for at in range(20, 100):
            self.due(minutes(at))
        managers = {login for at, login in self.told(ticket) if at == 45}
        self.assertIn("boss", managers)
        self.assertNotIn("ann", managers)
        self.assertEqual(
            [row for row in self.told(ticket) if row[0] != 45],
            [(24, "ann"), (30, "ann"), (30, "boss"), (90, "head")],
        )

    def test_a_late_job_fires_the_same_levels_at_the_same_instants(self):
        on_time = self.ticket()
        for at in range(20, 100):
            self.due(minutes(at))
        late = self.ticket()
        self.due(minutes(10_000))
        self.assertEqual(self.rows(late), self.rows(on_time))

    def test_a_level_fires_once(self):
        ticket = self.ticket()
        self.due(minutes(100))
        before = self.rows(ticket)
        self.assertEqual(self.due(minutes(101)), 0)
        self.assertEqual(self.rows(ticket), before)

    def test_levels_after_the_limit_end_with_the_clock(self):
        ticket = self.ticket()
        self.due(minutes(31))
        message = (
            ticket.with_user(self.ann)
            ._at(minutes(40))
            .message_post(
                body="Done",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                **self.reaches(ticket),
            )
        )
        self.hand_over(message.sudo().mail_ids)
        clock = self.clock(ticket, "first_response")
        self.assertEqual((clock.state, clock.next_event_at), ("missed", False))
        self.due(minutes(200))
        self.assertEqual(max(at for at, _login in self.told(ticket)), 30)

    def test_a_level_reached_before_the_stop_is_recorded_by_a_later_job(self):
        ticket = self.ticket()
        self.move(ticket, minutes(50), self.done)
        self.due(minutes(60))
        levels = {at for at, _login in self.told(ticket)}
        self.assertEqual(levels, {24, 30, 45})

    def test_a_kept_promise_tells_nobody_afterwards(self):
        ticket = self.ticket()
        self.move(ticket, minutes(29), self.done)
        self.assertEqual(self.due(minutes(60)), 0)
        self.assertFalse(self.rows(ticket))

    def test_a_clock_that_stands_still_does_not_escalate(self):
        self.make_plan({"amount": 10})
        ticket = self.ticket()
        self.due(minutes(31))
        self.move(ticket, minutes(35), self.awaiting)
        clock = self.clock(ticket, "first_response")
        self.assertFalse(clock.next_event_at)
        self.due(minutes(100))
        self.assertEqual(self.told(ticket), [])
        self.move(ticket, minutes(100), self.work)
        self.assertEqual(clock.next_event_at, minutes(105))
        self.due(minutes(106))
        self.assertEqual(self.told(ticket), [(105, "ann")])

    def test_minutes_are_working_time_of_the_clock(self):
        calendar = self.env["resource.calendar"].create({"name": "Day", "tz": "UTC"})
        self.make_plan({"amount": 60})
        self.policy.target_ids.write(
            {"calendar_mode": "given", "calendar_id": calendar.id}
        )
        ticket = self.ticket(datetime(2024, 3, 4, 16, 0))
        self.due(datetime(2024, 3, 5, 12, 0))
        # Due at 16:30; half an hour is left until 17:00, the rest is tomorrow's.
        self.assertEqual(
            self.env["sla.notice"]
            .search([("ticket_id", "=", ticket.id)])
            .filtered(lambda notice: notice.clock_id.metric == "first_response")
            .created_at,
            datetime(2024, 3, 5, 8, 30),
        )

    def test_before_the_limit_in_minutes(self):
        self.make_plan({"moment": "before", "amount": 10})
        ticket = self.ticket()
        self.due(minutes(21))
        self.assertEqual(self.told(ticket), [(20, "ann")])

    def test_a_level_before_the_beginning_does_not_apply(self):
        self.make_plan({"moment": "before", "amount": 45})
        ticket = self.ticket()
        self.due(minutes(16))
        self.assertEqual(self.told(ticket), [])
        self.assertEqual(self.told(ticket, metric="resolution"), [(15, "ann")])

    def test_handler_is_who_held_it_at_the_instant(self):
        ticket = self.ticket()
        ticket._at(minutes(28)).write({"user_id": self.bob.id})
        self.due(minutes(31))
        self.assertEqual(self.told(ticket), [(24, "ann"), (30, "bob"), (30, "boss")])

    def test_named_people_and_teams_are_told(self):
        self.make_plan(
            {"tell_handler": False, "user_ids": [(6, 0, self.bob.ids)]},
            {"tell_handler": False, "team_id": self.head_office.id, "amount": 1},
        )
        ticket = self.ticket()
        self.due(minutes(32))
        self.assertEqual(self.told(ticket), [(30, "bob"), (31, "head")])

    def test_head_office_of_the_plan_goes_before_that_of_the_company(self):
        self.make_plan(
            {"tell_handler": False, "tell_head_office": True},
            head_office_user_id=self.bob.id,
        )
        ticket = self.ticket()
        self.due(minutes(31))
        self.assertEqual(self.told(ticket), [(30, "bob")])

    def test_a_person_is_told_once_whatever_the_roles(self):
        self.make_plan({"tell_leader": True, "user_ids": [(6, 0, self.boss.ids)]})
        ticket = self.ticket(user_id=self.boss.id)
        self.due(minutes(31))
        self.assertEqual(self.told(ticket), [(30, "boss")])

    def test_no_plan_tells_nobody(self):
        self.policy.target_ids.escalation_id = False
        ticket = self.ticket()
        self.due(minutes(100))
        self.assertFalse(self.rows(ticket))
        self.assertEqual(len(self.breaches(ticket)), 2)

    def test_new_times_apply_to_later_promises_only(self):
        plan = self.make_plan({"amount": 10})
        old = self.ticket()
        plan.level_ids.amount = 20
        new = self.ticket()
        self.due(minutes(60))
        self.assertEqual(self.told(old), [(40, "ann")])
        self.assertEqual(self.told(new), [(50, "ann")])

    def test_an_archived_level_tells_nobody(self):
        plan = self.make_plan({"amount": 10}, {"amount": 20})
        ticket = self.ticket()
        plan.level_ids[0].active = False
        self.due(minutes(60))
        self.assertEqual(self.told(ticket), [(50, "ann")])

    def test_a_level_that_told_people_is_archived_not_deleted(self):
        plan = self.make_plan({"amount": 10}, {"amount": 500})
        self.ticket()
        self.due(minutes(60))
        with self.assertRaises(UserError):
            plan.level_ids[0].unlink()
        plan.level_ids[1].unlink()

    def test_a_replaced_promise_tells_nobody_again(self):
        self.make_policy("Urgent", resolution=40, category_ids=self.urgent_item.ids)
        ticket = self.ticket()
        self.due(minutes(49))
        self.assertEqual(self.told(ticket, metric="resolution"), [(48, "ann")])
        ticket._at(minutes(49)).write({"category_id": self.urgent_item.id})
        clock = self.clock(ticket)
        # It binds from the change on.
        self.assertEqual(clock.due_at, minutes(49))
        self.due(minutes(50))
        told = self.told(ticket, metric="resolution")
        self.assertEqual(
            [row for row in told if row[1] == "ann"], [(48, "ann"), (49, "ann")]
        )

    def test_number_of_queries_does_not_depend_on_the_tickets(self):
        def queries(count):
            self.tickets(count)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.due(minutes(200))
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(30), queries(1))

    def test_levels_that_make_no_sense_are_refused(self):
        for level in (
            {"tell_handler": False},
            {"tell_handler": False, "activity": True, "raise_priority": "3"},
            {"reassign": "given"},
        ):
            with self.subTest(level), self.assertRaises(ValidationError):
                self.make_plan(level)

    # ------------------------------------------------------------------ what it does

    def test_reassigning_goes_through_the_timeline(self):
        self.make_plan({"amount": 5, "reassign": "head_office"})
        ticket = self.ticket()
        self.due(minutes(36))
        self.assertEqual(ticket.team_id, self.team, "not inside the due job")
        self.act(minutes(36))
        self.assertEqual((ticket.team_id, ticket.user_id.id), (self.head_office, False))
        last = ticket.span_ids.sorted("start")[-1]
        self.assertEqual((last.team_id, last.start), (self.head_office, minutes(36)))
        self.assertIn("5 min after the limit", ticket.message_ids[0].body)
        self.assertFalse(ticket.first_response_at)

    def test_reassigning_to_a_person(self):
        self.make_plan({"reassign": "given", "reassign_user_id": self.bob.id})
        ticket = self.ticket()
        self.due(minutes(31))
        self.act(minutes(31))
        self.assertEqual((ticket.team_id, ticket.user_id), (self.team, self.bob))

    def test_priority_is_raised_never_lowered(self):
        self.make_plan({"raise_priority": "2"})
        low, high = self.ticket(priority="0"), self.ticket(priority="3")
        self.due(minutes(31))
        self.act(minutes(31))
        self.assertEqual((low.priority, high.priority), ("2", "3"))

    def test_activity_for_everybody_who_is_told(self):
        self.make_plan({"activity": True, "tell_leader": True})
        ticket = self.ticket()
        self.due(minutes(31))
        self.act(minutes(31))
        self.assertEqual(ticket.activity_ids.user_id, self.ann + self.boss)
        self.assertIn("At the limit", ticket.activity_ids[0].summary)

    def test_what_is_overtaken_is_not_done(self):
        self.make_plan({"reassign": "head_office"})
        ticket = self.ticket()
        self.due(minutes(31))
        self.move(ticket, minutes(32), self.done)
        self.act(minutes(33))
        self.assertEqual(ticket.team_id, self.team)
        notice = ticket.notice_ids.filtered(
            lambda n: n.action == "reassign" and n.clock_id.metric == "first_response"
        )
        self.assertEqual(notice.state, "dropped")

    def test_an_action_is_done_once(self):
        self.make_plan({"activity": True})
        ticket = self.ticket()
        self.due(minutes(31))
        self.act(minutes(31))
        self.act(minutes(32))
        self.assertEqual(len(ticket.activity_ids), 1)

    def test_what_fails_is_tried_again_later_and_stops_nobody(self):
        self.make_plan({"raise_priority": "3"})
        bad, good = self.ticket(), self.ticket()
        self.due(minutes(31))
        notices = self.env["sla.notice"]
        act = type(notices)._act_priority

        def fail(notice, ticket):
            if ticket == bad:
                raise ValueError("locked by an automation")
            return act(notice, ticket)

        with (
            patch.object(type(notices), "_act_priority", fail),
            mute_logger("odoo.addons.sla_promise.models.escalation.sla_notice_send"),
        ):
            self.act(minutes(31))
        notice = bad.notice_ids.filtered(lambda n: n.action == "priority")
        self.assertEqual((notice.state, notice.failures), ("waiting", 1))
        self.assertEqual(notice.retry_at, minutes(33))
        self.assertIn("automation", notice.error)
        self.assertEqual((bad.priority, good.priority), ("1", "3"))
        self.act(minutes(32))
        self.assertEqual(bad.priority, "1", "not before its time")
        self.act(minutes(33))
        self.assertEqual((bad.priority, notice.state), ("3", "done"))

    # --------------------------------------------------------------- quiet hours

    def day_shift(self):
        calendar = self.env["resource.calendar"].create({"name": "Day", "tz": "UTC"})
        self.env["resource.resource"].create(
            {"name": "Ann", "user_id": self.ann.id, "calendar_id": calendar.id}
        )
        return calendar

    def test_notices_wait_until_the_receiver_works_again(self):
        self.day_shift()
        self.ticket(datetime(2024, 3, 4, 20, 0))
        night = datetime(2024, 3, 4, 20, 31)
        self.due(night)
        self.assertEqual(set(self.send(night)), {"boss"})
        self.assertFalse(self.send(datetime(2024, 3, 5, 7, 59, 59)))
        self.assertEqual(set(self.send(datetime(2024, 3, 5, 8, 0))), {"ann"})

    def test_the_weekend_makes_no_notice_stale(self):
        self.day_shift()
        friday = datetime(2024, 3, 8, 20, 0)
        self.ticket(friday)
        self.due(friday + timedelta(minutes=31))
        self.assertIn("ann", self.send(datetime(2024, 3, 11, 8, 0)))

    def leave(self, by, start=datetime(2024, 3, 4, 0, 0)):
        """Enter leave of Ann until the end of the next day."""
        self.env["resource.calendar.leaves"].with_user(by).create(
            {
                "name": "Off",
                "resource_id": self.ann.resource_ids.id,
                "calendar_id": self.ann.resource_ids.calendar_id.id,
                "date_from": start,
                "date_to": datetime(2024, 3, 5, 23, 59, 59),
            }
        )

    def test_own_leave_is_waited_for(self):
        self.day_shift()
        self.leave(self.ann)
        self.ticket()
        self.due(minutes(31))
        self.assertNotIn("ann", self.send(minutes(31)))
        self.assertIn("ann", self.send(datetime(2024, 3, 6, 8, 0)))

    def test_who_is_on_approved_leave_is_not_waited_for(self):
        self.day_shift()
        self.leave(self.boss)
        self.make_plan({})
        ticket = self.ticket()
        self.due(minutes(31))
        self.assertEqual(self.told(ticket), [(30, "boss")])

    def test_what_waits_for_who_is_archived_goes_to_the_next(self):
        self.day_shift()
        self.make_plan({"activity": True})
        ticket = self.ticket(datetime(2024, 3, 4, 20, 0))
        night = datetime(2024, 3, 4, 20, 31)
        self.due(night)
        self.assertFalse(self.send(night))
        self.ann.active = False
        sent = self.send(night + timedelta(minutes=1))
        self.assertEqual(set(sent), {"boss"})
        self.assertEqual(sent["boss"].created_at, night - timedelta(minutes=1))
        self.assertFalse(self.send(night + timedelta(minutes=10)))
        self.act(night + timedelta(minutes=10))
        self.assertEqual(ticket.activity_ids.user_id, self.boss)

    def test_what_waits_for_who_goes_on_leave_goes_to_the_next(self):
        self.day_shift()
        self.make_plan({})
        self.ticket(datetime(2024, 3, 4, 20, 0))
        night = datetime(2024, 3, 4, 20, 31)
        self.due(night)
        self.leave(self.boss, datetime(2024, 3, 4, 22, 0))
        self.assertFalse(self.send(night))
        self.assertEqual(set(self.send(datetime(2024, 3, 4, 22, 1))), {"boss"})
        self.assertFalse(self.send(datetime(2024, 3, 6, 9, 0)))

    def test_a_ticket_is_handed_to_who_stands_in(self):
        self.make_plan({"reassign": "given", "reassign_user_id": self.bob.id})
        ticket = self.ticket()
        self.due(minutes(31))
        self.bob.active = False
        self.act(minutes(31))
        self.assertEqual((ticket.team_id, ticket.user_id), (self.team, self.boss))

    def test_some_levels_do_not_wait_for_the_morning(self):
        self.day_shift()
        self.make_plan({"at_once": True}, {"amount": 1})
        night = datetime(2024, 3, 4, 20, 0)
        self.ticket(night)
        self.due(night + timedelta(minutes=32))
        sent = self.send(night + timedelta(minutes=32))
        self.assertEqual(sent["ann"].level_id.display_name, "At the limit")

    def test_one_digest_in_its_interval(self):
        self.company.sla_digest_minutes = 10
        self.make_plan({})
        self.ticket()
        self.ticket(minutes(5))
        self.due(minutes(31))
        self.assertIn("ann", self.send(minutes(31)))
        self.due(minutes(36))
        self.assertNotIn("ann", self.send(minutes(36)))
        self.assertIn("ann", self.send(minutes(41)))

    def test_a_warning_does_not_wait_past_its_limit(self):
        self.company.sla_digest_minutes = 60
        first = self.ticket()
        self.due(minutes(25))
        self.assertIn("ann", self.send(minutes(25)))
        second = self.ticket(minutes(5))
        self.due(minutes(30))
        self.assertIn(second, self.send(minutes(30))["ann"].ticket_id)
        self.assertNotEqual(first, second)

    def test_digests_wait_for_the_due_job(self):
        self.tickets(3)
        self.env["sla.clock"]._process_due(minutes(31), limit=1)
        self.assertFalse(self.send(minutes(31)))
        self.due(minutes(31))
        self.assertIn("ann", self.send(minutes(31)))

    def test_five_thousand_late_tickets_make_one_message_each(self):
        self.make_plan({"tell_leader": True})
        self.policy.target_ids.filtered(
            lambda target: target.metric == "resolution"
        ).unlink()
        tickets = self.tickets(5000)
        while self.due(minutes(31)):
            pass
        notices = self.env["sla.notice"].search([("ticket_id", "in", tickets.ids)])
        self.assertEqual(len(notices), 10_000)
        bodies = []

        def told(thread, **message):
            bodies.append((message["partner_ids"], message["body"]))

        with (
            patch.object(type(self.env["ir.cron"]), "_commit_progress") as progress,
            patch.object(type(self.env["mail.thread"]), "message_notify", told),
        ):
            progress.return_value = 1
            self.env["sla.notice"].with_context(**at_context(minutes(31)))._cron_send()
        people = self.ann.partner_id, self.boss.partner_id
        self.assertEqual(
            sorted(partners for partners, _body in bodies),
            sorted(partner.ids for partner in people),
        )
        for _partners, body in bodies:
            self.assertEqual(body.count("/odoo/vip-tickets/"), 20)
            self.assertIn("4980", body)
            self.assertIn(f"/odoo/vip-tickets/{tickets[0].id}", body)

    def test_the_worst_comes_first_and_each_ticket_once(self):
        worst = self.ticket(minutes(-120))
        self.ticket()
        self.due(minutes(31))
        sent = self.env["sla.notice"].search([("user_id", "=", self.ann.id)])
        digest = sent._digest(self.ann)
        self.assertEqual(digest["late"][0].ticket_id, worst)
        self.assertEqual(len(digest["late"]), len(digest["late"].ticket_id))
        self.assertEqual(digest["teams"], [("First line", 2)])

    # --------------------------------------------------------------------- seen

    def test_the_front_line_sees_where_its_case_is(self):
        ticket = self.ticket()
        self.due(minutes(91))
        seen = ticket.with_user(self.ann)
        self.assertIn(self.head, seen.escalated_to_ids)
        self.assertNotIn(self.ann, seen.escalated_to_ids)
        self.assertTrue(seen.notice_ids.mapped("level_id.display_name"))
        self.assertTrue(self.breaches(ticket).with_user(self.ann)[0].notice_ids)

    def test_escalated_to_me(self):
        ticket, other = self.ticket(), self.ticket(minutes(60))
        self.due(minutes(91))
        found = self.env["helpdesk.ticket"].with_user(self.head)
        found = found.search([("escalated_to_ids", "in", self.head.ids)])
        self.assertIn(ticket, found)
        self.assertNotIn(other, found)
