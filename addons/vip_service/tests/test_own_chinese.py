from odoo.tests import tagged

from odoo.addons.vip_base.tests.chinese import LANG, ChineseCase


@tagged("post_install", "-at_install")
class TestOwnChinese(ChineseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_chinese("vip_base")
        cls.load_chinese("vip_service")
        cls.env = cls.env(context={**cls.env.context, "lang": LANG})

    def test_every_term_is_chinese(self):
        self.assert_chinese("vip_service")

    def test_the_shipped_ladder(self):
        names = {
            "tier_diamond": "钻石级",
            "tier_platinum": "彩金级",
            "tier_silver": "白银级",
            "metric_deposit": "入金量",
            "metric_volume": "交易量（手）",
        }
        for name, chinese in names.items():
            self.assertEqual(self.env.ref(f"vip_service.{name}").name, chinese)

    def test_agents_who_serve_and_agents_who_are_clients(self):
        types = self.env["res.partner"].fields_get(["client_type"])["client_type"]
        self.assertEqual(
            dict(types["selection"]),
            {
                "end": "终端用户",
                "household": "家庭",
                "group": "集团",
                "franchisee": "加盟商",
                "agent": "代理商",
            },
        )

    def test_what_a_mixin_of_another_addon_offers(self):
        """However late its users are installed, they speak as it does."""
        records = self.env["ir.model.fields.selection"].sudo()
        own = records.search(
            [("field_id.model", "=", "vip.activity.import"), ("value", "=", "checked")]
        )
        self.env.cr.execute(
            "UPDATE ir_model_fields_selection SET name = name - %s WHERE id = %s",
            [LANG, own.id],
        )
        records.invalidate_model(["name"])
        self.assertEqual(own.name, "Checked")
        records._reflect_selections(["vip.activity.import"])
        self.assertEqual(own.name, "已检查")

    def test_menus(self):
        for name, chinese in {
            "client_menu": "客户",
            "vip_tier_change_menu": "等级变更",
            "vip_tier_review_menu": "等级评审",
        }.items():
            self.assertEqual(self.env.ref(f"vip_service.{name}").name, chinese)

    def test_message_of_a_refusal(self):
        change = self.env["vip.tier.change"].new({})
        with self.assertRaisesRegex(Exception, "驳回必须填写原因。"):
            change._reject("")
