from doctest import DocTestSuite

from ..tools import taken


def load_tests(loader, tests, ignore):
    tests.addTests(DocTestSuite(taken))
    return tests
