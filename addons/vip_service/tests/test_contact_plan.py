from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.vip_base.tools.times import at_context

from .contact_case import ContactCase, minutes


@tagged("post_install", "-at_install")
class TestContactPlan(ContactCase):
    """Contacts are planned with one client or many, made, and leave their evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adviser = cls.users["adviser"]
        cls.colleague = cls.new_user("adviser", login="contact_colleague")
        cls.bank.adviser_id = cls.adviser
        cls.own = cls.client("OWN", adviser_id=cls.adviser.id)
        cls.foreign = cls.client("FOREIGN", adviser_id=cls.colleague.id)

    def plan(self, clients, user=None, **values):
        user = user or self.adviser
        plans = self.env["vip.contact.plan"].with_user(user)
        plans = plans.with_context(
            allowed_company_ids=self.company.ids,
            default_partner_ids=clients.ids,
            **at_context(minutes(0)),
        )
        plan = plans.create({"summary": "Capital comes back", **values})
        plan.action_plan()
        return self.planned(clients)

    def planned(self, clients):
        return self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", clients.ids)],
            order="date_deadline, id",
        )

    def of(self, user, client):
        return client.with_user(user).with_context(allowed_company_ids=self.company.ids)

    def header(self, client, user=None):
        client = self.of(user or self.adviser, client)
        return client.with_context(**at_context(minutes(60))).client_360()["partner"]

    # Planning

    def test_a_contact_is_planned_with_day_person_and_script(self):
        planned = self.plan(
            self.bank, kind="visit", date=date(2024, 3, 8), script="Ask\nTell"
        )
        self.assertEqual(
            (planned.date_deadline, planned.user_id, planned.summary),
            (date(2024, 3, 8), self.adviser, "Capital comes back"),
        )
        self.assertEqual(
            planned.activity_type_id, self.env.ref("mail.mail_activity_data_meeting")
        )
        self.assertIn("Ask", planned.note)
        self.assertEqual(planned.create_uid, self.adviser)

    def test_many_are_spread_over_working_days(self):
        clients = self.bank
        for number in range(4):
            clients += self.client(f"N{number}", adviser_id=self.adviser.id)
        # The company works from Monday to Friday; this is a Friday.
        planned = self.plan(clients, date=date(2024, 3, 8), per_day=2)
        self.assertEqual(
            planned.mapped("date_deadline"),
            [date(2024, 3, 8)] * 2 + [date(2024, 3, 11)] * 2 + [date(2024, 3, 12)],
        )

    def test_who_is_served_by_somebody_else_is_left_out(self):
        plans = self.env["vip.contact.plan"].with_user(self.adviser)
        form = Form(
            plans.with_context(default_partner_ids=(self.own + self.foreign).ids)
        )
        self.assertEqual((form.client_count, form.foreign_count), (1, 1))
        planned = self.plan(self.own + self.foreign)
        self.assertEqual(planned.res_id, self.own.id)
        with self.assertRaises(UserError):
            self.plan(self.foreign)

    def test_a_manager_plans_for_each_adviser(self):
        planned = self.plan(
            self.own + self.foreign, user=self.users["manager"], user_id=False
        )
        self.assertEqual(
            {one.res_id: one.user_id for one in planned},
            {self.own.id: self.adviser, self.foreign.id: self.colleague},
        )

    def test_somebody_has_to_do_it(self):
        alone = self.client("ALONE")
        with self.assertRaises(UserError):
            self.plan(alone, user=self.users["manager"], user_id=False)

    def test_only_advisers_and_managers_plan(self):
        for role in "agent", "auditor":
            with self.subTest(role), self.assertRaises(AccessError):
                self.plan(self.bank, user=self.users[role])

    # Making them

    def test_logging_the_contact_finishes_what_was_planned(self):
        planned = self.plan(self.bank)
        logs = self.env["vip.contact.log"].with_user(self.adviser)
        logs = logs.with_context(
            default_partner_id=self.bank.id,
            allowed_company_ids=self.company.ids,
            **at_context(minutes(5)),
        )
        with Form(logs) as form:
            self.assertEqual(form.activity_id, planned)
            form.note = "Will bring more in May"
        form.record.action_log()
        contact = self.contacts_of(self.bank)
        self.assertEqual(
            (contact.kind, contact.note), ("call", "Will bring more in May")
        )
        self.assertFalse(planned.active)
        self.assertNotIn("Will bring", str(self.bank.message_ids.mapped("body")))

    def test_another_kind_of_contact_leaves_it_open(self):
        planned = self.plan(self.bank, kind="visit")
        self.log(self.bank, 5, user=self.adviser)
        self.assertTrue(planned.active)

    def test_finishing_it_is_a_contact(self):
        planned = self.plan(self.bank)
        planned = planned.with_user(self.adviser).with_context(**at_context(minutes(7)))
        planned.action_feedback(feedback="Is content")
        contact = self.contacts_of(self.bank)
        self.assertEqual(
            (contact.kind, contact.at, contact.author_id, contact.note),
            ("call", minutes(7), self.adviser.partner_id, "Is content"),
        )

    def test_a_planned_message_that_is_finished_is_none(self):
        planned = self.plan(self.bank, kind="message")
        planned.with_user(self.adviser).action_feedback()
        self.assertFalse(self.contacts_of(self.bank))

    # The page

    def test_the_header_says_when_last_and_when_next(self):
        header = self.header(self.bank)
        self.assertFalse(header["last_contact"] or header["next_contact"])
        self.plan(self.bank, date=date(2024, 3, 8))
        self.plan(self.clerk, user=self.users["manager"], date=date(2024, 3, 6))
        self.log(self.bank, 12, 10)
        header = self.header(self.bank)
        self.assertEqual(
            (header["last_contact"]["kind"], header["last_contact"]["days"]),
            ("Call", 0),
        )
        self.assertEqual(header["next_contact"]["date"], "2024-03-06")
        self.assertTrue(header["next_contact"]["mine"])

    def test_buttons_are_offered_to_whom_nothing_is_refused(self):
        def keys(client, role):
            user = self.colleague if role == "colleague" else self.users[role]
            buttons = self.header(client, user)["buttons"]
            # Letters need a program on the server (test_letter.py).
            return [one["key"] for one in buttons if one["key"] != "letters"]

        served = ["log", "plan", "write", "request", "propose", "contacts"]
        self.assertEqual(keys(self.own, "manager"), served)
        self.assertEqual(keys(self.own, "auditor"), ["contacts"])
        self.assertEqual(keys(self.own, "agent"), ["log", "request", "contacts"])
        self.assertEqual(keys(self.own, "colleague"), ["log", "contacts"])
        self.assertEqual(
            keys(self.own, "adviser"),
            [key for key in served if key != "request"],
        )
        self.change(self.own, self.platinum)
        self.assertNotIn("propose", keys(self.own, "adviser"))
        self.own.active = False
        self.assertEqual(keys(self.own, "manager"), [])

    def test_the_adviser_writes_on_the_page_of_own_clients(self):
        self.assertTrue(
            self.of(self.adviser, self.bank).message_post(
                body="Good morning", subtype_xmlid="mail.mt_comment"
            )
        )
        self.assertTrue(self.of(self.adviser, self.clerk).message_post(body="A note"))
        for user, client in (
            (self.colleague, self.bank),
            (self.users["agent"], self.bank),
        ):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.of(user, client).message_post(body="Good morning")

    def test_a_tier_is_proposed_from_the_page(self):
        changes = self.env["vip.tier.change"].with_user(self.adviser)
        changes = changes.with_context(
            default_partner_id=self.own.id, allowed_company_ids=self.company.ids
        )
        view = "vip_service.vip_tier_change_view_form_propose"
        with Form(changes, view=view) as form:
            self.assertEqual(
                form.proposable_tier_ids.ids, (self.platinum + self.diamond).ids
            )
            form.to_tier_id = self.diamond
            form.reason = "Brings the family"
        self.assertEqual(
            (form.record.state, form.record.proposed_by_id, form.record.direction),
            ("proposed", self.adviser, "promotion"),
        )

    def test_access_to_the_portal_is_offered_to_who_may_grant_it(self):
        grant = self.env.ref("portal.partner_wizard_action_create_and_open")
        for role, offered in ("adviser", False), ("agent", False), ("manager", False):
            actions = self.env["ir.actions.actions"].with_user(self.users[role])
            found = actions.get_bindings("res.partner").get("action", [])
            self.assertEqual(grant.id in [one["id"] for one in found], offered)
        found = self.env["ir.actions.actions"].get_bindings("res.partner")["action"]
        self.assertIn(grant.id, [one["id"] for one in found])
