from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ScoreCase


@tagged("post_install", "-at_install")
class TestScoreRule(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.overtime = cls.env.ref("sla_scoring.rule_overtime")
        cls.error = cls.env.ref("sla_scoring.rule_error")

    def test_shipped_overtime_bands_at_their_limits(self):
        def outcome(seconds):
            band = self.overtime._band_for(seconds)
            return band.outcome, band.points

        self.assertFalse(self.overtime._band_for(0))
        self.assertEqual(outcome(1), ("points", 0.5))
        self.assertEqual(outcome(5 * 60), ("points", 0.5))
        self.assertEqual(outcome(5 * 60 + 1), ("points", 1.0))
        self.assertEqual(outcome(10 * 60), ("points", 1.0))
        self.assertEqual(outcome(10 * 60 + 1)[0], "error")
        self.assertEqual(outcome(19 * 60 + 59)[0], "error")
        self.assertEqual(outcome(20 * 60)[0], "error_review")
        self.assertEqual(outcome(48 * 3600)[0], "error_review")

    def test_shipped_error_bands(self):
        points = [self.error._band_for(number).points for number in (1, 2, 3, 9)]
        self.assertEqual(points, [1.5, 3.0, 3.0, 3.0])

    def test_shipped_rules_cover_everything(self):
        self.assertFalse(self.overtime.warning)
        self.assertFalse(self.error.warning)

    def test_overlapping_bands_are_refused(self):
        with self.assertRaises(ValidationError):
            self.band(5).upper = 6
        with self.assertRaises(ValidationError):
            self.overtime.band_ids = [
                Command.create({"lower": 30, "outcome": "points", "points": 1})
            ]

    def test_a_gap_is_warned_about(self):
        self.band(5).upper = 4
        self.assertIn("from 4 to 5 min", self.overtime.warning)

    def test_a_missing_end_is_warned_about(self):
        self.band(20, "lower").unlink()
        self.assertIn("above 20 min", self.overtime.warning)

    def test_a_limit_moves_in_one_save(self):
        first, second = self.band(5), self.band(10)
        self.overtime.band_ids = [
            Command.update(first.id, {"upper": 6}),
            Command.update(second.id, {"lower": 6}),
        ]
        self.assertEqual(self.overtime._band_for(6 * 60), first)

    def test_an_error_costs_points_and_nothing_else(self):
        with self.assertRaises(ValidationError):
            self.error.band_ids[0].outcome = "error"

    def test_a_band_cannot_end_before_it_begins(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.band(5).write({"lower": 7, "upper": 6})

    def test_a_charging_band_is_not_deleted(self):
        self.charge(self.breach(60))
        with self.assertRaises(UserError):
            self.band(5).unlink()

    def test_a_rule_is_in_force_from_and_to_its_dates(self):
        day = self.breach(60).breached_at.date()
        self.overtime.write({"date_from": day, "date_to": day})
        in_force = self.overtime._in_force
        self.assertTrue(in_force("overtime", self.company, day))
        for other in (day.replace(day=day.day - 1), day.replace(day=day.day + 1)):
            self.assertFalse(in_force("overtime", self.company, other))

    def test_a_change_of_a_band_leaves_a_trace(self):
        self.band(5).points = 0.75
        self.assertIn("0.75", self.overtime.message_ids[0].body)

    def band(self, limit, field="upper"):
        return self.overtime.band_ids.filtered(lambda band: band[field] == limit)
