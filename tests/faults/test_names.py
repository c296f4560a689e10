"""A2: what a policy or rule names is archived or deleted."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form

from odoo.addons.sla_promise.models.policy import sla_policy_match
from odoo.addons.vip_base.tools.times import at_context
from odoo.addons.vip_service.models.ladder.door import SETTING_UP

from .common import MARCH, PointsCase, PromiseCase, TierCase, at, minutes


class TestPolicyNames(PromiseCase):
    """20 minutes are promised on what one policy names, one hour on all else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.new_user("lead", "helpdesk_mgmt.group_helpdesk_manager")

    def setUp(self):
        super().setUp()
        env = self.env
        self.named = {
            "category_ids": env["helpdesk.ticket.category"].create({"name": "Online"}),
            "team_ids": env["helpdesk.ticket.team"].create({"name": "Third line"}),
            "channel_ids": env["helpdesk.ticket.channel"].create({"name": "Counter"}),
            "tag_ids": env["helpdesk.ticket.tag"].create({"name": "Urgent"}),
        }

    def limit(self, **vals):
        """Return how many minutes are promised on a ticket, by default without item."""
        ticket = self.ticket(**{"category_id": False, **vals})
        return self.clock(ticket).seconds // 60

    def limits_after(self, field, change):
        """Return the minutes promised after a change of what a policy names.

        First as a server that has looked at the policies before says, then as one does
        that looks at them anew, because somebody has edited one.
        """
        named = {field: [(6, 0, self.named[field].ids)]}
        fast = self.promise("Fast", resolution=20, client_scope="regular", **named)
        self.assertEqual(self.limit(), 60)
        change(self.named[field].with_user(self.lead))
        known = self.limit()
        fast.name = "Very fast"
        return known, self.limit()

    def archived(self, field):
        return self.limits_after(field, lambda record: record.action_archive())

    def deleted(self, field):
        """Return whether deleting is refused, and the minutes promised after it."""
        refused = []

        def delete(record):
            refused.append(self.refused(record.unlink))

        return refused, self.limits_after(field, delete)

    def test_a_policy_of_an_archived_item_promises_nothing_on_others(self):
        self.assertEqual(self.archived("category_ids"), (60, 60))

    def test_a_policy_of_an_archived_item_goes_on_where_the_item_is(self):
        self.archived("category_ids")
        item = self.named["category_ids"]
        self.assertEqual(self.limit(category_id=item.id), 20)

    def test_a_policy_of_an_archived_team_promises_nothing_to_others(self):
        self.assertEqual(self.archived("team_ids"), (60, 60))

    def test_a_policy_of_an_archived_channel_promises_nothing_on_others(self):
        self.assertEqual(self.archived("channel_ids"), (60, 60))

    def test_a_policy_of_an_archived_tag_promises_nothing_without_it(self):
        self.assertEqual(self.archived("tag_ids"), (60, 60))

    def test_an_item_that_a_policy_names_is_not_deleted(self):
        self.assertEqual(self.deleted("category_ids"), ([True], (60, 60)))

    def test_a_team_that_a_policy_names_is_not_deleted(self):
        self.assertEqual(self.deleted("team_ids"), ([True], (60, 60)))

    def test_a_channel_that_a_policy_names_is_not_deleted(self):
        self.assertEqual(self.deleted("channel_ids"), ([True], (60, 60)))

    def test_a_tag_that_a_policy_names_is_not_deleted(self):
        self.assertEqual(self.deleted("tag_ids"), ([True], (60, 60)))

    def test_an_item_goes_with_no_item_above_it(self):
        """The host deletes what is below an item along with it, and asks nobody."""
        above = self.env["helpdesk.ticket.category"].create({"name": "Accounts"})
        self.named["category_ids"].parent_id = above
        self.named["category_ids"] = above
        below = above.child_id
        self.promise("Fast", resolution=20, category_ids=[(6, 0, below.ids)])
        self.assertTrue(self.refused(above.with_user(self.lead).unlink))
        self.assertTrue(below.exists())

    def test_an_item_below_one_that_a_policy_names_is_not_deleted(self):
        """Its tickets would have no item, and the policy be silent for them."""
        above = self.named["category_ids"]
        below, beside = self.env["helpdesk.ticket.category"].create(
            [{"name": "By phone", "parent_id": above.id}, {"name": "Beside"}]
        )
        self.promise("Fast", resolution=20, category_ids=[(6, 0, above.ids)])
        ticket = self.ticket(category_id=below.id)
        self.assertTrue(self.refused(below.with_user(self.lead).unlink))
        self.assertEqual(ticket.category_id, below)
        self.assertFalse(self.refused(beside.with_user(self.lead).unlink))

    def test_an_item_below_one_that_a_condition_names_with_it_is_not_deleted(self):
        above = self.named["category_ids"]
        one, other = self.env["helpdesk.ticket.category"].create(
            [{"name": name, "parent_id": above.id} for name in ("Phone", "Letter")]
        )
        fast = self.promise("Fast", resolution=20)
        fast.domain = f"[('category_id', 'child_of', {above.id})]"
        self.assertTrue(self.refused(one.with_user(self.lead).unlink))
        fast.domain = f"[('category_id', '=', {above.id})]"
        self.assertFalse(self.refused(other.with_user(self.lead).unlink))

    def test_the_form_of_a_policy_keeps_what_is_archived(self):
        item = self.named["category_ids"]
        fast = self.promise("Fast", resolution=20, category_ids=[(6, 0, item.ids)])
        item.with_user(self.lead).action_archive()
        admin = self.new_user("configures", "vip_base.group_vip_admin")
        with Form(fast.with_user(admin)) as form:
            form.name = "Very fast"
        self.assertEqual(fast.category_ids, item)
        self.assertEqual((self.limit(), self.limit(category_id=item.id)), (60, 20))

    def test_a_server_that_looks_anew_says_what_the_others_say(self):
        for field, record in self.named.items():
            self.promise(f"Of {field}", resolution=20, **{field: [(6, 0, record.ids)]})
        known = self.env["sla.policy"]._ruleset()
        for record in self.named.values():
            record.with_user(self.lead).action_archive()
        self.env.invalidate_all()
        self.assertEqual(self.env["sla.policy"]._ruleset(), known)
        sla_policy_match.COMPILED.clear()
        self.assertEqual(self.env["sla.policy"]._ruleset(), known)

    def test_a_new_version_names_what_is_archived(self):
        item = self.named["category_ids"]
        fast = self.promise("Fast", resolution=20, category_ids=[(6, 0, item.ids)])
        item.with_user(self.lead).action_archive()
        self.assertEqual(fast._new_version(at(20, 9).date()).category_ids, item)

    def test_the_list_of_policies_shows_what_is_archived(self):
        item = self.named["category_ids"]
        fast = self.promise("Fast", resolution=20, category_ids=[(6, 0, item.ids)])
        self.assertFalse(fast.finding)
        item.with_user(self.lead).action_archive()
        fast.invalidate_recordset(["finding", "finding_text"])
        self.assertEqual(fast.finding, "archived")
        self.assertIn("Online", fast.finding_text)

    def test_a_tier_that_a_policy_names_is_archived(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        tier = self.env.ref("vip_service.tier_diamond")
        # As versions of the ladder bring tiers and leave them out.
        tier = tier.with_context(**SETTING_UP.context).copy({"company_id": sister.id})
        fast = self.promise(
            "Fast", resolution=20, client_scope="tiers", tier_ids=[(6, 0, tier.ids)]
        )
        tier.active = False
        fast.name = "Very fast"
        self.assertEqual(fast.tier_ids, tier)
        self.assertEqual(self.limit(), 60)

    # Conditions name by ids

    def test_what_a_condition_excludes_is_not_deleted(self):
        """Deleted, it would be excluded no more."""
        tag, channel = self.named["tag_ids"], self.named["channel_ids"]
        self.promise(
            "Fast",
            resolution=20,
            domain=f"['!', ('tag_ids', 'in', {tag.ids}), "
            f"('channel_id.id', '!=', {channel.id})]",
        )
        self.assertTrue(self.refused(tag.with_user(self.lead).unlink))
        self.assertTrue(self.refused(channel.with_user(self.lead).unlink))
        self.assertFalse(self.refused(self.named["team_ids"].unlink))

    def test_a_condition_that_changed_names_anew(self):
        tag, item = self.named["tag_ids"], self.named["category_ids"]
        fast = self.promise(
            "Fast", resolution=20, domain=f"[('tag_ids', '=', {tag.id})]"
        )
        self.assertFalse(self.refused(item.copy().unlink))
        fast.domain = f"[('category_id', 'child_of', {item.id})]"
        self.assertTrue(self.refused(item.unlink))
        self.assertFalse(self.refused(tag.unlink))

    def test_a_condition_goes_on_where_what_it_names_is_archived(self):
        tag = self.named["tag_ids"]
        self.promise("Fast", resolution=20, domain=f"[('tag_ids', 'in', {tag.ids})]")
        tag.with_user(self.lead).action_archive()
        sla_policy_match.COMPILED.clear()
        self.assertEqual((self.limit(), self.limit(tag_ids=tag.ids)), (60, 20))

    # Who sees less

    def sister(self):
        """Return an administrator of this company only, and an item of another one."""
        company = self.env["res.company"].create({"name": "Sister"})
        item = self.env["helpdesk.ticket.category"].create(
            {"name": "Theirs", "company_id": company.id}
        )
        return self.new_user("here", "vip_base.group_vip_admin"), item

    def test_who_sees_no_item_of_a_policy_makes_it_no_wider_by_looking(self):
        here, item = self.sister()
        fast = self.promise("Fast", resolution=20, category_ids=[(6, 0, item.ids)])
        self.env.invalidate_all()
        sla_policy_match.COMPILED.clear()
        seen = fast.with_user(here)
        self.assertFalse(seen.category_ids)
        seen.read(["finding", "finding_text"])
        self.assertEqual(self.limit(), 60)

    def test_who_sees_no_item_of_a_policy_makes_no_wider_copy(self):
        here, item = self.sister()
        fast = self.promise("Fast", resolution=20, category_ids=[(6, 0, item.ids)])
        self.env.invalidate_all()
        self.assertTrue(self.refused(fast.with_user(here).copy))
        self.assertFalse(fast.with_user(here).category_ids)
        self.assertEqual(fast.copy().category_ids, item)

    # What else is configured

    def test_an_outage_of_an_archived_team_is_none_of_others(self):
        team = self.named["team_ids"]
        outage = self.env["sla.outage"].create(
            {
                "name": "Line down",
                "reason": "The provider said so",
                "date_from": minutes(10),
                "date_to": minutes(20),
                "team_ids": [Command.set(team.ids)],
            }
        )
        chief = self.new_user("chief", "vip_base.group_vip_manager")
        outage.with_user(self.boss).name = "Their line down"
        outage.with_user(chief).with_context(**at_context(minutes(5))).action_approve()
        here, there = self.ticket(), self.ticket(team_id=team.id)
        team.with_user(self.lead).action_archive()
        while outage._judge_due(minutes(25)):
            pass
        self.env.invalidate_all()
        self.assertEqual(self.clock(here).due_at, minutes(60))
        self.assertEqual(self.clock(there).due_at, minutes(70))

    def test_policies_are_applied_again_to_tickets_of_an_archived_team_only(self):
        team = self.named["team_ids"]
        here, there = self.ticket(), self.ticket(team_id=team.id)
        self.policy.target_ids.duration = 20
        team.with_user(self.lead).action_archive()
        reapply = self.env["sla.reapply"].with_context(**at_context(minutes(1)))
        reapply = reapply.create({"team_ids": [Command.set(team.ids)]})
        reapply.action_preview()
        self.assertEqual(reapply.line_ids.ticket_id, there)
        self.assertNotIn(here, reapply.line_ids.ticket_id)

    def test_a_what_if_of_an_archived_draft_is_not_one_of_what_is_in_force(self):
        draft = self.policy.copy()
        whatif = self.env["sla.whatif"].create({"draft_ids": [Command.set(draft.ids)]})
        draft.active = False
        draft.target_ids.duration = 5
        whatif.invalidate_recordset()
        self.assertEqual(whatif.display_name, draft.display_name)
        [rule] = [r for r in whatif._ruleset().rules if r.policy_id == draft.id]
        self.assertEqual(rule.promises[0].duration, 5)

    def test_the_head_office_is_not_deleted(self):
        """Else levels that tell it would tell nobody."""
        team = self.named["team_ids"]
        self.env.company.sla_head_office_team_id = team
        self.assertTrue(self.refused(team.with_user(self.lead).unlink))

    def test_a_level_goes_on_telling_who_is_left(self):
        gone = self.new_user("gone")
        self.plan_telling(user_ids=[(6, 0, (gone + self.bob).ids)])
        ticket = self.ticket()
        gone.active = False
        self.env["sla.clock"]._process_due(minutes(61))
        # The managers stand in for who has gone.
        self.assertEqual(self.told(ticket), ["admin", "bob", "boss"])
        level = self.env["sla.escalation.level"].search([("user_ids", "in", gone.ids)])
        self.assertEqual(level.user_ids, gone + self.bob)

    def test_a_refusal_lists_whatever_the_reader_may_see(self):
        item = self.named["category_ids"]
        for number in range(14):
            self.promise(f"No. {number}", resolution=9, category_ids=[(6, 0, item.ids)])
        sister = self.env["res.company"].create({"name": "Sister"})
        self.promise(
            "Secret", resolution=9, category_ids=item.ids, company_id=sister.id
        )
        with self.assertRaises(UserError) as refused:
            item.with_user(self.lead).unlink()
        text = str(refused.exception)
        self.assertIn("Service Policy “No. 3” (Service items)", text)
        self.assertIn("and 2 more", text)
        self.assertIn("and others that you may not see", text)
        self.assertNotIn("Secret", text)


class TestRuleNames(PointsCase):
    """Lateness costs 0.5 points, and 5 where it is about one service item."""

    def test_the_rule_of_an_archived_item_charges_no_other(self):
        items = self.env["helpdesk.ticket.category"]
        dear, other = items.create([{"name": "Dear"}, {"name": "Other"}])
        self.rule("Dear", 5, category_ids=[(6, 0, dear.ids)])
        before = self.charge(self.breach(60, category_id=other.id))
        self.assertEqual(before.points, -0.5)
        dear.action_archive()
        after = self.charge(self.breach(60, category_id=other.id))
        self.assertEqual(after.points, -0.5)

    def test_the_rule_of_an_archived_tier_charges_no_other(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        tier = self.env.ref("vip_service.tier_diamond")
        # As versions of the ladder bring tiers and leave them out.
        tier = tier.with_context(**SETTING_UP.context).copy({"company_id": sister.id})
        rule = self.rule("Dear", 5, tier_ids=[(6, 0, tier.ids)])
        tier.active = False
        self.assertEqual(self.charge(self.breach(60)).points, -0.5)
        self.assertEqual(self.charge(self.breach(60, tier_id=tier.id)).points, -5)
        self.assertIn(tier.name, rule.warning)

    def test_who_sees_no_item_of_a_rule_makes_it_no_wider_by_looking(self):
        company = self.env["res.company"].create({"name": "Sister"})
        item = self.env["helpdesk.ticket.category"].create(
            {"name": "Theirs", "company_id": company.id}
        )
        rule = self.rule("Dear", 5, category_ids=[(6, 0, item.ids)])
        breach = self.breach(60)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(rule.with_user(self.manager).category_ids)
        self.assertEqual(self.charge(breach).points, -0.5)

    def test_a_sample_of_an_archived_team_draws_from_no_other(self):
        team = self.env["helpdesk.ticket.team"].create({"name": "Gone"})
        self.breach(60)
        card = self.env["score.review.card"].create(
            {"name": "Card", "item_ids": [(0, 0, {"name": "Polite", "weight": 1})]}
        )
        sample = self.env["score.review.sample"].create(
            {
                "month": MARCH,
                "card_id": card.id,
                "team_ids": [(6, 0, team.ids)],
                "reviewer_ids": [(6, 0, (self.manager + self.boss).ids)],
            }
        )
        team.active = False
        self.assertTrue(self.refused(sample.action_draw))
        sample.team_ids = self.team
        self.boss.active = False
        sample.action_draw()
        self.assertEqual(sample.review_ids.reviewer_id, self.manager)


class TestLetterNames(TierCase):
    """Clients are told of their tier by letters that came with the addon."""

    def test_a_letter_to_clients_is_not_deleted(self):
        """Else the job would tell nobody, and say nothing of that."""
        letters = self.env["mail.template"].search(
            [("model_id.model", "in", ("vip.tier.change", "vip.tier.verdict"))]
        )
        self.assertEqual(len(letters), 3)
        for letter in letters:
            self.assertTrue(self.refused(letter.unlink))
        self.assertFalse(self.refused(letters[0].copy().unlink))
