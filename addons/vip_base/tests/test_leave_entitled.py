from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import BaseRolesCase

START = datetime(2026, 3, 2)
STOP = START + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestLeaveEntitled(BaseRolesCase):
    """Who enters, changes and deletes leave, by whatever way it becomes what it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.users["strange_manager"] = cls.make_users(cls.elsewhere, "strange")[
            "manager"
        ]
        cls.users["host_admin"] = new_test_user(
            cls.env,
            "host_admin",
            groups="base.group_system",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.leaves = cls.env["resource.calendar.leaves"]

    def enter(self, role, user=None, **values):
        """Enter leave of a user, or of nobody, in our company, as a role."""
        leaves = self.leaves.with_user(self.users[role]).with_company(self.company)
        if user:
            values["resource_id"] = leaves.sudo()._resource_of(self.users[user]).id
        return leaves.create(
            {
                "name": "Closed",
                "date_from": START,
                "date_to": STOP,
                "calendar_id": self.company.resource_calendar_id.id,
                **values,
            }
        )

    def closed(self):
        """Return a holiday of our company, entered by the system."""
        leave = self.leaves.create(
            {
                "name": "National Day",
                "date_from": START,
                "date_to": STOP,
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )
        self.assertEqual(leave.company_id, self.company)
        return leave

    def refused(self, change, *args):
        with self.assertRaises(AccessError):
            change(*args)
            self.env.flush_all()

    # What closes for everybody

    def test_everybodys_is_entered_changed_and_deleted_by_who_decides(self):
        for role in ("manager", "admin", "host_admin"):
            with self.subTest(role):
                leave = self.enter(role)
                self.assertEqual(leave.sudo().company_id, self.company)
                leave.date_to += timedelta(hours=1)
                leave.unlink()

    def test_everybodys_is_nobody_elses(self):
        roles = ("internal", "agent", "adviser", "auditor", "portal", "public")
        for role in (*roles, "strange_manager"):
            with self.subTest(role):
                self.refused(self.enter, role)
                leave = self.closed().with_user(self.users[role])
                self.refused(leave.write, {"name": "Mine"})
                self.refused(leave.unlink)

    def test_own_leave_does_not_become_everybodys(self):
        for values in (
            {"resource_id": False},
            {"resource_id": False, "company_id": self.elsewhere.id},
            {"resource_id": False, "calendar_id": False},
            {"agent_id": False, "resource_id": False},
        ):
            leave = self.enter("agent", "agent")
            with self.subTest(values):
                self.refused(leave.write, values)

    def test_a_manager_moves_it_to_no_company_of_others(self):
        for values in ({"company_id": self.elsewhere.id}, {"company_id": False}):
            with self.subTest(values):
                self.refused(self.enter("manager").write, values)
        self.refused(
            self.enter("manager").write,
            {"calendar_id": self.elsewhere.resource_calendar_id.id},
        )

    def test_everybodys_becomes_nobody_elses_leave_by_an_agent(self):
        resource = self.leaves._resource_of(self.users["agent"])
        leave = self.closed().with_user(self.users["agent"])
        self.refused(leave.write, {"resource_id": resource.id})

    # What is a person's

    def test_own_leave_is_ones_own_until_it_is_approved(self):
        leave = self.enter("agent", "agent")
        leave.date_to += timedelta(hours=1)
        self.assertFalse(leave.sudo().is_approved)
        leave.with_user(self.users["manager"]).action_approve()
        self.assertTrue(leave.sudo().is_approved)
        self.refused(leave.write, {"date_to": STOP})
        self.refused(leave.unlink)
        self.enter("agent", "agent").unlink()

    def test_nobody_enters_or_takes_over_a_colleagues(self):
        self.refused(self.enter, "agent", "adviser")
        resource = self.leaves._resource_of(self.users["adviser"])
        leave = self.enter("agent", "agent")
        self.refused(leave.write, {"resource_id": resource.id})
        theirs = self.enter("adviser", "adviser").with_user(self.users["agent"])
        own = self.leaves._resource_of(self.users["agent"])
        self.refused(theirs.write, {"resource_id": own.id})

    def test_who_has_no_login_is_decided_on_too(self):
        person = self.env["resource.resource"].create(
            {"name": "Ann", "company_id": self.company.id}
        )
        self.refused(lambda: self.enter("agent", resource_id=person.id))
        self.assertTrue(self.enter("manager", resource_id=person.id))

    def test_machines_are_as_the_host_has_them(self):
        machine = self.env["resource.resource"].create(
            {
                "name": "Printer",
                "company_id": self.company.id,
                "resource_type": "material",
            }
        )
        leave = self.enter("internal", resource_id=machine.id)
        self.refused(leave.write, {"resource_id": False})
        leave.unlink()

    def test_managers_approve_in_their_companies_and_not_their_own(self):
        leave = self.enter("agent", "agent")
        for role in ("agent", "adviser", "auditor", "strange_manager", "host_admin"):
            with self.subTest(role):
                self.refused(leave.with_user(self.users[role]).action_approve)
        own = self.enter("manager", "manager")
        self.refused(own.action_approve)
        self.assertFalse(own.sudo().is_approved)
        own.with_user(self.users["admin"]).action_approve()
        self.assertTrue(own.sudo().is_approved)

    def test_a_signature_without_right_approves_nothing_and_is_shown(self):
        for role in ("adviser", "auditor", "strange_manager", "host_admin"):
            with self.subTest(role):
                leave = self.enter("agent", "agent").sudo()
                # By code that runs as superuser, such as that of another addon.
                leave.with_user(self.users[role]).sudo().name = "Ill"
                self.assertFalse(leave.is_approved)
                self.assertTrue(leave.is_approved_in_vain)
                found = leave.search([("is_approved_in_vain", "=", True)])
                self.assertEqual(found & leave, leave)
                self.assertFalse(self.approved("agent"))
                leave.with_user(self.users["manager"]).action_approve()
                self.assertFalse(leave.is_approved_in_vain)
                self.assertEqual(leave.approved_by_id, self.users["manager"])
                self.assertTrue(self.approved("agent"))
                leave.unlink()

    def test_what_was_entered_before_the_addon_counts_as_the_host_had_it(self):
        for author, approved in (("manager", True), ("agent", False)):
            with self.subTest(author):
                leave = self.enter("agent", "agent").sudo()
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE resource_calendar_leaves SET entered_by_id = NULL,"
                    " approved_by_id = NULL, approved_at = NULL, create_uid = %s"
                    " WHERE id = %s",
                    [self.users[author].id, leave.id],
                )
                self.env.invalidate_all()
                self.assertEqual(leave.is_approved, approved)
                self.assertFalse(leave.is_approved_in_vain)
                self.assertEqual(bool(self.approved("agent")), approved)
                leave.unlink()

    def test_who_decides_gives_approved_leave_to_another_person(self):
        leave = self.enter("manager", "agent")
        here = self.leaves.with_company(self.company)
        leave.resource_id = here._resource_of(self.users["adviser"])
        self.assertEqual(leave.sudo().approved_by_id, self.users["manager"])
        self.assertFalse(self.approved("agent"))
        self.assertTrue(self.approved("adviser"))

    def test_an_approval_outlives_who_approved(self):
        leave = self.enter("agent", "agent").sudo()
        leave.with_user(self.users["manager"]).action_approve()
        for gone in ("archived", "deleted"):
            with self.subTest(gone):
                if gone == "archived":
                    self.users["manager"].active = False
                else:
                    self.env.cr.execute(
                        "UPDATE resource_calendar_leaves"
                        " SET approved_by_id = NULL, entered_by_id = NULL WHERE id = %s",
                        [leave.id],
                    )
                self.env.invalidate_all()
                self.assertTrue(leave.is_approved)
                self.assertFalse(leave.is_approved_in_vain)
                self.assertTrue(self.approved("agent"))

    def approved(self, role):
        return self.leaves._approved_leaves([self.users[role].id], START, STOP)

    def test_the_system_is_free(self):
        leave = self.enter("agent", "agent").with_user(self.users["agent"]).sudo()
        leave.resource_id = False
        self.assertFalse(leave.resource_id)

    def test_leave_of_who_is_deleted_does_not_become_everybodys(self):
        leave = self.enter("agent", "agent")
        leave.sudo().resource_id.unlink()
        self.assertFalse(leave.exists())

    def test_what_closed_a_calendar_that_is_deleted_does_not_close_all_others(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Old office", "company_id": self.company.id}
        )
        closing = self.closed()
        closing.calendar_id = calendar
        own = self.enter("agent", "agent").sudo()
        own.calendar_id = calendar
        calendar.unlink()
        self.assertFalse(closing.exists())
        self.assertTrue(own.exists())

    # In the audit log

    def lines(self, leave):
        return self.env["vip.audit.log"].search(
            [("model", "=", leave._name), ("res_id", "=", leave.id)], order="id"
        )

    def test_every_change_is_in_the_audit_log(self):
        leave = self.enter("manager")
        leave.name = "Spring Festival"
        lines = self.lines(leave)
        leave_id = leave.id
        leave.unlink()
        lines = self.lines(self.leaves.browse(leave_id))
        self.assertEqual(lines.mapped("action"), ["created", "changed", "deleted"])
        self.assertEqual(set(lines.mapped("user_id")), {self.users["manager"].id})
        self.assertEqual(lines.mapped("company_id"), self.company)
        self.assertEqual(
            (lines[1].old_values, lines[1].new_values),
            ({"name": "Closed"}, {"name": "Spring Festival"}),
        )

    def test_the_log_keeps_no_name_of_a_person_and_no_reason_of_theirs(self):
        leave = self.enter("agent", "agent", name="Operation")
        leave.with_user(self.users["manager"]).action_approve()
        lines = self.lines(leave)
        self.assertEqual(lines.mapped("action"), ["created", "approved"])
        kept = str([lines.mapped("new_values"), lines.mapped("record_name")])
        self.assertNotIn("Operation", kept)
        self.assertNotIn(self.users["agent"].name, kept)
        self.assertEqual(
            lines[0].new_values["resource_id"], leave.sudo().resource_id.id
        )
        self.assertIn(self.users["agent"].name, lines[0].new_text)


@tagged("post_install", "-at_install")
class TestWorkingHoursAccess(BaseRolesCase):
    """Working hours are set by the host's administrators, whatever role one has."""

    def test_only_administrators_of_the_host_set_working_hours(self):
        calendar = self.company.resource_calendar_id
        self.users["host_admin"] = new_test_user(
            self.env,
            "host_admin",
            groups="base.group_system",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for role, user in self.users.items():
            for record in (calendar, calendar.attendance_ids[:1]):
                with self.subTest(f"{role} {record._name}"):
                    record = record.with_user(user)
                    for operation in ("create", "write", "unlink"):
                        self.assertEqual(
                            record.has_access(operation), role == "host_admin"
                        )
