from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user


class TestHelpdeskTicketOwner(TransactionCase):
    """REQUIREMENTS S6: one contact owns the request to its end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True})
        own = "helpdesk_mgmt.group_helpdesk_user_own"
        cls.ann, cls.bob, cls.lead = (
            new_test_user(cls.env, login, groups=own)
            for login in ("ann", "bob", "lead")
        )
        cls.boss = new_test_user(cls.env, "boss", groups="vip_base.group_vip_manager")
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Front",
                "user_id": cls.lead.id,
                "user_ids": [(6, 0, (cls.ann + cls.bob + cls.lead).ids)],
            }
        )

    def ticket(self, **vals):
        return self.env["helpdesk.ticket"].create(
            {"name": "Card", "description": "Lost", "team_id": self.team.id, **vals}
        )

    def test_who_holds_it_first_owns_it(self):
        ticket = self.ticket(user_id=self.ann.id)
        self.assertEqual(ticket.vip_owner_id, self.ann)
        later = self.ticket()
        self.assertFalse(later.vip_owner_id)
        later.user_id = self.bob
        self.assertEqual(later.vip_owner_id, self.bob)

    def test_handing_over_keeps_the_owner(self):
        mine, free = self.ticket(user_id=self.ann.id), self.ticket()
        (mine + free).write({"user_id": self.bob.id})
        self.assertEqual(mine.vip_owner_id, self.ann)
        self.assertEqual(free.vip_owner_id, self.bob)

    def test_the_owner_sees_where_it_is_and_cannot_work_on_it(self):
        ticket = self.ticket(user_id=self.ann.id)
        ticket.user_id = self.bob
        # The host lets followers work on a ticket, and assigning makes followers.
        ticket.message_unsubscribe(self.ann.partner_id.ids)
        self.env.flush_all()
        mine = ticket.with_user(self.ann)
        mine.invalidate_recordset()
        self.assertEqual(mine.user_id, self.bob)
        with self.assertRaises(AccessError):
            mine.write({"name": "Other"})

    def test_only_owner_leader_and_managers_pass_it_on(self):
        ticket = self.ticket(user_id=self.ann.id)
        ticket.user_id = self.bob
        with self.assertRaises(AccessError):
            ticket.with_user(self.bob).vip_owner_id = self.bob
        ticket.with_user(self.boss).vip_owner_id = self.lead
        self.assertEqual(ticket.vip_owner_id, self.lead)
        ticket.user_id = self.lead
        ticket.with_user(self.lead).vip_owner_id = self.bob
        self.assertEqual(ticket.vip_owner_id, self.bob)

    def test_the_trail_says_who_passed_it_on(self):
        ticket = self.ticket(user_id=self.ann.id)
        self.env.flush_all()
        self.env.cr.precommit.run()
        ticket.with_user(self.boss).vip_owner_id = self.bob
        self.env.flush_all()
        self.env.cr.precommit.run()
        values = ticket.message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == "vip_owner_id"
        )
        self.assertEqual(
            (values.old_value_char, values.new_value_char),
            (self.ann.name, self.bob.name),
        )
