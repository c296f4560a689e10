"""What a benchmark is made of.

A file ``bench_<subject>.py`` beside this one holds functions ``bench_<work>(env,
scale)`` that yield one :class:`Line` per row of the table. They get an environment of
their own on a database that is thrown away, so they may commit.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

SCALES = ("small", "full")


@dataclass(frozen=True)
class Line:
    """One row: what ``ours`` costs, beside ``baseline`` where there is one.

    ``budget`` bounds ours / baseline, or ours itself where there is no baseline.
    ``unit`` is "s" for seconds (medians), else what is counted, such as "queries".
    """

    work: str
    ours: float
    baseline: float | None = None
    budget: float | None = None
    unit: str = "s"

    @property
    def ratio(self) -> float | None:
        return self.ours / self.baseline if self.baseline else None

    @property
    def over(self) -> bool:
        measured = self.ours if self.ratio is None else self.ratio
        return self.budget is not None and measured > self.budget


def side_by_side(
    baseline: Callable[[], object], ours: Callable[[], object], rounds: int = 5
) -> tuple[float, float]:
    """Median seconds of both, run by turns so that both see the same machine.

    Each runs once before without being measured.
    """
    seconds: dict[Callable, list[float]] = {baseline: [], ours: []}
    for work in (baseline, ours):
        work()
    for _round in range(rounds):
        for work, taken in seconds.items():
            taken.append(timed(work))
    return statistics.median(seconds[baseline]), statistics.median(seconds[ours])


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
