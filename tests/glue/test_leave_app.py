"""Odoo's time-off app beside our points, in a database of its own."""

from tools import databases
from tools.runner import CONFIG, INSTALLED

from .test_glue_suites import run


def test_leave_that_the_time_off_app_keeps():
    database = "vip_glue_hr_holidays"
    databases.copy(INSTALLED, database)
    try:
        run(
            *("odoo", "server", "-c", str(CONFIG), "-d", database),
            *("-i", "hr_holidays", "--stop-after-init", "--no-http"),
        )
        output = run(
            *("pytest", f"--odoo-config={CONFIG}", f"--odoo-database={database}"),
            *("-p", "no:cacheprovider", "--tb=short"),
            "tests/glue/inside_leave_app.py",
        )
    finally:
        databases.drop(database)
    assert " passed" in output
