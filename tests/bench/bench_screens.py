"""How long main screens take to show their content, beside the host's of that kind.

One browser opens them by turns, each once before without being measured; both databases
are served. What a colleague's change takes to the other screen is measured as well.
"""

import statistics
import time

from playwright.sync_api import sync_playwright

from tests.browser.room import browser_room
from tests.served import CALL
from tools.screenshot import browser_page, log_in

from .bench import Line, Rounds
from .desk import desks

ROUNDS = {"small": 1, "full": 9}
CONTENT, LIVE = 1.5, 1.0
#: What a screen shows once there is something to read, ours and the host's.
ROWS = ".o_data_row"
FORM = ".o_form_view .o_field_widget[name=name]"
TICKETS = "helpdesk_mgmt.helpdesk_ticket_action"
PATIENCE = 60_000


def _screens(host, ours):
    """Return (name, path and content of ours, path and content of the host's)."""
    ticket, client = (lambda desk: desk.of(0)[0]), (lambda desk: desk.clients[0])
    host_list = f"/odoo/action-{TICKETS}?view_type=list", ROWS
    partners = "/odoo/action-base.action_partner_form"
    return [
        ("queue", ("/odoo/vip-tickets", ROWS), host_list),
        (
            "ticket",
            (f"/odoo/vip-tickets/{ticket(ours)}", ".o_sla_clock"),
            (f"/odoo/action-{TICKETS}/{ticket(host)}", FORM),
        ),
        (
            "clients",
            ("/odoo/vip-clients", ROWS),
            (f"{partners}?view_type=list", ROWS),
        ),
        (
            "client's page",
            (f"/odoo/vip-clients/{client(ours)}", ".o_vip_360[data-status=ready]"),
            (f"{partners}/{client(host)}", FORM),
        ),
        ("home", ("/odoo/vip-home", "[data-tile]"), host_list),
    ]


def bench_content(_env, scale):
    rounds = Rounds.of(ROUNDS[scale])
    with desks() as (host, ours), browser_room(), sync_playwright() as playwright:
        pages = {}
        for desk in (host, ours):
            pages[desk] = browser_page(playwright, 1440, 900)
            # The first page of a new database makes the bundles.
            pages[desk].set_default_timeout(4 * PATIENCE)
            log_in(pages[desk], desk.base, desk.login(0), desk.login(0))
        for name, mine, theirs in _screens(host, ours):
            sides = {ours: mine, host: theirs}
            taken = {ours: [], host: []}
            for number in range(1 + rounds):
                for desk, (path, content) in sides.items():
                    seconds = _seen(pages[desk], desk.base + path, content)
                    if number:
                        taken[desk].append(seconds)
            yield Line(
                f"{name}: time to content, warm",
                statistics.median(taken[ours]),
                statistics.median(taken[host]),
                CONTENT,
            )
        yield from _counts(pages[ours], ours)
        yield _told(playwright, pages[ours], ours, rounds)


def _seen(page, url, content):
    """Return the seconds until a page shows its content, opened by its address."""
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(content, timeout=PATIENCE)
    return time.perf_counter() - started


def _counts(page, ours):
    """Yield how often the queue asks for pictures, the client's page for itself."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    _seen(page, f"{ours.base}/odoo/vip-tickets", ROWS)
    page.wait_for_timeout(1000)
    pictures = [url for url in asked if "/web/image/res." in url or "avatar" in url]
    # That of who is logged in stands above every screen.
    yield Line("queue: pictures of persons", len(pictures), None, 2, "requests")
    asked.clear()
    path = f"/odoo/vip-clients/{ours.clients[0]}"
    _seen(page, ours.base + path, ".o_vip_360[data-status=ready]")
    page.wait_for_timeout(1000)
    calls = [url for url in asked if url.endswith("/client_360")]
    yield Line("client's page: calls for itself", len(calls), None, 1, "requests")


def _told(playwright, page, ours, rounds):
    """Return how long a colleague's change takes to be on the screen of another."""
    colleague = browser_page(playwright, 1200, 800)
    log_in(colleague, ours.base, ours.login(1), ours.login(1))
    _seen(page, f"{ours.base}/odoo/vip-tickets", ROWS)
    page.wait_for_timeout(3000)
    ticket, taken = ours.of(0)[0], []
    for number in range(rounds):
        name = f"Renamed {number}"
        args = ["helpdesk.ticket", "write", [[ticket], {"name": name}]]
        colleague.evaluate(CALL, args)
        started = time.perf_counter()
        page.wait_for_selector(f"{ROWS}:has-text('{name}')", timeout=PATIENCE)
        taken.append(time.perf_counter() - started)
        page.wait_for_timeout(300)
    return Line(
        "a colleague's change to be on screen", statistics.median(taken), None, LIVE
    )
