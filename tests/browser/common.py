"""What the browser tests share."""

import functools
import resource
from contextlib import contextmanager, suppress

from playwright.sync_api import sync_playwright

from odoo.tests import HttpCase, tagged
from odoo.tests.common import HOST, TEST_CURSOR_COOKIE_NAME
from odoo.tools import file_path

from tests.proof import ways
from tools.screenshot import browser_page

#: Debian's package of Odoo lacks this library (blurred video calls); the bundle would
#: say so on the console and every browser test would end there.
OPTIONAL_FILE = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
#: Windows at least as wide as this are a desk's; narrower ones are held in a hand.
DESK = 768
HEIGHTS = {True: 900, False: 844}


@tagged("post_install", "-at_install")
class BrowserCase(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with suppress(FileNotFoundError):
            file_path(OPTIONAL_FILE)
            return
        cls.env["ir.asset"].create(
            {
                "name": "Do without the missing library",
                "bundle": "web.assets_backend",
                "directive": "remove",
                "path": OPTIONAL_FILE,
            }
        )


class EachWay:
    """Mixed into a browser case: each of its tests is made in several ways.

    In CI each takes one way by turns, in full all of them (see ``tests/proof.py``). A way
    is the language of whoever logs in, and the width of the window; the test's name ends
    with it. So a tour must not depend on either; ``vip_base/static/tests/tours/ways.js``
    has what finds records of lists and of cards, and words in both languages.
    """

    way = None

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        tests = [name for name in vars(cls) if name.startswith("test_")]
        for name in tests:
            test = getattr(cls, name)
            delattr(cls, name)
            for way in ways(name):
                named = _in_one_way(test, way)
                setattr(cls, named.__name__, named)

    def start_tour(self, url_path, tour_name, login=None, **options):
        desk = self.way.width >= DESK
        self.browser_size = f"{self.way.width}x{HEIGHTS[desk]}"
        self.touch_enabled = not desk
        users = self.env["res.users"].search([("login", "=", login)])
        users.lang = self.way.language
        users.flush_recordset()
        return super().start_tour(url_path, tour_name, login=login, **options)


def _in_one_way(test, way):
    @functools.wraps(test)
    def in_one_way(self):
        self.way = way
        test(self)

    in_one_way.__name__ += f"_{way.language}_{way.width}"
    return in_one_way


@contextmanager
def real_page(case, width):
    """Give a page of a real browser that works in the transaction of the test.

    :param case: an ``HttpCase``; where it is logged in, so is the page
    """
    with case.allow_requests(), _room(), sync_playwright() as playwright:
        page = browser_page(playwright, width, HEIGHTS[width >= DESK])
        known = {TEST_CURSOR_COOKIE_NAME: case.http_request_key}
        if case.session:
            known["session_id"] = case.session.sid
        url = f"http://{HOST}"
        page.context.add_cookies(
            [{"name": name, "value": value, "url": url} for name, value in known.items()]
        )
        yield page
        page.context.browser.close()


@contextmanager
def _room():
    """Let a browser start: it reserves more memory than Odoo allows its own process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
