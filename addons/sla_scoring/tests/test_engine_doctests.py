import doctest

from odoo.tests import BaseCase

from ..engine import attribution, clock, quality, scorecard, worktime
from ..tools import (
    auto_submitted,
    escalation,
    integer_array,
    matching,
    outages,
    past,
    past_tiers,
    rounds,
    sql_array,
    story,
    timeline,
)


class TestEngineDoctests(BaseCase):
    """Odoo's loader and pytest both ignore ``load_tests``, so the examples run here."""

    def test_examples_in_docstrings_are_true(self):
        engines = (attribution, clock, quality, scorecard, worktime)
        tools = (auto_submitted, escalation, integer_array, matching, rounds)
        for module in (
            *engines,
            *tools,
            outages,
            past,
            past_tiers,
            sql_array,
            story,
            timeline,
        ):
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertEqual(result.failed, 0)
                self.assertGreater(result.attempted, 0)
