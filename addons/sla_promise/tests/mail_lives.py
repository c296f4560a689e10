"""What people, programs and second persons do to a ticket in random lives."""

from datetime import timedelta
from itertools import count

from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.times import at_context

#: Tells the e-mails of a run apart.
NUMBERS = count(1)
#: Kinds of e-mail on a ticket: (sender, further headers).
MAILS = (
    ("client@example.com", ""),
    ("Client <CLIENT@Example.com>", "Precedence: list"),
    ("Somebody <unknown@elsewhere.example>", ""),
    ("client@example.com", "Auto-Submitted: auto-replied"),
    ("client@example.com", "X-Mail-Autoreply: yes"),
    ("MAILER-DAEMON@theirs.example", "Auto-Submitted: auto-replied"),
)
TEXT = """From: {sender}
To: Service desk <desk@ours.example>
Subject: Re: Please
Message-Id: <{number}.lives@theirs.example>
In-Reply-To: {answered}
{headers}

About that
"""


class MailLives:
    """For test cases of lives; ``chief`` is a manager who holds no ticket."""

    def live_mail(self, ticket, at, kind, _name=None):
        """Let an e-mail arrive on a ticket: of the client, a stranger or a program."""
        message = ticket.message_ids.sorted("id")[:1]
        if not message:
            return
        sender, headers = MAILS[kind]
        text = TEXT.format(
            sender=sender,
            number=next(NUMBERS),
            answered=message.message_id,
            headers=headers or "X-Mailer: Any",
        )
        gateway = self.env["mail.thread"].with_context(**at_context(at))
        gateway.message_process("helpdesk.ticket", text)

    def live_bounce(self, ticket, at, which, _name=None):
        """Let one of our answers come back."""
        contacts = self.env["vip.contact"].search(
            [
                *(("ticket_id", "=", ticket.id), ("outgoing", "=", True)),
                *(("void", "=", False), ("kind", "in", ("message", "email"))),
                ("logged_by_id", "=", False),
            ],
            order="id",
        )
        contact = contacts[which:][:1] or contacts[-1:]
        self.env["vip.contact"]._void(contact.ids, "returned", at)

    def live_resend(self, ticket, at, _value, _name=None):
        """Let an answer leave that came back."""
        contacts = self.env["vip.contact"].search(
            [("ticket_id", "=", ticket.id), ("void", "=", "returned")], limit=1
        )
        contacts._leave(contacts.ids, at)

    def live_own_call(self, ticket, at, delay, _name=None):
        """Let an agent write down a call of some time ago: it needs a second person."""
        when = max(at - timedelta(minutes=delay), ticket.opened_at)
        agent = ticket.with_user(self.bob)._at(at)
        agent._log_contact_by_hand("call", when, "Explained it")

    def live_decide(self, ticket, at, approves, _name=None):
        """Let the chief decide on what was written down late on a ticket."""
        late = self.env["vip.late.contact"].search(
            [("ticket_id", "=", ticket.id), ("state", "=", "proposed")], limit=1
        )
        late = late.with_user(self.chief).with_context(**at_context(at))
        if not late or not late.can_decide:
            return
        if approves:
            late.action_approve()
        else:
            late.reason = "Nobody called"
            late.action_reject()

    def live_extend(self, ticket, at, minutes, approves):
        """Let an agent ask for more time, and the chief decide."""
        ticket._sla_sync(at)
        clocks = ticket.clock_ids.filtered(
            lambda clock: clock.state in ("running", "paused")
        )
        clock = clocks.sorted("id")[:1]
        context = at_context(at)
        extensions = self.env["sla.extension"].with_user(self.bob)
        try:
            with self.env.cr.savepoint():
                extension = extensions.with_context(**context).create(
                    {
                        "clock_id": clock.id,
                        "duration": minutes,
                        "unit": "minutes",
                        "reason": "The bank is closed",
                    }
                )
                extension = extension.with_user(self.chief).with_context(**context)
                if approves:
                    extension.action_approve()
                else:
                    extension.answer = "The branch is open"
                    extension.action_reject()
        except (UserError, AccessError):
            self.env.invalidate_all(flush=False)  # late already, or nothing is owed

    def live_undo(self, ticket, at, name, _name=None):
        """Change something and back within the same second."""
        before = ticket[name]
        other = {
            "category_id": self.urgent_item.id,
            "team_id": self.other_team.id,
            "priority": "3",
            "stage_id": self.awaiting.id,
            "active": not ticket.active,
        }
        for value in (other[name], getattr(before, "id", before)):
            ticket._at(at).write({name: value})
            self.env.flush_all()
