"""The proofs by large numbers: what each counts, how much is tried, and from which seed.

``./vip prove`` tries all of a part; CI a tenth, always the same one. A test asks for its
number by the name of its part. To repeat a failure, give the seed that the run has said:
``./vip prove NAME --seed N``.
"""

import os
import random
import re
import zlib
from itertools import product
from pathlib import Path
from typing import NamedTuple

from tools.console import Stop

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tests" / "tools"
#: What the numbers are drawn from; how much is tried of the one part that is proven.
SEED, SHARE, PROVEN = "VIP_PROOF_SEED", "VIP_PROOF_SHARE", "VIP_PROOF_PART"
#: How much of every other part is tried, as in CI.
TENTH = 0.1
#: So many numbers of one seed are not those of the next.
APART = 1_000_000


class Part(NamedTuple):
    """One proof; the files that ask for it by name are run, or else this command.

    :param counts: what ``full`` counts
    :param full: how many are tried by ``./vip prove``; 0: all there are
    :param command: arguments of ``./vip``; none: the tests that ask for this part
    """

    name: str
    counts: str
    full: int
    command: tuple[str, ...] = ()

    def files(self) -> list[Path]:
        """Return the test files that ask for this part, sorted."""
        asks = re.compile(rf'\b(examples|seeds|proven)\("{self.name}"')
        tests = [*ROOT.glob("addons/*/tests/**/*.py"), *ROOT.glob("tests/**/*.py")]
        return sorted(
            path
            for path in tests
            if path.name.startswith("test_")
            and TOOLS not in path.parents  # they test this page
            and asks.search(path.read_text())
        )


BROWSER = ("test", "--keep", "tests/browser")
PARTS = {
    part.name: part
    for part in (
        Part("engine", "values for each property of the engine", 4_000),
        Part("cards", "sets of components of a scorecard", 1_000),
        Part("rounds", "stories of tickets, read second by second", 40_000),
        Part("weeks", "weeks for each zone and change of the clock", 150),
        Part("coverage", "sets of policies, tried on all facts", 600),
        Part("calendars", "rounds of eight calendars, against Odoo and minutes", 2_500),
        Part("cached", "calendars, read through the cache", 600),
        Part("versions", "lives of a schedule, each version minute by minute", 1_500),
        Part("changes", "lives of calendars, lived through Odoo and by SQL", 300),
        Part("lives", "lives of tickets in which things stay true", 2_500),
        Part("configurations", "configurations, refused or lived under", 10_000),
        Part("pauses", "lives of tickets, each pause judged and not", 2_500),
        Part("questions", "sets of closings, asked about by plans", 200),
        Part("replays", "lives of two tickets, replayed by the what-if", 1_000),
        Part("ladders", "rules of tiers, against plain Python", 250),
        Part("arrivals", "orders of files, corrections and reviews", 150),
        Part("sums", "histories of points over months, against plain sums", 4_000),
        Part("stories", "stories of two years, of points and closes", 300),
        Part("closes", "moments at which the monthly close is killed", 30),
        Part("tours", "ways of each tour: languages by widths", 4, BROWSER),
        Part("matrix", "routes of installing and uninstalling", 0, ("matrix",)),
    )
}


class Way(NamedTuple):
    """In which language and at which width a tour goes through the screens."""

    language: str
    width: int


#: Every tour is made in each of these, at a desk and on a phone.
WAYS = tuple(Way(*way) for way in product(("en_US", "zh_CN"), (1440, 390)))


def chosen(names: list[str]) -> list[Part]:
    """Return the parts of these names, in the order of the list; all without names.

    :raise Stop: there is no such part
    """
    unknown = set(names) - PARTS.keys()
    if unknown:
        raise Stop(f"No such part: {', '.join(sorted(unknown))}.", parts())
    return [part for part in PARTS.values() if part.name in names or not names]


def parts() -> str:
    """Return the parts as text for people."""
    lines = (
        f"{part.name:10} {_number(part, 1):>7} {part.counts}" for part in PARTS.values()
    )
    return "\n  ".join(("There are:", *lines))


def told(part: Part, share: float, seed: int, failed: bool) -> str:
    """Return what became of a part, and how to have it again."""
    text = f"{part.name}: {_number(part, share)} {part.counts}: "
    again = f"./vip prove {part.name} --seed {seed} --share {share:g}"
    return text + (f"FAILED, again by {again}" if failed else "passed")


def _number(part: Part, share: float) -> str:
    return f"{_tried(part, share):,}" if part.full else "all"


def _tried(part: Part, share: float) -> int:
    return max(1, round(part.full * share))


def share(part: str) -> float:
    """Return which share of a part is tried in this run."""
    return float(os.environ[SHARE]) if os.environ.get(PROVEN) == part else TENTH


def seed() -> int:
    """Return the seed of this run."""
    return int(os.environ.get(SEED) or 0)


def said() -> str:
    """Return how to have the same numbers again, for the head of a run."""
    part = os.environ.get(PROVEN)
    more = f", of {part} {_number(PARTS[part], share(part))}" if part else ""
    return f"proofs: a tenth of each{more}, seed {seed()} (change: {SEED})"


def examples(part: str) -> int:
    """Return how many to try of a part, at least one.

    :raise KeyError: there is no such part
    """
    return _tried(PARTS[part], share(part))


def seeds(part: str) -> range:
    """Return a seed for each that is to be tried of a part."""
    first = seed() * APART
    return range(first, first + examples(part))


def dice() -> random.Random:
    """Return what a test that draws by itself draws from."""
    return random.Random(seed())


def proven(part: str):
    """Decorate a test by Hypothesis so that it tries as many as the part asks for."""
    import hypothesis

    settings = hypothesis.settings(
        max_examples=examples(part),
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    return lambda test: hypothesis.seed(seed())(settings(test))


def ways(tour: str) -> list[Way]:
    """Return the ways of a tour: all of them, or by turns a share of them."""
    first = zlib.crc32(f"{tour} {seed()}".encode()) % len(WAYS)
    turned = [*WAYS[first:], *WAYS[:first]]
    return turned[: examples("tours")]
