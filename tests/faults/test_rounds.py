"""A4: who ends a round of a promise, and what begins one."""

from datetime import timedelta

from .common import PromiseCase, minutes


class TestHandOver(PromiseCase):
    """Bob is all of the third line; Ann is of the first."""

    def setUp(self):
        super().setUp()
        self.promise_only("Hand-over", hand_over=30)
        self.third_line = self.env["helpdesk.ticket.team"].create(
            {"name": "Third line", "user_ids": [(6, 0, self.bob.ids)]}
        )

    def hand_overs(self, ticket):
        return self.clock(ticket, "hand_over").mapped("state")

    def test_a_team_has_not_taken_over_when_somebody_else_takes_the_ticket(self):
        ticket = self.ticket()
        passed = {"team_id": self.third_line.id, "user_id": False}
        ticket._at(minutes(10)).write(passed)
        self.assertEqual(self.hand_overs(ticket), ["running"])
        ticket._at(minutes(20)).write({"user_id": self.ann.id})
        self.assertEqual(self.hand_overs(ticket), ["running"])
        ticket._at(minutes(25)).write({"user_id": self.bob.id})
        self.assertEqual(self.hand_overs(ticket), ["met"])

    def test_who_leaves_the_team_later_has_taken_over_all_the_same(self):
        ticket = self.ticket()
        ticket._at(minutes(10)).write({"team_id": self.third_line.id, "user_id": False})
        ticket._at(minutes(20)).write({"user_id": self.bob.id})
        self.third_line.user_ids = False
        self.move(ticket, minutes(50), self.work)
        ticket._sla_rematch(minutes(60))
        clock = self.clock(ticket, "hand_over")
        self.assertEqual((clock.state, clock.stopped_at), ("met", minutes(20)))

    def test_the_leader_is_of_the_team(self):
        self.third_line.user_id = self.boss
        ticket = self.ticket()
        ticket._at(minutes(10)).write(
            {"team_id": self.third_line.id, "user_id": self.boss.id}
        )
        self.assertEqual(self.hand_overs(ticket), [])

    def test_a_ticket_passed_on_is_to_be_taken_over_though_somebody_else_holds_it(self):
        ticket = self.ticket()
        ticket._at(minutes(10)).write(
            {"team_id": self.third_line.id, "user_id": self.ann.id}
        )
        self.assertEqual(self.hand_overs(ticket), ["running"])


class TestNextResponse(PromiseCase):
    def setUp(self):
        super().setUp()
        self.promise_only("Answers", next_response=20)

    def rounds(self, stage):
        """Return how many replies are owed for what was said after a move."""
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        self.move(ticket, minutes(10), stage)
        self.ask(ticket, minutes(20))
        self.move(ticket, minutes(30), self.solved)
        return len(self.clock(ticket, "next_response"))

    def test_what_was_said_on_an_open_ticket_is_to_be_answered(self):
        self.assertEqual(self.rounds(self.work), 1)

    def test_what_was_said_on_a_closed_ticket_is_to_be_answered_once_it_is_solved(self):
        self.assertEqual(self.rounds(self.done), 1)


class TestHandling(PromiseCase):
    """Handling has started: somebody holds it, and then a person did something."""

    def setUp(self):
        super().setUp()
        self.promise_only("Start", handling=15)

    def opened(self, **vals):
        return self.ticket(**{"user_id": False, "stage_id": self.new.id, **vals})

    def state(self, ticket):
        clock = self.clock(ticket, "handling")
        return clock.state, clock.stopped_at or None

    def take(self, ticket, instant):
        ticket.with_user(self.ann)._at(instant).write({"user_id": self.ann.id})

    def write_note(self, ticket, instant, body="Asked the bank", author=None, **vals):
        return self.ticking(ticket.with_user(author or self.ann), instant).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_note", **vals
        )

    def test_an_owner_alone_and_an_answer_are_no_start(self):
        ticket = self.opened()
        self.take(ticket, minutes(2))
        self.answer(ticket, minutes(4))
        self.assertEqual(self.state(ticket), ("running", None))

    def test_a_note_before_there_is_an_owner_is_no_start(self):
        ticket = self.opened()
        self.write_note(ticket, minutes(1))
        self.take(ticket, minutes(2))
        self.assertEqual(self.state(ticket), ("running", None))
        self.write_note(ticket, minutes(3))
        self.assertEqual(self.state(ticket), ("met", minutes(3)))

    def test_a_note_without_text_or_of_nobody_is_no_start(self):
        ticket = self.opened()
        self.take(ticket, minutes(2))
        self.write_note(ticket, minutes(3), body=" ")
        self.write_note(ticket, minutes(3), author=self.env.ref("base.user_root"))
        self.write_note(ticket, minutes(3), author_id=self.bob.partner_id.id)
        self.assertEqual(self.state(ticket), ("running", None))

    def test_what_is_done_to_a_note_later_changes_nothing(self):
        ticket = self.opened()
        self.take(ticket, minutes(2))
        note = self.write_note(ticket, minutes(5))
        note.sudo().unlink()
        self.move(ticket, minutes(9), self.awaiting)
        self.due(minutes(99))
        self.assertEqual(self.state(ticket), ("met", minutes(5)))

    def test_a_stage_that_means_work_is_a_start_if_a_person_moves_there(self):
        by_job, by_ann = self.opened(), self.opened()
        for ticket, who in ((by_job, self.env.user), (by_ann, self.ann)):
            self.take(ticket, minutes(2))
            moved = ticket.with_user(who)._at(minutes(6))
            moved.write({"stage_id": self.work.id})
        self.assertEqual(self.state(by_job), ("running", None))
        self.assertEqual(self.state(by_ann), ("met", minutes(6)))

    def test_waiting_for_the_client_is_no_start(self):
        ticket = self.opened()
        self.take(ticket, minutes(2))
        moved = ticket.with_user(self.ann)._at(minutes(6))
        moved.write({"stage_id": self.awaiting.id})
        self.assertNotEqual(self.state(ticket)[0], "met")

    def test_a_call_is_a_start(self):
        ticket = self.opened()
        self.take(ticket, minutes(2))
        self.log_call(ticket, self.ann, minutes(7))
        self.assertEqual(self.state(ticket), ("met", minutes(7)))

    def test_a_finished_activity_is_a_start(self):
        ticket = self.opened()
        self.take(ticket, minutes(2))
        activity = ticket.with_user(self.ann).activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.ann.id
        )
        self.ticking(activity, minutes(8)).action_feedback()
        self.assertEqual(self.state(ticket), ("met", minutes(8)))

    def test_the_limit_itself_is_in_time_and_a_second_later_is_not(self):
        for second, state in ((0, "met"), (1, "missed")):
            ticket = self.opened()
            self.take(ticket, minutes(2))
            self.due(minutes(15))
            self.write_note(ticket, minutes(15) + timedelta(seconds=second))
            self.assertEqual(self.state(ticket)[0], state)
