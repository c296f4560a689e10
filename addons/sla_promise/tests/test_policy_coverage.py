"""Coverage of policies against brute force: every combination of facts is tried."""

from datetime import date, timedelta
from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from tests.proof import proven

from ..engine import coverage
from ..engine.matching import Facts, Promise, Rule, explain, specificity

TODAY = date(2024, 3, 4)
DAYS = [None, *(TODAY + timedelta(days=days) for days in (-9, -1, 0, 3, 9))]
PATHS = ((), (1,), (1, 2), (3,))
CLIENTS = ((False, None), (False, 10), (True, 11))
TYPES = ("end", "agent")
UNIVERSE = coverage.Universe(PATHS, CLIENTS, TYPES, (1, 2), TODAY)
CONDITIONS = ("a", "b")
PROMISE = Promise(
    *(1, 1, "resolution", 30, "minutes", "team", None, True, (), "better")
)


def some(*values):
    """Mostly nothing, else one or two of the values."""
    sets = st.frozensets(st.sampled_from(values), min_size=1, max_size=2)
    return st.one_of(st.just(frozenset()), st.just(frozenset()), sets)


def one(*values):
    return st.one_of(st.none(), st.none(), st.sampled_from(values))


@st.composite
def rule(draw):
    dates = sorted(draw(st.tuples(*[st.sampled_from(DAYS[1:])] * 2)))
    metrics = draw(st.sampled_from([("resolution",), ("first_response", "resolution")]))
    return Rule(
        draw(one(1, 2)),
        draw(st.sampled_from([None, dates[0]])),
        draw(st.sampled_from([None, dates[1]])),
        draw(st.sampled_from(["any", "any", "regular", "key", "tiers"])),
        frozenset({draw(st.sampled_from([10, 11]))}),
        draw(some(1, 2, 3)),
        draw(some(5, 6)),
        draw(one("1", "3")),
        tuple(
            PROMISE._replace(metric=metric, nothing=draw(st.booleans()))
            for metric in metrics
        ),
        client_type=draw(one(*TYPES)),
        channel_ids=draw(some(7)),
        tag_ids=draw(some(8, 9)),
        domain=draw(one(*CONDITIONS)),
    )


def subsets(values):
    return [
        frozenset(found)
        for size in range(len(values) + 1)
        for found in combinations(sorted(values), size)
    ]


def open_facts(rules):
    """Every combination of what rules may ask for beside item, client and company."""
    return product(
        (None, *{team for rule in rules for team in rule.team_ids}),
        ("0", "1", "3"),
        (None, *TYPES),
        (None, *{channel for rule in rules for channel in rule.channel_ids}),
        subsets({tag for rule in rules for tag in rule.tag_ids}),
        subsets({rule.domain for rule in rules if rule.domain}),
    )


def all_facts(rules):
    days = [TODAY + timedelta(days=days) for days in range(0, 12)]
    rest = list(open_facts(rules))
    for company, day, client, path in product((1, 2), days, CLIENTS, PATHS):
        if any(
            specificity(_closed(rule), Facts(company, day, *client, path, None, "1"))
            for rule in rules
        ):
            for more in rest:
                yield Facts(company, day, *client, path, *more)


def _closed(rule):
    """Return the rule without what a combination leaves open."""
    none = frozenset()
    return rule._replace(
        team_ids=none,
        priority=None,
        client_type=None,
        channel_ids=none,
        tag_ids=none,
        domain=None,
    )


class TestPolicyCoverage(BaseCase):
    """Pure functions: no database."""

    @proven("coverage")
    @given(st.lists(rule(), min_size=1, max_size=4))
    def test_shadowed_are_those_that_win_for_no_facts(self, rules):
        winners = set()
        for facts in all_facts(rules):
            for found in explain(rules, facts).values():
                winners.update(
                    index for index, rule in enumerate(rules) if rule is found.rule
                )
        alive = {
            index
            for index, rule in enumerate(rules)
            if not rule.date_to or rule.date_to >= TODAY
        }
        found = coverage.shadowed(rules, UNIVERSE)
        self.assertEqual(set(found), alive - winners)
        for index, by in found.items():
            self.assertTrue(by)
            self.assertNotIn(index, by)

    @proven("coverage")
    @given(st.lists(rule(), min_size=1, max_size=4))
    def test_gaps_are_where_no_rule_fits(self, rules):
        rest = list(open_facts(rules))
        for company, client, path, state, _found in coverage.coverage(rules, UNIVERSE):
            answers = set()
            for more in rest:
                facts = Facts(company, TODAY, *client, path, *more)
                found = explain(rules, facts).get("resolution")
                answers.add(found and not found.promise.nothing)
            if None not in answers:
                expected = {coverage.PROMISED, coverage.NOTHING}
            elif True in answers:
                expected = {coverage.PARTLY}
            else:
                expected = {coverage.GAP}
                if len(answers) > 1:
                    # A promise that a "no promise" always precedes.
                    expected.add(coverage.PARTLY)
            self.assertIn(state, expected, (rules, company, client, path))
