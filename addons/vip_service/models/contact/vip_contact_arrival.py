import logging
from datetime import timedelta

import psycopg2

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

from ...engine.addresses import addresses
from ...engine.arrival import LEFT, LOST, RETURNED_ALL, fate
from .vip_contact import DOUBTFUL, TOLD, Told

_logger = logging.getLogger(__name__)

#: For how many days the job looks whether a message has left.
LOOKED_FOR = 7


class VipContact(models.Model):
    """Whether what we wrote has left, and whether it came back."""

    _inherit = "vip.contact"

    @api.model
    def _taken_back(self, contacts, now):
        """Do what follows from messages of ours that count no more, or never did; a hook.

        :param contacts: list of :class:`Told`, not empty
        :param now: naive UTC at which it became known
        """

    @api.model
    def _follow_mail(self, messages, now, known=None):
        """Let contacts follow what became of the messages that they are of.

        Without an error, because what has left has left: what cannot be written now is
        found by the job.

        :param messages: ``mail.message`` on tickets and clients
        :param now: naive UTC
        :param known: {message id: {partner or address: status}}: what is known beside
            the notifications, or better than them
        """
        if not messages:
            return
        try:
            with self.env.cr.savepoint():
                self._judge_arrival(messages, now, known or {})
        except psycopg2.Error as error:
            self.env.invalidate_all(flush=False)
            _logger.info("Contacts follow their messages later: %s", error)

    @api.model
    def _judge_arrival(self, messages, now, known):
        # As superuser: what became of a message, whoever may read it.
        statuses = messages.sudo()._vip_statuses()
        for message_id, said in known.items():
            statuses.setdefault(message_id, {}).update(said)
        left, returned = [], []
        for contact in self._of_messages(messages):
            said = statuses.get(contact.message_id.id, {})
            result = fate(contact._outside(said))
            if result == LEFT and contact.void in ("queued", "returned"):
                left.append(contact.id)
            elif result == RETURNED_ALL and contact.void in (False, "queued"):
                returned.append(contact.id)
        self._leave(left, now)
        self._void(returned, "returned", now)

    @api.model
    def _of_messages(self, messages):
        """Return the contacts that messages of ours are, found by ticket or client."""
        on_clients = messages.filtered(lambda message: message.model == "res.partner")
        # As superuser: contacts follow what happens.
        partners = self.env["res.partner"].sudo().browse(on_clients.mapped("res_id"))
        clients = {one._vip_client().id for one in partners.exists()}
        return self.sudo().search(
            [
                "|",
                ("ticket_id", "in", (messages - on_clients).mapped("res_id")),
                *("&", ("ticket_id", "=", False), ("partner_id", "in", list(clients))),
                ("message_id", "in", messages.ids),
                ("outgoing", "=", True),
                ("kind", "in", ("message", "email")),
                ("logged_by_id", "=", False),
            ]
        )

    def _outside(self, statuses):
        """Return the pairs of :func:`~...engine.arrival.fate` of receivers outside.

        :param statuses: {partner or address: status}
        """
        ticket = self.ticket_id
        served = ticket.commercial_partner_id if ticket else self.partner_id
        own = addresses(ticket.partner_email if ticket else served.email)
        result = []
        for receiver, status in statuses.items():
            if isinstance(receiver, str):
                is_client = bool(set(addresses(receiver)) & set(own))
                if is_client or not self._our_addresses(addresses(receiver)):
                    result.append((is_client, status))
                continue
            client = receiver._vip_client() == served
            if status == "sent" and not addresses(receiver.email):
                status = "exception"
            if receiver == ticket.partner_id or receiver.partner_share:
                result.append((client, status))
        return result

    # ------------------------------------------------------------------
    # The one writer of what does not count
    # ------------------------------------------------------------------

    @api.model
    def _leave(self, contact_ids, now):
        """Let messages count that have left: from when they were written.

        What a mail server took more than 15 minutes later counts from then. It becomes
        known as a contact now.
        """
        if not contact_ids:
            return
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE vip_contact
                   SET at = CASE WHEN void = 'returned'
                                   OR %(now)s - at > %(most)s * interval '1 second'
                                 THEN %(now)s ELSE at END,
                       doubtful = doubtful AND void <> 'returned',
                       recorded_at = %(now)s, void = NULL, void_at = NULL
                 WHERE id = ANY(%(ids)s) AND void IS NOT NULL
             RETURNING %(told)s
                """,
                now=now,
                most=DOUBTFUL,
                ids=contact_ids,
                told=TOLD,
            )
        )
        self.invalidate_model(flush=False)
        contacts = [Told(*row) for row in rows]
        self._forget_cached(contact.ticket_id for contact in contacts)
        if contacts:
            self._told(contacts, now)
            self.env["vip.late.contact"]._propose_mails(contacts, now)

    @api.model
    def _void(self, contact_ids, void, now):
        """Let contacts not count: what did not arrive is doubtful, and somebody is told.

        What the client can read in the portal has arrived, whatever became of the mail.
        What did not count before goes on not counting since then, for another reason.

        :param void: ``returned`` or ``emptied``
        """
        if not contact_ids:
            return
        returned = void == "returned"
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE vip_contact c
                   SET void = %(void)s, void_at = COALESCE(c.void_at, %(now)s),
                       doubtful = doubtful OR %(returned)s
                 WHERE c.id = ANY(%(ids)s) AND c.void IS DISTINCT FROM %(void)s
                   AND NOT (%(returned)s AND EXISTS (
                       SELECT FROM helpdesk_ticket t
                        WHERE t.id = c.ticket_id AND %(login)s))
             RETURNING c.id, c.ticket_id, c.partner_id, c.at, c.outgoing, c.doubtful
                """,
                void=void,
                now=now,
                returned=returned,
                ids=contact_ids,
                login=self._has_login(),
            )
        )
        self.invalidate_model(flush=False)
        contacts = [Told(*row) for row in rows]
        self._forget_cached(contact.ticket_id for contact in contacts)
        if contacts:
            self._taken_back(contacts, now)
        if returned:
            # As superuser: those who spoke are told, whoever the mail was from.
            self.sudo().browse(contact.id for contact in contacts)._tell_returned()

    def _tell_returned(self):
        """Ask whoever serves the client to reach it: its holder, else who wrote to it."""
        for contact in self:
            ticket = contact.ticket_id
            author = contact.author_id.user_ids.filtered(lambda user: not user.share)
            for user in (ticket.user_id, author[:1], ticket.team_id.user_id):
                if user.active:
                    break
            else:
                continue
            speaking = (ticket or contact.partner_id).with_context(lang=user.lang)
            speaking.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=event_time(self.env).date(),
                summary=speaking.env._("The answer did not reach the client"),
                note=speaking.env._(
                    "What %s wrote to the client came back, or could not be sent. It "
                    "does not count as an answer. Check the address, and write again "
                    "or call.",
                    contact.author_id.display_name,
                ),
                user_id=user.id,
            )

    # ------------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------------

    @api.model
    def _mailed_by_staff(self, message, receivers, now):
        """Let an e-mail of one of us count that goes on to somebody outside.

        It has been sent already: to the client whom it names, and by us to whom it is
        passed on.

        :param receivers: as ``_notify_thread`` of the host returns them
        """
        outside = any(
            one["notif"] == "email" and (one["share"] or not one["uid"])
            for one in receivers
        )
        if not outside:
            named = addresses(
                f"{message.incoming_email_to or ''},{message.incoming_email_cc or ''}"
            )
            # As superuser: only whether it names the client.
            ticket = self.env["helpdesk.ticket"].sudo().browse(message.res_id)
            client = self._addresses_of_client(ticket, named) if named else ()
            outside = any(set(named) & set(own) for own in client)
        if outside:
            queued = self._of_messages(message).filtered(lambda c: c.void == "queued")
            self._leave(queued.ids, now)

    @api.model
    def _emptied(self, messages, now):
        """Take back what was said in messages whose text is gone now."""
        contacts = self._of_messages(messages)
        kept = contacts.filtered(lambda contact: contact.void != "emptied")
        self._void(kept.ids, "emptied", now)

    @api.model
    def _cron_arrivals(self):
        """Find messages that have left without their contact having followed."""
        now = event_time(self.env)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.message_id FROM vip_contact c
                 WHERE c.void = 'queued' AND c.recorded_at > %s
                   AND EXISTS (SELECT FROM mail_notification n
                                WHERE n.mail_message_id = c.message_id
                                  AND n.notification_type = 'email'
                                  AND n.notification_status = ANY(%s))
                 ORDER BY c.id
                """,
                now - timedelta(days=LOOKED_FOR),
                ["sent", *LOST],
            )
        )
        messages = self.env["mail.message"].browse(row[0] for row in rows)
        for message in messages.exists():
            self._follow_mail(message, now)
