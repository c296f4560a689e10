from datetime import date

from odoo.tests import tagged

from ..tools.times import month_name
from .chinese import LANG, ChineseCase


@tagged("post_install", "-at_install")
class TestOwnChinese(ChineseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_chinese("vip_base")
        cls.env = cls.env(context={**cls.env.context, "lang": LANG})

    def test_every_term_is_chinese(self):
        self.assert_chinese("vip_base")

    def test_menus_and_roles(self):
        for name, chinese in {
            "menu_root": "大客户服务",
            "group_vip_agent": "客服",
        }.items():
            self.assertEqual(self.env.ref(f"vip_base.{name}").name, chinese)

    def test_month_comes_after_the_year(self):
        month = date(2026, 11, 1)
        self.assertEqual(month_name(self.env, month), "2026年11月")
        english = self.env(context={"lang": "en_US"})
        self.assertEqual(month_name(english, month), "November 2026")
        self.assertEqual(month_name(self.env, False), "")
