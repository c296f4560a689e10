from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import LATER, MARCH, ScoreCase


@tagged("post_install", "-at_install")
class TestScoreRuleVersion(ScoreCase):
    """Which rule charges, and from when to when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.overtime = cls.env.ref("sla_scoring.rule_overtime")
        cls.admin = cls.new_user("score_rules", "vip_base.group_vip_admin")

    def rule(self, points, **values):
        band = {"lower": 0, "outcome": "points", "points": points}
        return self.env["score.rule"].create(
            {"name": "Special", "band_ids": [Command.create(band)], **values}
        )

    def test_the_most_specific_rule_charges_alone(self):
        item = self.env["helpdesk.ticket.category"].create({"name": "Item"})
        below = item.create({"name": "Below", "parent_id": item.id})
        tier = self.env.ref("vip_service.tier_diamond")
        self.rule(2, metric="resolution")
        self.rule(3, category_ids=item.ids)
        self.rule(4, tier_ids=tier.ids)
        for points, values in (
            (-2, {}),
            (-3, {"category_id": below.id}),
            (-4, {"category_id": below.id, "tier_id": tier.id}),
            (-0.5, {"metric": "first_response"}),
        ):
            with self.subTest(values):
                entry = self.charge(self.breach(60, **values))
                self.assertEqual(entry.points, points)

    def test_a_charging_rule_is_followed_not_rewritten(self):
        self.charge(self.breach(60))
        rule = self.overtime.with_user(self.admin)
        band = rule.band_ids[0]
        for change in (
            lambda: rule.write({"grace_minutes": 5}),
            lambda: rule.write({"band_ids": [Command.update(band.id, {"points": 9})]}),
            lambda: band.write({"points": 9}),
            lambda: band.create(
                {"rule_id": rule.id, "lower": 90, "outcome": "error_review"}
            ),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        rule.name = "A better name"

    def test_a_new_version_begins_where_the_old_one_ends(self):
        self.charge(self.breach(60))
        rule = self.overtime.with_user(self.admin)
        action = rule.with_context(**at_context(LATER)).action_new_version()
        version = rule.browse(action["res_id"])
        self.assertEqual(version.date_from, date(2024, 4, 1))
        self.assertEqual(rule.date_to, date(2024, 3, 31))
        self.assertFalse(rule.warning or version.warning)
        version.band_ids.sorted("lower")[0].points = 0.75
        version.date_from = date(2024, 3, 20)
        self.assertEqual(rule.date_to, date(2024, 3, 19))
        self.assertEqual(self.charge(self.breach(60)).points, -0.5)
        late = self.breach(60, due=LATER)
        self.assertEqual(self.charge(late).points, -0.75)
        with self.assertRaises(UserError):
            rule.with_context(**at_context(LATER)).action_new_version()

    def test_a_version_not_in_force_yet_is_changed_itself(self):
        self.overtime.date_from = date(2024, 5, 1)
        with self.assertRaises(UserError):
            self.overtime._new_version(LATER)

    def test_days_shared_by_two_rules_are_shown_on_both(self):
        twin = self.rule(1, date_from=MARCH, name="Twin")
        self.assertIn("from Mar 1", twin.warning)
        self.assertIn("“Twin” is applied", self.overtime.warning)
        self.assertEqual(self.charge(self.breach(60)).points, -1)

    def test_days_without_a_rule_are_shown(self):
        self.overtime.date_to = MARCH
        self.assertIn("After Mar 1, 2024", self.overtime.warning)
        self.rule(1, date_from=date(2024, 3, 3))
        self.overtime.invalidate_recordset(["warning"])
        self.assertIn("After Mar 1, 2024", self.overtime.warning)

    def test_rules_of_different_scope_do_not_overlap(self):
        special = self.rule(1, metric="resolution")
        self.assertFalse(special.warning or self.overtime.warning)

    def test_a_charging_rule_is_not_deleted(self):
        self.charge(self.breach(60))
        with self.assertRaises(UserError):
            self.overtime.unlink()
