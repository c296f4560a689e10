from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .contact_case import START, ContactCase, minutes


@tagged("post_install", "-at_install")
class TestContactOnClient(ContactCase):
    """What is written on a client's page, and what it answers, are contacts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adviser = cls.users["adviser"]
        cls.bank.adviser_id = cls.adviser

    def say(self, author=None, partner=None, at=START, **vals):
        """Let somebody write on the client's page; hand the mail over."""
        author = author or self.adviser
        page = (
            (partner or self.bank)
            .with_user(author)
            .with_context(
                allowed_company_ids=self.company.ids,
                mail_notify_force_send=False,
                **at_context(at),
            )
        )
        message = page.message_post(
            **{
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                "body": "Form 2 is signed",
                "partner_ids": (partner or self.bank).ids,
                **vals,
            }
        )
        return message

    def contacts(self):
        return self.env["vip.contact"].search([("partner_id", "=", self.bank.id)])

    def test_a_message_counts_once_it_has_left(self):
        message = self.say()
        [contact] = self.contacts()
        self.assertEqual((contact.void, contact.outgoing), ("queued", True))
        self.assertEqual(contact.author_id, self.adviser.partner_id)
        self.hand_over(message.sudo().mail_ids)
        self.assertFalse(contact.void)
        self.assertEqual(contact.at, START)
        header = self.bank.with_user(self.adviser).client_360()["partner"]
        self.assertEqual(header["last_contact"]["kind"], "Message")

    def test_a_message_to_a_person_of_the_client_is_one_with_the_client(self):
        message = self.say(partner=self.clerk)
        self.hand_over(message.sudo().mail_ids)
        [contact] = self.contacts()
        self.assertFalse(contact.void)

    def test_a_note_is_no_contact(self):
        self.say(subtype_xmlid="mail.mt_note")
        self.assertFalse(self.contacts())

    def test_what_the_client_answers_is_a_contact_of_its_own(self):
        self.bank.message_post(
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            body="Thank you",
            author_id=self.clerk.id,
        )
        [contact] = self.contacts()
        self.assertEqual((contact.outgoing, contact.void), (False, False))

    def test_what_is_written_to_others_is_none(self):
        stranger = self.env["res.partner"].create(
            {"name": "Stranger", "email": "stranger@example.com"}
        )
        stranger.with_user(self.users["manager"]).message_post(
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            body="Hello",
            partner_ids=stranger.ids,
        )
        self.assertFalse(
            self.env["vip.contact"].search([("partner_id", "=", stranger.id)])
        )

    def test_a_message_that_comes_back_does_not_count(self):
        message = self.say()
        self.hand_over(message.sudo().mail_ids)
        notice = self.env["mail.notification"].search(
            [("mail_message_id", "=", message.id), ("notification_type", "=", "email")]
        )
        notice.with_context(**at_context(minutes(5))).write(
            {"notification_status": "bounce"}
        )
        [contact] = self.contacts()
        self.assertEqual(contact.void, "returned")
