from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows


@tagged("post_install", "-at_install")
class TestTakeover(TransactionCase):
    """What OCA's addon promised goes on here, due at the same instants."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": True,
                "no_reset_password": True,
            }
        )
        cls.env["sla.policy"].search([]).active = False
        cls.env["helpdesk.sla"].search([]).unlink()
        cls.admin = new_test_user(
            cls.env, "sla.admin", groups="vip_base.group_vip_admin"
        )
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Nine to five", "tz": "Asia/Shanghai"}
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Desk",
                "use_sla": True,
                "resource_calendar_id": cls.calendar.id,
            }
        )
        cls.item = cls.env["helpdesk.ticket.category"].create({"name": "Opening"})
        ref = cls.env.ref
        cls.new = ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        cls.work = ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        cls.awaiting = ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        cls.done = ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.done.mail_template_id = False
        cls.sla = cls.make_sla("Solve in a day", days=1)

    @classmethod
    def make_sla(cls, name, **values):
        return cls.env["helpdesk.sla"].create(
            {
                "name": name,
                "team_ids": [Command.set(cls.team.ids)],
                "stage_id": cls.done.id,
                "ignore_stage_ids": [Command.set(cls.awaiting.ids)],
                **values,
            }
        )

    def ticket(self, age=timedelta(0), **values):
        """Return a ticket as it was before our addon: without a timeline or clocks."""
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Please",
                "description": "Please",
                "team_id": self.team.id,
                "category_id": self.item.id,
                **values,
            }
        )
        self.forget(ticket, age)
        return ticket

    def forget(self, ticket, age=timedelta(0)):
        """Take away what is ours and let the ticket be ``age`` old."""
        self.env.flush_all()
        frozen_rows.thaw(self.env.cr, "sla_span")
        for table in ("sla_clock", "sla_span"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE ticket_id = ANY(%s)",
                    SQL.identifier(table),
                    ticket.ids,
                )
            )
        self.env.cr.execute(
            SQL(
                "UPDATE helpdesk_ticket SET create_date = create_date - %s,"
                " opened_at = NULL, first_response_at = NULL"
                " WHERE id = ANY(%s)",
                age,
                ticket.ids,
            )
        )
        self.env.invalidate_all()
        states = ticket.ticket_sla_ids
        states._compute_sla_data()
        states._compute_deadline()

    def wizard(self, **values):
        wizard = self.env["sla.takeover"].with_user(self.admin)
        return wizard.create(values)

    def clock(self, ticket):
        return ticket.clock_ids.filtered(lambda clock: clock.state != "cancelled")

    def everything(self):
        """Return all rows that taking over could write."""
        self.env.flush_all()
        tables = (
            *("sla_policy", "sla_target", "sla_clock", "sla_span", "sla_breach"),
            *("vip_audit_log", "helpdesk_ticket_stage", "helpdesk_ticket"),
        )
        return {
            table: self.env.execute_query(
                SQL("SELECT t.* FROM %s t ORDER BY id", SQL.identifier(table))
            )
            for table in tables
        }

    def test_preview_writes_nothing(self):
        self.ticket()
        before = self.everything()
        wizard = self.wizard()
        self.assertEqual(wizard.line_ids.sla_id, self.sla)
        self.assertEqual(wizard.line_ids.promised, "8 h (Desk)")
        self.assertEqual(wizard.line_ids.metric, "resolution")
        self.assertEqual(wizard.open_count, 1)
        self.assertFalse(wizard.pausing_stage_ids)
        self.assertEqual(self.everything(), before)

    def test_policy_promises_the_same(self):
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Urgent"})
        self.sla.write(
            {
                "category_ids": [Command.set(self.item.ids)],
                "tag_ids": [Command.set(tag.ids)],
                "domain": "[('priority', '=', '3')]",
            }
        )
        self.wizard(in_force=True)._take_over()
        policy = self.sla.policy_ids
        self.assertEqual(policy.tag_ids, tag)
        self.assertEqual(policy.domain, "[('priority', '=', '3')]")
        self.assertEqual(policy.team_ids, self.team)
        self.assertEqual(policy.category_ids, self.item)
        self.assertEqual(policy.state, "in_force")
        target = policy.target_ids
        self.assertEqual(
            (target.metric, target.duration, target.unit, target.calendar_mode),
            ("resolution", 8, "hours", "team"),
        )
        self.assertTrue(target.pause_on_client)
        self.assertFalse(target.item_limit)

    def test_draft_policies_promise_nothing_new(self):
        self.wizard()._take_over()
        self.assertEqual(self.sla.policy_ids.state, "draft")

    def test_days_are_as_long_as_the_teams(self):
        short = self.calendar.copy({"name": "Mornings"})
        short.attendance_ids.filtered(lambda a: a.day_period != "morning").unlink()
        other = self.team.copy({"name": "Morning desk"})
        other.write({"use_sla": True, "resource_calendar_id": short.id})
        self.sla.team_ids += other
        self.wizard()._take_over()
        limits = {
            policy.team_ids: policy.target_ids.duration
            for policy in self.sla.policy_ids
        }
        self.assertEqual(limits[self.team], 8)
        self.assertEqual(limits[other], round(short.hours_per_day))

    def test_running_promise_is_due_at_the_same_instant(self):
        tickets = [self.ticket(timedelta(hours=hours)) for hours in (0, 3, 10, 26, 71)]
        due = {ticket: ticket.ticket_sla_ids.deadline for ticket in tickets}
        self.wizard()._take_over()
        for ticket in tickets:
            with self.subTest(ticket.create_date):
                clock = self.clock(ticket)
                self.assertEqual(clock.due_at, due[ticket].replace(microsecond=0))
                self.assertEqual(
                    clock.started_at, ticket.create_date.replace(microsecond=0)
                )
                self.assertEqual(
                    clock.state,
                    "running" if due[ticket] >= fields.Datetime.now() else "missed",
                )

    def test_late_promise_is_a_breach_that_nobody_is_charged_with(self):
        ticket = self.ticket(timedelta(days=30), user_id=self.admin.id)
        self.assertTrue(ticket.sla_expired)
        self.wizard()._take_over()
        breach = self.env["sla.breach"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(
            breach.breached_at, ticket.ticket_sla_ids.deadline.replace(microsecond=0)
        )
        self.assertFalse(breach.user_id)
        self.assertFalse(breach.item_limit)

    def test_held_promise_is_paused_with_what_was_left(self):
        self.sla.days = 20
        ticket = self.ticket(timedelta(days=3))
        ticket.stage_id = self.awaiting
        state = ticket.ticket_sla_ids
        self.assertEqual(state.state, "on_hold")
        self.env.flush_all()
        frozen_rows.thaw(self.env.cr, "sla_span")
        for table in ("sla_clock", "sla_span"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE ticket_id = %s",
                    SQL.identifier(table),
                    ticket.id,
                )
            )
        self.env.invalidate_all()
        self.wizard()._take_over()
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.due_at), ("paused", False))
        self.assertAlmostEqual(
            clock._paused_seconds_left(),
            max(0, round((state.hours - state.consumed_time) * 3600)),
            delta=1,
        )

    def test_goes_on_like_any_other_clock(self):
        ticket = self.ticket()
        done = self.wizard(in_force=True).action_take_over()
        self.assertEqual(
            done["params"]["message"],
            "Taken over: 1 policies, 1 running, 0 paused and 0 late promises.",
        )
        ticket.stage_id = self.done
        self.assertEqual(self.clock(ticket).state, "met")

    def test_earlier_of_two_states_is_taken(self):
        self.make_sla("Solve in two hours", hours=2)
        ticket = self.ticket()
        earliest = min(ticket.ticket_sla_ids.mapped("deadline"))
        self.wizard()._take_over()
        self.assertEqual(self.clock(ticket).due_at, earliest.replace(microsecond=0))

    def test_second_time_changes_nothing(self):
        self.ticket(timedelta(hours=2))
        self.ticket(timedelta(days=30))
        self.wizard(in_force=True)._take_over()
        before = self.everything()
        self.assertEqual(self.wizard(in_force=True)._take_over(), (0, {}))
        self.assertEqual(self.everything(), before)

    def test_tickets_that_are_served_or_ours_are_left_alone(self):
        closed, ours = self.ticket(), self.ticket()
        closed.stage_id = self.done
        self.forget(closed)
        self.env["sla.policy"].create(
            {
                "name": "Ours",
                "target_ids": [Command.create({"metric": "resolution", "duration": 5})],
            }
        )
        ours._sla_sync()
        known = self.clock(ours)
        self.assertTrue(known)
        self.wizard()._take_over()
        self.assertFalse(self.clock(closed))
        self.assertEqual(self.clock(ours), known)

    def test_ignored_stages_wait_for_the_client(self):
        stage = self.env["helpdesk.ticket.stage"].create(
            {"name": "Ignored", "sequence": 3}
        )
        self.sla.ignore_stage_ids += stage
        wizard = self.wizard()
        self.assertEqual(wizard.pausing_stage_ids, stage)
        wizard._take_over()
        self.assertEqual(stage.waiting_on, "client")

    def test_what_cannot_be_taken_over_says_why(self):
        self.sla.unlink()
        self.make_sla("No time")
        self.make_sla("Clever", hours=1, domain="[('id', '=', 1 + 1)]")
        lines = self.wizard().line_ids
        self.assertEqual(
            set(lines.mapped("obstacle")),
            {"It promises no time.", "Its condition is more than fixed values."},
        )
        with self.assertRaises(UserError):
            lines.takeover_id.action_take_over()

    def test_taking_over_is_logged(self):
        self.ticket()
        self.wizard()._take_over()
        lines = self.env["vip.audit.log"].search(
            [
                (
                    "reason",
                    "in",
                    (
                        "Taken over from the helpdesk's SLAs",
                        "Open SLAs of the helpdesk taken over",
                    ),
                )
            ]
        )
        self.assertEqual(set(lines.mapped("model")), {"sla.policy", "res.company"})
        self.assertEqual(set(lines.mapped("user_id")), {self.admin.id})

    def test_only_administrators_take_over(self):
        for groups in (
            "vip_base.group_vip_manager",
            "vip_base.group_vip_auditor",
            "helpdesk_mgmt.group_helpdesk_user",
            "base.group_portal",
        ):
            user = new_test_user(self.env, groups, groups=groups)
            with self.subTest(groups), self.assertRaises(AccessError):
                self.env["sla.takeover"].with_user(user).create({})

    def test_both_addons_share_the_teams_working_hours(self):
        field = self.env["helpdesk.ticket.team"]._fields["resource_calendar_id"]
        self.assertEqual(field.groups, "base.group_user")

    def test_what_is_archived_is_taken_over_too(self):
        """Without its only item, or its only team, a policy would be one of all."""
        sla = self.make_sla("Of an item", days=1, category_ids=self.item.ids)
        self.item.active = False
        self.team.active = False
        self.env.invalidate_all()
        policies = sla._takeover_policies("resolution", in_force=True)
        self.assertEqual(policies.category_ids, self.item)
        self.assertEqual(policies.team_ids, self.team)
