from datetime import timedelta

from odoo import SUPERUSER_ID, models
from odoo.tools import is_html_empty, plaintext2html
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.prefetch import RARE
from odoo.addons.vip_base.tools.sql import KeylessMany2one
from odoo.addons.vip_base.tools.times import event_time

from ..engine.addresses import addresses
from ..tools.automatic import RECEIVED, Received

#: For how many days after closing a ticket is reopened, where no team says otherwise.
REOPEN_DAYS = 7


class HelpdeskTicket(models.Model):
    """What a client says on a closed ticket is heard.

    The ticket is reopened, or another one follows it, by the choice of its team. What is
    said to a ticket that another one has followed, or of which it is a double, is passed
    on to that one.
    """

    _inherit = "helpdesk.ticket"

    follows_id = KeylessMany2one(
        "helpdesk.ticket",
        string="Follow-up of",
        readonly=True,
        copy=False,
        groups=STAFF_GROUPS,
        help="The closed ticket on which the client wrote what opened this one.",
        prefetch=RARE,
    )
    followed_by_id = KeylessMany2one(
        "helpdesk.ticket",
        string="Followed by",
        readonly=True,
        copy=False,
        groups=STAFF_GROUPS,
        help="What the client writes on this closed ticket goes to that one.",
        prefetch=RARE,
    )

    def _hear_on_closed(self, messages):
        """Let a ticket that is over follow what its client has just said on it.

        :param messages: ``mail.message`` of the client, as superuser
        """
        self.ensure_one()
        if not self.closed and self.active:
            return
        # As the system itself: it is nobody's decision.
        lang = self.user_id.lang or self.company_id.partner_id.lang
        ticket = self.with_user(SUPERUSER_ID).with_context(
            clean_context(self.env.context), lang=lang
        )
        successor = ticket._successor()
        if successor:
            successor._take_over(messages)
        elif not ticket._reopen():
            ticket._follow_up(messages)

    def _successor(self):
        """Return the ticket that stands for this one now, empty if it does itself."""
        ticket, seen = self, self
        while following := (ticket.followed_by_id or ticket.duplicate_id).exists():
            if following in seen:
                return self.browse()  # a circle: none of them stands for another
            ticket, seen = following, seen + following
        return ticket - self

    # Reopening

    def _reopen(self):
        """Reopen a ticket that was closed not long ago; tell whether that was done."""
        stage = self._reopening_stage()
        if not stage or not self._is_to_reopen():
            return False
        values = {"stage_id": stage.id, "active": True}
        if not self.user_id.active:
            values["user_id"] = False
        self.write(values)
        self.message_post(
            body=self.env._("Reopened: the client has written."),
            subtype_xmlid="mail.mt_note",
        )
        return True

    def _is_to_reopen(self):
        if not self.closed:
            return True  # it was only put away
        team = self.team_id
        days = team.reopen_days if team else REOPEN_DAYS
        limit = self._closed_since() + timedelta(days=days)
        return team.after_closing != "follow_up" and event_time(self.env) <= limit

    def _closed_since(self):
        """Return since when the ticket is closed (naive UTC)."""
        return self.closed_date or self.last_stage_update or self.write_date

    def _reopening_stage(self):
        """Return the stage in which work goes on: its own, or the first of its team."""
        if not self.closed:
            return self.stage_id
        team = self.team_id.with_company(self.company_id)
        return team._get_applicable_stages()._for_reopening()[:1]

    # Following up

    def _follow_up(self, messages):
        """Open a ticket for what the client has said, which names this one."""
        said = messages[:1]
        body = said.body
        if is_html_empty(body):
            body = plaintext2html(said.subject or self.name)
        ticket = self.with_company(self.company_id).create(
            {
                "name": said.subject or self.name,
                "description": body,
                "partner_id": self.partner_id.id,
                "partner_name": self.partner_name,
                "partner_email": self.partner_email,
                "team_id": self.team_id.filtered("active").id,
                # Given even if it is nobody: else the gateway's own user held it.
                "user_id": self.user_id.filtered("active").id,
                "category_id": self.category_id.id,
                "company_id": self.company_id.id,
                "channel_id": self._channel_of(said).id,
                "follows_id": self.id,
            }
        )
        self.followed_by_id = ticket
        ticket._take_over(messages)
        for one, text in (
            (self, self.env._("The client has written again: see %s.", ticket._link())),
            (ticket, self.env._("Follow-up of %s.", self._link())),
        ):
            one.message_post(body=text, subtype_xmlid="mail.mt_note")

    def _link(self):
        return self._get_html_link(title=self.display_name)

    def _channel_of(self, message):
        """Return the channel on which a message came."""
        name = "email" if message.message_type == "email" else "web"
        channel = self.env.ref(
            f"helpdesk_mgmt.helpdesk_ticket_channel_{name}", raise_if_not_found=False
        )
        return channel or self.channel_id

    def _take_over(self, messages):
        """Write down here, too, what the client has said on another ticket."""
        for message in messages:
            mark = Received(addresses(message.email_from), None, is_client=True)
            files = [
                (file.name, file.raw) for file in message.attachment_ids if file.raw
            ]
            self.with_context(**{RECEIVED: mark}).message_post(
                body=message.body,
                subject=message.subject,
                message_type=message.message_type,
                subtype_xmlid="mail.mt_comment",
                author_id=message.author_id.id,
                email_from=message.email_from,
                attachments=files,
            )
