"""Fixtures of contacts: a team of two agents, a client and its tickets."""

from datetime import datetime, timedelta

from odoo.addons.vip_base.tests.outbox import Outbox
from odoo.addons.vip_base.tools.times import at_context

from .common import VipCase

#: Monday, 9 o'clock.
START = datetime(2024, 3, 4, 9, 0)


def minutes(count):
    """Return the instant ``count`` minutes after START."""
    return START + timedelta(minutes=count)


class ContactCase(Outbox, VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.new_user("leader", login="contact_ann")
        cls.bob = cls.new_user("leader", login="contact_bob")
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "First line", "user_ids": [(6, 0, (cls.ann + cls.bob).ids)]}
        )
        cls.other_team = cls.env["helpdesk.ticket.team"].create({"name": "Second"})
        cls.bank = cls.client("BANK", email="bank@example.com", is_company=True)
        cls.clerk = cls.env["res.partner"].create(
            {"name": "Clerk", "parent_id": cls.bank.id, "email": "clerk@example.com"}
        )

    def ticket(self, at=START, **vals):
        """Create a ticket of Ann in the first line."""
        values = {
            "name": "Please",
            "description": "Please",
            "partner_id": self.bank.id,
            "team_id": self.team.id,
            "user_id": self.ann.id,
            **vals,
        }
        return self.env["helpdesk.ticket"]._at(at).create(values).with_env(self.env)

    def post(self, ticket, at, partner, **vals):
        """Let ``partner`` write a message that the client can see."""
        values = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "body": "We are on it",
            "author_id": partner.id,
            **vals,
        }
        if partner.user_ids:
            values = {**self.reaches(ticket), **values}
        message = ticket._at(at).message_post(**values)
        self.hand_over(message.mail_ids)
        return message

    def log(self, record, now, at=None, user=None, kind="call"):
        """Log a contact of ``at`` (now if not given), in minutes, by Ann.

        ``record``: the ticket that it is about, or the client
        """
        user = user or self.ann
        field = "ticket_id" if record._name == "helpdesk.ticket" else "partner_id"
        logs = self.env["vip.contact.log"].with_user(user)
        logs = logs.with_context(
            allowed_company_ids=user.company_ids.ids, **at_context(minutes(now))
        )
        log = logs.create(
            {
                field: record.id,
                "kind": kind,
                "at": minutes(now if at is None else at),
                "note": "Explained the form\nWill send it <today>",
            }
        )
        return log.action_log()

    def contacts_of(self, client):
        return self.env["vip.contact"].search([("partner_id", "=", client.id)])
