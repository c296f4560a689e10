from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestSlaIntervention(SlaCase):
    """What managers and leaders did on escalated tickets stays on them (S4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.resource_calendar_id = False
        cls.manager = new_test_user(cls.env, "steers", "vip_base.group_vip_manager")
        cls.holder, cls.next, cls.leader = (
            new_test_user(cls.env, login, "helpdesk_mgmt.group_helpdesk_user")
            for login in ("holder", "next", "leader")
        )
        cls.desk = cls.env["helpdesk.ticket.team"].create(
            {"name": "Steered", "user_id": cls.leader.id}
        )

    def late(self):
        """Return a ticket of which levels have told somebody."""
        ticket = self.ticket(user_id=self.holder.id, team_id=self.desk.id)
        self.due(minutes(120))
        self.assertTrue(ticket.notice_ids)
        return ticket

    def as_user(self, ticket, user, at=130):
        return ticket.with_user(user).with_context(**at_context(minutes(at)))

    def kept(self, ticket):
        return [
            (row.user_id, row.kind, row.at)
            for row in ticket.intervention_ids.sorted("id")
        ]

    def test_handing_over_taking_over_and_priority_are_noticed(self):
        ticket = self.late()
        self.as_user(ticket, self.manager).user_id = self.next
        self.as_user(ticket, self.leader, 131).priority = "3"
        self.as_user(ticket, self.leader, 132).user_id = self.leader
        self.assertEqual(
            self.kept(ticket),
            [
                (self.manager, "handed", minutes(130)),
                (self.leader, "priority", minutes(131)),
                (self.leader, "taken", minutes(132)),
            ],
        )
        self.assertEqual(ticket.intervention_ids.sorted("id")[0].to_user_id, self.next)

    def test_work_as_usual_is_no_intervention(self):
        fresh = self.ticket(user_id=self.holder.id, team_id=self.desk.id)
        self.as_user(fresh, self.manager, 1).user_id = self.next
        self.assertFalse(fresh.intervention_ids)
        ticket = self.late()
        self.as_user(ticket, self.holder).priority = "3"
        self.as_user(ticket, self.next).user_id = self.next
        self.as_user(ticket, self.manager).name = "Late"
        self.as_user(ticket, self.manager).user_id = self.next
        self.assertFalse(ticket.intervention_ids)

    def test_a_leader_gives_what_nobody_held(self):
        ticket = self.late()
        ticket.user_id = False
        self.as_user(ticket, self.leader).user_id = self.next
        self.assertEqual(self.kept(ticket), [(self.leader, "handed", minutes(130))])

    def test_what_else_was_done_is_entered_with_words(self):
        ticket = self.late()
        action = self.as_user(ticket, self.leader).action_intervene()
        wizard = self.env["sla.intervene"].with_user(self.leader)
        wizard = wizard.with_context(**at_context(minutes(140)), **action["context"])
        wizard.create({"kind": "client", "note": " Called Mrs Li "}).action_record()
        [row] = ticket.intervention_ids
        self.assertEqual(
            (row.user_id, row.kind, row.note, row.at),
            (self.leader, "client", "Called Mrs Li", minutes(140)),
        )

    def test_only_who_answers_for_it_intervenes_and_says_what(self):
        ticket = self.late()
        rows = self.env["sla.intervention"]
        with self.assertRaises(AccessError):
            rows.with_user(self.next)._enter(ticket.with_user(self.next), "other", "x")
        with self.assertRaises(UserError):
            rows.with_user(self.manager)._enter(
                ticket.with_user(self.manager), "other", "  "
            )
        fresh = self.ticket(user_id=self.holder.id, team_id=self.desk.id)
        with self.assertRaises(UserError):
            rows.with_user(self.manager)._enter(
                fresh.with_user(self.manager), "other", "x"
            )

    def test_it_stays_as_it_was(self):
        ticket = self.late()
        self.as_user(ticket, self.manager).user_id = self.next
        [row] = ticket.intervention_ids
        with self.assertRaises(AccessError):
            row.with_user(self.manager).kind = "other"
        with self.assertRaises(AccessError):
            row.with_user(self.manager).unlink()

    def test_it_says_when_its_author_was_told(self):
        ticket = self.late()
        told = ticket.notice_ids.filtered(lambda n: n.user_id == self.leader)
        self.as_user(ticket, self.leader).priority = "3"
        [row] = ticket.intervention_ids
        self.assertEqual(
            row.told_at or False, max(told.mapped("created_at"), default=False)
        )
