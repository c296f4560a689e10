"""A11: what an agent does decides what counts against the agent."""

from datetime import timezone
from email.utils import format_datetime

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.sla_promise.engine.ledger import Ledger
from odoo.addons.sla_promise.engine.replay import Replay

from .common import START, PromiseCase, minutes


class OwnFavourCase(PromiseCase):
    """Half an hour for the first answer, an hour for the solution; lateness costs."""

    def setUp(self):
        super().setUp()
        self.promise_only(
            "Both", {"item_limit": True}, first_response=30, resolution=60
        )
        self.charge_everybody()

    def charged(self):
        """Return who is to lose how many points, in order of the charges."""
        entries = self.env["score.entry"].search([], order="id")
        return [(entry.user_id.login, entry.points) for entry in entries]


class TestLoggedLate(OwnFavourCase):
    """Ann answers two clients 15 minutes late and later logs a call of minute 10."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self.tickets(2)
        for ticket in (self.first, self.second):
            self.answer(ticket, minutes(45))
        self.score(minutes(46))
        self.assertEqual(self.charged(), [("ann", -1.5), ("ann", -3.0)])
        self.log_call(self.second, self.ann, minutes(190), at=minutes(10))

    def late(self):
        """Return what waits for a decision, or waited."""
        return self.env["vip.late.contact"].search([])

    def decide(self, action="action_approve", user=None, **values):
        late = self.ticking(self.late().with_user(user or self.boss), minutes(200))
        if values:
            late.write(values)
        return getattr(late, action)()

    def assert_nothing_changed(self):
        breach = self.breaches(self.second).filtered(
            lambda breach: breach.metric == "first_response"
        )
        self.assertEqual(breach.state, "open")
        self.assertEqual(self.second.first_response_at, minutes(45))
        self.score(minutes(201))
        self.assertEqual(self.charged(), [("ann", -1.5), ("ann", -3.0)])

    def test_a_call_that_only_its_caller_tells_of_changes_nothing(self):
        self.assert_nothing_changed()
        [late] = self.late()
        self.assertEqual((late.state, late.proposed_by_id), ("proposed", self.ann))
        self.assertEqual(late.contact_id, self.second.contact_ids.filtered("withheld"))
        self.assertEqual((late.at, late.evidence), (minutes(10), "Explained it"))

    def test_a_second_person_lets_it_count_from_when_it_took_place(self):
        self.decide()
        breach = self.breaches(self.second)
        self.assertEqual(breach.state, "withdrawn")
        self.assertIn("Approved by", breach.reason)
        self.assertEqual(self.second.first_response_at, minutes(10))
        self.score(minutes(201))
        self.assertEqual(self.charged(), [("ann", -1.5)])
        self.assertIn("approved", self.audited(self.late()))

    def test_what_is_rejected_stays_in_sight_and_changes_nothing(self):
        self.assertTrue(self.refused(lambda: self.decide("action_reject")))
        self.decide("action_reject", reason="The switchboard knows of no call")
        self.assertEqual(self.late().state, "rejected")
        self.assertEqual(self.second.contact_ids.filtered("withheld").at, minutes(10))
        self.assert_nothing_changed()
        self.assertTrue(self.refused(self.decide))

    def test_neither_who_says_so_nor_a_friend_decides(self):
        for user in (self.ann, self.bob):
            with self.subTest(user.login):
                self.assertTrue(self.refused(lambda u=user: self.decide(user=u)))
        self.ann.group_ids += self.env.ref("vip_base.group_vip_manager")
        self.assertTrue(self.refused(lambda: self.decide(user=self.ann)))
        self.assert_nothing_changed()

    def test_a_manager_who_held_the_ticket_or_serves_elsewhere_does_not_decide(self):
        held = self.new_user("held", "vip_base.group_vip_manager")
        self.ticking(self.second, minutes(195)).user_id = held
        self.ticking(self.second, minutes(196)).user_id = self.bob
        self.assertTrue(self.refused(lambda: self.decide(user=held)))
        other = self.env["res.company"].create({"name": "Other"})
        away = self.new_user("away", "vip_base.group_vip_manager")
        away.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertTrue(self.refused(lambda: self.decide(user=away)))
        self.assert_nothing_changed()

    def test_many_are_decided_at_once_and_nobody_edits_them(self):
        self.log_call(self.first, self.ann, minutes(191), at=minutes(12))
        late = self.late().with_user(self.boss)
        for change in (
            lambda: late.write({"at": minutes(1)}),
            lambda: late.write({"state": "approved"}),
            lambda: late.copy(),
            late.unlink,
        ):
            self.assertTrue(self.refused(change))
        self.decide()
        self.assertEqual(self.late().mapped("state"), ["approved"] * 2)
        self.assertEqual(set(self.breaches(self.first).mapped("state")), {"withdrawn"})

    def test_a_friend_tells_nothing_either(self):
        self.log_call(self.first, self.bob, minutes(191), at=minutes(12))
        self.assertEqual(self.breaches(self.first).state, "open")
        self.assertEqual(len(self.late()), 2)

    def test_a_manager_who_has_nothing_to_win_needs_nobody(self):
        self.log_call(self.first, self.boss, minutes(191), at=minutes(12))
        self.assertEqual(self.breaches(self.first).state, "withdrawn")
        self.assertEqual(len(self.late()), 1)

    def test_a_manager_who_held_the_ticket_needs_another_one(self):
        ticket = self.ticket(user_id=self.boss.id)
        self.due(minutes(31))
        self.ticking(ticket, minutes(40)).user_id = self.ann
        self.log_call(ticket, self.boss, minutes(191), at=minutes(12))
        self.assertEqual(self.breaches(ticket).state, "open")
        late = self.late().filtered(lambda late: late.ticket_id == ticket)
        late = self.ticking(late, minutes(200))
        self.assertTrue(self.refused(late.with_user(self.boss).action_approve))
        second = self.new_user("second", "vip_base.group_vip_manager")
        late.with_user(second).action_approve()
        self.assertEqual(self.breaches(ticket).state, "withdrawn")

    def test_what_is_logged_within_a_quarter_of_an_hour_counts_at_once(self):
        ticket = self.ticket()
        self.due(minutes(31))
        self.log_call(ticket, self.ann, minutes(40), at=minutes(25))
        self.assertEqual(self.breaches(ticket).state, "withdrawn")

    def test_an_old_date_on_an_email_of_ours_waits_as_well(self):
        self.ann.email = "ann@ours.example"
        ticket = self.receive("client@example.com", minutes(0))
        ticket = self.env["helpdesk.ticket"].browse(ticket.id)
        self.ticking(ticket, minutes(0)).write(
            {"user_id": self.ann.id, "category_id": self.item.id}
        )
        self.due(minutes(31))
        old = format_datetime(minutes(10).replace(tzinfo=timezone.utc))
        self.receive("ann@ours.example", minutes(50), ticket, date=old)
        self.assertEqual(ticket.first_response_at, minutes(50))
        [late] = self.late().filtered(lambda late: late.ticket_id == ticket)
        self.assertEqual((late.at, late.proposed_by_id), (minutes(10), self.ann))
        self.assertEqual(self.breaches(ticket).state, "open")
        self.ticking(late.with_user(self.boss), minutes(60)).action_approve()
        self.assertEqual(ticket.first_response_at, minutes(10))
        self.assertEqual(self.breaches(ticket).state, "withdrawn")


class TestParking(OwnFavourCase):
    """An hour for the solution; Ann moves her ticket to *Awaiting*."""

    def park(self, ticket, at, user=None, **vals):
        mine = self.ticking(ticket.with_user(user or self.ann), minutes(at))
        mine.write({"stage_id": self.awaiting.id, **vals})

    def state(self, ticket):
        clock = self.clock(ticket)
        return clock.state, clock.due_at

    def test_a_ticket_waits_for_the_client_only_after_a_question(self):
        ticket = self.ticket()
        self.park(ticket, 10)
        self.assertEqual(self.state(ticket), ("running", minutes(60)))
        self.assertTrue(ticket.sla_nothing_asked)
        self.due(minutes(61))
        self.assertEqual(self.clock(ticket).state, "missed")

    def test_the_question_begins_the_waiting_however_it_is_asked(self):
        for ask in (
            lambda ticket: self.answer(ticket, minutes(20)),
            lambda ticket: self.log_call(ticket, self.ann, minutes(20)),
        ):
            ticket = self.ticket()
            self.park(ticket, 10)
            ask(ticket)
            self.assertEqual(self.state(ticket), ("paused", False))
            self.assertFalse(ticket.sla_nothing_asked)
            self.move(ticket, minutes(50), self.work)
            self.assertEqual(self.state(ticket), ("running", minutes(90)))

    def test_the_form_says_that_a_late_question_waits_for_a_decision(self):
        ticket = self.ticket()
        self.park(ticket, 10)
        self.assertFalse(ticket.sla_late_waits)
        self.log_call(ticket, self.ann, minutes(40), at=minutes(12))
        ticket.invalidate_recordset()
        self.assertTrue(ticket.sla_nothing_asked and ticket.sla_late_waits)
        self.approve_late(ticket, minutes(50))
        ticket.invalidate_recordset()
        self.assertFalse(ticket.sla_nothing_asked or ticket.sla_late_waits)

    def test_a_question_before_the_move_counts_from_the_move_on(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        self.park(ticket, 10)
        self.assertEqual(self.state(ticket), ("paused", False))
        self.move(ticket, minutes(30), self.work)
        self.assertEqual(self.state(ticket), ("running", minutes(80)))

    def test_what_was_said_before_the_clients_last_word_asks_nothing(self):
        ticket = self.receive("client@example.com", minutes(0))
        ticket = self.env["helpdesk.ticket"].browse(ticket.id)
        self.ticking(ticket, minutes(0)).write(
            {"user_id": self.ann.id, "team_id": self.team.id}
        )
        self.answer(ticket, minutes(5))
        self.ask(ticket, minutes(8))
        self.park(ticket, 10)
        self.assertEqual(self.state(ticket), ("running", minutes(60)))
        self.answer(ticket, minutes(15))
        self.assertEqual(self.state(ticket), ("paused", False))
        self.ask(ticket, minutes(25))
        self.assertEqual(self.state(ticket), ("running", minutes(70)))

    def test_an_internal_note_asks_nothing(self):
        ticket = self.ticket()
        note = self.ticking(ticket.with_user(self.ann), minutes(5))
        note.message_post(body="Asked", subtype_xmlid="mail.mt_note")
        self.park(ticket, 10)
        note.message_post(body="Asked", subtype_xmlid="mail.mt_note")
        self.assertEqual(self.state(ticket), ("running", minutes(60)))

    def test_taking_and_parking_at_once_asks_nothing(self):
        ticket = self.ticket(user_id=False)
        self.park(ticket, 10, user=self.bob, user_id=self.bob.id)
        self.assertEqual(self.state(ticket), ("running", minutes(60)))

    def test_in_and_out_again_asks_nothing(self):
        ticket = self.ticket()
        for at in (10, 20, 30):
            self.park(ticket, at)
            self.assertEqual(self.state(ticket), ("running", minutes(60)))
            self.move(ticket, minutes(at + 5), self.work)

    def test_a_ticket_made_in_a_waiting_stage_asks_nothing(self):
        tickets = self.ticking(self.env["helpdesk.ticket"].with_user(self.ann), START)
        values = {
            "name": "Please",
            "description": "Please",
            "partner_id": self.client.id,
            "team_id": self.team.id,
            "category_id": self.item.id,
            "user_id": self.ann.id,
            "stage_id": self.awaiting.id,
        }
        silent = tickets.create(dict(values)).sudo()
        self.assertEqual(self.state(silent), ("running", minutes(60)))
        # On the phone it was asked.
        phone = self.env["helpdesk.ticket.channel"].search([("live", "=", True)])[:1]
        spoken = tickets.create({**values, "channel_id": phone.id}).sudo()
        self.assertEqual(self.clock(spoken).state, "paused")
        self.move(spoken, minutes(10), self.work)
        self.park(spoken, 20)
        self.assertEqual(self.clock(spoken).state, "paused")
        # Said of a ticket afterwards, the channel asks nothing.
        self.move(silent, minutes(10), self.work)
        self.park(silent, 20, channel_id=phone.id)
        self.assertEqual(self.state(silent), ("running", minutes(60)))

    def test_a_call_that_is_logged_late_begins_no_waiting_before_it_is_decided_on(self):
        ticket = self.ticket()
        self.park(ticket, 10)
        self.log_call(ticket, self.ann, minutes(40), at=minutes(9))
        self.assertEqual(self.state(ticket), ("running", minutes(60)))
        late = self.env["vip.late.contact"].search([]).with_user(self.boss)
        self.ticking(late, minutes(50)).action_approve()
        self.assertEqual(self.state(ticket), ("paused", False))
        self.move(ticket, minutes(70), self.work)
        self.assertEqual(self.state(ticket), ("running", minutes(120)))

    def test_a_team_may_let_the_stage_be_the_question(self):
        self.team.wait_needs_asking = False
        ticket = self.ticket()
        self.park(ticket, 10)
        self.assertEqual(self.state(ticket), ("paused", False))

    def test_loaded_history_waits_from_the_move_on(self):
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.awaiting)
        self.assertEqual(self.state(ticket), ("paused", False))

    def test_a_what_if_finds_the_same(self):
        silent, asked = self.tickets(2)
        self.park(silent, 10)
        self.park(asked, 10)
        self.answer(asked, minutes(20))
        self.move(silent, minutes(70), self.done)
        self.move(asked, minutes(70), self.done)
        self.due(minutes(80))
        states = [self.clock(ticket).state for ticket in (silent, asked)]
        self.assertEqual(states, ["missed", "met"])
        book = self.env["sla.clock"]._book()
        whatif = self.env["sla.whatif"].new({"company_id": self.env.company.id})
        until = to_epoch(minutes(90))
        pasts = whatif._pasts((silent + asked).ids, until)
        ledger = Ledger(book.ruleset(), pasts, world=book)
        Replay(ledger).run(until)
        found = [
            clock.state
            for ticket in (silent, asked)
            for clock in ledger.live(ticket.ids)
            if clock.metric == "resolution"
        ]
        self.assertEqual(found, states)

    def test_an_archived_ticket_does_not_stand_still(self):
        ticket = self.ticket()
        self.ticking(ticket.with_user(self.ann), minutes(10)).action_archive()
        self.assertEqual(self.state(ticket), ("running", minutes(60)))
        self.due(minutes(61))
        self.assertEqual(self.clock(ticket).state, "missed")
        self.assertTrue(self.breaches(ticket))
        self.assertEqual(self.told(ticket, minutes(60)), ["ann", "boss"])

    def test_what_sql_changes_of_an_archived_ticket_is_noticed(self):
        ticket = self.ticket()
        self.ticking(ticket, minutes(10)).action_archive()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s",
            [self.done.id, ticket.id],
        )
        clocks = self.env["sla.clock"]
        self.assertIn(ticket, clocks._unnoticed_tickets(clocks._at_work()))

    def test_who_deletes_the_activity_of_a_call_takes_nothing_back(self):
        ticket = self.ticket()
        call = self.ticking(ticket.with_user(self.ann), minutes(10)).activity_schedule(
            "mail.mail_activity_data_call", user_id=self.ann.id
        )
        call._action_done()
        self.assertEqual(self.clock(ticket, "first_response").stopped_at, minutes(10))
        ticket.message_ids.sudo().filtered("mail_activity_type_id").unlink()
        self.due(minutes(31))
        self.assertEqual(self.clock(ticket, "first_response").state, "met")

    def test_a_deleted_ticket_keeps_its_breaches(self):
        ticket = self.ticket()
        self.due(minutes(61))
        breaches = self.breaches(ticket)
        ticket.unlink()
        self.assertEqual(set(breaches.exists().mapped("state")), {"open"})
        self.assertEqual(len(breaches.exists()), 2)


class TestHandedOver(OwnFavourCase):
    """An hour, solved in minute 64; the first 5 minutes after a hand-over count for who
    gave the ticket."""

    def solved_late(self, *holders, ticket=None):
        """Hand a ticket of Ann over; return who is charged what.

        :param holders: pairs of a minute and who gets the ticket then
        """
        ticket = ticket or self.ticket()
        self.answer(ticket, minutes(5))
        for at, user in holders:
            self.ticking(ticket, minutes(at)).write({"user_id": user and user.id})
        self.move(ticket, minutes(64), self.done)
        self.score(minutes(65))
        return sorted(self.charged())

    def test_who_got_a_ticket_one_minute_before_the_limit_does_not_bear_it(self):
        self.assertEqual(self.solved_late((59, self.bob)), [("ann", -0.5)])

    def test_who_has_had_a_ticket_for_long_bears_it(self):
        self.assertEqual(self.solved_late((20, self.bob)), [("bob", -0.5)])

    def test_who_lets_go_of_a_ticket_before_the_limit_bears_what_follows(self):
        self.assertEqual(self.solved_late((59, False)), [("ann", -0.5)])

    def test_passing_a_ticket_round_makes_nobody_else_bear_it(self):
        holders = (58, self.bob), (60, self.boss), (62, self.bob), (63, self.ann)
        self.assertEqual(self.solved_late(*holders), [("ann", -0.5)])

    def test_after_the_first_minutes_the_receiver_bears_the_rest(self):
        # Ann's until minute 62, Bob's for the two that are left.
        charged = self.solved_late((57, self.bob))
        self.assertEqual(charged, [("ann", -0.25), ("bob", -0.25)])

    def test_who_bears_it_does_not_excuse_it(self):
        ticket = self.ticket(user_id=self.boss.id)
        self.solved_late((59, self.ann), ticket=ticket)
        self.assertEqual(self.charged(), [("boss", -0.5)])
        excuses = self.ticking(self.env["sla.excuse"].with_user(self.ann), minutes(70))
        excuse = excuses.create(
            {
                "breach_id": self.breaches(ticket).id,
                "reason_id": self.env.ref("sla_promise.reason_outage").id,
                "evidence": "The line was down",
            }
        )
        self.assertTrue(self.refused(excuse.with_user(self.boss).action_approve))
        second = self.new_user("second", "vip_base.group_vip_manager")
        excuse.with_user(second).action_approve()
        self.assertEqual(excuse.state, "approved")

    def test_a_company_may_let_the_receiver_bear_it(self):
        self.env.company.score_sharing = "overrun"
        self.assertEqual(self.solved_late((59, self.bob)), [("bob", -0.5)])

    def test_a_company_may_share_it_by_all_of_the_time(self):
        self.env.company.score_sharing = "whole"
        charged = self.solved_late((59, self.bob))
        self.assertEqual(charged, [("ann", -0.46), ("bob", -0.04)])


class TestAway(OwnFavourCase):
    """Ann works in one company; another one has a team, and promises nothing."""

    def setUp(self):
        super().setUp()
        self.theirs = self.env["res.company"].create({"name": "Theirs"})
        self.their_team = self.env["helpdesk.ticket.team"].create(
            {"name": "Theirs", "company_id": self.theirs.id}
        )

    def of_ann(self, ticket):
        return self.ticking(ticket.with_user(self.ann), minutes(20))

    def test_a_ticket_is_not_moved_to_a_company_that_the_agent_is_not_in(self):
        ticket = self.ticket()
        mine = self.of_ann(ticket)
        refused = self.refused(lambda: mine.write({"company_id": self.theirs.id}))
        self.assertTrue(refused)
        self.assertEqual(ticket.company_id, self.env.company)

    def test_a_ticket_is_not_moved_to_a_team_of_such_a_company(self):
        ticket = self.ticket()
        mine = self.of_ann(ticket)
        refused = self.refused(lambda: mine.write({"team_id": self.their_team.id}))
        self.assertTrue(refused)
        self.assertEqual(ticket.team_id, self.team)

    def test_a_ticket_is_not_made_in_such_a_company(self):
        tickets = self.of_ann(self.env["helpdesk.ticket"])
        values = {"name": "Please", "description": "Please"}
        for more in (
            {"company_id": self.theirs.id},
            {"team_id": self.their_team.id},
        ):
            with self.subTest(more):
                self.assertTrue(self.refused(lambda m=more: tickets.create(values | m)))
        by_default = tickets.with_context(default_company_id=self.theirs.id)
        self.assertTrue(self.refused(lambda: by_default.create(values)))
        self.assertTrue(self.refused(lambda: by_default.name_create("Please")))

    def test_a_ticket_is_neither_imported_nor_copied_into_such_a_company(self):
        tickets = self.of_ann(self.env["helpdesk.ticket"])
        names = ["name", "description", "company_id/.id"]
        found = tickets.load(names, [["Please", "Please", str(self.theirs.id)]])
        self.assertFalse(found["ids"])
        mine = self.of_ann(self.ticket())
        copy = {"company_id": self.theirs.id}
        self.assertTrue(self.refused(lambda: mine.copy(copy)))

    def test_a_move_between_companies_stops_no_clock(self):
        self.boss.company_ids += self.theirs
        ticket = self.ticket()
        due = self.clock(ticket).due_at
        moved = self.ticking(ticket.with_user(self.boss), minutes(20))
        moved.write({"company_id": self.theirs.id})
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.due_at), ("running", due))
        self.due(minutes(61))
        self.assertEqual(self.clock(ticket).state, "missed")
