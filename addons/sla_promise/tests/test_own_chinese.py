from odoo.tests import tagged

from odoo.addons.vip_base.tests.chinese import LANG, ChineseCase

from .common import SlaCase, minutes

#: Service items of REQUIREMENTS S1.
ITEMS = {
    "opening_ordinary": "常规开户",
    "opening_online": "网上开户（归属）",
    "activation_ordinary": "常规激活",
    "activation_online": "网上激活",
    "data_change": "网上登录名解锁、密码重置、资料变更",
    "remote_help": "远程协助和指导",
    "authorisation_code": "授权码",
    "password_reset": "重置密码",
    "transfer": "转户",
    "closing": "销户",
    "other": "其它",
}


@tagged("post_install", "-at_install")
class TestOwnChinese(ChineseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_chinese("sla_promise")
        cls.env = cls.env(context={**cls.env.context, "lang": LANG})

    def test_every_term_is_chinese(self):
        self.assert_chinese("sla_promise")

    def test_service_items_and_their_policies(self):
        for item, chinese in ITEMS.items():
            category = self.env.ref(f"sla_promise.category_{item}")
            key = self.env.ref(f"sla_promise.policy_{item}_key")
            regular = self.env.ref(f"sla_promise.policy_{item}_regular")
            self.assertEqual(category.name, chinese)
            self.assertEqual(key.name, f"{chinese}：大客户")
            self.assertEqual(regular.name, f"{chinese}：普通客户")

    def test_stages_and_channels(self):
        for name, chinese in {
            "stage_waiting_third_party": "等待第三方",
            "stage_solved": "已解决",
            "channel_phone": "来电",
            "channel_visit": "营业部临柜",
        }.items():
            self.assertEqual(self.env.ref(f"sla_promise.{name}").name, chinese)

    def test_a_limit_reads_as_people_say_it(self):
        target = self.env.ref("sla_promise.target_opening_ordinary_key_resolution")
        self.assertEqual(target.display_name, "15分钟内解决")
        target = self.env.ref("sla_promise.target_closing_regular_resolution")
        self.assertEqual(target.display_name, "1个工作日内解决")


@tagged("post_install", "-at_install")
class TestReadersWords(SlaCase, ChineseCase):
    def test_a_digest_speaks_the_language_of_its_reader(self):
        self.load_chinese("sla_promise")
        self.ann.lang = LANG
        ticket = self.ticket()
        self.due(minutes(61))
        clock = self.clock(ticket)
        self.assertIn("Resolution", clock.display_name)
        notice = self.env["sla.notice"].create(
            {
                "clock_id": clock.id,
                "ticket_id": ticket.id,
                "user_id": self.ann.id,
                "kind": "breach",
                "created_at": minutes(61),
            }
        )
        notice._deliver(self.ann, notice)
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.ann.partner_id.ids)], order="id desc", limit=1
        )
        self.assertEqual(message.subject, "已超时的服务承诺：1")
        self.assertIn("已超过时限", message.body)
        self.assertIn(f"解决 · {ticket.number}", message.body)
