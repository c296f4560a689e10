"""The addons' own JavaScript unit tests, run in the browser."""

from .common import BrowserCase

ADDONS = (
    "vip_base",
    "vip_service",
    "resource_worktime",
    "sla_promise",
    "sla_scoring",
)
SUCCEEDED = "[HOOT] Test suite succeeded"


def job_id(name: str) -> str:
    """The id by which the runner picks the suite ``name``."""
    number = 0
    for char in name:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


class TestWebUnits(BrowserCase):
    def test_job_id_is_the_runners(self):
        self.assertEqual(job_id("@web/core"), "e39ce9ba")

    def test_javascript_units(self):
        chosen = "".join(f"&id={job_id(f'@{addon}')}" for addon in ADDONS)
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000{chosen}",
            code="",
            login="admin",
            timeout=300,
            success_signal=SUCCEEDED,
            # A failed test reports itself and the others go on.
            error_checker=lambda message: "[HOOT]" not in message,
        )
