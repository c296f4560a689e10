import doctest

from odoo.tests import BaseCase

from ..tools import (
    import_csv,
    import_source,
    import_xlsx,
    lifecycle_sql,
    measure_sql,
    months,
)

MODULES = import_csv, import_source, import_xlsx, lifecycle_sql, measure_sql, months


class TestTools(BaseCase):
    def test_examples_in_the_documentation(self):
        for module in MODULES:
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)
