"""What the browser tests share."""

from contextlib import suppress

from odoo.tests import HttpCase, tagged
from odoo.tools import file_path

#: Debian's package of Odoo lacks this library (blurred video calls); the bundle would
#: say so on the console and every browser test would end there.
OPTIONAL_FILE = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


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
