"""What one person changes shows on the screens of another, on a real server.

The server is a process of its own on a copy of the database; both people have a browser.
Nothing is patched: web socket, bus and web client are as in service.
"""

import os

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.room import browser_room
from tests.kill import harness
from tests.served import CALL, served
from tools import databases
from tools.runner import INSTALLED
from tools.screenshot import browser_page, log_in

DATABASE = f"vip_live_{os.getpid()}"
#: Milliseconds within which a change has to be on the other screen.
PATIENCE = 20_000


@pytest.fixture(scope="module")
def desk():
    """Yield (page of the agent, page of the manager, id of the request, address)."""
    databases.copy(INSTALLED, DATABASE)
    try:
        harness.run(DATABASE, "tests.live.story:story")
        with served(DATABASE) as base, browser_room(), sync_playwright() as playwright:
            agent, manager = (browser_page(playwright, 1440, 900) for _ in range(2))
            for page in (agent, manager):
                # The first page of a new database makes the bundles.
                page.set_default_timeout(12 * PATIENCE)
            log_in(agent, base, "ava", "ava", "en_US")
            log_in(manager, base, "max", "max", "en_US")
            yield agent, manager, _find(manager), base
    finally:
        databases.drop(DATABASE)


def _listening(page):
    """Give the page the time to subscribe; what it misses until then comes after."""
    page.wait_for_timeout(3000)


def _find(page, model="helpdesk.ticket", name="Please help"):
    [found] = page.evaluate(CALL, [model, "search", [[["name", "=", name]]]])
    return found


def _move(page, ticket_id, stage):
    _write(page, ticket_id, stage_id=_find(page, "helpdesk.ticket.stage", stage))


def _write(page, ticket_id, **values):
    page.evaluate(CALL, ["helpdesk.ticket", "write", [[ticket_id], values]])


def test_a_form_follows_a_colleague(desk):
    agent, manager, ticket_id, base = desk
    agent.goto(f"{base}/odoo/vip-tickets/{ticket_id}")
    agent.wait_for_selector(".o_sla_clock", timeout=PATIENCE)
    _listening(agent)
    _move(manager, ticket_id, "In Progress")
    current = ".o_statusbar_status .o_arrow_button_current"
    agent.wait_for_selector(f"{current}:has-text('In Progress')", timeout=PATIENCE)


def test_a_row_of_the_queue_is_renewed_where_it_stands(desk):
    agent, manager, ticket_id, base = desk
    agent.goto(f"{base}/odoo/vip-tickets")
    agent.wait_for_selector(".o_data_row", timeout=PATIENCE)
    _listening(agent)
    _write(manager, ticket_id, name="Renamed by a colleague")
    agent.wait_for_selector(
        ".o_data_row:has-text('Renamed by a colleague')", timeout=PATIENCE
    )
    assert not agent.locator(".o_sla_news").count()


def test_what_a_colleague_hands_over_waits_until_it_is_let_in(desk):
    agent, manager, ticket_id, base = desk
    _write(manager, ticket_id, user_id=False)
    agent.goto(f"{base}/odoo/vip-tickets")
    agent.wait_for_selector(".o_view_nocontent, .o_sla_keys", timeout=PATIENCE)
    _listening(agent)
    _write(manager, ticket_id, user_id=_find(manager, "res.users", "Ava"))
    news = agent.wait_for_selector(".o_sla_news", timeout=PATIENCE)
    assert "1 new" in news.inner_text()
    assert not agent.locator(".o_data_row").count()
    agent.keyboard.press("n")
    agent.wait_for_selector(".o_data_row", timeout=PATIENCE)
    agent.wait_for_selector(".o_sla_news", state="detached", timeout=PATIENCE)


def test_a_row_that_a_colleague_takes_stays_until_it_is_let_go(desk):
    agent, manager, ticket_id, base = desk
    agent.goto(f"{base}/odoo/vip-tickets")
    agent.wait_for_selector(".o_data_row", timeout=PATIENCE)
    _listening(agent)
    _write(manager, ticket_id, user_id=False)
    agent.wait_for_selector(".o_sla_news:has-text('1 moved')", timeout=PATIENCE)
    assert agent.locator(".o_data_row").count() == 1
    agent.click(".o_sla_news")
    agent.wait_for_selector(".o_data_row", state="detached", timeout=PATIENCE)


def test_a_home_counts_anew(desk):
    agent, manager, ticket_id, base = desk
    _write(manager, ticket_id, user_id=_find(manager, "res.users", "Ava"))
    agent.goto(f"{base}/odoo/vip-home")
    mine = "[data-tile='sla_promise/act_mine']"
    agent.wait_for_selector(f"{mine}[data-count='1']", timeout=PATIENCE)
    _listening(agent)
    _write(manager, ticket_id, user_id=False)
    agent.wait_for_selector(f"{mine}[data-count='0']", timeout=PATIENCE)


def test_clocks_follow_while_somebody_types(desk):
    agent, manager, ticket_id, base = desk
    agent.goto(f"{base}/odoo/vip-tickets/{ticket_id}")
    agent.wait_for_selector(".o_sla_clock", timeout=PATIENCE)
    assert not agent.locator(".o_sla_clock_done").count()
    _listening(agent)
    title = agent.locator(".o_field_widget[name=name] :is(input, textarea)").first
    title.fill("I am typing")
    _move(manager, ticket_id, "Done")
    agent.wait_for_selector(".o_sla_clock_done", timeout=PATIENCE)
    assert title.input_value() == "I am typing"


def test_who_else_reads_or_types_is_seen_until_he_leaves(desk):
    agent, manager, ticket_id, base = desk
    manager.goto(f"{base}/odoo/vip-tickets/{ticket_id}")
    manager.wait_for_selector(".o_sla_clock", timeout=PATIENCE)
    _listening(manager)
    agent.goto(f"{base}/odoo/vip-tickets/{ticket_id}")
    seen = ".o_vip_ticket_presence [data-doing='{}']"
    manager.wait_for_selector(seen.format("reading"), timeout=PATIENCE)
    # Who came first is seen by who came later, too.
    agent.wait_for_selector(seen.format("reading"), timeout=PATIENCE)
    assert "Ava" in manager.inner_text(".o_vip_ticket_presence")
    agent.click(".o-mail-Chatter-logNote")
    agent.wait_for_selector(".o-mail-Composer", timeout=PATIENCE)
    agent.keyboard.type("I look into it")
    manager.wait_for_selector(seen.format("typing"), timeout=PATIENCE)
    agent.goto(f"{base}/odoo/vip-home")
    manager.wait_for_selector(
        ".o_vip_ticket_presence", state="detached", timeout=PATIENCE
    )


def test_a_clock_stops_when_one_has_answered_oneself(desk):
    agent, _manager, _ticket_id, base = desk
    asked = _find(agent, name="Please answer")
    agent.goto(f"{base}/odoo/vip-tickets/{asked}")
    running = ".o_sla_clock[data-metric=first_response][data-state={}]"
    agent.wait_for_selector(running.format("running"), timeout=PATIENCE)
    agent.wait_for_timeout(1000)
    agent.click(".o-mail-Chatter-sendMessage")
    agent.wait_for_selector(".o-mail-Composer", timeout=PATIENCE)
    agent.keyboard.type("We look into it")
    agent.keyboard.press("Control+Enter")
    agent.wait_for_selector(running.format("met"), timeout=PATIENCE)
