"""The screens of files, sources, reviews and ladders, as people use them."""

import base64
from datetime import timedelta

from odoo.addons.vip_base.tools.times import add_months

from .common import EachWay
from .story import StoryCase

CONTENT = (
    '客户编号,月份,入金量,交易量\nTOUR-1,{month},"1,250.50",7\nNOBODY,{month},5,1\n'
)


class TestFiguresTours(EachWay, StoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._person("tour.admin", "vip_base.group_vip_admin")
        cls.volume = cls.env.ref("vip_service.metric_volume")

    def tour(self, record, name, login):
        action = {
            "vip.ladder.version": "vip-ladders",
            "vip.tier.review": "vip-reviews",
        }[record._name]
        self.env.flush_all()
        self.start_tour(f"/odoo/{action}/{record.id}", name, login=login)
        self.env.invalidate_all()

    def test_a_file_is_checked_looked_at_and_imported(self):
        before = add_months(self.month, -1)
        content = CONTENT.format(month=f"{before:%Y-%m}").encode("gb18030")
        record = (
            self.env["vip.activity.import"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Tour figures",
                    "file": base64.b64encode(content),
                    "file_name": "figures.csv",
                    "control_total": 1000,
                }
            )
        )
        self.env.flush_all()
        self.start_tour("/odoo/vip-imports", "vip_service_import", login="tour.manager")
        self.env.invalidate_all()
        self.assertEqual(
            (record.state, record.accepted_count, record.rejected_count), ("done", 1, 1)
        )

    def test_a_ladder_is_proposed_with_its_plan_and_put_in_force(self):
        versions = self.env["vip.ladder.version"].with_user(self.admin)
        day = self.company._vip_local_date(self.now)
        draft = versions._draft(self.env["res.company"], date_from=day, reason="Tour")
        platinum = self.env.ref("vip_service.tier_platinum")
        draft.rung_ids.filtered(lambda rung: rung.tier_id == platinum).unlink()
        draft.plan_ids.to_tier_id = self.env.ref("vip_service.tier_silver")
        self.assertEqual(self.trading.vip_tier_id, platinum)
        self.tour(draft, "vip_service_ladder_proposed", "tour.admin")
        self.assertEqual(draft.state, "proposed")
        self.tour(draft, "vip_service_ladder_decided", "tour.manager")
        self.assertEqual((draft.state, draft.decided_by_id), ("in_force", self.manager))
        self.assertEqual(self.trading.vip_tier_id.code, "silver")

    def test_a_source_is_declared_and_its_month_judged_without_it(self):
        self.env["vip.metric"].create(
            {"name": "Tour lots", "code": "tour_lots", "unit": "quantity"}
        )
        self.env.flush_all()
        self.start_tour(
            "/odoo/action-vip_service.vip_source_action",
            "vip_service_source_declared",
            login="tour.admin",
        )
        self.env.invalidate_all()
        source = self.env["vip.source"].search([("name", "=", "Tour settlement")])
        self.assertEqual(source.metric_ids.code, "tour_lots")
        review = self.env["vip.tier.review"].create({"month": self.month})
        self.tour(review, "vip_service_review_without_waiting", "tour.manager")
        self.assertEqual(
            (review.state, review.reason), ("done", "The settlement system is down")
        )

    def test_corrections_after_a_review_are_listed(self):
        review = self.env["vip.tier.review"].create({"month": self.month})
        review._run(at=self.now - timedelta(hours=2), anyway="Tour")
        change = review.change_ids.filtered(lambda c: c.partner_id == self.futures)
        change.with_user(self.manager)._reject("No", at=self.now - timedelta(hours=1))
        fact = self.env["vip.activity"].search(
            [("partner_id", "=", self.futures.id), ("metric_id", "=", self.volume.id)]
        )
        fact.value = 1
        self.tour(review, "vip_service_corrections", "tour.manager")
        [found] = self.env["vip.tier.correction"].search(
            [("review_id", "=", review.id)]
        )
        self.assertEqual(found.partner_id, self.futures)
        self.assertEqual(
            (found.found_id.code, found.now_id.code), ("diamond", "silver")
        )
