from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_service.tools.event_time import event_time

from ..engine.worktime import to_epoch

#: Set while the system itself writes to the client, as on a change of stage.
AUTOMATIC = "sla_automatic_message"
#: Kinds of messages in which a person speaks to the client.
SPOKEN = ("comment", "email", "email_outgoing")
#: Kinds of finished activities that are a contact with the client.
CONTACTS = ("phonecall", "meeting")
#: How much later than its own date an e-mail may arrive without being noted.
DOUBTFUL = timedelta(minutes=15)


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        if not self.env.context.get(AUTOMATIC):
            messages._sla_respond()
        return messages

    def _sla_respond(self):
        """Take these messages as first responses of their tickets where they are.

        A comment or e-mail that the client can see, or a logged call or meeting, by
        an internal user who is not the ticket's client. An e-mail counts from its own
        date, no earlier than the opening and no later than now.
        """
        ids = self._sla_ticket_message_ids()
        if not ids:
            return
        now = event_time(self.env)
        evidence, doubtful = {}, set()
        for ticket_id, date, kind in self._sla_answers(ids):
            # Only the mail gateway, which works as superuser, hands over a date that
            # the sender's program wrote; a user could say anything.
            mailed = kind == "email" and self.env.su
            at = min(date, now) if mailed else now
            if evidence.setdefault(ticket_id, at) > at:
                evidence[ticket_id] = at
            if now - at > DOUBTFUL:
                doubtful.add(ticket_id)
        if evidence:
            self.env["helpdesk.ticket"]._sla_respond(
                {ticket_id: to_epoch(at) for ticket_id, at in evidence.items()},
                to_epoch(now),
                doubtful,
            )

    def _sla_ticket_message_ids(self):
        """Return the ids of messages on tickets that may be answers; no query.

        ``res_id`` is not read: it is the one value that is not cached after creation.
        """
        return [
            message.id
            for message in self.sudo()
            if message.model == "helpdesk.ticket"
            and (message.message_type in SPOKEN or message.mail_activity_type_id)
        ]

    @api.model
    def _sla_answers(self, message_ids):
        """Return (ticket id, date, message type) of the answers among messages."""
        self.env["mail.message"].flush_model()
        self.env["helpdesk.ticket"].flush_model(["partner_id"])
        return self.env.execute_query(
            SQL(
                """
                SELECT t.id, date_trunc('second', m.date), m.message_type
                  FROM mail_message m
                  JOIN helpdesk_ticket t ON t.id = m.res_id
                  LEFT JOIN mail_message_subtype s ON s.id = m.subtype_id
                  LEFT JOIN mail_activity_type a ON a.id = m.mail_activity_type_id
                 WHERE m.id = ANY(%s)
                   AND m.author_id IS DISTINCT FROM t.partner_id
                   AND EXISTS (SELECT FROM res_users u
                                WHERE u.partner_id = m.author_id AND NOT u.share)
                   AND (a.category = ANY(%s)
                        OR m.message_type = ANY(%s) AND a.id IS NULL
                           AND m.is_internal IS NOT TRUE
                           AND (s.internal IS NOT TRUE
                                AND m.subtype_id IS NOT NULL
                                OR m.message_type = 'email_outgoing'))
                """,
                message_ids,
                list(CONTACTS),
                list(SPOKEN),
            )
        )
