from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestPolicyMatching(SlaCase):
    """What else of a ticket policies look at, and what the ticket says of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag, cls.other_tag = cls.env["helpdesk.ticket.tag"].create(
            [{"name": "Complaint"}, {"name": "Other"}]
        )
        cls.phone = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
        cls.web = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")

    def test_channel_tags_client_type_and_condition_are_matched(self):
        for minutes_, vals, fits, fits_not in (
            (11, {"channel_ids": [Command.set(self.phone.ids)]},
             {"channel_id": self.phone.id}, {"channel_id": self.web.id}),
            (12, {"tag_ids": [Command.set(self.tag.ids)]},
             {"tag_ids": [Command.set((self.tag + self.other_tag).ids)]},
             {"tag_ids": [Command.set(self.other_tag.ids)]}),
            (13, {"domain": "[('name', 'ilike', 'urgent')]"},
             {"name": "Most urgent"}, {"name": "Please"}),
        ):  # fmt: skip
            with self.subTest(vals):
                policy = self.make_policy("One", resolution=minutes_, **vals)
                ticket = self.ticket(**fits)
                self.assertEqual(self.clock(ticket).seconds, minutes_ * 60)
                self.assertEqual(self.clock(self.ticket(**fits_not)).seconds, 3600)
                policy.active = False
        self.make_policy("Agents", client_type="agent", resolution=14)
        agent = self.env["res.partner"].create({"name": "A", "client_type": "agent"})
        contact = self.env["res.partner"].create({"name": "B", "parent_id": agent.id})
        self.assertEqual(
            self.clock(self.ticket(partner_id=contact.id)).seconds, 14 * 60
        )
        self.assertEqual(self.clock(self.ticket()).seconds, 3600)

    def test_order_of_specificity(self):
        """Each later policy is closer than all before it."""
        ticket = {
            "channel_id": self.phone.id,
            "tag_ids": [Command.set(self.tag.ids)],
            "priority": "3",
        }
        for count, vals in enumerate(
            (
                {"company_id": self.env.company.id},
                {"domain": "[('name', '!=', False)]"},
                {"tag_ids": [Command.set(self.tag.ids)]},
                {"channel_ids": [Command.set(self.phone.ids)]},
                {"priority": "3"},
                {"team_ids": [Command.set(self.team.ids)]},
                {"client_type": "end"},
                {"client_scope": "regular"},
                {"category_ids": [Command.set(self.item.ids)]},
            ),
            start=1,
        ):
            self.make_policy(str(vals), resolution=count, **vals)
            clock = self.clock(self.ticket(**ticket))
            self.assertEqual(clock.seconds, count * 60, vals)

    def test_tags_channel_and_condition_are_matched_again(self):
        self.make_policy("Tag", tag_ids=[Command.set(self.tag.ids)], resolution=50)
        self.make_policy(
            "Phone", channel_ids=[Command.set(self.phone.ids)], resolution=40
        )
        self.make_policy(
            "Urgent", domain="[('name', 'ilike', 'urgent')]", resolution=30
        )
        ticket = self.ticket(channel_id=self.web.id)
        first = self.clock(ticket)
        for vals, due in (
            ({"tag_ids": [Command.link(self.tag.id)]}, 50),
            ({"channel_id": self.phone.id}, 40),
            # As it was: the first promise goes on as if it had not been replaced.
            ({"channel_id": self.web.id, "tag_ids": [Command.clear()]}, 60),
            ({"name": "Urgent"}, 30),
        ):
            ticket.with_user(self.ann)._at(minutes(5)).write(vals)
            self.assertEqual(self.clock(ticket).due_at, minutes(due), vals)
        self.assertEqual(first.state, "cancelled")
        self.assertTrue(first.replaced_by_id)

    def test_client_of_another_type_is_matched_again(self):
        self.make_policy("Agents", client_type="agent", resolution=20)
        ticket = self.ticket()
        self.client.with_context(**at_context(minutes(5))).client_type = "agent"
        self.assertEqual(self.clock(ticket).due_at, minutes(20))

    def test_a_tier_that_takes_effect_betters_open_promises(self):
        self.make_policy("Key", client_scope="key", resolution=15)
        ladder = self.env["vip.tier"]._ladder(self.env.company)
        ticket, closed = self.ticket(), self.ticket()
        self.move(closed, minutes(2), self.done)
        Change = self.env["vip.tier.change"].with_user(self.boss)
        Change = Change.with_context(**at_context(minutes(5)))
        # Set back, the first promise goes on.
        for tier, seconds in ((ladder[1], 900), (ladder[0], 3600)):
            change = Change.create(
                {
                    "partner_id": self.client.id,
                    "to_tier_id": tier.id,
                    "reason": "Because",
                }
            )
            manager = new_test_user(
                self.env,
                f"decider{tier.id}",
                groups="vip_base.group_vip_manager",
            )
            change.with_user(manager)._approve()
            self.assertEqual(change.state, "applied")
            self.env.invalidate_all()
            self.assertEqual(ticket.sla_tier_id, tier)
            self.assertEqual(self.clock(ticket).seconds, seconds)
            self.assertEqual(ticket.vip_tier_id, closed.vip_tier_id, "at opening")
        self.assertEqual(self.clock(closed).seconds, 3600)
        self.assertFalse(closed.sla_tier_id)

    def test_a_condition_that_cannot_be_read_is_refused(self):
        for domain in (
            "[('no_such_field', '=', 1)]",
            "[('name', 'like'",
            "[('user_id', '=', uid)]",
            "[('partner_id.nothing', '=', 1)]",
            "42",
            "[('name', 'no operator', 1)]",
        ):
            with self.subTest(domain), self.assertRaises(ValidationError):
                self.make_policy("Bad", domain=domain, resolution=5)

    def test_a_condition_whose_field_is_gone_stops_no_ticket(self):
        policy = self.make_policy("Old", domain="[('name', '!=', 1)]", resolution=5)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sla_policy SET domain = %s WHERE id = %s",
            ("[('gone', '=', 1)]", policy.id),
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        logger = "odoo.addons.sla_promise.models.policy.sla_policy_match"
        with self.assertLogs(logger, "WARNING"):
            ticket = self.ticket()
        self.assertEqual(self.clock(ticket).seconds, 3600)

    def test_conditions_are_searched_once_for_all_tickets(self):
        for name in ("a", "b"):
            for priority in ("1", "2"):
                self.make_policy(
                    name,
                    domain=f"[('name', '=', '{name}')]",
                    priority=priority,
                    resolution=5,
                )
        policies = self.env["sla.policy"]
        ruleset = policies._ruleset()
        self.assertEqual(len(ruleset.domains), 2)
        tickets = self.tickets(30)
        self.env.flush_all()
        # The columns, and for each of two conditions: savepoint, search, release.
        with self.assertQueryCount(7):
            extras = policies._extra_facts(tickets.ids, ruleset)
        self.assertEqual(len(extras), 30)

    def test_policies_without_them_read_nothing_of_them(self):
        policies = self.env["sla.policy"]
        ruleset = policies._ruleset()
        self.assertFalse(ruleset.uses)
        self.assertFalse(policies._watched_fields())
        with self.assertQueryCount(0):
            self.assertEqual(policies._extra_facts([1], ruleset), {})

    # No promise

    def test_a_policy_may_promise_nothing_and_the_ticket_says_so(self):
        self.make_policy("Spam", tag_ids=[Command.set(self.tag.ids)], no_promise=True)
        ticket = self.ticket(tag_ids=[Command.set(self.tag.ids)])
        self.assertFalse(ticket.clock_ids)
        info = ticket.with_user(self.ann).sla_clock_info
        self.assertEqual(
            [(row["state"], row["metric_label"]) for row in info],
            [("none", "Promises")],
        )
        self.assertIn("Complaint", info[0]["why"])

    def test_a_target_may_promise_nothing_for_one_metric(self):
        self.make_policy(
            "No answer", {"no_promise": True}, priority="1", first_response=1
        )
        ticket = self.ticket()
        self.assertEqual(ticket.clock_ids.mapped("metric"), ["resolution"])
        self.assertEqual(ticket.no_promise_ids.mapped("metric"), ["first_response"])
        ticket._at(minutes(1)).write({"priority": "2"})
        self.assertEqual(self.clock(ticket, "first_response").due_at, minutes(30))
        self.assertFalse(ticket.no_promise_ids)

    def test_a_running_promise_is_not_taken_away(self):
        self.make_policy("Nothing", priority="2", no_promise=True)
        ticket = self.ticket()
        ticket._at(minutes(1)).write({"priority": "2"})
        self.assertEqual(self.clock(ticket).due_at, minutes(60))
        states = [(row["metric_label"], row["state"]) for row in ticket.sla_clock_info]
        self.assertIn(("Resolution", "running"), states)
        self.assertIn(("Everything else", "none"), states)
        self.assertEqual(len(states), 3)

    def test_promising_nothing_and_targets_exclude_each_other(self):
        with self.assertRaises(ValidationError):
            self.make_policy("Both", no_promise=True, resolution=5)

    # Why

    def test_the_clock_says_which_policy_won_and_over_which(self):
        self.make_policy(
            "Urgent",
            category_ids=[Command.set(self.item.ids)],
            priority="3",
            resolution=10,
        )
        ticket = self.ticket(priority="3")
        clock = self.clock(ticket).with_user(self.ann)
        self.assertEqual(
            clock.why,
            "“Urgent” fits: Service items: Opening; Priority: Very High. "
            "It wins over “General” by its service item.",
        )
        self.assertEqual(
            self.clock(ticket, "first_response").why, "“General” fits: every request."
        )
        [info] = clock._info()
        self.assertEqual(info["policy"], "Urgent")
        told = ticket.with_user(self.ann).sla_now()["clocks"]
        self.assertEqual(told[clock.id]["why"], clock.why)

    def test_reasons_are_kept_once_for_all_tickets(self):
        tickets = self.tickets(20)
        before = self.env["sla.match"].search_count([])
        more = self.tickets(20)
        self.assertEqual(self.env["sla.match"].search_count([]), before)
        self.assertEqual(
            len((tickets + more).clock_ids.match_id), 2, "one for each metric"
        )

    def test_a_colleague_of_the_client_keeps_the_tier_of_the_promises(self):
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.client.id}
        )
        tickets = self.tickets(2)
        tier = self.env["vip.tier"]._ladder(self.env.company)[1]
        tickets.sudo().sla_tier_id = tier
        tickets.partner_id = colleague
        self.assertEqual(tickets.sla_tier_id, tier)
        tickets[0].partner_id = self.env["res.partner"].create({"name": "Other"})
        self.assertFalse(tickets[0].sla_tier_id)
        self.assertEqual(tickets[1].sla_tier_id, tier)

    def test_the_tier_of_the_promises_is_not_edited(self):
        tier = self.env["vip.tier"]._ladder(self.env.company)[1]
        ticket = self.ticket()
        with self.assertRaises(AccessError):
            ticket.with_user(self.ann).write({"sla_tier_id": tier.id})
