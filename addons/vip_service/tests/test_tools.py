import doctest

from odoo.tests import BaseCase

from ..tools import import_csv, import_source, import_xlsx, measure_sql, months


class TestTools(BaseCase):
    def test_examples_in_the_documentation(self):
        for module in import_csv, import_source, import_xlsx, measure_sql, months:
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)
