import doctest

from odoo.tests import BaseCase

from ..engine import bands


class TestScoreBands(BaseCase):
    def test_examples_in_docstrings_are_true(self):
        result = doctest.testmod(bands)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)
