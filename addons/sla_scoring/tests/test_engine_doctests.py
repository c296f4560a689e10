import doctest
import importlib
import pkgutil

from odoo.tests import BaseCase

from .. import engine, tools


class TestEngineDoctests(BaseCase):
    """Odoo's loader and pytest both ignore ``load_tests``, so the examples run here."""

    def test_examples_in_docstrings_are_true(self):
        attempted = set()
        for package in (engine, tools):
            for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
                with self.subTest(module=found.name):
                    result = doctest.testmod(importlib.import_module(found.name))
                    self.assertEqual(result.failed, 0)
                    if result.attempted:
                        attempted.add(found.name.rpartition(".")[2])
        engines = {"attribution", "clock", "quality", "scorecard", "worktime", "rounds"}
        self.assertLessEqual(engines, attempted)
