from odoo.tests import tagged

from odoo.addons.vip_base.tests.chinese import LANG, ChineseCase

from .common import ScoreCase


@tagged("post_install", "-at_install")
class TestOwnChinese(ChineseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_chinese("sla_scoring")
        cls.env = cls.env(context={**cls.env.context, "lang": LANG})

    def test_every_term_is_chinese(self):
        self.assert_chinese("sla_scoring")

    def test_bands_of_a_rule(self):
        bands = {
            "rule_overtime_5": "超时 0 至 5 分钟",
            "rule_overtime_20": "超时 10 至不足 20 分钟",
            "rule_overtime_over": "超时 20 分钟及以上",
            "rule_error_second": "第 2 次差错",
            "rule_error_later": "第 3 次及以后的差错",
        }
        for name, chinese in bands.items():
            band = self.env.ref(f"sla_scoring.{name}")
            self.assertEqual(band.display_name, chinese)


@tagged("post_install", "-at_install")
class TestReadersWords(ScoreCase, ChineseCase):
    def test_what_an_english_job_charged_is_explained_in_chinese(self):
        self.load_chinese("sla_scoring")
        entry = self.charge(self.breach(1200))
        words = dict(entry.with_context(lang=LANG)._why()["facts"])
        self.assertEqual(words["计分规则"], "大客户服务超时")
        self.assertEqual(words["区间"], "超时 20 分钟及以上")
        self.assertEqual(words["差错规则"], "当月差错")
        self.assertEqual(words["计为"], "第 1 次差错")
        self.assertEqual(entry.with_context(lang=LANG).month_name, "2024年3月")
