from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .answer_case import AnswerCase


@tagged("post_install", "-at_install")
class TestKeyPointRule(AnswerCase):
    """Key points that people configure or write, and what becomes of them (C2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["vip.key.point.rule"].search([]).active = False
        cls.adviser = cls.users["adviser"]
        cls.asked.adviser_id = cls.adviser

    def as_user(self, role="agent", at=None):
        client = self.asked.with_user(self.users[role])
        return client.with_context(
            allowed_company_ids=self.company.ids, **at_context(at or self.now)
        )

    def points(self, role="agent", at=None):
        """Return {text: point} of those that are shown, without the adviser's name."""
        items = self.as_user(role, at).client_360_section("key_points")["items"]
        return {one["text"]: one for one in items if "adviser" not in one["key"]}

    def rule(self, *conditions, **values):
        return self.env["vip.key.point.rule"].create(
            {
                "name": "Call",
                "company_id": self.company.id,
                "condition_ids": [
                    (0, 0, {"measure": measure, "operator": operator, "value": value})
                    for measure, operator, value in conditions
                ],
                **values,
            }
        )

    def hint(self, text="Expects lots", role="agent", **values):
        return (
            self.env["vip.client.hint"]
            .with_user(self.users[role])
            .with_context(allowed_company_ids=self.company.ids, **at_context(self.now))
            .create({"partner_id": self.asked.id, "text": text, **values})
        )

    def talk(self, days):
        at = self.now - timedelta(days=days)
        self.env["vip.contact"]._log_without_ticket(
            self.asked.with_user(self.agent), "call", at, "Talked", at
        )

    # Rules

    def test_a_rule_holds_where_its_conditions_hold_and_says_why(self):
        rule = self.rule(("silence", "least", 30), ("planned", "most", 0))
        self.assertEqual(self.points(), {}, "never contacted is not measured")
        self.talk(29)
        self.assertEqual(self.points(), {})
        point = self.points(at=self.now + timedelta(days=1))["Call"]
        self.assertEqual(point["key"], f"rule:vip.key.point.rule,{rule.id}")
        self.assertIn("Days without contact: 30", point["source"])
        self.assertTrue(point["made"])

    def test_all_conditions_or_one(self):
        self.talk(40)
        self.rule(("silence", "least", 30), ("open", "least", 1))
        self.assertEqual(self.points(), {})
        self.rule(("silence", "least", 30), ("open", "least", 1), match="any")
        self.assertIn("Call", self.points())

    def test_a_rule_may_ask_for_a_tier(self):
        self.talk(40)
        self.rule(("silence", "least", 30), tier_id=self.platinum.id)
        self.assertEqual(self.points(), {})
        self.promote(self.asked, self.platinum, at=self.now - timedelta(days=50))
        self.assertIn("Call", self.points())

    def test_figures_are_hinted_at_only_to_who_may_see_them(self):
        for month, deposit in ((1, 100), (2, 100), (3, 100), (4, 60), (5, 60), (6, 60)):
            self.fact(self.asked, self.now.date().replace(month=month, day=1), deposit)
        self.rule(("activity", "most", -20))
        self.assertEqual(self.points(), {})
        self.assertIn("Call", self.points("adviser"))
        self.assertIn("Call", self.points("manager"))

    def test_a_rule_of_an_unknown_measure_holds_for_nobody(self):
        rule = self.rule(("silence", "least", 30))
        self.talk(40)
        self.env.cr.execute(
            "UPDATE vip_key_point_condition SET measure = 'gone' WHERE rule_id = %s",
            [rule.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(self.points(), {})
        self.assertEqual(rule._clients(), [])

    def test_who_configures_sees_for_whom_a_rule_holds(self):
        rule = self.rule(("silence", "least", 30), tier_id=self.silver.id)
        self.talk(40)
        other = self.client("TALKED")
        self.env["vip.contact"]._log_without_ticket(
            other.with_user(self.agent), "call", self.now, "Talked", self.now
        )
        rule = rule.with_context(**at_context(self.now))
        self.assertEqual(rule._clients(), self.asked.ids)
        self.assertEqual(
            rule.action_open_clients()["domain"], [("id", "in", self.asked.ids)]
        )
        rule.tier_id = self.platinum
        self.assertEqual(rule._clients(), [])

    def test_conditions_are_said_in_words(self):
        rule = self.rule(("silence", "least", 30), ("planned", "most", 0))
        self.assertEqual(
            rule.words,
            "Days without contact is at least 30 and Planned contacts is at most 0",
        )

    # Hints

    def test_a_hint_is_shown_until_its_day_with_who_wrote_it(self):
        until = self.now.date() + timedelta(days=2)
        self.hint(valid_until=until)
        point = self.points()["Expects lots"]
        self.assertIn(self.users["agent"].name, point["source"])
        self.assertIn("Expects lots", self.points(at=self.now + timedelta(days=2)))
        self.assertNotIn("Expects lots", self.points(at=self.now + timedelta(days=3)))

    def test_a_hint_is_about_a_client_and_says_something(self):
        with self.assertRaises(UserError):
            self.hint("  ")
        self.asked = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaises(UserError):
            self.hint()

    def test_a_hint_is_changed_by_who_wrote_it_or_a_manager(self):
        hint = self.hint()
        with self.assertRaises(AccessError):
            hint.with_user(self.adviser).text = "Mine"
        hint.with_user(self.users["manager"]).text = "Better"
        self.assertEqual(hint.text, "Better")
        with self.assertRaises(AccessError):
            hint.author_id = self.adviser

    # What people say

    def say(self, text, outcome, role="agent"):
        point = self.points(role)[text]
        return self.as_user(role).key_point_said(point["key"], outcome)

    def test_useful_is_counted_and_stays(self):
        self.hint()
        self.say("Expects lots", "useful")
        self.say("Expects lots", "useful", "adviser")
        self.assertEqual(self.points()["Expects lots"]["useful"], 2)
        outcome = self.env["vip.key.point.outcome"].search(
            [("partner_id", "=", self.asked.id)], limit=1
        )
        self.assertEqual(
            (outcome.outcome, outcome.user_id, outcome.at),
            ("useful", self.adviser, self.now),
        )

    def test_done_takes_a_hint_away_until_it_is_taken_up_again(self):
        self.hint()
        self.say("Expects lots", "done")
        self.assertEqual(self.points(), {})
        self.assertEqual(self.points(at=self.now + timedelta(days=90)), {})
        section = self.as_user().client_360_section("key_points")
        self.assertEqual(section["retired"], 1)
        retired = self.env["vip.key.point.retired"].search(
            [("partner_id", "=", self.asked.id)]
        )
        self.assertEqual((retired.why, retired.text), ("done", "Expects lots"))
        with self.assertRaises(AccessError):
            retired.with_user(self.users["auditor"]).action_take_up()
        retired.with_user(self.users["agent"]).action_take_up()
        self.assertIn("Expects lots", self.points())

    def test_what_the_data_say_rests_for_a_month(self):
        self.rule(("silence", "least", 30))
        self.talk(40)
        self.say("Call", "wrong")
        self.assertEqual(self.points(), {})
        self.assertIn("Call", self.points(at=self.now + timedelta(days=31)))

    def test_who_only_reads_says_nothing(self):
        self.hint()
        with self.assertRaises(AccessError):
            self.say("Expects lots", "useful", "auditor")

    def test_only_what_holds_can_be_talked_of(self):
        for key, outcome in (
            ("hint:vip.client.hint,0", "useful"),
            (["x"], "useful"),
            ("x", {}),
        ):
            with self.assertRaises(UserError):
                self.as_user().key_point_said(key, outcome)
        hint = self.hint()
        with self.assertRaises(UserError):
            self.as_user().key_point_said(f"hint:vip.client.hint,{hint.id}", "great")

    # Showings

    def shown(self, role="agent", at=None, keys=None):
        client = self.as_user(role, at)
        points = client.client_360_section("key_points")["items"]
        return client.key_points_shown(keys or [one["key"] for one in points])

    def test_a_showing_counts_once_for_each_person_and_day(self):
        self.hint()
        for _twice in range(2):
            self.shown()
        self.shown("adviser")
        self.shown(at=self.now + timedelta(days=1))
        self.shown("auditor")
        showings = self.env["vip.key.point.showing"].search(
            [("partner_id", "=", self.asked.id), ("key", "like", "hint:%")]
        )
        self.assertEqual(
            sorted((one.user_id.id, one.day) for one in showings),
            sorted(
                [
                    (self.users["agent"].id, self.now.date()),
                    (self.users["agent"].id, self.now.date() + timedelta(days=1)),
                    (self.adviser.id, self.now.date()),
                ]
            ),
        )

    def test_nobody_counts_what_is_not_shown(self):
        self.shown(keys=["hint:vip.client.hint,0", 7, None])
        self.assertFalse(self.as_user().key_points_shown("hint"))
        self.assertFalse(
            self.env["vip.key.point.showing"].search(
                [("partner_id", "=", self.asked.id)]
            )
        )

    def test_a_hint_nobody_acts_on_retires_itself_and_is_listed(self):
        self.company.vip_point_showings = 3
        self.hint()
        for day in range(3):
            self.assertIn("Expects lots", self.points(at=self.day(day)))
            self.shown(at=self.day(day))
        self.assertEqual(self.points(at=self.day(3)), {})
        retired = self.env["vip.key.point.retired"].search(
            [("partner_id", "=", self.asked.id)]
        )
        self.assertEqual((retired.why, retired.at), ("unheeded", self.day(2)))

    def day(self, count):
        return self.now + timedelta(days=count)

    def test_acting_on_it_begins_the_count_anew(self):
        self.company.vip_point_showings = 3
        self.hint()
        for day in range(2):
            self.shown(at=self.day(day))
        point = self.points(at=self.day(1))["Expects lots"]
        later = self.day(1) + timedelta(hours=1)
        self.as_user(at=later).key_point_said(point["key"], "useful")
        for day in (2, 3):
            self.shown(at=self.day(day))
            self.assertIn("Expects lots", self.points(at=self.day(day)))
        self.shown(at=self.day(4))
        self.assertEqual(self.points(at=self.day(5)), {})

    def test_zero_lets_nothing_retire_and_the_data_never_retire(self):
        self.company.vip_point_showings = 0
        self.hint()
        self.shown()
        self.assertIn("Expects lots", self.points())
        self.company.vip_point_showings = 1
        self.give(self.question(), 3)
        self.shown()
        points = self.points(at=self.day(1))
        self.assertIn("Answered 3 of 5", points)
        self.assertNotIn("Expects lots", points)

    def test_the_palette_tells_the_first_key_point_where_few_are_found(self):
        self.hint("Knows everything")
        self.asked.name = "Quite Unique Ltd"
        finder = self.env["vip.finder"].with_user(self.users["agent"])
        finder = finder.with_context(
            allowed_company_ids=self.company.ids, **at_context(self.now)
        )
        [found] = [
            one for one in finder.find("Quite Unique") if one["kind"] == "client"
        ]
        self.assertIn("Knows everything", found["note"])

    def test_a_merge_keeps_what_was_said_and_shown(self):
        other = self.client("SECOND")
        self.hint()
        self.shown()
        key = self.points()["Expects lots"]["key"]
        values = {"company_id": self.company.id, "key": key}
        seen = {"user_id": self.users["agent"].id, "day": self.now.date()}
        self.env["vip.key.point.showing"].create(
            {**values, **seen, "partner_id": other.id, "at": self.now}
        )
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge((self.asked + other).ids, self.asked)
        showings = self.env["vip.key.point.showing"].search([("key", "=", key)])
        self.assertEqual(showings.partner_id, self.asked)
        self.assertEqual(len(showings), 1)
