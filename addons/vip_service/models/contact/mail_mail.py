from odoo import models

from odoo.addons.vip_base.tools.times import event_time

from ...engine.addresses import addresses
from ...engine.arrival import says_something
from ...tools.automatic import SENDING

#: The states of a mail that was not sent, and what its receivers are told by them.
NOT_SENT = {"exception": "exception", "cancel": "canceled"}


class MailMail(models.Model):
    _inherit = "mail.mail"

    def write(self, vals):
        """Let contacts follow a mail that is given up outside of its sending."""
        result = super().write(vals)
        status = NOT_SENT.get(vals.get("state"))
        if status and not self.env.context.get(SENDING):
            self._vip_follow({mail: (set(), status) for mail in self})
        return result

    def _send(self, *args, **kwargs):
        """Let what becomes of a mail be told once, at its end."""
        mails = self.with_context(**{SENDING: True})
        return super(MailMail, mails)._send(*args, **kwargs)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Let contacts count of what a mail server has taken."""
        reached = {*success_pids, *addresses(",".join(filter(None, success_emails)))}
        # Who is in copy is named by no success of its own.
        others = "exception" if failure_type or not reached else "sent"
        # Before: the host deletes what it has sent.
        followed = self._vip_followed({mail: (reached, others) for mail in self})
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        self.env["vip.contact"]._follow_mail(*followed)
        return result

    def _vip_follow(self, became):
        self.env["vip.contact"]._follow_mail(*self._vip_followed(became))

    def _vip_followed(self, became):
        """Return what contacts follow, as ``vip.contact._follow_mail`` takes it.

        :param became: {mail: (partners and addresses reached, status of the others)}
        """
        known, messages = {}, self.env["mail.message"]
        # As superuser: only mails on tickets and clients, and who gets them.
        for mail, (reached, status) in became.items():
            mail = mail.sudo()
            message = mail.mail_message_id
            if not message._vip_is_spoken() or not says_something(
                mail.body_html, bool(mail.attachment_ids)
            ):
                continue
            to = addresses(f"{mail.email_to or ''},{mail.email_cc or ''}")
            messages += message
            known.setdefault(message.id, {}).update(
                {
                    receiver: "sent" if receiver in reached else status
                    for receiver in (*mail.recipient_ids, *to)
                }
            )
        return messages, event_time(self.env), known
