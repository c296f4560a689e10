"""What is done with tickets from the queue: one or many, with clear refusals."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestQueueAct(SlaCase):
    def seen(self, tickets, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return tickets.with_user(user or self.ann)

    def acts(self, ticket, user=None):
        return self.seen(ticket, user).sla_acts

    def test_what_is_offered_follows_from_the_ticket(self):
        mine = self.ticket()
        self.assertEqual(self.acts(mine), ["assign", "reply", "log", "pause", "solve"])
        mine.user_id = False
        self.assertIn("take", self.acts(mine))
        self.move(mine, minutes(1), self.awaiting)
        self.assertNotIn("pause", self.acts(mine))
        self.move(mine, minutes(2), self.solved)
        self.assertEqual(self.acts(mine), ["take", "assign", "reply", "log"])
        self.move(mine, minutes(3), self.done)
        self.assertEqual(self.acts(mine), ["reply", "log"])

    def test_nothing_is_offered_to_who_only_reads(self):
        auditor = self.env.ref("vip_base.group_vip_auditor")
        reader = self.boss.copy({"login": "reader"})
        reader.group_ids = auditor
        self.assertFalse(self.acts(self.ticket(), reader))

    def test_without_a_client_there_is_nobody_to_write_to(self):
        offered = self.acts(self.ticket(partner_id=False))
        self.assertEqual(offered, ["assign", "log", "pause", "solve"])

    def test_what_another_team_has_is_not_taken(self):
        other = self.ticket(team_id=self.other_team.id, user_id=False)
        boss = self.acts(other, self.boss)
        self.assertNotIn("take", boss)
        said = self.seen(other, self.boss).action_sla_take()
        self.assertEqual(said["done"], [])
        self.assertEqual(said["refused"][0]["why"], "You are not a member of its team.")

    def test_many_are_taken_and_the_others_say_why_not(self):
        free = self.tickets(2, user_id=False)
        mine = self.ticket()
        closed = self.ticket(user_id=False)
        self.move(closed, minutes(1), self.done)
        every = free + mine + closed
        said = self.seen(every).action_sla_take()
        self.assertEqual(said["done"], free.ids)
        self.assertEqual(free.user_id, self.ann)
        self.assertEqual(
            [(one["id"], one["why"]) for one in said["refused"]],
            [(mine.id, "You hold it already."), (closed.id, "It is closed.")],
        )
        self.assertFalse(closed.user_id)

    def test_one_that_cannot_be_written_stops_no_other(self):
        tickets = self.tickets(3)
        refused, why = tickets[1], "Not this one"
        Ticket = type(tickets)
        write = Ticket.write

        def guarded(records, vals):
            if refused in records and "stage_id" in vals:
                raise UserError(why)
            return write(records, vals)

        self.patch(Ticket, "write", guarded)
        said = self.seen(tickets).action_sla_solve()
        self.assertEqual(said["done"], (tickets - refused).ids)
        self.assertEqual([one["why"] for one in said["refused"]], ["Not this one"])
        self.assertEqual((tickets - refused).stage_id, self.solved)

    def test_pausing_asks_what_was_asked(self):
        ticket = self.ticket()
        said = self.seen(ticket).action_sla_pause()
        self.assertEqual(said["done"], ticket.ids)
        self.assertEqual(ticket.stage_id, self.awaiting)
        self.assertEqual(said["unasked"], ticket.mapped("number"))
        self.assertEqual(said["next"]["res_model"], "mail.compose.message")

    def test_holders_are_in_the_teams_of_all_and_may_hold_them(self):
        first, second = self.ticket(), self.ticket(team_id=self.other_team.id)
        seen = self.seen(first + second, self.boss)
        self.assertEqual(seen[0].sla_holders(), (self.ann + self.bob).ids)
        self.assertEqual(seen.sla_holders(), self.bob.ids)
        said = seen.action_sla_assign(self.bob.id)
        self.assertEqual(said["done"], (first + second).ids)
        self.assertEqual((first + second).user_id, self.bob)

    def test_who_may_not_see_a_ticket_does_nothing_with_it(self):
        other = self.ticket(team_id=self.other_team.id, user_id=self.bob.id)
        with self.assertRaises(AccessError):
            self.seen(other).sla_holders()
        said = self.seen(other).action_sla_assign(self.ann.id)
        self.assertEqual(said["done"], [])
        self.assertEqual(other.user_id, self.bob)

    def test_one_talk_is_logged_on_several_tickets_of_one_client(self):
        tickets = self.tickets(2)
        logs = self.env["vip.contact.log"].with_user(self.ann)
        values = {"ticket_ids": [(6, 0, tickets.ids)], "note": "Both discussed"}
        logs.create(values).action_log()
        self.assertEqual(tickets.contact_ids.mapped("kind"), ["call", "call"])
        other = self.env["res.partner"].create({"name": "Other", "client_type": "end"})
        tickets[1].partner_id = other
        with self.assertRaisesRegex(UserError, "with one client"):
            logs.create(values).action_log()

    def test_offers_cost_the_same_queries_for_one_and_for_many(self):
        tickets = self.tickets(20, user_id=False)
        counts = []
        self.seen(tickets).mapped("sla_acts")  # what a process keeps
        for some in (tickets[:5], tickets, tickets[:5], tickets):
            some = self.seen(some)
            some.mapped("name")
            before = self.env.cr.sql_log_count
            some.mapped("sla_acts")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2], counts[3])
        self.assertLessEqual(counts[3], 15)
