"""Take a picture of a page: ``./vip run python -m tools.screenshot URL FILE``.

Needs a running server and Debian's Chromium. The language is the user's own
setting and stays changed.
"""

import argparse
import os
import shutil
from urllib.parse import urljoin

from playwright.sync_api import Page, sync_playwright

SETTLE = 1500  # milliseconds for charts to end their animation


def shoot(page: Page, url: str, file: str, wait: str | None = None):
    """Open ``url`` and save it once it shows ``wait`` (a CSS selector)."""
    page.goto(url)
    page.wait_for_selector(wait or ".o_action_manager > *")
    page.wait_for_timeout(SETTLE)
    page.screenshot(path=file)


def log_in(page: Page, base: str, login: str, password: str, lang: str | None = None):
    """Log in through the form; ``lang`` (such as ``zh_CN``) becomes the user's."""
    page.goto(urljoin(base, "/web/login"))
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("form.oe_login_form button[type=submit]")
    page.wait_for_url(lambda url: "/web/login" not in url)
    if lang:
        page.evaluate(
            """async (lang) => {
                const call = (url, params) =>
                    fetch(url, {
                        method: "POST",
                        headers: {"Content-Type": "application/json"},
                        body: JSON.stringify({jsonrpc: "2.0", params}),
                    }).then((response) => response.json());
                const session = await call("/web/session/get_session_info", {});
                await call("/web/dataset/call_kw/res.users/write", {
                    model: "res.users",
                    method: "write",
                    args: [[session.result.uid], {lang}],
                    kwargs: {},
                });
            }""",
            lang,
        )


def browser_page(playwright, width: int, height: int) -> Page:
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox"] if os.geteuid() == 0 else [],
    )
    return browser.new_page(viewport={"width": width, "height": height})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="path or address, such as /odoo/vip-clients/7")
    parser.add_argument("file")
    parser.add_argument("--base", default="http://localhost:8069")
    parser.add_argument("--login", default="admin")
    parser.add_argument("--password", help="default: the login")
    parser.add_argument("--lang", help="for example zh_CN or en_US")
    parser.add_argument("--width", type=int, default=1400)
    parser.add_argument("--height", type=int, default=1000)
    parser.add_argument("--wait", help="CSS selector to wait for first")
    args = parser.parse_args()
    with sync_playwright() as playwright:
        page = browser_page(playwright, args.width, args.height)
        password = args.password or args.login
        log_in(page, args.base, args.login, password, args.lang)
        shoot(page, urljoin(args.base, args.url), args.file, args.wait)


if __name__ == "__main__":
    main()
