"""Odoo's automation rules beside our clocks, in a database of their own."""

from tools import databases
from tools.runner import CONFIG, INSTALLED

from .test_glue_suites import run


def test_automation_rules_move_clocks():
    database = "vip_glue_base_automation"
    databases.copy(INSTALLED, database)
    try:
        run(
            *("odoo", "server", "-c", str(CONFIG), "-d", database),
            *("-i", "base_automation", "--stop-after-init", "--no-http"),
        )
        output = run(
            *("pytest", f"--odoo-config={CONFIG}", f"--odoo-database={database}"),
            *("-p", "no:cacheprovider", "--tb=short"),
            "tests/glue/inside_automation.py",
        )
    finally:
        databases.drop(database)
    assert " passed" in output
