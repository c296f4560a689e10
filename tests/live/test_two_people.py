"""What one person changes shows on the screens of another, on a real server.

The server is a process of its own on a copy of the database; both people have a browser.
Nothing is patched: web socket, bus and web client are as in service.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.room import browser_room
from tests.kill import harness
from tools import databases
from tools.runner import CONFIG, INSTALLED
from tools.screenshot import browser_page, log_in

DATABASE = f"vip_live_{os.getpid()}"
#: Milliseconds within which a change has to be on the other screen.
PATIENCE = 20_000
#: Asks the server as the person who is logged in.
CALL = """async ([model, method, args]) => {
    const response = await fetch(`/web/dataset/call_kw/${model}/${method}`, {
        method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({jsonrpc: "2.0", params: {model, method, args, kwargs: {}}}),
    });
    const {result, error} = await response.json();
    if (error) {
        throw new Error(error.data.message);
    }
    return result;
}"""


@contextlib.contextmanager
def _server():
    """Serve the database; yield the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "odoo", "server", "-c", str(CONFIG)]
    command += ["-d", DATABASE, f"--db-filter=^{DATABASE}$", "--max-cron-threads=0"]
    command += ["--http-interface=127.0.0.1", f"--http-port={port}"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(120):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{base}/web/login", timeout=30).close()
                break
            assert process.poll() is None, "the server ended"
            time.sleep(0.5)
        yield base
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def desk():
    """Yield (page of the agent, page of the manager, id of the request, address)."""
    databases.copy(INSTALLED, DATABASE)
    try:
        harness.run(DATABASE, "tests.live.story:story")
        with _server() as base, browser_room(), sync_playwright() as playwright:
            agent, manager = (browser_page(playwright, 1440, 900) for _ in range(2))
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


def test_a_list_follows_a_colleague(desk):
    agent, manager, ticket_id, base = desk
    agent.goto(f"{base}/odoo/vip-tickets")
    agent.wait_for_selector(".o_data_row", timeout=PATIENCE)
    _listening(agent)
    _write(manager, ticket_id, name="Renamed by a colleague")
    agent.wait_for_selector(
        ".o_data_row:has-text('Renamed by a colleague')", timeout=PATIENCE
    )


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
