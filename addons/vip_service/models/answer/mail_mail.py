from odoo import models
from odoo.tools import html2plaintext

from odoo.addons.vip_base.tools.times import event_time

from ...engine.answer_link import questions_in, with_key


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Give the mail that leaves to who was asked a link to answer by.

        What is written down, here and in the chatter, names the question. Only the mail
        that the question itself wrote gets a key, and of its receivers only the one who
        was asked: who copies the link into another mail, or is in copy, has nothing.
        """
        emails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        question = self._vip_question()
        for email in emails if question else ():
            if not question._is_for(email["partner_id"], email["email_to_normalized"]):
                continue
            key = self.env["vip.question.key"]._issue(question)
            email["body"] = with_key(email["body"], question.id, key)
            email["body_alternative"] = html2plaintext(email["body"])
        return emails

    def _vip_question(self):
        """Return the question that this mail asks, while it may be answered."""
        # As superuser: whoever sends the mail, nobody may read its question.
        questions = self.env["vip.question"].sudo()
        asked = questions_in(self.body_html)
        if not asked:
            return questions
        found = questions.search(
            [("id", "in", list(asked)), ("message_id", "=", self.mail_message_id.id)]
        )
        at = event_time(self.env)
        return found.filtered(lambda one: one._is_open(at) and not one._is_ours())
