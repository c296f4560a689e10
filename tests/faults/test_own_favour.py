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
