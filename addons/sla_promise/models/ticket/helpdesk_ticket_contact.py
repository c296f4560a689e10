from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch
from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.sql import array, epoch

from ...engine.rounds import tell


class HelpdeskTicket(models.Model):
    """What contacts with the client do: they answer, and end the waiting."""

    _inherit = "helpdesk.ticket"

    sla_nothing_asked = fields.Boolean(
        string="Nothing asked",
        compute="_compute_sla_nothing_asked",
        groups=STAFF_GROUPS,
        help="It is in a stage that waits for the client, but nothing has been asked "
        "since the client's last word: the clocks run.",
    )

    sla_late_waits = fields.Boolean(
        string="A late contact waits",
        compute="_compute_sla_late_waits",
        groups=STAFF_GROUPS,
        help="A contact of this ticket was logged late, and nobody has decided on it.",
    )

    @api.depends("sla_nothing_asked")
    def _compute_sla_late_waits(self):
        self.sla_late_waits = False
        if asked := self.filtered("sla_nothing_asked"):
            # As superuser: that one waits is no secret to who sees the ticket.
            late = self.env["vip.late.contact"].sudo()
            late = late.search(
                [
                    ("state", "=", "proposed"),
                    ("contact_id.ticket_id", "in", asked.ids),
                ]
            )
            (late.ticket_id & asked.sudo()).sla_late_waits = True

    @api.depends("stage_id", "contact_ids")
    def _compute_sla_nothing_asked(self):
        # As superuser: what a stage means, and what was last seen of the ticket.
        waiting = self.sudo().filtered(
            lambda ticket: ticket.stage_id.waiting_on == "client"
        )
        owed = set()
        if waiting:
            waiting.flush_recordset(["stage_id"])
            rows = self.env.execute_query(
                SQL(
                    "SELECT t.id FROM helpdesk_ticket t CROSS JOIN LATERAL (%s) s"
                    " WHERE t.id = ANY(%s) AND s.resumed AND s.stage_id = t.stage_id"
                    " AND NOT (s.solved OR s.cancels)",
                    self.env["sla.span"]._last(),
                    waiting.ids,
                )
            )
            owed = {row[0] for row in rows}
        for ticket in self:
            ticket.sla_nothing_asked = ticket.id in owed

    def action_sla_ask(self):
        """Open a message to the client: what did you ask?"""
        return self._write_to_client(self.env._("What did you ask?"))

    def _spared_by_late_contact(self, at):
        """Return whom a late contact may spare: who has held these tickets since.

        And whom their breaches name, who may be charged.
        """
        breaches = self.env["sla.breach"].search([("ticket_id", "in", self.ids)])
        held = self._held_between(at, None)
        return super()._spared_by_late_contact(at) | held | breaches.user_id

    def _held_between(self, start, stop):
        """Return who held these tickets in a time, whoever may know it.

        :param start: naive UTC, as ``stop``; empty: from the beginning, until now
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT s.user_id FROM (%s) s JOIN res_users u ON u.id = s.user_id
                 WHERE COALESCE(s.stop > %s, TRUE) AND COALESCE(s.start < %s, TRUE)
                """,
                self.env["sla.span"]._stretches(
                    SQL("s.ticket_id = ANY(%s)", array(self.ids))
                ),
                start or None,
                stop or None,
            )
        )
        # As superuser: only who it was.
        return self.env["res.users"].sudo().browse(row[0] for row in rows)

    @api.model
    def _sla_hear(self, contacts, now):
        """Let first responses, waiting and clocks follow contacts with clients.

        :param contacts: rows of (ticket id, epoch seconds, we spoke, doubtful), just
            written as ``vip.contact``
        :param now: naive UTC at which they became known
        """
        if not contacts:
            return
        tickets = self.browse({contact[0] for contact in contacts})
        tickets._sla_flush()
        responded = tickets._sla_respond(contacts)
        tickets._sla_wait_or_go_on(contacts, now)
        now = to_epoch(now)
        self.env["sla.clock"]._follower(now).hear(tickets.ids, responded, now)
        tickets._sla_changed()

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

    @api.model
    def _sla_unhear(self, contacts, now):
        """Let first responses, waiting and clocks forget what never reached the client.

        :param contacts: rows of (ticket id, epoch seconds, doubtful) of ``vip.contact``
            that count no more
        :param now: naive UTC at which that became known
        """
        if not contacts:
            return
        tickets = self.browse({contact[0] for contact in contacts})
        tickets._sla_flush()
        taken = {}
        for ticket_id, at, _doubtful in contacts:
            taken.setdefault(ticket_id, set()).add(at)
        tickets._sla_respond_again(taken, {row[0] for row in contacts if row[2]})
        tickets._sla_wait_no_more(now)
        follower = self.env["sla.clock"]._follower(to_epoch(now))
        follower.unhear(taken, tickets._sla_responded(), to_epoch(now))
        tickets._sla_changed()

    def _sla_respond_again(self, taken, doubtful):
        """Find first responses anew where one of ``taken`` was it, or there was none.

        :param taken: {ticket id: instants of contacts that count no more}
        :param doubtful: ids of tickets on which an answer did not arrive
        """
        responded = self._sla_responded()
        lost = [
            ticket_id
            for ticket_id, instants in taken.items()
            if ticket_id not in responded or responded[ticket_id] in instants
        ]
        found = self.browse(lost)._sla_first_responses()
        self._sla_store_response(
            {ticket_id: found.get(ticket_id) for ticket_id in lost},
            doubtful - found.keys(),
        )

    def _sla_first_responses(self):
        """Return {ticket id: epoch seconds} of first responses, from what is known.

        A contact, closing, or that it was made while talking to the client.
        """
        book = self.env["sla.clock"]._book()
        answers, *_rest = book.contacts(self.ids)
        stories = {
            ticket_id: tell(moments, None, answers.get(ticket_id, ()))
            for ticket_id, moments in book.timelines(self.ids).items()
        }
        found = {
            ticket_id: story.answers[0].at
            for ticket_id, story in stories.items()
            if story.answers
        }
        for change in self.env["sla.span"]._made(self.ids):
            if change.answered:
                found[change.ticket_id] = stories[change.ticket_id].opening
        return found

    def _sla_wait_no_more(self, now):
        """End the waiting for clients to whom nothing was said since they spoke."""
        answers, asks, *_rest = self.env["sla.clock"]._book().contacts(self.ids)
        unasked = [
            ticket_id
            for ticket_id in self.ids
            if ticket_id not in answers
            or ticket_id in asks
            and answers[ticket_id][-1].at < asks[ticket_id][-1]
        ]
        # As superuser: nobody but this code writes timelines.
        moved = self.env["sla.span"].sudo()._resume(unasked)
        self.browse(moved)._sla_sync(now)

    def _closed_since(self):
        """Return since when it is closed by its timeline, which nobody can write."""
        [[since]] = self.env.execute_query(
            SQL(
                """
                SELECT min(s.start) FROM sla_span s
                 WHERE s.ticket_id = %(id)s AND s.closed
                   AND NOT EXISTS (SELECT FROM sla_span n
                                    WHERE n.ticket_id = %(id)s AND NOT n.closed
                                      AND n.start > s.start)
                """,
                id=self.id,
            )
        )
        return since or super()._closed_since()

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

    def _sla_wait_or_go_on(self, contacts, now):
        """Let a reply of the client end the waiting, and our answer to it begin it.

        A stage that waits for the client waits no more once the client has spoken; when
        we have answered and the ticket is still there, it waits again.
        """
        answers, asks, *_rest = self.env["sla.clock"]._book().contacts(self.ids)
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
            self.browse(ids)._sla_sync(to_datetime(at), known=now)
