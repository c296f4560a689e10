"""A10: nobody is left whom a level could tell."""

from datetime import timedelta

from .common import PromiseCase, minutes


class TestNobodyLeft(PromiseCase):
    """One hour: at 80 % the handler is warned, at the limit the leader told as well.

    The chain: Ann or Bob, the boss who leads them, the chief who manages the service, the
    head office. The boss is made no manager, so that each of them stands alone.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # People work at any time.
        cls.env.company.resource_calendar_id = False
        cls.agent = cls.env.ref("vip_base.group_vip_agent")
        cls.manager = cls.env.ref("vip_base.group_vip_manager")
        cls.chief = cls.new_user("chief", "vip_base.group_vip_manager")
        cls.head = cls.new_user("head")
        cls.branch = cls.env["res.company"].create({"name": "Elsewhere"})

    def setUp(self):
        super().setUp()
        self.promise_only(resolution=60)
        # Whoever else manages in this database is not of this company.
        others = self.manager.all_user_ids - self.chief
        self.lead(self.boss)
        for user in others - self.boss:
            self.leave_company(user)

    def lead(self, user):
        """Let a manager be no more than the leader of a team."""
        user.write({"group_ids": [(6, 0, self.agent.ids)]})

    def leave_company(self, user):
        user.sudo().write(
            {"company_ids": [(6, 0, self.branch.ids)], "company_id": self.branch.id}
        )

    def on_leave(self, user, start, stop):
        """Enter leave of a person, approved by whoever enters it."""
        self.env["resource.calendar.leaves"].create(
            {"name": "Off", "agent_id": user.id, "date_from": start, "date_to": stop}
        )

    def warned(self, ticket):
        """Return who is warned of the limit, twelve minutes before it."""
        self.env.flush_all()
        self.due(minutes(49))
        return self.told(ticket, minutes(48))

    def test_the_handler_is_warned_before_the_limit(self):
        self.assertEqual(self.warned(self.ticket()), ["ann"])

    def test_the_leader_is_warned_where_the_handler_has_left(self):
        ticket = self.ticket()
        self.ann.active = False
        self.assertEqual(self.warned(ticket), ["boss"])

    def test_the_leader_is_warned_where_nobody_holds_the_ticket(self):
        self.assertEqual(self.warned(self.ticket(user_id=False)), ["boss"])

    def test_the_leader_is_warned_where_the_handler_is_on_leave(self):
        ticket = self.ticket()
        self.on_leave(self.ann, minutes(48), minutes(600))
        self.assertEqual(self.warned(ticket), ["boss"])

    def test_the_handler_is_warned_who_is_back_from_leave_or_not_gone_yet(self):
        ticket = self.ticket()
        self.on_leave(self.ann, minutes(-600), minutes(48))
        self.on_leave(self.ann, minutes(48) + timedelta(seconds=1), minutes(600))
        self.assertEqual(self.warned(ticket), ["ann"])

    def test_the_leader_is_warned_where_the_handler_serves_another_company(self):
        ticket = self.ticket()
        self.leave_company(self.ann)
        self.assertEqual(self.warned(ticket), ["boss"])

    def test_the_leader_is_warned_where_the_handler_is_no_more_of_the_team(self):
        ticket = self.ticket()
        self.team.user_ids -= self.ann
        self.assertEqual(self.warned(ticket), ["boss"])

    def test_a_manager_who_holds_a_ticket_need_not_be_of_the_team(self):
        ticket = self.ticket(user_id=self.chief.id)
        self.assertEqual(self.warned(ticket), ["chief"])

    def test_the_managers_are_warned_where_handler_and_leader_are_gone(self):
        ticket = self.ticket()
        (self.ann + self.boss).active = False
        self.assertEqual(self.warned(ticket), ["chief"])

    def test_the_head_office_is_warned_where_no_manager_is_left(self):
        self.env.company.sla_head_office_user_id = self.head
        ticket = self.ticket()
        (self.ann + self.boss).active = False
        self.on_leave(self.chief, minutes(0), minutes(600))
        self.assertEqual(self.warned(ticket), ["head"])

    def test_who_is_on_leave_is_warned_before_nobody_is(self):
        ticket = self.ticket()
        (self.ann + self.boss).active = False
        self.on_leave(self.chief, minutes(0), minutes(600))
        self.assertEqual(self.warned(ticket), ["chief"])

    def test_the_leader_is_told_at_the_limit(self):
        self.plan_telling(tell_leader=True)
        ticket = self.ticket()
        self.due(minutes(61))
        self.assertEqual(self.told(ticket, minutes(60)), ["boss"])

    def test_the_next_is_told_at_the_limit_where_there_is_no_leader(self):
        self.plan_telling(tell_leader=True)
        self.team.user_id = False
        self.env.flush_all()
        ticket = self.ticket()
        self.due(minutes(61))
        self.assertEqual(self.told(ticket, minutes(60)), ["chief"])

    def test_the_next_is_told_where_the_one_who_is_named_is_gone(self):
        self.plan_telling(user_ids=[(6, 0, self.bob.ids)])
        ticket = self.ticket()
        self.bob.active = False
        self.env.flush_all()
        self.due(minutes(61))
        self.assertEqual(self.told(ticket, minutes(60)), ["chief"])

    def test_the_members_are_told_where_a_named_team_has_lost_its_leader(self):
        self.plan_telling(team_id=self.team.id)
        ticket = self.ticket()
        self.on_leave(self.boss, minutes(0), minutes(600))
        self.due(minutes(61))
        self.assertEqual(self.told(ticket, minutes(60)), ["ann", "bob"])

    def test_the_managers_are_told_where_the_head_office_is_gone(self):
        self.env.company.sla_head_office_user_id = self.head
        self.plan_telling(tell_head_office=True)
        ticket = self.ticket()
        self.head.active = False
        self.env.flush_all()
        self.due(minutes(61))
        self.assertEqual(self.told(ticket, minutes(60)), ["chief"])

    def test_a_company_without_a_head_office_has_its_managers_told(self):
        self.plan_telling(tell_head_office=True)
        ticket = self.ticket()
        self.due(minutes(61))
        self.assertEqual(self.told(ticket, minutes(60)), ["chief"])

    def test_one_manager_on_leave_leaves_the_others(self):
        second = self.new_user("second", "vip_base.group_vip_manager")
        self.plan_telling(tell_managers=True)
        ticket = self.ticket()
        self.on_leave(second, minutes(0), minutes(600))
        self.due(minutes(61))
        self.assertEqual(self.told(ticket, minutes(60)), ["chief"])

    def test_coverage_shows_a_level_without_any_receiver(self):
        self.plan_telling(tell_leader=True)
        lines = self.env["sla.coverage.line"]
        lines._look_up(self.env.company)
        self.assertFalse(lines.search([("untold", "!=", False)]))
        # Without a leader a manager stands in; without both nobody is left.
        self.team.user_id = False
        lines._look_up(self.env.company)
        self.assertFalse(lines.search([("untold", "!=", False)]))
        self.chief.active = False
        lines._look_up(self.env.company)
        found = lines.search([("state", "=", "promised")])
        self.assertEqual(set(found.mapped("untold")), {"At the limit"})
