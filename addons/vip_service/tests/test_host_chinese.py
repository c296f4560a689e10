from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.vip_base.tests.chinese import LANG, ChineseCase


@tagged("post_install", "-at_install")
class TestHostChinese(ChineseCase):
    """The host helpdesk ships no Chinese: ours comes from ``i18n_extra``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_chinese("vip_service")
        cls.env = cls.env(context={**cls.env.context, "lang": LANG})

    def test_every_stored_term_of_the_host_is_chinese(self):
        self.assertEqual(self.untranslated_terms("helpdesk_mgmt"), [])

    def test_menus(self):
        for name, chinese in {
            "helpdesk_ticket_main_menu": "服务台",
            "helpdesk_ticket_menu": "工单",
            "helpdesk_ticket_category_menu": "服务项目",
            "helpdesk_ticket_stage_menu": "阶段",
            "helpdesk_ticket_team_menu": "团队",
        }.items():
            menu = self.env.ref(f"helpdesk_mgmt.{name}")
            self.assertEqual(menu.name, chinese, name)

    def test_fields_of_a_ticket(self):
        fields = self.env["helpdesk.ticket"].fields_get(
            ["name", "number", "category_id", "stage_id", "team_id", "priority"]
        )
        labels = {name: field["string"] for name, field in fields.items()}
        self.assertEqual(
            labels,
            {
                "name": "标题",
                "number": "工单编号",
                "category_id": "服务项目",
                "stage_id": "阶段",
                "team_id": "团队",
                "priority": "优先级",
            },
        )
        self.assertEqual(
            dict(fields["priority"]["selection"]),
            {"0": "低", "1": "中", "2": "高", "3": "非常高"},
        )

    def test_stages_and_channels(self):
        for name, chinese in {
            "helpdesk_ticket_stage_new": "新建",
            "helpdesk_ticket_stage_in_progress": "处理中",
            "helpdesk_ticket_stage_awaiting": "等待客户",
            "helpdesk_ticket_stage_done": "已完成",
            "helpdesk_ticket_stage_cancelled": "已取消",
            "helpdesk_ticket_stage_rejected": "已驳回",
            "helpdesk_ticket_channel_phone": "电话",
        }.items():
            record = self.env.ref(f"helpdesk_mgmt.{name}")
            self.assertEqual(record.name, chinese, name)

    def test_ticket_form_says_it_in_chinese(self):
        arch = self.env["helpdesk.ticket"].get_view(
            self.env.ref("helpdesk_mgmt.ticket_view_form").id, "form"
        )["arch"]
        self.assertIn("分配给我", arch)
        self.assertNotIn("Assign to me", arch)

    def test_mail_to_the_assigned_person(self):
        template = self.env.ref("helpdesk_mgmt.assignment_email_template")
        self.assertIn("已分配给您", template.body_html)
        self.assertIn('t-out="object.number"', template.body_html)

    def test_names_that_the_host_gives_in_its_code(self):
        team = self.env["helpdesk.ticket.team"]
        names = {button["name"] for button in team.retrieve_dashboard()}
        self.assertEqual(names, {"未关闭的工单", "未分派团队的未关闭工单"})
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Anything", "description": "Anything"}
        )
        self.assertEqual(ticket.action_open_duplicate_wizard()["name"], "标记为重复")
        self.assertEqual(ticket.action_view_duplicates()["name"], "重复工单")


@tagged("post_install", "-at_install")
class TestPortalChinese(HttpCase, ChineseCase):
    def test_bar_above_the_clients_tickets(self):
        self.load_chinese("portal", "vip_service")
        user = new_test_user(
            self.env, "portal.zh", groups="base.group_portal", lang=LANG
        )
        self.authenticate(user.login, user.login)
        page = self.url_open("/my/tickets").text
        for text in ("最新", "阶段最近变更", "按编号搜索", "按标题搜索", "服务项目"):
            self.assertIn(text, page)
        for text in ("Newest", "Last Stage Update", "Search in Number"):
            self.assertNotIn(text, page)
