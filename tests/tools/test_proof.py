"""How much the proofs try, and that it can be repeated."""

import re

import pytest

from tests import proof
from tools.console import Stop
from tools.paths import ADDONS, ROOT

ASKED = re.compile(r'\b(?:examples|seeds|proven)\("(\w+)"\)')


@pytest.fixture(autouse=True)
def in_ci(monkeypatch):
    for name in (proof.SEED, proof.SHARE, proof.PROVEN):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def proving(monkeypatch):
    def prove(part, share="1.0", seed="7"):
        monkeypatch.setenv(proof.PROVEN, part)
        monkeypatch.setenv(proof.SHARE, share)
        monkeypatch.setenv(proof.SEED, seed)

    return prove


def test_ci_tries_a_tenth_and_the_part_that_is_proven_all(proving):
    full = proof.PARTS["lives"].full
    assert proof.examples("lives") == full / 10
    proving("lives")
    assert proof.examples("lives") == full
    assert proof.examples("pauses") == proof.PARTS["pauses"].full / 10
    proving("lives", share="0.00001")
    assert proof.examples("lives") == 1


def test_seeds_are_the_same_again_and_others_for_another_seed(proving):
    assert proof.seeds("lives") == proof.seeds("lives")
    first = set(proof.seeds("lives"))
    drawn = proof.dice().random()
    proving("pauses")
    assert not first & set(proof.seeds("lives"))
    assert proof.dice().random() != drawn == pytest.approx(0.8444218515250481)
    assert "seed 7" in proof.said() and "of pauses 2,500" in proof.said()


def test_tours_take_turns_and_all_ways_when_proven(proving):
    names = [f"tour {number}" for number in range(60)]
    taken = {name: proof.ways(name) for name in names}
    assert all(len(ways) == 1 for ways in taken.values())
    assert taken == {name: proof.ways(name) for name in names}
    assert {way for [way] in taken.values()} == set(proof.WAYS)
    proving("tours")
    assert all(sorted(proof.ways(name)) == sorted(proof.WAYS) for name in names)


def test_each_part_is_asked_for_and_each_that_is_asked_for_is_a_part():
    files = {*ADDONS.glob("*/tests/**/test_*.py"), *(ROOT / "tests").rglob("test_*.py")}
    files -= {*proof.TOOLS.glob("*.py")}
    asked = {name for path in files for name in ASKED.findall(path.read_text())}
    run = {name for name, part in proof.PARTS.items() if not part.command}
    assert asked == run
    for name in run:
        assert proof.PARTS[name].files(), name


def test_who_misspells_a_part_is_told_which_there_are():
    assert proof.chosen(["tours"]) == [proof.PARTS["tours"]]
    assert proof.chosen([]) == [*proof.PARTS.values()]
    with pytest.raises(Stop, match="matrix"):
        proof.chosen(["matricks"])


def test_a_failure_says_how_to_repeat_it():
    part = proof.PARTS["rounds"]
    said = proof.told(part, 0.5, 12, failed=True)
    assert "20,000" in said and "./vip prove rounds --seed 12 --share 0.5" in said
