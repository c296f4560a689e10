from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.vip_base.tools.times import at_context

from .contact_case import ContactCase, minutes


@tagged("post_install", "-at_install")
class TestContactLog(ContactCase):
    """A call, visit or chat that left no message is logged by whoever had it (S8)."""

    # On a ticket

    def test_who_spoke_who_logged_it_and_when_stays_on_the_ticket(self):
        ticket = self.ticket(user_id=self.bob.id)
        self.log(ticket, 12, 10, kind="visit")
        contact = ticket.contact_ids
        self.assertEqual(
            (contact.at, contact.recorded_at, contact.kind, contact.outgoing),
            (minutes(10), minutes(12), "visit", True),
        )
        self.assertEqual(contact.author_id, self.ann.partner_id)
        self.assertEqual(contact.logged_by_id, self.ann)
        self.assertEqual(contact.team_id, self.team)
        self.assertEqual(contact.partner_id, self.bank)
        self.assertEqual(contact.message_id, ticket.message_ids[0])
        self.assertFalse(contact.note)

    def test_the_note_is_internal_and_tells_what_was_said(self):
        ticket = self.ticket()
        self.ann.tz = "Asia/Shanghai"
        self.log(ticket, 12, 10)
        note = ticket.message_ids[0]
        self.assertEqual(note.author_id, self.ann.partner_id)
        self.assertTrue(note.subtype_id.internal)
        self.assertIn("Call with the client, Mar 4, 5:10 PM", note.body)
        self.assertIn("Will send it &lt;today&gt;", note.body)

    def test_up_to_a_quarter_of_an_hour_later_nothing_is_doubtful(self):
        ticket = self.ticket()
        self.log(ticket, 20, 5)
        self.assertFalse(ticket.contact_ids.doubtful)

    def test_later_than_that_it_is_doubtful(self):
        ticket = self.ticket()
        self.log(ticket, 21, 5)
        self.assertTrue(ticket.contact_ids.doubtful)
        self.assertEqual(ticket.contact_ids.at, minutes(5))

    def test_neither_in_the_future_nor_before_the_opening(self):
        ticket = self.ticket(minutes(10))
        for at, message in ((31, "not in the future"), (9, "Mar 4, 9:10 AM")):
            with self.subTest(at), self.assertRaisesRegex(UserError, message):
                self.log(ticket, 30, at)
        self.assertFalse(ticket.contact_ids)

    def test_in_the_minute_of_the_opening_it_was_at_the_opening(self):
        opened = minutes(10).replace(second=40)
        ticket = self.ticket(opened)
        self.log(ticket, 12, 10)
        self.assertEqual(ticket.contact_ids.at, opened)

    def test_the_clients_own_account_does_not_answer_itself(self):
        ticket = self.ticket(partner_id=self.ann.partner_id.id)
        with self.assertRaises(UserError):
            self.log(ticket, 5)

    def test_only_who_may_write_the_ticket_logs(self):
        portal = self.users["portal"]
        ticket = self.ticket(partner_id=portal.partner_id.id)
        ticket.message_subscribe(portal.partner_id.ids)
        for role in "agent", "auditor", "portal":
            with self.subTest(role), self.assertRaises(AccessError):
                self.log(ticket, 5, user=self.users[role])
        self.assertFalse(ticket.contact_ids)
        self.log(ticket, 5, user=self.users["manager"])
        self.assertEqual(ticket.contact_ids.author_id, self.users["manager"].partner_id)

    def test_a_remote_call_cannot_say_when_it_is_now(self):
        ticket = self.ticket()
        logs = self.env["vip.contact.log"].with_user(self.ann)
        for record in {"ticket_id": ticket.id}, {"partner_id": self.bank.id}:
            values = {**record, "note": "Talked", "at": "2100-01-01 09:00:00"}
            log = logs.with_context(vip_event_time="2100-01-02 00:00:00").create(values)
            with self.assertRaisesRegex(UserError, "not in the future"):
                log.action_log()

    def test_nobody_writes_contacts_otherwise(self):
        ticket = self.ticket()
        self.log(ticket, 5)
        self.log(self.bank, 5, user=self.users["admin"])
        for contact in self.contacts_of(self.bank).with_user(self.users["admin"]):
            for change in (
                lambda contact=contact: contact.write({"at": minutes(1)}),
                lambda contact=contact: contact.write({"note": "Other"}),
                lambda contact=contact: contact.unlink(),
                lambda contact=contact: contact.create(
                    {"ticket_id": ticket.id, "at": minutes(1)}
                ),
            ):
                with self.assertRaises(AccessError):
                    change()

    # Without a ticket

    def test_a_contact_without_ticket_says_the_same(self):
        self.log(self.bank, 12, 10, kind="chat")
        contact = self.contacts_of(self.bank)
        self.assertFalse(contact.ticket_id or contact.team_id or contact.message_id)
        self.assertEqual(
            (contact.at, contact.recorded_at, contact.kind, contact.outgoing),
            (minutes(10), minutes(12), "chat", True),
        )
        self.assertEqual(contact.author_id, self.ann.partner_id)
        self.assertEqual(contact.logged_by_id, self.ann)
        self.assertEqual(contact.company_id, self.company)
        self.assertFalse(contact.doubtful)

    def test_what_was_said_is_in_the_contact_and_not_on_the_clients_page(self):
        before = self.bank.message_ids
        self.log(self.bank, 12)
        contact = self.contacts_of(self.bank)
        self.assertEqual(contact.note, "Explained the form\nWill send it <today>")
        self.assertEqual(self.bank.message_ids, before)

    def test_whoever_spoke_for_the_client_it_is_the_clients(self):
        self.log(self.clerk, 5)
        self.assertEqual(self.contacts_of(self.bank).logged_by_id, self.ann)

    def test_without_a_ticket_it_may_be_of_any_past_day_and_is_doubtful(self):
        self.log(self.bank, 24 * 60, 0)
        self.assertTrue(self.contacts_of(self.bank).doubtful)
        with self.assertRaisesRegex(UserError, "not in the future"):
            self.log(self.bank, 30, 31)

    def test_the_client_of_a_company_counts_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        local = self.client("LOCAL", company_id=self.company.id)
        user = self.new_user("agent", login="contact_two")
        user.company_ids += other
        user.company_id = other
        self.log(local, 5, user=user)
        self.assertEqual(self.contacts_of(local).company_id, self.company)

    def test_who_is_no_client_has_no_contacts_without_ticket(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaisesRegex(UserError, "Stranger"):
            self.log(stranger, 5)

    def test_nobody_logs_contacts_with_himself(self):
        self.ann.partner_id.client_type = "end"
        with self.assertRaises(UserError):
            self.log(self.ann.partner_id, 5)

    def test_a_log_needs_a_ticket_or_a_client(self):
        log = self.env["vip.contact.log"].with_user(self.ann).create({"note": "Talked"})
        with self.assertRaisesRegex(UserError, "with a client or about a ticket"):
            log.action_log()

    def test_agents_advisers_and_managers_log_them_and_others_do_not(self):
        for role in "agent", "adviser", "manager", "admin":
            self.log(self.bank, 5, user=self.users[role])
        self.assertEqual(len(self.contacts_of(self.bank)), 4)
        for role in "auditor", "internal", "portal":
            with self.subTest(role), self.assertRaises(AccessError):
                self.log(self.bank, 5, user=self.users[role])
            with self.subTest(role), self.assertRaises(AccessError):
                client = self.bank.with_user(self.users[role])
                client._log_contact_by_hand("call", minutes(5), "Talked")
        hidden = self.client(
            "HIDDEN", company_id=self.env["res.company"].create({"name": "Other"}).id
        )
        with self.assertRaises(AccessError):
            self.log(hidden, 5)

    # On the screens

    def test_the_form_says_that_it_will_be_doubtful(self):
        ticket = self.ticket()
        for default in (
            {"default_ticket_id": ticket.id},
            {"default_partner_id": self.bank.id},
        ):
            logs = self.env["vip.contact.log"].with_user(self.ann)
            logs = logs.with_context(
                allowed_company_ids=self.company.ids,
                **default,
                **at_context(minutes(40)),
            )
            with Form(logs) as form:
                self.assertEqual((form.at, form.doubtful), (minutes(40), False))
                form.at = minutes(10)
                self.assertTrue(form.doubtful)
                form.note = "Talked"
            form.record.action_log()
        self.assertEqual(
            self.contacts_of(self.bank).mapped("at"), [minutes(10), minutes(10)]
        )

    def test_the_button_of_a_ticket_opens_the_form_for_it(self):
        view = self.env.ref("helpdesk_mgmt.ticket_view_form")
        action = self.env.ref("vip_service.vip_contact_log_action")
        self.assertEqual(action.target, "new")
        for role, offered in (
            ("agent", True),
            ("adviser", True),
            ("manager", True),
            ("auditor", False),
        ):
            with self.subTest(role):
                tickets = self.env["helpdesk.ticket"].with_user(self.users[role])
                arch = tickets.get_view(view.id)["arch"]
                self.assertEqual(f'name="{action.id}"' in arch, offered)

    def test_one_meeting_with_several_clients_is_a_contact_with_each(self):
        other = self.client("OTHER")
        logs = self.env["vip.contact.log"].with_user(self.ann)
        logs = logs.with_context(
            allowed_company_ids=self.company.ids, **at_context(minutes(9))
        )
        log = logs.create(
            {
                "partner_ids": [(6, 0, (self.bank + other).ids)],
                "kind": "visit",
                "at": minutes(5),
                "note": "Outlook for autumn",
            }
        )
        log.action_log()
        for client in self.bank, other:
            contact = self.contacts_of(client)
            self.assertEqual(
                (contact.kind, contact.at, contact.note),
                ("visit", minutes(5), "Outlook for autumn"),
            )

    def test_the_ticket_shows_its_contacts(self):
        ticket = self.ticket()
        self.log(ticket, 5)
        view_id = self.env.ref("vip_service.ticket_view_form_page").id
        for role in "agent", "auditor":
            tickets = self.env["helpdesk.ticket"].with_user(self.users[role])
            self.assertIn('name="contact_ids"', tickets.get_view(view_id)["arch"])
        self.assertEqual(ticket.with_user(self.ann).contact_ids.logged_by_id, self.ann)

    def test_the_client_opens_its_contacts(self):
        self.log(self.bank, 5)
        for role in "agent", "auditor":
            client = self.bank.with_user(self.users[role])
            [button] = [
                one
                for one in client.client_360()["partner"]["buttons"]
                if one["key"] == "contacts"
            ]
            self.assertEqual(
                (button["action"]["res_model"], button["action"]["domain"]),
                ("vip.contact", [("partner_id", "=", self.bank.id)]),
            )
        for kind in "list", "form", "search":
            self.assertTrue(
                self.env["vip.contact"].with_user(self.ann).get_view(view_type=kind)
            )
