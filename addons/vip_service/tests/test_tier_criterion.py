from psycopg2 import IntegrityError

from odoo.tests import Form
from odoo.tools import mute_logger

from .common import VipCase


class TestTierCriterion(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.criterion = cls.platinum.criterion_ids.filtered(
            lambda criterion: criterion.metric_id == cls.volume
        )

    def test_shipped_ladder(self):
        """REQUIREMENTS T1."""
        ladder = self.env["vip.tier"]._ladder(self.env.ref("base.main_company"))
        self.assertEqual(ladder.mapped("code"), ["silver", "platinum", "diamond"])
        thresholds = {
            (criterion.tier_id.code, criterion.metric_id.code): criterion.qualify
            for criterion in ladder.criterion_ids
        }
        self.assertEqual(
            thresholds,
            {
                ("platinum", "deposit"): 500_000,
                ("platinum", "volume"): 200,
                ("diamond", "deposit"): 1_000_000,
                ("diamond", "volume"): 700,
            },
        )
        for criterion in ladder.criterion_ids:
            self.assertEqual(criterion.retain, criterion.qualify)
            self.assertEqual((criterion.window_months, criterion.aggregate), (1, "sum"))

    def test_retain_follows_qualify_while_it_is_the_same(self):
        self.criterion.qualify = 300
        self.assertEqual(self.criterion.retain, 300)

    def test_a_retain_threshold_of_its_own_stays(self):
        self.criterion.retain = 150
        self.criterion.qualify = 300
        self.assertEqual(self.criterion.retain, 150)

    def test_the_form_follows_too(self):
        with Form(self.platinum) as form, form.criterion_ids.new() as line:
            line.metric_id = self.volume
            line.qualify = 70
            self.assertEqual(line.retain, 70)

    @mute_logger("odoo.sql_db")
    def test_retain_is_not_above_qualify(self):
        with self.assertRaises(IntegrityError):
            self.criterion.retain = 201
            self.criterion.flush_recordset()

    def test_an_own_ladder_replaces_the_shared_one(self):
        other = self.env["res.company"].create({"name": "Other"})
        shared = self.env.ref("vip_service.tier_silver")
        self.assertEqual(self.env["vip.tier"]._lowest(self.company), self.silver)
        self.assertEqual(self.env["vip.tier"]._lowest(other), shared)

    @mute_logger("odoo.sql_db")
    def test_a_rank_is_used_once_in_a_ladder(self):
        with self.assertRaises(IntegrityError):
            self.platinum.rank = 3
            self.platinum.flush_recordset()
