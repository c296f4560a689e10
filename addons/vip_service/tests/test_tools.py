import doctest

from odoo.tests import BaseCase

from ..tools import activity_csv, months


class TestTools(BaseCase):
    def test_examples_in_the_documentation(self):
        for module in activity_csv, months:
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)
