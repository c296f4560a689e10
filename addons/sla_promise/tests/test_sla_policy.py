from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.resource_worktime.models.resource_calendar import ENDED

from .common import START, SlaCase, minutes

#: REQUIREMENTS S1: item → (regular, key client), as (metric, duration, unit).
LIMITS = {
    "opening_ordinary": (
        [("resolution", 30, "minutes")],
        [("resolution", 15, "minutes")],
    ),
    "opening_online": ([("resolution", 20, "minutes")], [("resolution", 5, "minutes")]),
    "activation_ordinary": (
        [("resolution", 1, "days")],
        [("first_response", 3, "minutes"), ("resolution", 4, "hours")],
    ),
    "activation_online": (
        [("resolution", 10, "minutes")],
        [("resolution", 3, "minutes")],
    ),
    "data_change": ([("resolution", 1, "days")], [("resolution", 30, "minutes")]),
    # The source promises regular clients no end of remote help: that of anything else.
    "remote_help": (
        [("first_response", 3, "minutes"), ("resolution", 1, "days")],
        [("resolution", 3, "minutes")],
    ),
    "authorisation_code": (
        [("resolution", 15, "minutes")],
        [("resolution", 3, "minutes")],
    ),
    "password_reset": ([("resolution", 1, "days")], [("resolution", 15, "minutes")]),
    "transfer": ([("resolution", 1, "days")], [("resolution", 30, "minutes")]),
    "closing": ([("resolution", 1, "days")], [("resolution", 30, "minutes")]),
    "other": ([("resolution", 1, "days")], [("resolution", 30, "minutes")]),
}


@tagged("post_install", "-at_install")
class TestSlaPolicy(SlaCase):
    """Which promises a ticket is under, and what happens when it changes."""

    def make_key(self, partner):
        """Give a client the second tier from long before START."""
        tier = self.env["vip.tier"]._ladder(self.env.company)[1]
        self.env.cr.execute(
            """
            INSERT INTO vip_tier_membership (company_id, partner_id, tier_id, date_from)
            VALUES (%s, %s, %s, '2020-01-01')
            """,
            (self.env.company.id, partner.id, tier.id),
        )
        self.env.invalidate_all()
        return tier

    def key_client(self):
        partner = self.env["res.partner"].create({"name": "Key", "client_type": "end"})
        self.make_key(partner)
        return partner

    def test_shipped_limits_are_those_of_the_source(self):
        shipped = self.env["ir.model.data"].search(
            [("module", "=", "sla_promise"), ("model", "=", "sla.policy")]
        )
        self.env["sla.policy"].browse(shipped.mapped("res_id")).active = True
        self.policy.active = False
        key = self.key_client()
        for item, promised in LIMITS.items():
            category = self.env.ref(f"sla_promise.category_{item}")
            self.assertFalse(category.company_id)
            for partner, limits in zip((self.client, key), promised, strict=True):
                with self.subTest(item=item, client=partner.name):
                    ticket = self.ticket(category_id=category.id, partner_id=partner.id)
                    targets = ticket.clock_ids.filtered("item_limit").target_id
                    found = [(t.metric, t.duration, t.unit) for t in targets]
                    self.assertEqual(sorted(found), sorted(limits))
                    self.assertEqual(
                        ticket.clock_ids.mapped("key_client"),
                        [partner == key] * len(ticket.clock_ids),
                    )
                    general = self.clock(ticket, "first_response")
                    if "first_response" not in [limit[0] for limit in limits]:
                        self.assertEqual(general.target_id.duration, 30)
        without = self.ticket(category_id=False, partner_id=key.id)
        self.assertEqual(self.clock(without).target_id.duration, 30)

    def test_category_shows_what_is_promised(self):
        shipped = self.env.ref("sla_promise.policy_opening_online_key")
        shipped.active = True
        self.env.ref("sla_promise.policy_opening_online_regular").active = True
        category = self.env.ref("sla_promise.category_opening_online")
        self.assertIn("Resolution within 20 min", category.promised_regular)
        self.assertIn("Resolution within 5 min", category.promised_key)
        shipped.target_ids.duration = 7
        category.invalidate_recordset()
        self.assertIn("Resolution within 7 min", category.promised_key)

    def test_category_shows_that_there_is_no_promise_or_that_it_depends(self):
        item = self.item
        self.assertEqual(
            item.promised_regular,
            "First response within 30 min and Resolution within 60 min",
        )
        self.make_policy("Urgent", priority="3", resolution=10)
        item.invalidate_recordset()
        self.assertIn("else by tier, team, priority", item.promised_regular)
        self.make_policy("None", category_ids=[(6, 0, item.ids)], no_promise=True)
        item.invalidate_recordset()
        self.assertEqual(item.promised_key, "No promise")

    def test_the_closest_policy_wins_for_each_metric(self):
        child = self.env["helpdesk.ticket.category"].create(
            {"name": "Child", "parent_id": self.urgent_item.id}
        )
        self.make_policy(
            "Item", category_ids=[(6, 0, self.urgent_item.ids)], resolution=10
        )
        self.make_policy("Team", team_ids=[(6, 0, self.team.ids)], resolution=20)
        ticket = self.ticket(category_id=child.id)
        self.assertEqual(self.clock(ticket).seconds, 600)
        self.assertEqual(self.clock(ticket, "first_response").seconds, 1800)
        self.assertEqual(self.clock(self.ticket()).seconds, 1200)
        ticket = self.ticket(team_id=self.other_team.id, user_id=self.bob.id)
        self.assertEqual(self.clock(ticket).seconds, 3600)

    def test_equal_policies_are_ordered_by_sequence(self):
        self.make_policy("Second", sequence=7, priority="1", resolution=21)
        self.make_policy("First", sequence=5, priority="1", resolution=22)
        self.assertEqual(self.clock(self.ticket()).seconds, 22 * 60)

    def test_policy_is_valid_on_the_day_of_opening(self):
        self.make_policy(
            "March",
            date_from="2024-03-05",
            date_to="2024-03-06",
            priority="1",
            resolution=5,
        )
        self.assertEqual(self.clock(self.ticket()).seconds, 3600)
        for days, seconds in ((1, 300), (2, 300), (3, 3600)):
            ticket = self.ticket(START + timedelta(days=days))
            self.assertEqual(self.clock(ticket).seconds, seconds)

    def test_edited_policy_leaves_made_promises_alone(self):
        ticket = self.ticket()
        self.policy.target_ids.duration = 5
        ticket._at(minutes(1)).write({"user_id": self.bob.id})
        self.assertEqual(self.clock(ticket).due_at, minutes(60))
        self.assertEqual(self.clock(self.ticket()).due_at, minutes(5))

    def test_shorter_promise_replaces_with_the_same_start(self):
        self.make_policy(
            "Urgent", category_ids=[(6, 0, self.urgent_item.ids)], resolution=40
        )
        ticket = self.ticket()
        old = self.clock(ticket)
        self.move(ticket, minutes(5), self.awaiting)
        self.move(ticket, minutes(15), self.work)
        ticket._at(minutes(20)).write({"category_id": self.urgent_item.id})
        new = self.clock(ticket)
        self.assertEqual(old.state, "cancelled")
        self.assertEqual(old.replaced_by_id, new)
        self.assertEqual((new.started_at, new.due_at), (START, minutes(50)))
        self.assertEqual(
            self.clock(ticket, "first_response").due_at, minutes(40), "left alone"
        )

    def test_longer_promise_does_not_take_the_better_one_away(self):
        self.make_policy(
            "Slow", category_ids=[(6, 0, self.urgent_item.ids)], resolution=90
        )
        ticket = self.ticket()
        clock = self.clock(ticket)
        ticket._at(minutes(20)).write({"category_id": self.urgent_item.id})
        self.assertEqual(self.clock(ticket), clock)
        self.assertEqual(clock.due_at, minutes(60))

    def test_target_may_keep_or_restart(self):
        for rematch, due in (("keep", 60), ("restart", 110)):
            with self.subTest(rematch):
                item = self.item.copy({"name": rematch})
                self.make_policy(
                    rematch,
                    {"rematch": rematch},
                    category_ids=[(6, 0, item.ids)],
                    resolution=90 if rematch == "restart" else 10,
                )
                ticket = self.ticket()
                ticket._at(minutes(20)).write({"category_id": item.id})
                self.assertEqual(self.clock(ticket).due_at, minutes(due))

    def test_paused_promises_are_compared_too(self):
        self.make_policy(
            "Urgent", category_ids=[(6, 0, self.urgent_item.ids)], resolution=40
        )
        ticket = self.ticket()
        self.move(ticket, minutes(5), self.awaiting)
        ticket._at(minutes(20)).write({"category_id": self.urgent_item.id})
        self.assertEqual(self.clock(ticket).seconds, 2400)
        self.assertEqual(self.clock(ticket).state, "paused")

    def test_priority_team_and_client_are_matched_again(self):
        self.make_policy("Very high", priority="3", resolution=50)
        self.make_policy(
            "Theirs", team_ids=[(6, 0, self.other_team.ids)], resolution=40
        )
        self.make_policy("Key", client_scope="key", resolution=30)
        ticket = self.ticket()
        for values, due in (
            ({"priority": "3"}, 50),
            ({"team_id": self.other_team.id}, 40),
            ({"partner_id": self.key_client().id}, 30),
        ):
            ticket._at(minutes(5)).write(values)
            self.assertEqual(self.clock(ticket).due_at, minutes(due))
        self.assertTrue(self.clock(ticket).key_client)
        self.assertTrue(self.clock(ticket).tier_id)

    def test_closed_clocks_are_never_replaced(self):
        self.make_policy(
            "Urgent", category_ids=[(6, 0, self.urgent_item.ids)], resolution=10
        )
        for at in (50, 70):
            ticket = self.ticket()
            self.move(ticket, minutes(at), self.solved)
            clock = self.clock(ticket)
            before = clock.read()
            ticket._at(minutes(80)).write({"category_id": self.urgent_item.id})
            self.assertEqual(clock.read(), before)

    def test_successor_that_is_late_already_is_missed_from_the_change_on(self):
        self.make_policy(
            "Urgent", category_ids=[(6, 0, self.urgent_item.ids)], resolution=10
        )
        ticket = self.ticket()
        ticket._at(minutes(20)).write({"category_id": self.urgent_item.id})
        self.assertEqual(self.clock(ticket).state, "running")
        self.due(minutes(21))
        self.assertEqual(self.clock(ticket).state, "missed")
        self.assertEqual(self.breaches(ticket).breached_at, minutes(20))

    def test_tier_is_the_one_at_opening(self):
        self.make_policy("Key", client_scope="key", resolution=15)
        ticket = self.ticket()
        self.make_key(self.client)
        ticket._at(minutes(1)).write({"priority": "2"})
        self.assertEqual(self.clock(ticket).seconds, 3600)
        self.assertEqual(self.clock(self.ticket()).seconds, 900)

    def test_promises_need_a_calendar_with_working_time(self):
        empty = self.env["resource.calendar"].create(
            {"name": "Empty", "attendance_ids": [(5, 0, 0)]}
        )
        empty.attendance_ids.unlink()
        target = self.policy.target_ids[0]
        with self.assertRaises(ValidationError):
            target.write({"calendar_mode": "given", "calendar_id": empty.id})
        with self.assertRaises(ValidationError):
            target.write({"calendar_mode": "given", "calendar_id": False})
        with self.assertRaises(ValidationError):
            self.team.resource_calendar_id = empty

    def test_calendar_that_lost_its_working_time_never_stops_a_ticket(self):
        calendar = self.env["resource.calendar"].create({"name": "Was full"})
        self.policy.target_ids.write({"calendar_mode": "team"})
        self.team.resource_calendar_id = calendar
        self.env.cr.execute(
            "DELETE FROM resource_calendar_attendance WHERE calendar_id = %s",
            (calendar.id,),
        )
        ENDED.clear()  # what another test had said
        logger = "odoo.addons.resource_worktime.models.resource_calendar"
        with self.assertLogs(logger, "WARNING") as said:
            ticket = self.ticket()
            self.ticket()
        self.assertEqual(len(said.output), 1)
        self.assertEqual(self.clock(ticket).due_at, minutes(60))

    def test_promised_target_is_not_deleted(self):
        self.ticket()
        with self.assertRaises(UserError):
            self.policy.target_ids[0].unlink()
        with self.assertRaises(UserError):
            self.policy.unlink()
        unused = self.make_policy("Unused", priority="0", resolution=5)
        unused.unlink()

    def test_policy_for_chosen_tiers_needs_tiers(self):
        with self.assertRaises(ValidationError):
            self.make_policy("Tiers", client_scope="tiers", resolution=5)

    def test_every_company_has_its_own_policies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.make_policy("Theirs", company_id=other.id, resolution=5)
        self.assertEqual(self.clock(self.ticket()).seconds, 3600)
        ticket = self.ticket(company_id=other.id, team_id=False, user_id=False)
        self.assertEqual(ticket.company_id, other)
        self.assertEqual(self.clock(ticket).seconds, 300)
