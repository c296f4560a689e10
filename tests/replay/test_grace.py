"""Reviews with windows, grace and soft landing over the bank's facts, against Python."""

from . import log
from .grace import GRACE, RULES, outcomes
from .oracle import DIAMOND, PLATINUM
from .rules import RulesCase


class TestGrace(RulesCase):
    @classmethod
    def set_rules(cls):
        cls.company.vip_one_step_down = True
        for tier in cls.env["vip.tier"]._ladder(cls.company):
            tier.grace_reviews = GRACE.get(tier.rank, 0)
        cls.set_criteria(RULES)

    @classmethod
    def expected(cls):
        return outcomes(log.read_activity(), cls.clients("client_type"))

    def test_the_data_show_all_that_is_tested(self):
        """Else the comparison above would prove little."""
        falls = {tier for o in self.found.values() for tier in o.falls.values()}
        self.assertEqual(falls, {PLATINUM - 1, DIAMOND - 1})
        streaks = {streak for o in self.found.values() for streak in o.grace.values()}
        self.assertEqual(streaks, {1, 2})
        self.assertTrue(any(o.rises for o in self.found.values()))

    def test_proposals_are_the_rises_and_falls_and_nothing_else(self):
        changes = self.env["vip.tier.change"].search([("review_id", "!=", False)])
        actual = {(c.review_id.month, c.partner_id.client_number) for c in changes}
        expected = {
            (month, ref) for month, o in self.found.items() for ref in o.rises | o.falls
        }
        self.assertEqual(actual, expected)
        self.assertEqual(len(changes), len(expected))
