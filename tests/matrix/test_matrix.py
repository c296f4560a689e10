"""What is installed can be uninstalled, with what people put in it."""

import os
import subprocess
import sys

from tests.matrix import addons, matrix


def test_all_addons_up_and_down_leave_nothing_behind():
    result = matrix.travel(matrix.chain(), os.environ["VIP_HOST_TEMPLATE"])
    assert not result.findings, matrix.told(result)
    assert list(result.told) == addons.bottom_up()
    used = sum(each["tables"] - len(each["empty"]) for each in result.told.values())
    assert used, "nobody used anything"


def test_each_addon_comes_after_those_that_it_stands_on():
    names = addons.bottom_up()
    for place, name in enumerate(names):
        assert addons.below(name) <= set(names[:place])
        assert not set(addons.needs(name)) & set(names)


def test_each_addon_has_its_routes():
    names = {route.name for route in matrix.routes()}
    assert names == {
        *(f"{addon}{demo}" for addon in addons.bottom_up() for demo in ("", "-demo")),
        *("chain", "at-once"),
    }


def test_the_parts_that_plan_need_no_odoo():
    code = "import sys, tests.matrix.matrix; print('odoo' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr
