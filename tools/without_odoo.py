"""pytest plugin: tests of plain code, without Odoo and in a second or two.

Of Odoo there is nothing but a stand-in for the base class of tests, and of our addons
nothing runs but what a test imports: an addon's own ``__init__`` would load its models.
"""

import sys
import unittest
from types import ModuleType

import _pytest.pathlib

from tests.proof import said
from tools.paths import ADDONS


def pytest_addoption(parser):
    parser.addoption(
        "--every", metavar="K/N", default="1/1", help="only each Nth test, from the Kth"
    )


def pytest_collection_modifyitems(config, items):
    first, step = map(int, config.getoption("--every").split("/"))
    chosen = items[first - 1 :: step]
    config.hook.pytest_deselected(items=[each for each in items if each not in chosen])
    items[:] = chosen


def pytest_report_header():
    return said()


def _package(name, *folders):
    module = ModuleType(name)
    module.__path__ = [str(folder) for folder in folders]
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
    return module


def _make_packages():
    _package("odoo")
    tests = _package("odoo.tests")
    tests.BaseCase = unittest.TestCase
    tests.tagged = lambda *_tags: lambda case: case
    _package("odoo.addons", ADDONS)
    for manifest in ADDONS.glob("*/__manifest__.py"):
        folder = manifest.parent
        _package(f"odoo.addons.{folder.name}", folder)
        _package(f"odoo.addons.{folder.name}.tests", folder / "tests")


def _name_as_odoo_does(resolve):
    """Let pytest import files of our addons as parts of ``odoo.addons``."""

    def resolved(path, **options):
        root, name = resolve(path, **options)
        inside = ADDONS in path.parents and not name.startswith("odoo.")
        return root, f"odoo.addons.{name}" if inside else name

    return resolved


_make_packages()
_pytest.pathlib.resolve_pkg_root_and_module_name = _name_as_odoo_does(
    _pytest.pathlib.resolve_pkg_root_and_module_name
)
