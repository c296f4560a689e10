"""The tracer counts a small work right that was counted by hand."""

import importlib
import sys
from itertools import count

import pytest

from tests.walk.tracer import Tracer

FILES = {
    "desk.py": """
from toy_walk import ledger
from toy_walk.tests import helper

class Desk:
    size = len("desk")

    def open(self):
        helper.note()
        prices = [ledger.price(n) for n in (1, 2)]
        for price in ledger.running(prices):
            self.say(price)
        return max(prices, key=lambda price: -price)

    def say(self, price):
        if price < 0:
            raise ValueError(price)

    def fail(self):
        ledger.price(0)
        self.say(-1)
""",
    "ledger.py": """
def price(n):
    return n * 2

def running(prices):
    total = 0
    for price in prices:
        total += price
        yield total

def unused():
    return None
""",
    "tests/helper.py": """
def note():
    return None
""",
}


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A folder to trace in and the desk of it, which calls the ledger."""
    for name, text in FILES.items():
        path = tmp_path / "toy_walk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    desk = importlib.import_module("toy_walk.desk").Desk()
    yield tmp_path, desk
    for name in [name for name in sys.modules if name.startswith("toy_walk")]:
        del sys.modules[name]


DESK, LEDGER = "toy_walk/desk.py", "toy_walk/ledger.py"


def test_files_hops_and_functions_are_counted(toy):
    folder, desk = toy
    steps = Tracer(folder).follow(desk.open)
    # open, price, price, running, say, say (running goes on: no new entry), two lambdas
    assert steps.entered == [DESK, *[LEDGER] * 3, *[DESK] * 4]
    assert steps.files == {DESK, LEDGER}
    assert (steps.hops, steps.hops_back) == (3, 1)
    assert {name for _line, name in steps.functions[DESK]} == {
        "open",
        "say",
        "<lambda>",
    }
    assert {name for _line, name in steps.functions[LEDGER]} == {"price", "running"}
    assert steps.function_count == 5


def test_only_lines_that_ran_are_counted(toy):
    folder, desk = toy
    steps = Tracer(folder).follow(desk.open)
    assert steps.lines == {DESK: {9, 10, 11, 12, 13, 16}, LEDGER: {3, *range(6, 10)}}


def test_what_is_imported_on_the_way_is_no_step(toy):
    folder, _desk = toy
    del sys.modules["toy_walk.desk"]
    steps = Tracer(folder).follow(lambda: importlib.import_module("toy_walk.desk"))
    assert steps.entered == []


def test_a_failing_work_ends_the_tracing(toy):
    folder, desk = toy
    before = sys.gettrace()
    with pytest.raises(ValueError):
        Tracer(folder).follow(desk.fail)
    assert sys.gettrace() is before


def test_the_counter_tells_by_how_much_it_rose(toy):
    folder, desk = toy
    readings = count(10, step=7)
    steps = Tracer(folder, lambda: next(readings)).follow(desk.open)
    assert steps.counted == 7


def test_stretches_add_up_to_a_road_that_counts_each_file_once(toy):
    folder, desk = toy
    tracer = Tracer(folder, iter(range(9)).__next__)
    opened = tracer.follow(desk.open)
    said = tracer.follow(lambda: desk.say(1))
    road = opened + said
    assert road.files == {DESK, LEDGER}
    assert road.entered == [*opened.entered, DESK]
    # The last stretch goes on in the file where the one before ended.
    assert (road.hops, road.function_count, road.counted) == (3, 5, 2)
    assert opened.function_count == 5
