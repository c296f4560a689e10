from odoo.tests import tagged

from odoo.addons.vip_base.tests.chinese import LANG, ChineseCase


@tagged("post_install", "-at_install")
class TestOwnChinese(ChineseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_chinese("resource_worktime")
        cls.env = cls.env(context={**cls.env.context, "lang": LANG})

    def test_every_term_is_chinese(self):
        self.assert_chinese("resource_worktime")
