from datetime import datetime, timedelta

from .common import VipCase

OPENED = datetime(2024, 3, 4, 9, 0)


class TestLastWord(VipCase):
    """Lists say who spoke last on a request, and when."""

    def setUp(self):
        super().setUp()
        self.acme = self.client("ACME")
        self.ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Login",
                "description": "Help",
                "partner_id": self.acme.id,
                "opened_at": OPENED,
            }
        )

    def said(self, after, **values):
        """Write a contact down so many minutes after the opening."""
        at = OPENED + timedelta(minutes=after)
        self.env["vip.contact"].create(
            {
                "company_id": self.company.id,
                "ticket_id": self.ticket.id,
                "at": at,
                "recorded_at": at,
                "kind": "message",
                **values,
            }
        )
        self.env.invalidate_all()

    def word(self):
        word = self.ticket.vip_last_word
        return word and (word["at"][11:16], word["ours"])

    def test_without_a_contact_the_request_itself_is_the_clients_word(self):
        self.assertEqual(self.word(), ("09:00", False))
        self.ticket.partner_id = False
        self.env.invalidate_all()
        self.assertFalse(self.word())

    def test_the_last_one_that_counts_is_shown(self):
        self.said(5, outgoing=True)
        self.assertEqual(self.word(), ("09:05", True))
        self.said(9, outgoing=False)
        self.assertEqual(self.word(), ("09:09", False))
        self.said(12, outgoing=True, void="returned")
        self.assertEqual(self.word(), ("09:09", False))
        # What is still on its way is said.
        self.said(15, outgoing=True, void="queued")
        self.assertEqual(self.word(), ("09:15", True))

    def test_all_rows_of_a_list_cost_one_query(self):
        tickets = self.ticket
        for number in range(3):
            tickets += self.ticket.copy({"name": f"Login {number}"})
        self.env.flush_all()
        self.env.invalidate_all()
        tickets.mapped("name")
        with self.assertQueryCount(1):
            tickets.mapped("vip_last_word")
