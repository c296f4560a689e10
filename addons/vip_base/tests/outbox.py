"""A mail server for tests: while they run, Odoo hands over no mail by itself."""

from unittest.mock import patch


class Outbox:
    """For test cases in which mail leaves."""

    def hand_over(self, mails, refuse=None):
        """Hand mails to a mail server that takes everything.

        :param refuse: the error by which it takes nothing
        """
        server = self.env.registry["ir.mail_server"]

        def take(_self, mail, **_more):
            if refuse:
                raise refuse
            return mail["Message-Id"]

        with (
            patch.object(server, "_disable_send", lambda *_args: False),
            patch.object(server, "_connect__", lambda *_args, **_more: None),
            patch.object(server, "send_email", take),
        ):
            mails.send()

    def reaches(self, ticket):
        """Return the values of a message on a ticket that goes to its client."""
        partner = ticket.partner_id
        return {
            "partner_ids": partner.ids,
            "outgoing_email_to": not partner and ticket.partner_email,
        }
