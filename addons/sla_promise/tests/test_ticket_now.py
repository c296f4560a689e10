from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.times import at_context

from ..models.clock import sla_clock_recount
from .common import START, SlaCase, minutes

#: So many queries may the panel beside a ticket make, with what promises add to it.
MOST = 6


class TestTicketNow(SlaCase):
    """What the form of a ticket shows that passes with time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls.office("Nine to five")
        cls.team.resource_calendar_id = cls.hours
        cls.paper = cls.env["helpdesk.ticket.category"].create({"name": "Paper"})
        cls.make_policy(
            "Paper",
            target={"calendar_mode": "team"},
            resolution=10 * 60,
            category_ids=[(6, 0, cls.paper.ids)],
        )

    def now(self, ticket, at, user=None):
        ticket = ticket.with_user(user or self.ann)
        return ticket._at(minutes(at)).sla_now()

    def paper_ticket(self, at=START, **vals):
        return self.ticket(at, category_id=self.paper.id, **vals)

    def test_working_time_passes_only_while_somebody_works(self):
        ticket = self.paper_ticket()
        clock = self.clock(ticket)
        self.assertEqual(clock.due_at, minutes(26 * 60))
        told = self.now(ticket, 60)["clocks"][clock.id]
        today = (to_epoch(minutes(60)), to_epoch(minutes(8 * 60)))
        tomorrow = (to_epoch(minutes(24 * 60)), to_epoch(minutes(26 * 60)))
        self.assertEqual(told["stretches"], [today, tomorrow])
        self.assertEqual(told["later"], 0)
        self.assertIn("“Paper” fits", told["why"])

    def test_what_comes_after_many_stretches_is_a_sum(self):
        path = "odoo.addons.sla_promise.models.clock.sla_clock_now.MOST_STRETCHES"
        ticket = self.paper_ticket()
        with patch(path, 1):
            told = self.now(ticket, 60)["clocks"][self.clock(ticket).id]
        self.assertEqual((len(told["stretches"]), told["later"]), (1, 2 * 3600))

    def test_what_waits_says_what_is_left(self):
        ticket = self.paper_ticket()
        clock = self.clock(ticket)
        self.move(ticket, minutes(60), self.awaiting)
        told = self.now(ticket, 120)["clocks"][clock.id]
        self.assertEqual(told["left"], 9 * 3600)
        self.assertNotIn("stretches", told)

    def test_who_may_not_read_the_ticket_is_told_nothing(self):
        ticket = self.ticket(team_id=self.other_team.id, user_id=self.bob.id)
        own = new_test_user(
            self.env, "now.own", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        with self.assertRaises(AccessError):
            self.now(ticket, 1, own)

    # Who is not there

    def leave(self, user, hours):
        """Approve leave of ``user`` from the start on."""
        leaves = self.env["resource.calendar.leaves"].with_user(self.boss)
        leaves.create(
            {
                "name": "Holiday",
                "agent_id": user.id,
                "date_from": START,
                "date_to": START + timedelta(hours=hours),
            }
        )

    def test_who_stands_in_for_a_holder_on_leave_is_said(self):
        ticket = self.ticket()
        self.assertFalse(self.now(ticket, 60)["away"])
        self.leave(self.ann, 8)
        away = self.now(ticket, 60)["away"]
        self.assertEqual(away["who"], self.ann.name)
        self.assertEqual(away["until"], "2024-03-04 17:00:00")
        self.assertEqual(away["stands_in"], self.boss.name)
        self.assertFalse(self.now(ticket, 8 * 60)["away"])

    def test_without_a_leader_who_is_there_the_managers_stand_in(self):
        ticket = self.ticket()
        self.leave(self.ann, 8)
        self.team.user_id = False
        self.assertFalse(self.now(ticket, 60)["away"]["stands_in"])
        self.team.sla_stand_in_id = self.bob
        self.assertEqual(self.now(ticket, 60)["away"]["stands_in"], self.bob.name)
        self.leave(self.bob, 8)
        self.assertFalse(self.now(ticket, 60)["away"]["stands_in"])

    # Changed working time

    def test_a_clock_that_does_not_know_of_changed_hours_says_so(self):
        ticket = self.paper_ticket()
        clock = self.clock(ticket)
        self.assertFalse(clock.judged_anew)
        with patch.object(sla_clock_recount, "MOST", 0):
            self._holiday()
        self.env.invalidate_all()
        self.assertTrue(clock.judged_anew)
        [info] = [one for one in ticket.sla_clock_info if one["id"] == clock.id]
        self.assertTrue(info["judged_anew"])
        self.env["sla.clock"]._recount_batch(minutes(70))
        self.env.invalidate_all()
        self.assertFalse(clock.judged_anew)

    def test_a_limit_that_changed_hours_have_moved_says_from_when(self):
        ticket = self.paper_ticket()
        clock = self.clock(ticket)
        self.assertFalse(clock.moved)
        self._holiday()
        self.env.invalidate_all()
        self.assertEqual(clock.due_at, minutes(50 * 60))
        self.assertIn("from Mar 5, 2024, 11:00", clock.moved)
        self.assertIn("to Mar 6, 2024, 11:00", clock.moved)

    def _holiday(self):
        """Let Tuesday be free, entered one hour after the start."""
        leaves = self.env["resource.calendar.leaves"]
        leaves.with_context(**at_context(minutes(60))).create(
            {
                "name": "Holiday",
                "calendar_id": self.hours.id,
                "company_id": self.env.company.id,
                "date_from": minutes(15 * 60),
                "date_to": minutes(39 * 60 - 1),
            }
        )
        self.env.cr.flush()
        self.env.cr.precommit.run()

    def test_the_hours_that_did_not_count_are_named(self):
        explanation = self.clock(self.paper_ticket()).explanation
        self.assertIn("not working hours: Mar 4, 2024, 5:00", explanation)

    # The panel

    def test_a_late_request_says_how_late_in_the_panel_in_six_queries(self):
        late = self.ticket(name="Late one")
        ticket = self.ticket(minutes(5))
        panel = ticket.with_user(self.ann)._at(minutes(90)).client_panel()
        rows = {row["id"]: row for row in panel["requests"]["items"]}
        self.assertEqual(rows[late.id]["late"], 60 * 60)
        self.assertEqual(rows[late.id]["kind"], "new")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        ticket.with_user(self.ann)._at(minutes(90)).client_panel()
        self.assertLessEqual(self.env.cr.sql_log_count - before, MOST)
