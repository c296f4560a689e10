from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context

from ..models.policy import sla_reapply
from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestReapply(SlaCase):
    """Policies as they are now, applied to open tickets: previewed, applied, logged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "reapply.admin", groups="vip_base.group_vip_admin"
        )

    def make(self, **vals):
        model = self.env["sla.reapply"].with_user(self.admin)
        return model.with_context(**at_context(minutes(20))).create(vals)

    def job(self):
        """Run the job's batches without its commits."""
        reapplies = self.env["sla.reapply"].search(
            [("state", "in", ("previewing", "applying"))]
        )
        for reapply in reapplies:
            while reapply._batch(minutes(21)):
                pass

    def rows(self, tickets):
        self.env.flush_all()
        self.env.invalidate_all()
        return tickets.clock_ids.sorted("id").read(load=False)

    def test_preview_shows_what_would_be_and_changes_nothing(self):
        tickets = self.tickets(3)
        answered, missed, closed = self.tickets(3)
        self.move(closed, minutes(5), self.done)
        self.due(minutes(10))
        before = self.rows(tickets + answered + missed + closed)
        self.policy.target_ids.filtered(
            lambda target: target.metric == "resolution"
        ).duration = 10
        reapply = self.make(reason="The board said so")
        reapply.action_preview()
        self.assertEqual(reapply.state, "previewed")
        lines = reapply.line_ids
        self.assertEqual(lines.ticket_id, tickets + answered + missed)
        self.assertEqual(set(lines.mapped("metric")), {"resolution"})
        self.assertEqual(set(lines.mapped("old_due_at")), {minutes(60)})
        # Due with the change: what was not promised yet could not be missed.
        self.assertEqual(set(lines.mapped("new_due_at")), {minutes(20)})
        self.assertEqual(reapply.missed_count, 5)
        after = self.rows(tickets + answered + missed + closed)
        self.assertEqual(after, before)
        self.assertFalse(self.breaches(tickets))

    def test_what_was_previewed_is_applied_with_a_reason_and_logged(self):
        tickets = self.tickets(4)
        kept = self.ticket(priority="3")
        old = self.clock(tickets)
        short = self.make_policy("Short", priority="1", resolution=40)
        reapply = self.make(policy_ids=[Command.set(short.ids)])
        with self.assertRaises(UserError):
            reapply.action_apply()
        reapply.action_preview()
        self.assertEqual((reapply.ticket_count, reapply.missed_count), (4, 0))
        with self.assertRaises(UserError):
            reapply.action_apply()
        reapply.reason = "Agreed with the client council"
        reapply.action_apply()
        self.job()
        self.assertEqual(reapply.state, "done")
        self.assertEqual(set(old.mapped("state")), {"cancelled"})
        new = self.clock(tickets)
        self.assertEqual(old.replaced_by_id, new)
        self.assertEqual(set(new.mapped("due_at")), {minutes(40)})
        self.assertEqual(set(new.mapped("started_at")), {self.ticket().opened_at})
        self.assertEqual(self.clock(kept).due_at, minutes(60))
        self.assertEqual(reapply.line_ids.new_clock_id, new)
        [line] = self.env["vip.audit.log"].search(
            [("model", "=", "sla.reapply"), ("action", "=", "applied")]
        )
        self.assertEqual(line.reason, reapply.reason)
        self.assertEqual(line.user_name, self.admin.name)
        self.assertEqual(line.new_values["clock_count"], 4)
        with self.assertRaises(UserError):
            reapply.write({"reason": "Another"})

    def test_no_client_loses_time_unless_it_is_said(self):
        ticket = self.ticket()
        self.policy.target_ids.duration = 90
        reapply = self.make(reason="Longer")
        reapply.action_preview()
        self.assertFalse(reapply.line_ids)
        reapply.worse = True
        self.assertEqual(reapply.state, "draft", "editing makes the preview void")
        reapply.action_preview()
        self.assertEqual(len(reapply.line_ids), 2)
        reapply.action_apply()
        self.job()
        self.assertEqual(self.clock(ticket).due_at, minutes(90))

    def test_batches_go_on_where_they_were_cut_off(self):
        self.patch(sla_reapply, "BATCH", 2)
        self.patch(sla_reapply, "AT_ONCE", 2)
        tickets = self.tickets(7)
        self.policy.target_ids.duration = 25
        reapply = self.make(reason="Shorter")
        reapply.action_preview()
        self.assertEqual((reapply.state, reapply.ticket_count), ("previewing", 2))
        self.job()
        self.assertEqual((reapply.state, reapply.ticket_count), ("previewed", 7))
        reapply.action_apply()
        reapply.sudo()._batch(minutes(21))
        self.assertEqual((reapply.state, reapply.open_count), ("applying", 10))
        self.assertEqual(
            len(self.clock(tickets).filtered(lambda c: c.seconds == 1500)), 2
        )
        self.job()
        self.assertEqual((reapply.state, reapply.open_count), ("done", 0))
        self.assertEqual(set(self.clock(tickets).mapped("seconds")), {1500})

    def test_a_ticket_closed_meanwhile_stays_as_it_was(self):
        ticket = self.ticket()
        self.policy.target_ids.duration = 25
        reapply = self.make(reason="Shorter")
        reapply.action_preview()
        self.move(ticket, minutes(20), self.done)
        before = self.rows(ticket)
        reapply.action_apply()
        self.job()
        self.assertEqual(self.rows(ticket), before)
        self.assertTrue(reapply.line_ids.mapped("applied_at"))
        self.assertFalse(reapply.line_ids.new_clock_id)

    def test_people_do_not_write_its_state(self):
        reapply = self.make(reason="x", state="done")
        self.assertEqual(reapply.state, "draft")
        reapply.write({"state": "applying"})
        self.assertEqual(reapply.state, "draft")
