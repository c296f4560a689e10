from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch
from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.sql_epoch import epoch

from ..mail_message import AUTOMATIC


class HelpdeskTicket(models.Model):
    """What contacts with the client do: they answer, and end the waiting."""

    _inherit = "helpdesk.ticket"

    def _message_track_post_template(self, changes):
        tickets = self.with_context(**{AUTOMATIC: True})
        return super(HelpdeskTicket, tickets)._message_track_post_template(changes)

    def _send_ticket_rating_mail(self, force_send=False):
        tickets = self.with_context(**{AUTOMATIC: True})
        return super(HelpdeskTicket, tickets)._send_ticket_rating_mail(force_send)

    @api.model
    def _sla_store_response(self, found, doubtful=()):
        """Store first responses in SQL: {ticket id: epoch seconds}."""
        if not found:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE helpdesk_ticket t
                   SET first_response_at = to_timestamp(v.at) AT TIME ZONE 'UTC',
                       first_response_doubtful = v.doubtful
                  FROM unnest(%s::int[], %s::bigint[], %s::bool[]) v (id, at, doubtful)
                 WHERE t.id = v.id
                """,
                list(found),
                list(found.values()),
                [ticket_id in doubtful for ticket_id in found],
            )
        )

    @api.model
    def _sla_hear(self, contacts, now):
        """Let first responses, waiting and clocks follow contacts with clients.

        :param contacts: rows of (ticket id, epoch seconds, we spoke, doubtful), just
            written as ``sla.contact``
        :param now: naive UTC at which they became known
        """
        if not contacts:
            return
        tickets = self.browse({contact[0] for contact in contacts})
        tickets._sla_flush()
        responded = tickets._sla_respond(contacts)
        tickets._sla_wait_or_go_on(contacts)
        follower = self.env["sla.clock"]._follower()
        follower.hear(tickets.ids, responded, to_epoch(now))
        tickets._sla_forget()

    def _sla_log_contact(self, at=None, outgoing=True, kind="call"):
        """Take note of a contact with each ticket's client that left no message.

        :param at: naive UTC; the event time of the environment if not given
        :param outgoing: we spoke to the client, else the client to us
        """
        at = at or event_time(self.env)
        self._sla_flush()
        # As superuser: contacts are written by this code only.
        contacts = self.env["sla.contact"].sudo()._log(self, at, outgoing, kind)
        self._sla_hear(contacts, at)

    def _sla_respond(self, contacts):
        """Store first responses; return {ticket id: epoch seconds} of all there are."""
        answers, doubtful = {}, set()
        for ticket_id, at, outgoing, doubt in contacts:
            if outgoing and at <= answers.get(ticket_id, at):
                answers[ticket_id] = at
                if doubt:
                    doubtful.add(ticket_id)
        responded = self._sla_responded()
        found = {
            ticket_id: at
            for ticket_id, at in answers.items()
            if at < responded.get(ticket_id, at + 1)
        }
        self._sla_store_response(found, doubtful)
        return {**responded, **found}

    def _sla_responded(self):
        """Return {ticket id: epoch seconds of its first response} where there is one."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM helpdesk_ticket "
                "WHERE id = ANY(%s) AND first_response_at IS NOT NULL",
                epoch("first_response_at"),
                self.ids,
            )
        )
        return dict(rows)

    def _sla_wait_or_go_on(self, contacts):
        """Let a reply of the client end the waiting, and our answer to it begin it.

        A stage that waits for the client waits no more once the client has spoken; when
        we have answered and the ticket is still there, it waits again.
        """
        # As superuser: waiting follows what was said, whoever may read it.
        answers, asks = self.env["sla.contact"].sudo()._of(self.ids)
        resumed, waiting = {}, {}
        for ticket_id, at, outgoing, _doubtful in contacts:
            asked = asks[ticket_id][-1] if ticket_id in asks else None
            answered = answers[ticket_id][-1].at if ticket_id in answers else None
            if outgoing and at == answered and (asked is None or asked <= at):
                waiting[ticket_id] = at
            if not outgoing and at == asked and (answered is None or answered < at):
                resumed[ticket_id] = at
        # As superuser: nobody but this code writes timelines.
        spans = self.env["sla.span"].sudo()
        moved = {ticket_id: resumed[ticket_id] for ticket_id in spans._resume(resumed)}
        moved |= {ticket_id: waiting[ticket_id] for ticket_id in spans._await(waiting)}
        for at in sorted(set(moved.values())):
            ids = [ticket_id for ticket_id, when in moved.items() if when == at]
            self.browse(ids)._sla_sync(to_datetime(at))

    def _sla_log_by_hand(self, kind, at, body):
        """Take note of a contact by the current user, with an internal note.

        :param kind: ``call``, ``visit`` or ``chat``
        :param at: when it took place (naive UTC), from the opening of the ticket to now
        :param body: what the internal note says, HTML or text
        :raise AccessError: the user may not write the ticket
        :raise UserError: it took place before the opening or in the future, or the user
            is the client
        """
        self.ensure_one()
        self.check_access("write")
        if self.partner_id and self.partner_id == self.env.user.partner_id:
            raise UserError(
                self.env._(
                    "You are the client of this ticket; somebody else serves it."
                )
            )
        now = event_time(self.env)
        at = self._sla_check_contact_time(at, now)
        note = self.with_context(clean_context(self.env.context)).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self._sla_flush()
        # As superuser: contacts are written by this code only.
        contacts = self.env["sla.contact"].sudo()
        self._sla_hear(contacts._log_by_hand(self, kind, at, note, now), now)

    def _sla_check_contact_time(self, at, now):
        """Return when a contact took place, to the second; refuse what cannot be.

        People pick minutes: in the minute of the opening it was at the opening.
        """
        at = at.replace(microsecond=0)
        opened = self.opened_at
        if at > now:
            raise UserError(
                self.env._("A contact with the client is not in the future.")
            )
        if at < opened.replace(second=0):
            opening = fields.Datetime.context_timestamp(self, opened)
            raise UserError(
                self.env._(
                    "A contact with the client is not before the opening of the ticket "
                    "(%s).",
                    opening.strftime("%Y-%m-%d %H:%M"),
                )
            )
        return max(at, opened)
