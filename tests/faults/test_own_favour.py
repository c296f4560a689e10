"""A11: what an agent does decides what counts against the agent."""

from .common import PromiseCase, known_fault, minutes


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

    @known_fault("A11a logged late by who profits")
    def test_a_call_that_only_its_caller_tells_of_withdraws_no_breach(self):
        self.outcome(self.breaches(self.second).state, right="open", wrong="withdrawn")

    @known_fault("A11a logged late by who profits")
    def test_a_call_that_only_its_caller_tells_of_takes_no_charge_away(self):
        self.score(minutes(191))
        self.outcome(
            self.charged(), right=[("ann", -1.5), ("ann", -3.0)], wrong=[("ann", -1.5)]
        )


class TestParking(OwnFavourCase):
    @known_fault("A11b parked without a question")
    def test_a_ticket_waits_for_the_client_only_after_a_question(self):
        ticket = self.ticket()
        mine = self.ticking(ticket.with_user(self.ann), minutes(10))
        mine.write({"stage_id": self.awaiting.id})
        self.outcome(self.clock(ticket).state, right="running", wrong="paused")

    @known_fault("A11b archived")
    def test_an_archived_ticket_does_not_stand_still(self):
        ticket = self.ticket()
        self.ticking(ticket.with_user(self.ann), minutes(10)).action_archive()
        self.outcome(self.clock(ticket).state, right="running", wrong="paused")


class TestHandedOver(OwnFavourCase):
    @known_fault("A11c handed over at the last minute")
    def test_who_got_a_ticket_one_minute_before_the_limit_does_not_bear_it_alone(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        mine = self.ticking(ticket.with_user(self.ann), minutes(59))
        mine.write({"user_id": self.bob.id})
        self.move(ticket, minutes(64), self.done)
        self.score(minutes(65))
        charged = self.charged()
        self.outcome(charged == [("bob", -0.5)], right=False, wrong=True)


class TestAway(OwnFavourCase):
    @known_fault("A11d moved to a company of others")
    def test_a_ticket_is_not_moved_to_a_company_that_the_agent_is_not_in(self):
        company = self.env["res.company"].create({"name": "Theirs"})
        ticket = self.ticket()
        mine = self.ticking(ticket.with_user(self.ann), minutes(20))
        refused = self.refused(lambda: mine.write({"company_id": company.id}))
        self.outcome(
            (refused, ticket.company_id.name),
            right=(True, self.env.company.name),
            wrong=(False, "Theirs"),
        )
