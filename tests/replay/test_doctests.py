"""The examples in the plain modules of the replay."""

import doctest
from unittest import TestCase

from . import log, names, oracle, plan


class TestExamples(TestCase):
    def test_examples(self):
        for module in (log, names, oracle, plan):
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertTrue(result.attempted)
                self.assertFalse(result.failed)
