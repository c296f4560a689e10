from datetime import timedelta

import psycopg2

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.times import at_context

from .common import START, SlaCase

TODAY = START.date()


@tagged("post_install", "-at_install")
class TestPolicyVersion(SlaCase):
    """Drafts, dated versions, corrections and what the audit log says of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "policy.admin", groups="vip_base.group_vip_admin"
        )
        cls.own = cls.policy.with_user(cls.admin).with_context(**at_context(START))

    def log(self, record):
        return self.env["vip.audit.log"].search(
            [("model", "=", record._name), ("res_id", "in", record.ids)]
        )

    def new_version(self, days=1):
        day = TODAY + timedelta(days=days)
        wizard = (
            self.own.env["sla.policy.new.version"]
            .with_context(**self.own.action_new_version()["context"])
            .create({"date_from": day})
        )
        return self.own.browse(wizard.action_make()["res_id"])

    def test_what_people_make_begins_as_a_draft_and_promises_nothing_yet(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_promise.sla_policy_action"
        )
        self.assertIn("default_is_draft", action["context"])
        draft = self.policy.copy({"priority": "1"})
        self.assertEqual(draft.state, "draft")
        draft.target_ids.duration = 1
        self.assertEqual(self.clock(self.ticket()).seconds, 3600)
        draft.with_user(self.admin).action_put_in_force()
        self.assertEqual(self.clock(self.ticket()).seconds, 60)

    def test_state_is_found_by_day(self):
        def found(state):
            policies = self.own.search([("state", "=", state)])
            return self.policy in policies

        self.assertTrue(found("in_force"))
        self.policy.date_to = TODAY
        self.assertEqual(self.own.state, "in_force")
        self.policy.date_to = TODAY - timedelta(days=1)
        self.assertEqual(self.own.state, "ended")
        self.assertEqual(
            [found(state) for state in ("draft", "in_force", "ended")],
            [False, False, True],
        )

    def test_a_new_version_follows_and_ends_the_one_before(self):
        draft = self.new_version(days=2)
        self.assertEqual((draft.version, draft.state), (2, "draft"))
        self.assertEqual(draft.previous_id, self.policy)
        self.assertEqual(len(draft.target_ids), 2)
        self.assertEqual(draft.display_name, "General (version 2)")
        draft.target_ids.duration = 7
        self.assertFalse(self.policy.date_to)
        draft.action_put_in_force()
        self.assertEqual(self.policy.date_to, TODAY + timedelta(days=1))
        self.assertEqual(self.policy.version_ids, draft + self.policy)
        for days, seconds in ((1, 3600), (2, 420), (30, 420)):
            ticket = self.ticket(START + timedelta(days=days))
            self.assertEqual(self.clock(ticket).seconds, seconds, days)
        [line] = self.log(self.policy).filtered(lambda line: line.action == "changed")
        self.assertEqual(line.new_values, {"date_to": str(self.policy.date_to)})
        self.assertEqual(line.user_name, self.admin.name)

    def test_only_one_draft_follows_a_policy(self):
        self.new_version()
        with self.assertRaises(UserError):
            self.new_version(days=5)

    def test_a_version_does_not_begin_before_what_was_promised(self):
        self.ticket(START + timedelta(days=3))
        draft = self.new_version(days=3)
        with self.assertRaises(UserError):
            draft.action_put_in_force()
        self.assertEqual((draft.state, self.policy.date_to), ("draft", False))
        draft.date_from = TODAY + timedelta(days=4)
        draft.action_put_in_force()
        self.assertEqual(draft.state, "in_force")

    def test_versions_do_not_overlap(self):
        draft = self.new_version(days=2)
        draft.action_put_in_force()
        with (
            self.assertRaises(psycopg2.errors.ExclusionViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.policy.date_to = TODAY + timedelta(days=9)
            self.env.flush_all()

    def test_an_empty_policy_is_not_put_in_force(self):
        empty = self.env["sla.policy"].create({"name": "Empty", "is_draft": True})
        with self.assertRaises(UserError):
            empty.action_put_in_force()
        empty.no_promise = True
        empty.action_put_in_force()

    def test_what_was_promised_is_changed_by_a_reasoned_correction_only(self):
        self.own.target_ids[0].duration = 31
        self.ticket()
        self.env.invalidate_all()
        target = self.own.target_ids[0]
        shorter = [Command.update(target.id, {"duration": 5})]
        for change in (
            lambda: self.own.write({"priority": "3"}),
            lambda: self.own.write({"date_from": TODAY}),
            lambda: target.write({"duration": 5}),
            lambda: target.copy({"metric": "resolution", "policy_id": self.own.id}),
            lambda: self.own.write({"target_ids": [Command.delete(target.id)]}),
            lambda: self.own.write({"correction_reason": "  ", "target_ids": shorter}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        self.own.write({"name": "Renamed", "sequence": 3})
        with Form(self.own) as form:
            form.correction_reason = "It was mistyped"
            with form.target_ids.edit(0) as line:
                line.duration = 5
        changed = self.log(self.own.target_ids).filtered(
            lambda line: line.new_values.get("duration") == 5
        )
        self.assertEqual(changed.reason, "It was mistyped")
        self.assertEqual(changed.user_name, self.admin.name)

    def test_a_caller_cannot_pretend_a_correction(self):
        self.ticket()
        with self.assertRaises(UserError):
            self.own.with_context(sla_correction={"reason": "x"}).write(
                {"priority": "3"}
            )

    def test_every_change_is_in_the_audit_log(self):
        draft = self.new_version()
        draft.write({"priority": "2", "tag_ids": [Command.create({"name": "Tag"})]})
        lines = self.log(draft)
        self.assertEqual(
            lines[0].new_values, {"priority": "2", "tag_ids": "Tag"}, "names and values"
        )
        self.assertIn("created", lines.mapped("action"))

    # Findings and coverage

    def test_the_list_says_which_policies_never_win(self):
        late = self.make_policy(
            "Same again", sequence=99, resolution=5, first_response=1
        )
        self.assertEqual(late.finding, "shadowed")
        self.assertIn("General", late.finding_text)
        self.assertFalse(self.policy.finding)
        self.assertEqual(self.own.search([("finding", "=", "shadowed")]), late)
        self.policy.priority = "2"
        late.invalidate_recordset()
        self.assertFalse(late.finding)

    def test_the_list_says_what_is_outside_its_days_or_has_bad_hours(self):
        policies = self.own
        policy = self.policy
        policy.date_to = TODAY - timedelta(days=1)
        self.assertEqual(policies.finding, "over")
        policy.write({"date_to": False, "date_from": TODAY + timedelta(days=1)})
        self.assertEqual(policies.finding, "early")
        calendar = self.env["resource.calendar"].create({"name": "Hours"})
        policy.target_ids.write({"calendar_mode": "given", "calendar_id": calendar.id})
        calendar.attendance_ids.unlink()
        policies.invalidate_recordset()
        self.assertEqual(policies.finding, "calendar")
        self.assertIn("Hours", policies.finding_text)

    def test_coverage_shows_gaps_and_what_is_declared(self):
        self.policy.active = False
        child = self.env["helpdesk.ticket.category"].create(
            {"name": "Child", "parent_id": self.item.id}
        )
        self.make_policy(
            "Item", category_ids=[Command.set(self.item.ids)],
            client_scope="key", resolution=5,
        )  # fmt: skip
        self.make_policy("Urgent", priority="3", resolution=5)
        self.make_policy(
            "None", category_ids=[Command.set(self.urgent_item.ids)], no_promise=True
        )
        action = self.own.action_check_coverage()
        lines = self.own.env[action["res_model"]].search([])
        ladder = self.env["vip.tier"]._ladder(self.env.company)

        def state(item, tier):
            return lines.filtered(
                lambda line: line.category_id == item and line.tier_id == tier
            ).state

        none = ladder.browse()
        self.assertEqual(state(self.item, ladder[1]), "promised")
        self.assertEqual(state(child, ladder[-1]), "promised")
        self.assertEqual(state(child, ladder[0]), "partly")
        self.assertEqual(state(self.urgent_item, none), "nothing")
        self.assertEqual(state(self.item, none), "partly")
        self.env["sla.policy"].search([("name", "=", "Urgent")]).active = False
        self.make_policy("Spam", domain="[('name', '=', 'x')]", no_promise=True)
        self.own.action_check_coverage()
        lines = self.own.env[action["res_model"]].search([])
        self.assertEqual(
            state(self.item, none), "gap", "a promise of nothing fills none"
        )
        self.urgent_item.active = False
        self.own.action_check_coverage()
        lines = self.own.env[action["res_model"]].search([])
        self.assertEqual(state(self.urgent_item, none), "nothing", "it is named")
        archived = lines.filtered(lambda line: line.category_id == self.urgent_item)
        self.assertIn("archived", archived[0].category_name)
        # Others have a table of their own.
        self.assertFalse(lines.with_user(self.env.ref("base.user_admin")).search([]))

    def test_shipped_policies_have_no_gap_and_none_is_shadowed(self):
        shipped = self.env["ir.model.data"].search(
            [("module", "=", "sla_promise"), ("model", "=", "sla.policy")]
        )
        shipped = self.env["sla.policy"].browse(shipped.mapped("res_id"))
        shipped.active = True
        self.policy.active = False
        self.assertEqual(set(shipped.mapped("finding")), {False})
        self.own.action_check_coverage()
        lines = self.own.env["sla.coverage.line"].search([])
        self.assertTrue(lines)
        self.assertEqual(set(lines.mapped("state")), {"promised"})
