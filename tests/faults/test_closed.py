"""A9: what the client says on a closed ticket."""

from .common import PromiseCase, known_fault, minutes


class TestClosed(PromiseCase):
    def heard(self, instant):
        """Let the client write on a closed ticket; return what is open afterwards.

        By the choice of the team that is the ticket itself or a new one that names it.
        """
        ticket = self.receive("client@example.com", minutes(0))
        ticket._at(minutes(1)).write({"team_id": self.team.id})
        self.answer(ticket, minutes(5))
        self.move(ticket, minutes(10), self.done)
        self.assertTrue(ticket.closed)
        self.ask(ticket, instant, body="It does not work")
        tickets = self.env["helpdesk.ticket"].search([("partner_id", "=", self.client.id)])
        return tickets.filtered(lambda one: not one.closed), ticket

    @known_fault("A9 what is said on a closed ticket is owed nothing")
    def test_what_a_client_writes_on_a_closed_ticket_is_owed_something(self):
        open_tickets, _ticket = self.heard(minutes(60))
        clocks = self.clock(open_tickets).filtered(lambda one: one.state == "running")
        self.outcome(bool(clocks), right=True, wrong=False)

    @known_fault("A9 what is said on a closed ticket is owed nothing")
    def test_what_a_client_writes_after_a_year_is_a_new_request(self):
        open_tickets, ticket = self.heard(minutes(525_600))
        followed = [one != ticket for one in open_tickets]
        self.outcome(followed, right=[True], wrong=[])
