from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import START, SlaCase, minutes


@tagged("post_install", "-at_install")
class TestSlaPaths(SlaCase):
    """Every way in which a ticket is made or changed reaches its clocks.

    Writing, list edits, archiving, deleting, stages, teams and merged partners are in
    ``test_sla_sync.py``; messages in ``test_sla_response.py`` and ``test_sla_rounds.py``.
    """

    def at(self, at):
        """Return the model so that changes happen at ``at``."""
        return self.env["helpdesk.ticket"]._at(at)

    def test_form(self):
        ticket = self.ticket()
        with Form(ticket._at(minutes(10))) as form:
            form.stage_id = self.awaiting
        self.assertEqual(self.clock(ticket).state, "paused")

    def test_kanban_drag_and_list_edit_by_web_save(self):
        tickets = self.tickets(2)
        for ticket in tickets:
            ticket._at(minutes(10)).web_save(
                {"stage_id": self.done.id}, {"stage_id": {}}
            )
        self.assertEqual(set(tickets.clock_ids.mapped("state")), {"met"})

    def test_assigning_to_oneself(self):
        ticket = self.ticket(user_id=False)
        ticket.with_user(self.bob)._at(minutes(10)).assign_to_me()
        spans = ticket.span_ids.sorted("start")
        self.assertEqual(spans[-1].user_id, self.bob)

    def test_email_makes_a_ticket_and_a_reply_changes_none(self):
        self.client.email = "client@example.com"
        text = (
            "From: client@example.com\nTo: helpdesk@example.com\n"
            "Subject: Please\nMessage-Id: <one@example.com>\n\nPlease"
        )
        model = self.env["mail.thread"].with_context(self.at(START).env.context)
        ticket = self.env["helpdesk.ticket"].browse(
            model.message_process("helpdesk.ticket", text)
        )
        self.assertEqual(ticket.partner_id, self.client)
        self.assertEqual(self.clock(ticket).started_at, START)
        self.assertFalse(ticket.first_response_at)
        [contact] = ticket.contact_ids
        self.assertEqual((contact.outgoing, contact.at), (False, START))

    def test_import_of_a_file(self):
        names = [
            "name",
            "description",
            "partner_id/.id",
            "category_id/.id",
            "opened_at",
        ]
        row = ["Please", "Please", self.client.id, self.item.id, "2024-03-04 08:00:00"]
        result = self.at(START).load(names, [list(map(str, row))])
        ticket = self.env["helpdesk.ticket"].browse(result["ids"])
        self.assertEqual(self.clock(ticket).started_at, minutes(-60))
        self.assertEqual(self.clock(ticket).due_at, minutes(0))

    def test_copy_is_promised_anew(self):
        ticket = self.ticket()
        self.due(minutes(61))
        copy = ticket._at(minutes(100)).copy()
        self.assertEqual(self.clock(copy).started_at, minutes(100))
        self.assertFalse(self.breaches(copy))

    def test_duplicate_is_closed_by_the_wizard_without_counting_as_late(self):
        first, second = self.tickets(2)
        wizard = self.env["helpdesk.ticket.duplicate.wizard"].create(
            {
                "ticket_id": second.id,
                "duplicate_of_id": first.id,
                "target_stage_id": self.cancelled.id,
            }
        )
        wizard.with_context(self.at(minutes(10)).env.context).action_confirm()
        self.assertEqual(set(second.clock_ids.mapped("state")), {"cancelled"})
        self.assertEqual(self.clock(first).state, "running")

    def test_server_action(self):
        ticket = self.ticket()
        action = self.env["ir.actions.server"].create(
            {
                "name": "Wait",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "state": "code",
                "code": f"records.write({{'stage_id': {self.awaiting.id}}})",
            }
        )
        action.with_context(
            self.at(minutes(10)).env.context,
            active_model="helpdesk.ticket",
            active_ids=ticket.ids,
        ).run()
        self.assertEqual(self.clock(ticket).state, "paused")

    def test_change_of_category_and_company_matches_anew(self):
        self.make_policy(
            "Urgent", category_ids=[(6, 0, self.urgent_item.ids)], resolution=15
        )
        ticket = self.ticket()
        ticket._at(minutes(5)).write({"category_id": self.urgent_item.id})
        clock = self.clock(ticket)
        self.assertEqual((clock.started_at, clock.due_at), (START, minutes(15)))
        old = ticket.clock_ids.filtered("replaced_by_id")
        self.assertEqual(old.replaced_by_id, clock)

    def test_change_of_company_matches_anew(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.make_policy("Theirs", company_id=other.id, resolution=20)
        ticket = self.ticket(team_id=False, user_id=False)
        ticket._at(minutes(5)).write({"company_id": other.id})
        clock = self.clock(ticket)
        self.assertEqual((clock.company_id, clock.due_at), (other, minutes(20)))
        self.assertEqual(len(ticket.span_ids), 1, "the timeline shows no company")

    def test_company_change_keeps_what_is_closed(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.make_policy("Theirs", company_id=other.id, resolution=20)
        ticket = self.ticket(team_id=False, user_id=False)
        self.move(ticket, minutes(10), self.done)
        ticket._at(minutes(50)).write({"company_id": other.id})
        self.assertEqual(self.clock(ticket).due_at, minutes(60))

    def test_archived_stage_keeps_its_tickets_as_they_are(self):
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.awaiting)
        self.awaiting.with_context(self.at(minutes(20)).env.context).active = False
        self.assertEqual(self.clock(ticket).state, "paused")

    def test_stage_that_waits_no_more(self):
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.awaiting)
        self.awaiting.with_context(self.at(minutes(30)).env.context).waiting_on = False
        self.assertEqual(self.clock(ticket).due_at, minutes(80))

    def test_deleted_ticket_takes_its_contacts_and_leaves_its_breaches(self):
        ticket = self.ticket()
        number = ticket.number
        ticket._log_contact(minutes(45))
        contact = ticket.contact_ids
        self.assertTrue(contact)
        ticket.unlink()
        self.assertFalse(contact.exists())
        breach = self.env["sla.breach"].search([("ticket_number", "=", number)])
        self.assertEqual(breach.metric, "first_response")

    def test_deleted_message_leaves_the_contact(self):
        ticket = self.ticket()
        values = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        author = {"author_id": self.ann.partner_id.id, "body": "On it"}
        values.update(self.reaches(ticket))
        message = ticket._at(minutes(5)).message_post(**values, **author)
        self.hand_over(message.mail_ids)
        message.unlink()
        self.assertEqual(ticket.contact_ids.at, minutes(5))
        self.assertEqual(self.clock(ticket, "first_response").state, "met")


@tagged("post_install", "-at_install")
class TestSlaRemote(HttpCase):
    """What other programs and the portal do by HTTP."""

    def setUp(self):
        super().setUp()
        self.agent = new_test_user(
            self.env, "agent.sla", groups="helpdesk_mgmt.group_helpdesk_user"
        )
        self.client = new_test_user(self.env, "client.sla", groups="base.group_portal")

    def test_remote_call_creates_and_moves(self):
        self.authenticate("agent.sla", "agent.sla")
        values = {"name": "Please", "description": "Please"}
        [ticket_id] = self.call("create", [[values]])
        ticket = self.env["helpdesk.ticket"].browse(ticket_id)
        self.assertTrue(ticket.clock_ids)
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.call("write", [[ticket_id], {"stage_id": done.id}])
        ticket.invalidate_recordset()
        states = set(ticket.clock_ids.mapped("state"))
        self.assertFalse(states & {"running", "paused"})

    def call(self, method, args):
        params = {"model": "helpdesk.ticket", "method": method, "args": args}
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/helpdesk.ticket/{method}", {**params, "kwargs": {}}
        )

    def test_portal_message_is_a_contact_of_the_client(self):
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Please",
                "description": "Please",
                "partner_id": self.client.partner_id.id,
            }
        )
        self.authenticate("client.sla", "client.sla")
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "helpdesk.ticket",
                "thread_id": ticket.id,
                "post_data": {"body": "Still waiting", "message_type": "comment"},
            },
        )
        [contact] = ticket.contact_ids
        self.assertEqual(contact.author_id, self.client.partner_id)
        self.assertFalse(contact.outgoing)
