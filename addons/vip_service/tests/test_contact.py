from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from .contact_case import START, ContactCase, minutes


@tagged("post_install", "-at_install")
class TestContact(ContactCase):
    """Who spoke to whom about a ticket, and when, is kept as it happens."""

    def facts(self, ticket):
        """Return [(at in minutes, we spoke, kind)] of the contacts, in order."""
        return [
            ((contact.at - START).total_seconds() / 60, contact.outgoing, contact.kind)
            for contact in ticket.contact_ids.sorted("at")
        ]

    # What is a contact

    def test_an_answer_says_who_spoke_to_whom_and_when(self):
        ticket = self.ticket(partner_id=self.clerk.id)
        message = self.post(ticket, minutes(7), self.bob.partner_id)
        contact = ticket.contact_ids
        self.assertEqual(contact.partner_id, self.bank)
        self.assertEqual(contact.company_id, self.company)
        self.assertEqual(contact.author_id, self.bob.partner_id)
        self.assertEqual((contact.team_id, contact.message_id), (self.team, message))
        self.assertEqual((contact.at, contact.recorded_at), (minutes(7), minutes(7)))
        self.assertEqual((contact.outgoing, contact.kind), (True, "message"))
        self.assertFalse(contact.doubtful or contact.logged_by_id or contact.note)

    def test_the_client_speaks_itself_by_a_colleague_or_by_its_address(self):
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.bank.id}
        )
        ticket = self.ticket(
            partner_id=self.clerk.id, partner_email='"Desk" <Desk@example.com>'
        )
        self.post(ticket, minutes(1), self.clerk)
        self.post(ticket, minutes(2), colleague)
        self.post(
            ticket,
            minutes(3),
            self.env["res.partner"],
            author_id=False,
            email_from="desk@example.com",
        )
        self.assertEqual(
            self.facts(ticket), [(at, False, "message") for at in (1, 2, 3)]
        )
        self.assertFalse(ticket.contact_ids.team_id)

    def test_what_is_no_contact(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        ann = self.ann.partner_id
        ticket = self.ticket()
        for label, author, vals in (
            ("an internal note", ann, {"subtype_xmlid": "mail.mt_note"}),
            ("a notification", ann, {"message_type": "notification"}),
            ("an automatic comment", ann, {"message_type": "auto_comment"}),
            ("an out-of-office reply", ann, {"message_type": "out_of_office"}),
            ("a stranger", stranger, {}),
        ):
            with self.subTest(label):
                self.post(ticket, minutes(5), author, **vals)
                self.assertFalse(ticket.contact_ids)

    def test_a_message_about_something_else_is_none(self):
        self.bank.message_post(
            body="Hello", message_type="comment", author_id=self.clerk.id
        )
        self.assertFalse(self.contacts_of(self.bank))

    def test_a_finished_call_or_meeting_is_one_and_a_todo_is_not(self):
        for category, kinds in (
            ("phonecall", ["call"]),
            ("meeting", ["visit"]),
            ("default", []),
        ):
            with self.subTest(category):
                kind = self.env["mail.activity.type"].create({"name": category})
                # In SQL: meetings come with the calendar, which may be missing.
                self.env.cr.execute(
                    SQL(
                        "UPDATE mail_activity_type SET category = %s WHERE id = %s",
                        *(category, kind.id),
                    )
                )
                ticket = self.ticket()
                activity = ticket.activity_schedule(
                    activity_type_id=kind.id, user_id=self.ann.id
                )
                context = ticket._at(minutes(9)).env.context
                activity.with_user(self.ann).with_context(context).action_feedback("ok")
                self.assertEqual(
                    self.facts(ticket), [(9, True, kind) for kind in kinds]
                )

    def test_what_the_system_writes_on_a_change_of_stage_is_none(self):
        template = self.env.ref("helpdesk_mgmt.changed_stage_template")
        template.auto_delete = False
        work = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        work.mail_template_id = template
        ticket = self.ticket()
        self.env.cr.flush()
        tracked = self.env["helpdesk.ticket"].with_user(self.ann)
        tracked = tracked.with_context(tracking_disable=False)
        tracked._at(minutes(5)).browse(ticket.id).sudo().write({"stage_id": work.id})
        self.env.cr.flush()
        mail = self.env["mail.mail"].search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertTrue(mail, "the mail was written")
        self.assertFalse(ticket.contact_ids)

    def test_mail_of_programs_is_none(self):
        for number, (headers, kinds) in enumerate(
            (
                ("Auto-Submitted: auto-replied", []),
                ("Precedence: bulk", []),
                ("Auto-Submitted: no", ["email"]),
            )
        ):
            with self.subTest(headers):
                ticket = self.ticket()
                text = (
                    "From: bank@example.com\nTo: helpdesk@example.com\nSubject: Re\n"
                    f"Message-Id: <contact.{number}@example.com>\n{headers}\n\nHere"
                )
                thread = self.env["mail.thread"]
                thread = thread.with_context(ticket._at(minutes(4)).env.context)
                thread.message_process("helpdesk.ticket", text, thread_id=ticket.id)
                self.assertEqual(
                    self.facts(ticket), [(4, False, kind) for kind in kinds]
                )

    # When it was

    def test_an_email_counts_from_its_own_date(self):
        ticket = self.ticket()
        mail = {"message_type": "email", "date": minutes(29)}
        self.post(ticket, minutes(40), self.ann.partner_id, **mail)
        self.assertEqual(self.facts(ticket), [(29, True, "email")])
        self.assertEqual(ticket.contact_ids.recorded_at, minutes(40))
        self.assertFalse(ticket.contact_ids.doubtful)

    def test_one_that_arrives_much_later_is_noted(self):
        for author, at in ((self.bank, 20), (self.ann.partner_id, 36)):
            with self.subTest(author.name):
                ticket = self.ticket()
                mail = {"message_type": "email", "date": minutes(20)}
                self.post(ticket, minutes(36), author, **mail)
                outgoing = author != self.bank
                self.assertEqual(self.facts(ticket), [(at, outgoing, "email")])
                self.assertTrue(ticket.contact_ids.doubtful)
                self.assertEqual(ticket.contact_ids.recorded_at, minutes(36))

    def test_none_is_older_than_its_ticket(self):
        ticket = self.ticket(minutes(10))
        mail = {"message_type": "email", "date": minutes(5)}
        self.post(ticket, minutes(12), self.ann.partner_id, **mail)
        self.assertEqual(self.facts(ticket), [(10, True, "email")])

    def test_what_is_replayed_was_known_when_it_happened(self):
        tickets = self.ticket() + self.ticket(partner_id=self.clerk.id)
        tickets._log_contact(minutes(25))
        tickets._log_contact(minutes(30), outgoing=False, kind="chat")
        for ticket in tickets:
            self.assertEqual(
                self.facts(ticket), [(25, True, "call"), (30, False, "chat")]
            )
            for contact in ticket.contact_ids:
                self.assertEqual(contact.recorded_at, contact.at)
                self.assertEqual(contact.partner_id, self.bank)
        self.assertEqual(tickets.contact_ids.author_id, self.ann.partner_id)

    # Whose it is

    def test_contacts_follow_their_ticket_to_another_client_and_company(self):
        ticket = self.ticket(partner_id=False, partner_email="new@example.com")
        self.post(ticket, minutes(5), self.ann.partner_id)
        self.assertFalse(ticket.contact_ids.partner_id)
        ticket.partner_id = self.clerk
        self.assertEqual(self.contacts_of(self.bank), ticket.contact_ids)
        self.clerk.parent_id = False
        self.assertEqual(self.contacts_of(self.clerk), ticket.contact_ids)
        other = self.env["res.company"].create({"name": "Other"})
        ticket.company_id = other
        self.assertEqual(ticket.contact_ids.company_id, other)

    def test_contacts_follow_merged_partners(self):
        double = self.client("DOUBLE")
        ticket = self.ticket(partner_id=double.id)
        self.post(ticket, minutes(5), double)
        self.log(double, 6)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.bank + double).ids, self.bank, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(len(self.contacts_of(self.bank)), 2)
        self.assertEqual(ticket.contact_ids.author_id, self.bank)

    def test_a_deleted_ticket_takes_its_contacts_along(self):
        by_orm, by_sql = self.ticket(), self.ticket()
        for ticket in by_orm, by_sql:
            self.post(ticket, minutes(5), self.ann.partner_id)
        self.log(self.bank, 6)
        self.assertEqual(len(self.contacts_of(self.bank)), 3)
        by_orm.unlink()
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM helpdesk_ticket WHERE id = %s", by_sql.id))
        self.env.invalidate_all(flush=False)
        self.assertFalse(self.contacts_of(self.bank).ticket_id)
        self.assertEqual(len(self.contacts_of(self.bank)), 1)

    # What it costs and who hears of it

    def test_a_hundred_messages_are_one_statement_and_told_at_once(self):
        ticket = self.ticket()
        contacts = self.env["vip.contact"]
        values = {
            "model": "helpdesk.ticket",
            "res_id": ticket.id,
            "message_type": "comment",
            "subtype_id": self.env.ref("mail.mt_comment").id,
            "author_id": self.ann.partner_id.id,
        }
        told = []
        with patch.object(
            type(contacts), "_told", lambda self, rows, now: told.append((rows, now))
        ):
            automatic = self.env["mail.message"].with_context(
                vip_automatic_message=True
            )
            messages = automatic.create([dict(values) for _ in range(100)])
            self.assertFalse(told)
            self.env.flush_all()
            # One more where steps of work are kept, too.
            with self.assertQueryCount(2):
                contacts._note(messages.ids, minutes(5), False)
            self.assertFalse(told, "none of them has left")
            with self.assertQueryCount(2):
                contacts._leave(ticket.contact_ids.ids, minutes(6))
        [(rows, now)] = told
        self.assertEqual((len(rows), now), (100, minutes(6)))
        row = rows[0]
        self.assertEqual(
            (row.ticket_id, row.partner_id, row.at, row.outgoing, row.doubtful),
            (ticket.id, self.bank.id, minutes(5), True, False),
        )
        self.assertEqual({row.id for row in rows}, set(ticket.contact_ids.ids))

    def test_what_is_no_contact_is_told_to_nobody(self):
        ticket = self.ticket()
        contacts = type(self.env["vip.contact"])
        with patch.object(contacts, "_told") as told:
            note = {"subtype_xmlid": "mail.mt_note"}
            self.post(ticket, minutes(5), self.ann.partner_id, **note)
            self.assertFalse(told.called)
            self.post(ticket, minutes(6), self.ann.partner_id)
            self.assertEqual(told.call_count, 1)
