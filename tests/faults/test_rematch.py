"""A3: a verdict that is older than the promise it is about."""

from .common import PromiseCase, minutes


class TestRematch(PromiseCase):
    """One hour for everything, 15 minutes for what is urgent."""

    def setUp(self):
        super().setUp()
        self.promise_only("Ordinary", resolution=60)

    def state_and_limit(self, ticket):
        clock = self.clock(ticket)
        return clock.state, clock.due_at

    def test_a_priority_set_by_mistake_and_back_at_once_changes_nothing(self):
        self.promise("High priority", resolution=15, priority="2")
        ticket = self.ticket(priority="1")
        ticket._at(minutes(20)).write({"priority": "2"})
        ticket._at(minutes(20)).write({"priority": "1"})
        self.due(minutes(21))
        self.outcome(
            (self.state_and_limit(ticket), self.breaches(ticket).mapped("breached_at")),
            right=(("running", minutes(60)), []),
            wrong=(("missed", minutes(15)), [minutes(15)]),
        )

    def hours(self, ticket):
        """Return the states of the promises of one hour that are not replaced."""
        hours = self.clock(ticket).filtered(lambda clock: clock.seconds == 3600)
        return hours.mapped("state")

    def wrong_item_for_a_minute(self):
        """Return a ticket solved at 40 of 60 minutes that had a wrong item for one."""
        urgent = [(6, 0, self.urgent_item.ids)]
        self.promise("Urgent", resolution=15, category_ids=urgent)
        ticket = self.ticket()
        self.assertEqual(self.hours(ticket), ["running"])
        ticket._at(minutes(30)).write({"category_id": self.urgent_item.id})
        ticket._at(minutes(31)).write({"category_id": self.item.id})
        self.move(ticket, minutes(40), self.done)
        return ticket

    def test_nothing_is_missed_before_it_was_promised(self):
        ticket = self.wrong_item_for_a_minute()
        earlier = self.breaches(ticket).filtered(
            lambda breach: breach.breached_at < minutes(30)
        )
        self.outcome(
            [(breach.breached_at, breach.overrun_seconds) for breach in earlier],
            right=[],
            wrong=[(minutes(15), 25 * 60)],
        )

    def test_the_first_promise_goes_on_when_the_item_is_set_back(self):
        ticket = self.wrong_item_for_a_minute()
        self.outcome(self.hours(ticket), right=["met"], wrong=[])

    def test_what_a_change_promises_first_is_not_missed_before_it(self):
        """Nothing but the resolution is promised until the ticket is urgent."""
        urgent = [(6, 0, self.urgent_item.ids)]
        self.promise("Urgent", first_response=10, category_ids=urgent)
        ticket = self.ticket()
        ticket._at(minutes(30)).write({"category_id": self.urgent_item.id})
        self.assertEqual(self.breaches(ticket).mapped("breached_at"), [])
        self.due(minutes(31))
        self.assertEqual(self.breaches(ticket).mapped("breached_at"), [minutes(30)])

    def test_what_is_promised_and_taken_back_in_one_second_leaves_nothing(self):
        urgent = [(6, 0, self.urgent_item.ids)]
        self.promise("Urgent", first_response=10, category_ids=urgent)
        ticket = self.ticket()
        for item in (self.urgent_item, self.item, self.urgent_item, self.item):
            ticket._at(minutes(5)).write({"category_id": item.id})
        self.due(minutes(50))
        self.assertFalse(self.breaches(ticket))
        self.move(ticket, minutes(55), self.done)
        self.assertEqual(self.hours(ticket), ["met"])

    def test_it_is_owed_where_the_second_ends_with_it(self):
        urgent = [(6, 0, self.urgent_item.ids)]
        self.promise("Urgent", first_response=10, category_ids=urgent)
        ticket = self.ticket()
        for item in (self.urgent_item, self.item, self.urgent_item):
            ticket._at(minutes(5)).write({"category_id": item.id})
        self.due(minutes(50))
        self.assertEqual(self.breaches(ticket).mapped("breached_at"), [minutes(10)])
