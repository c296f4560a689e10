import logging

from odoo import api, models

from odoo.addons.vip_base.tools.times import event_time

from ...engine.addresses import addresses, senders
from ...engine.answer_link import without_keys
from ...engine.arrival import FAILED, report
from ...engine.auto_submitted import is_auto_submitted
from ...tools.automatic import AUTOMATIC, RECEIVED, Received

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """What only the headers of an e-mail say: they are known here and nowhere later."""

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Mark what a program sent: it neither answers nor asks; else say who wrote.

        A client who answers a mail quotes its link, also where that becomes a ticket.
        """
        body = message_dict.get("body")
        if body:
            clean = type(body)(without_keys(str(body)))
            message_dict = {**message_dict, "body": clean}
        if is_auto_submitted(message):
            marks = {AUTOMATIC: True}
        else:
            # As superuser: whether an address is one of our own.
            aliases = self.env["mail.alias.domain"].sudo()
            ours = aliases._find_aliases(
                list(addresses(message_dict.get("email_from")))
            )
            wrote = senders(message, {*ours, *addresses(message_dict.get("to"))})
            marks = {RECEIVED: Received(wrote, message_dict.get("parent_id"))}
        thread = self.with_context(**marks)
        return super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )

    # ------------------------------------------------------------------
    # Reports of mail servers
    # ------------------------------------------------------------------

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        """Recognise reports that are plain text, too."""
        if super()._detect_is_bounce(message, message_dict):
            return True
        return report(message).kind is not None

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Mark as returned what a report says did not arrive, and nothing else.

        The host takes each report for a failure: also that a mail is late, has arrived
        or was read.
        """
        found = report(email_message)
        if found.kind not in (None, FAILED):
            _logger.info("%s: %s", message_dict.get("message_id"), found)
            return None
        result = super()._routing_handle_bounce(email_message, message_dict)
        self._vip_mark_returned(found, message_dict)
        return result

    @api.model
    def _vip_mark_returned(self, found, message_dict):
        """Mark the receivers that the host does not know again."""
        # As superuser: the gateway itself.
        messages = self.env["mail.message"].sudo()
        message = message_dict.get("bounced_message") or messages.search(
            [
                ("message_id", "in", found.message_ids),
                ("model", "in", ("helpdesk.ticket", "res.partner")),
            ],
            order="id desc",
            limit=1,
        )
        if not message or not message._vip_is_spoken():
            return
        failed = {
            *found.receivers,
            *addresses(message_dict.get("bounced_email") or None),
        }
        statuses = message._vip_statuses()
        known = statuses.get(message.id, {})
        returned = [one for one in known if failed & set(_addresses_of(one))]
        outside = [one for one in known if isinstance(one, str) or one.partner_share]
        if not returned and len(outside) == 1:
            # Sent on by its receiver, and failed at an address that we never knew.
            returned = outside
        became = dict.fromkeys(returned, "bounce")
        if not known:
            became = dict.fromkeys(failed or {"unknown"}, "bounce")
        message._vip_mark_bounced(returned)
        contacts = self.env["vip.contact"]
        contacts._follow_mail(message, event_time(self.env), {message.id: became})


def _addresses_of(receiver):
    return addresses(receiver if isinstance(receiver, str) else receiver.email)
