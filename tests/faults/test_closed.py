"""A9: what the client says on a closed ticket."""

from .common import PromiseCase, minutes


class TestClosed(PromiseCase):
    def said_on_a_closed_ticket(self, instant):
        """Let the client write on a closed ticket, and return the ticket."""
        ticket = self.receive("client@example.com", minutes(0))
        ticket._at(minutes(1)).write({"team_id": self.team.id})
        self.answer(ticket, minutes(5))
        self.assertEqual(self.open_tickets(), ticket)
        self.assertEqual(self.owed(), ["running"])
        self.move(ticket, minutes(10), self.done)
        self.ask(ticket, instant, body="It does not work")
        return ticket

    def open_tickets(self):
        """Return the open tickets of the client: a closed one may be open again.

        Or a new one follows it, as the team has chosen.
        """
        tickets = self.env["helpdesk.ticket"].search(
            [("partner_id", "=", self.client.id)]
        )
        return tickets.filtered(lambda ticket: not ticket.closed)

    def owed(self):
        """Return the states of the solutions that the client waits for."""
        return self.clock(self.open_tickets()).mapped("state")

    def test_what_a_client_writes_on_a_closed_ticket_is_owed_something(self):
        self.said_on_a_closed_ticket(minutes(60))
        self.assertEqual(self.owed(), ["running"])

    def test_what_a_client_writes_after_a_year_is_a_new_request(self):
        ticket = self.said_on_a_closed_ticket(minutes(525_600))
        others = [other != ticket for other in self.open_tickets()]
        self.assertEqual(others, [True])
