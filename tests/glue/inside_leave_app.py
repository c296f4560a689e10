"""Run by ``test_leave_app`` in a database with Odoo's time-off app installed."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError

from odoo.addons.sla_scoring.tests.common import DUE, LATER, ScoreCase
from odoo.addons.vip_base.tools.times import at_context

DAY = DUE.date()
MUCH_LATER = LATER + timedelta(days=1)


class TestLeaveApp(ScoreCase):
    """Leave kept by the app spares whom who decides on it there says, and nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user(
            "leave_officer", "hr_holidays.group_hr_holidays_user"
        )
        cls.head = cls.new_user("leave_head", "base.group_user")
        cls.host_admin = cls.new_user("leave_admin", "base.group_erp_manager")
        users = cls.agent | cls.other | cls.officer | cls.head | cls.manager
        calendar = cls.company.resource_calendar_id
        cls.employees = {}
        for user in users:
            cls.employees[user] = cls.env["hr.employee"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": cls.company.id,
                    "resource_calendar_id": calendar.id,
                    "leave_manager_id": cls.head.id if user == cls.agent else False,
                    "date_version": DAY - timedelta(days=900),
                }
            )
        cls.kinds = {
            kind: cls.env["hr.leave.type"].create(
                {
                    "name": kind,
                    "requires_allocation": False,
                    "leave_validation_type": kind,
                    "company_id": cls.company.id,
                }
            )
            for kind in ("hr", "manager", "both", "no_validation")
        }
        cls.leaves = cls.env["resource.calendar.leaves"]

    def ask(self, user, kind="hr", by=None, days=0, at=None):
        """Ask for leave of the day of the due time, as that person does."""
        requests = self.env["hr.leave"].with_user(by or user)
        if at:
            requests = requests.with_context(**at_context(at))
        return requests.create(
            {
                "holiday_status_id": self.kinds[kind].id,
                "employee_id": self.employees[user].id,
                "request_date_from": DAY,
                "request_date_to": DAY + timedelta(days=days),
            }
        )

    def kept(self, request):
        """Return what the app keeps of a request in the calendar, for all to read."""
        return self.leaves.search([("holiday_id", "=", request.id)])

    def spared(self, user):
        self.env.flush_all()
        start = datetime.combine(DAY, datetime.min.time())
        leaves = self.leaves._approved_leaves(
            user.ids, start, start + timedelta(days=1)
        )
        return bool(leaves)

    def in_vain(self):
        return self.leaves.search([("is_approved_in_vain", "=", True)]).agent_id

    # Who says so

    def test_what_is_asked_for_spares_once_an_officer_has_approved_it(self):
        request = self.ask(self.agent)
        self.assertFalse(self.spared(self.agent))
        request.with_user(self.officer).action_approve()
        self.assertTrue(self.spared(self.agent))
        kept = self.kept(request)
        self.assertEqual(kept.approved_by_id, self.officer)
        line = self.env["vip.audit.log"].search(
            [("model", "=", kept._name), ("res_id", "=", kept.id)]
        )
        self.assertEqual(line.user_id, self.officer.id)

    def test_the_persons_own_approver_approves(self):
        request = self.ask(self.agent, "manager")
        request.with_user(self.head).action_approve()
        self.assertTrue(self.spared(self.agent))

    def test_of_two_signatures_the_second_one_counts(self):
        request = self.ask(self.agent, "both")
        request.with_user(self.head).action_approve()
        self.assertEqual(request.state, "validate1")
        self.assertFalse(self.spared(self.agent))
        request.with_user(self.officer).action_approve()
        self.assertEqual(request.state, "validate")
        self.assertTrue(self.spared(self.agent))

    def test_what_needs_no_approval_spares_once_a_manager_has_looked_at_it(self):
        request = self.ask(self.agent, "no_validation")
        self.assertEqual(request.state, "validate")
        self.assertFalse(self.spared(self.agent))
        self.kept(request).with_user(self.manager).action_approve()
        self.assertTrue(self.spared(self.agent))

    def test_an_officer_approves_no_leave_of_his_own(self):
        request = self.ask(self.officer)
        try:
            request.with_user(self.officer).action_approve()
        except UserError:
            return
        self.assertEqual(request.state, "validate")
        self.assertFalse(self.spared(self.officer))

    def test_a_colleague_approves_nothing(self):
        request = self.ask(self.agent)
        with self.assertRaises(UserError):
            request.with_user(self.other).action_approve()
        with self.assertRaises(UserError):
            request.with_user(self.agent).write({"state": "validate"})

    def test_refused_it_spares_nobody(self):
        request = self.ask(self.agent)
        request.with_user(self.officer).action_approve()
        request.with_user(self.officer).action_refuse()
        self.assertFalse(self.spared(self.agent))
        self.assertFalse(self.kept(request))

    def test_an_agent_moves_no_leave_that_the_app_keeps(self):
        request = self.ask(self.agent)
        request.with_user(self.officer).action_approve()
        kept = self.kept(request).with_user(self.agent)
        for change in (
            lambda: kept.write({"date_to": kept.date_to + timedelta(days=3)}),
            lambda: kept.write({"resource_id": False}),
            kept.unlink,
        ):
            with self.assertRaises(AccessError):
                change()

    # What follows for points

    def test_late_sick_leave_redrafts_what_is_open(self):
        breach = self.breach(60)
        entry = self.charge(breach)
        self.assertEqual(entry.user_id, self.agent)
        request = self.ask(self.agent, at=MUCH_LATER)
        request.with_user(self.officer).action_approve()
        self.assertFalse(entry.exists())
        self.assertFalse(self.charge(breach).user_id)
        request.with_user(self.officer).action_refuse()
        self.assertEqual(self.charge(breach).user_id, self.agent)

    def test_late_sick_leave_shows_what_is_posted(self):
        entry = self.posted(60)
        request = self.ask(self.agent, at=MUCH_LATER)
        request.with_user(self.officer).action_approve()
        self.assertTrue(entry.exists().leave_came_later)

    # What closes for everybody

    def closes(self, by, day=DAY, **values):
        """Enter a public holiday as the app's screen does."""
        start = datetime.combine(day, datetime.min.time())
        return (
            self.leaves.with_user(by)
            .with_context(**at_context(MUCH_LATER))
            .create(
                {
                    "name": "National Day",
                    "date_from": start,
                    "date_to": start + timedelta(hours=23, minutes=59),
                    "calendar_id": self.company.resource_calendar_id.id,
                    **values,
                }
            )
        )

    def test_an_officer_enters_a_public_holiday_of_own_companies_only(self):
        self.assertEqual(self.closes(self.officer).company_id, self.company)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(AccessError):
            self.closes(self.officer, calendar_id=elsewhere.resource_calendar_id.id)
        with self.assertRaises(AccessError):
            self.closes(self.agent, DAY + timedelta(days=1))

    def signed(self, requests):
        """Return whose leave it is that the app keeps, signed by whom and when."""
        leaves = self.leaves.search([("holiday_id", "in", requests.ids)])
        return {
            (leave.agent_id, leave.approved_by_id, leave.approved_at)
            for leave in leaves
        }

    def closed_inside(self, by):
        """Let somebody enter a holiday inside of approved leave; nothing else changes.

        The app takes such leave away and enters it again, as whoever closes.
        """
        requests = self.ask(self.agent, days=1) | self.ask(self.officer, days=1)
        requests |= self.ask(self.manager, days=1)
        approving = requests.with_user(self.env.ref("base.user_root"))
        approving.with_context(**at_context(LATER)).action_approve()
        before = self.signed(requests)
        self.assertEqual({at for _who, _by, at in before}, {LATER})
        self.closes(by)
        self.assertEqual(self.signed(requests), before)
        self.assertFalse(self.in_vain())

    def test_a_holiday_entered_by_an_officer_leaves_approvals_as_they_were(self):
        self.closed_inside(self.officer)

    def test_a_holiday_entered_by_a_manager_leaves_approvals_as_they_were(self):
        self.closed_inside(self.manager)

    def test_a_holiday_entered_by_an_administrator_leaves_approvals_as_they_were(self):
        self.closed_inside(self.host_admin)

    def test_a_holiday_entered_by_a_program_leaves_approvals_as_they_were(self):
        self.closed_inside(self.env.ref("base.user_root"))

    def test_a_holiday_approves_nothing_that_nobody_has_approved(self):
        request = self.ask(self.agent, "no_validation", days=1)
        self.assertFalse(self.spared(self.agent))
        self.closes(self.officer)
        self.assertTrue(self.kept(request))
        self.assertFalse(self.spared(self.agent))
