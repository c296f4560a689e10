"""No main screen of ours has a serious or critical finding of axe (WCAG 2.2, A and AA)."""

import unittest

from odoo import Command, fields
from odoo.tests import new_test_user

from tools.lint import node_tools
from tools.paths import ROOT

from .common import EachWay, real_page
from .story import StoryCase

AXE = ROOT / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Milliseconds for what comes after the first sight: pictures, sections, charts.
SETTLE = 800
#: What stands around our screens or is put into them by the host, and what is found there.
#: Nothing of ours is under one of these.
HOST = {
    "html": "the web client names no language; of its body only the viewport is found",
    ".o_main_navbar": "menus whose items are buttons",
    ".o_searchview": "facets and their icons",
    ".o_breadcrumb": "links lower than 24 px",
    ".o_cp_action_menus": "the wheel is 18 px wide",
    ".o_cp_switch_buttons": "the views to choose from have icons only",
    ".o_control_panel_navigation > .btn": "the glass that opens the search on a phone",
    ".o_button_more": "more buttons, on a phone",
    ".o_form_label": "labels of fields are muted on a phone",
    ".o_list_renderer": "a list of lines that scrolls on a phone",
    ".o_optional_columns_dropdown": "its button has no name",
    ".o_list_record_selector": "the check box of a row has no label",
    ".o_list_view .o_handle_cell": "the handle of a row",
    ".o_priority": "stars lower than 24 px",
    ".o_notebook_headers": "tabs in a list that is no list of tabs",
    ".o-mail-Chatter": "pictures, icons and dates of messages",
    ".o-mail-Avatar": "pictures of people without a text",
    ".o_tag": "tags are no buttons, but expand",
    ".o_select_menu": "the list to choose from",
    ".o-autocomplete": "the input of a choice among records",
    ".o_field_widget[name=name] input": "the title of a ticket has no label",
    "input[autocomplete=selectMenuAutocompleteOff]": "the input of a choice",
    ".o_field_statusbar": "the stages of a ticket",
    ".o_portal_icon": "pictures of the cards of the portal without a text",
    "button[name=create_new_ticket]": "a button lower than 24 px",
    ".o_portal .badge[title]": "the stage of a ticket",
    ".o_portal_navbar": "the head of the portal",
    "header#top": "the head of the portal",
    "footer#bottom": "the foot of the portal",
    ".o_debug_manager": "only where a developer looks",
}
#: Those of them that are found as they are, not with all that is in them.
ALONE = {"html", ".o_list_renderer"}
RUN = """
async ([tags, inside, alone]) => {
    const found = await axe.run(document, { runOnly: tags });
    const isOurs = (target) => {
        const element = document.querySelector(target[0]);
        const around = element && inside.some((name) => element.closest(name));
        return !around && !alone.some((name) => element && element.matches(name));
    };
    return found.violations
        .filter(({ impact }) => ["serious", "critical"].includes(impact))
        .flatMap(({ id, nodes }) =>
            nodes
                .filter(({ target }) => isOurs(target))
                .map(({ target, html }) => `${id} ${target}: ${html.slice(0, 200)}`)
        );
}
"""


class TestAxe(EachWay, StoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not node_tools():
            raise unittest.SkipTest("axe comes by npm, and node is missing")
        cls.client_user = new_test_user(
            cls.env, "tour.client", groups="base.group_portal"
        )
        cls.client_user.partner_id.parent_id = cls.trading
        cls.admin = cls._person("tour.admin", "vip_base.group_vip_admin")
        cls.agent.group_ids = [Command.link(cls.env.ref("vip_base.group_vip_agent").id)]

    def find(self, path, login, shown):
        """Open a page as somebody, wait until it is shown, and say what axe finds."""
        user = self.env["res.users"].search([("login", "=", login)])
        user.lang = self.way.language
        self.env.flush_all()
        self.authenticate(login, login)
        with real_page(self, self.way.width) as page:
            page.goto(f"{self.base_url()}{path}")
            page.wait_for_selector(shown)
            page.wait_for_timeout(SETTLE)
            page.add_script_tag(path=AXE)
            found = page.evaluate(RUN, [TAGS, [*HOST.keys() - ALONE], [*ALONE]])
        self.assertFalse(found, "\n".join(found))

    def test_the_page_of_a_client(self):
        self.find(
            f"/odoo/vip-clients/{self.trading.id}",
            "tour.manager",
            ".o_vip_360[data-status=ready]",
        )

    def test_the_home_of_an_agent(self):
        self.find("/odoo/vip-home", "tour.agent", "[data-panel='sla_promise/queue']")

    def test_the_home_of_a_leader(self):
        self.find("/odoo/vip-home", "tour.manager", ".o_sla_kept, .o_sla_load")

    def test_the_home_of_an_adviser(self):
        adviser = self._person("tour.adviser", "vip_base.group_vip_adviser")
        self.trading.adviser_id = adviser
        self.find("/odoo/vip-home", "tour.adviser", "[data-role=adviser] [data-tile]")

    def test_the_home_of_an_administrator(self):
        self.find("/odoo/vip-home", "tour.admin", "[data-role=admin] [data-tile]")

    def test_a_ticket(self):
        self.find(
            f"/odoo/vip-tickets/{self.late_ticket.id}", "tour.agent", ".o_sla_clock"
        )

    def test_the_list_of_tickets(self):
        shown = ".o_sla_time_left" if self.way.width > 768 else ".o_kanban_record"
        self.find("/odoo/vip-tickets", "tour.agent", shown)

    def test_the_kpi_board(self):
        self.find("/odoo/kpi", "tour.manager", ".o_kpi_board canvas")

    def test_approvals(self):
        shown = "[name=action_approve]" if self.way.width > 768 else ".o_kanban_record"
        self.find("/odoo/vip-approvals", "tour.manager", shown)

    def test_tier_changes_decided_together(self):
        self.find("/odoo/vip-decide", "tour.manager", ".o_vip_together tbody tr")

    def test_a_tier_change_with_what_is_at_stake(self):
        self.find(
            f"/odoo/vip-approvals/{self.proposal.id}", "tour.manager", ".o_vip_stakes"
        )

    def test_the_first_hour(self):
        self.find("/odoo/vip-first-hour", "tour.admin", ".o_vip_first_hour li")

    def test_operations(self):
        self.find(
            "/odoo/vip-operations", "tour.admin", ".o_vip_operations .o_vip_check"
        )

    def test_the_wall(self):
        wall = self.env["sla.wall"].create({"name": "Tour", "lang": "en_US"})
        link = wall.with_user(self.admin).action_new_link()["params"]["message"]
        key = link.split("#")[1]
        self.find(f"/wall#{key}", "tour.manager", "#wall .card")

    def test_a_back_test(self):
        tests = self.env["vip.tier.backtest"].with_user(self.manager)
        backtest = tests.create({"month_from": self.month, "months": 1})
        backtest.action_run()
        self.find(
            f"/odoo/vip.tier.backtest/{backtest.id}",
            "tour.manager",
            ".o_vip_backtest canvas",
        )

    def test_rules_of_key_points(self):
        rule = self.env.ref("vip_service.key_point_silent")
        self.find(
            f"/odoo/vip-key-point-rules/{rule.id}",
            "tour.admin",
            ".o_field_widget[name=condition_ids] .o_list_renderer,"
            " .o_field_widget[name=condition_ids] .o_kanban_renderer",
        )

    def test_how_health_is_judged_and_what_it_would_have_said(self):
        backtest = self.env["vip.health.backtest"].with_user(self.manager)
        backtest = backtest.create({"month_from": self.month, "months": 1})
        backtest.action_run()
        self.find(
            f"/odoo/vip-health-back-tests/{backtest.id}",
            "tour.manager",
            "[name=fell_red_count]",
        )
        self.find("/odoo/vip-health", "tour.admin", ".o_list_renderer .o_data_row")

    def test_a_monthly_close(self):
        self.env["score.entry"].create(
            {
                "company_id": self.company.id,
                "user_id": self.agent.id,
                "kind": "award",
                "points": 2,
                "reason": "Helped a colleague",
                "occurred_at": fields.Datetime.now(),
                "needs_review": True,
            }
        )
        close = self.env["score.close"].with_user(self.manager).create({})
        self.find(f"/odoo/monthly-close/{close.id}", "tour.manager", ".o_close_card")

    def test_a_scorecard(self):
        card = self.env["score.card"].create(
            {
                "company_id": self.company.id,
                "user_id": self.agent.id,
                "month": self.month,
            }
        )
        self.find(f"/odoo/score.card/{card.id}", "tour.manager", ".o_score_card_page")

    def test_an_import(self):
        self.find("/odoo/vip-imports/new", "tour.manager", ".o_form_view")

    def test_the_ladder(self):
        version = self.env["vip.ladder.version"].search([], limit=1)
        self.find(
            f"/odoo/vip.ladder.version/{version.id}", "tour.admin", ".o_form_view"
        )

    def test_the_home_of_a_client(self):
        self.find("/my", "tour.client", "[data-card=client], .o_vip_portal_card")

    def test_a_ticket_of_a_client(self):
        self.find(f"/my/ticket/{self.late_ticket.id}", "tour.client", ".o_sla_promises")

    def _complaint(self):
        """A complaint about the late request, with a cause and an action."""
        complaints = self.env["vip.complaint"].with_user(self.manager)
        complaint = complaints.create(
            {
                "name": "Fee charged twice",
                "about_id": self.late_ticket.id,
                "reason": "Asks in writing why",
                "action_ids": [Command.create({"name": "Return the fee"})],
            }
        )
        self.env["vip.case.cause"].with_user(self.manager).create(
            {
                "ticket_id": complaint.ticket_id.id,
                "cause_id": self.env.ref("vip_voice.cause_process").id,
            }
        )
        return complaint

    def test_a_complaint(self):
        self.find(
            f"/odoo/complaints/{self._complaint().id}", "tour.manager", ".o_vip_owed"
        )

    def test_complaints(self):
        self._complaint()
        shown = ".o_data_row" if self.way.width > 768 else ".o_kanban_record"
        self.find("/odoo/complaints", "tour.manager", shown)

    def test_the_page_on_which_a_client_complains(self):
        self.find("/my/complaint", "tour.client", ".o_vip_complaint_form")

    def test_the_page_that_asks_for_an_answer(self):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.open_ticket.write({"stage_id": done.id})
        question = self.env["vip.question"]._queue(
            self.open_ticket, [self.env["mail.template"]], self.now
        )
        question.write({"state": "asked"})
        key = self.env["vip.question.key"]._issue(question)
        self.find(f"/answer#{key}", "tour.client", "#vip_answer_form")
