from odoo import api, models

from ...engine.addresses import CLIENT, ELSEWHERE, addresses, whose
from ...tools.automatic import RECEIVED, Received


class VipContact(models.Model):
    """Whose a message on a ticket is, where its author does not tell.

    A client is known by addresses: its own, those of its contacts, and the one that the
    ticket is from; and by what it answers: only who has got our message can name it.
    """

    _inherit = "vip.contact"

    @api.model
    def _heard(self, messages):
        """Return {message id: was it from another address} of those by the client.

        Of messages by authors that are of the ticket's client, or ours, nothing is asked.
        """
        found = {}
        # As superuser: who writes may read neither every contact nor every user.
        for message in messages.sudo():
            author = message.author_id
            if message.message_type not in ("comment", "email"):
                continue
            if (
                author == self.env.user.partner_id
                or author
                and not author.partner_share
            ):
                continue
            ticket = self.env["helpdesk.ticket"].sudo().browse(message.res_id)
            client = ticket.commercial_partner_id
            if author and author._vip_client() == client:
                continue
            result = self._whose(message, ticket)
            if result in (CLIENT, ELSEWHERE):
                found[message.id] = result == ELSEWHERE
        return found

    @api.model
    def _whose(self, message, ticket):
        received = self.env.context.get(RECEIVED)
        if not isinstance(received, Received):
            received = Received(addresses(message.email_from), None)
        if received.is_client:
            return ELSEWHERE
        return whose(
            received.senders,
            self._addresses_of_client(ticket, received.senders),
            self._our_addresses(received.senders),
            known=self._is_somebody_else(message.author_id),
            in_thread=self._answers_to_client(message, received.answers),
        )

    @api.model
    def _addresses_of_client(self, ticket, senders):
        """Return the addresses of each contact of the client that may be one of these.

        The ticket's own address first.
        """
        found = [addresses(ticket.partner_email)]
        if ticket.commercial_partner_id and senders:
            # As superuser: mail comes from outside; only addresses are compared.
            contacts = self.env["res.partner"].sudo().with_context(active_test=False)
            domain = ticket.commercial_partner_id._vip_of_client()
            domain += ["|"] * (len(senders) - 1)
            domain += [("email", "ilike", address) for address in senders]
            found += [addresses(one.email) for one in contacts.search(domain)]
        return found

    @api.model
    def _our_addresses(self, wanted):
        """Return those of these addresses that are of our people and desks."""
        # As superuser: whether addresses are of our own, nothing else.
        ours = set(self.env["mail.alias.domain"].sudo()._find_aliases(list(wanted)))
        users = self.env["res.users"].sudo()
        for address in wanted:
            domain = ["|", ("login", "=ilike", address), ("email", "ilike", address)]
            for user in users.search([("share", "=", False), *domain]):
                ours.update((*addresses(user.login), *addresses(user.email)))
        return ours

    @api.model
    def _is_somebody_else(self, author):
        """Tell whether an author is a person whom we know as another's, or as another.

        A person of nobody may be the client at another address.
        """
        return bool(author) and bool(
            author.is_company
            or author.commercial_partner_id != author
            or author.client_type
            or author.user_ids
        )

    @api.model
    def _answers_to_client(self, message, answered_id):
        """Tell whether a message answers one of its ticket that the client could read."""
        if not answered_id:
            return False
        # As superuser: to which record it belongs, nothing else.
        answered = self.env["mail.message"].sudo().browse(answered_id).exists()
        return (
            (answered.model, answered.res_id) == (message.model, message.res_id)
            and not answered.is_internal
            and not answered.subtype_id.internal
        )
