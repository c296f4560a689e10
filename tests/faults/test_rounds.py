"""A4: who ends a round of a promise, and what begins one."""

from .common import PromiseCase, known_fault, minutes


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

    @known_fault("A4 somebody of another team ends the hand-over")
    def test_a_team_has_not_taken_over_when_somebody_else_takes_the_ticket(self):
        ticket = self.ticket()
        passed = {"team_id": self.third_line.id, "user_id": False}
        ticket._at(minutes(10)).write(passed)
        self.assertEqual(self.hand_overs(ticket), ["running"])
        ticket._at(minutes(20)).write({"user_id": self.ann.id})
        self.outcome(self.hand_overs(ticket), right=["running"], wrong=["met"])

    @known_fault("A4 a ticket that is still held begins no hand-over")
    def test_a_ticket_passed_on_is_to_be_taken_over_though_somebody_else_holds_it(self):
        ticket = self.ticket()
        ticket._at(minutes(10)).write(
            {"team_id": self.third_line.id, "user_id": self.ann.id}
        )
        self.outcome(self.hand_overs(ticket), right=["running"], wrong=[])


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
