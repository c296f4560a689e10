"""What a benchmark is made of.

A file ``bench_<subject>.py`` beside this one holds functions ``bench_<work>(env,
scale)`` that yield one :class:`Line` per row of the table. They get an environment of
their own on a database that is thrown away, so they may commit.
"""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SCALES = ("small", "full")


class Rounds:
    """How often work is measured, at most: once shows that it runs, no more."""

    most = None

    @classmethod
    def of(cls, rounds: int) -> int:
        return rounds if cls.most is None else min(rounds, cls.most)


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

    Each runs once before without being measured. What the one leaves behind in memory
    is not charged to the other.
    """
    seconds: dict[Callable, list[float]] = {baseline: [], ours: []}
    for work in (baseline, ours):
        work()
    for _round in range(Rounds.of(rounds)):
        for work, taken in seconds.items():
            gc.collect()
            taken.append(timed(work))
    return statistics.median(seconds[baseline]), statistics.median(seconds[ours])


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes, by the clock that was chosen."""
    started = Clock.read()
    work()
    return Clock.read() - started


def peak_memory(work: Callable[[], object]) -> int:
    """Return the most memory (MiB) that this process has during ``work``; Linux only."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    work()
    status = Path("/proc/self/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return round(int(line.split()[1]) / 1024)


class Clock:
    """The wall clock, unless :meth:`count_processor` was called."""

    read = time.perf_counter
    #: Process ids of the database connections that are measured.
    connections: set[int] = set()

    @classmethod
    def follow(cls, cursor):
        """Measure what the connection of ``cursor`` does, too."""
        cls.connections.add(cursor.connection.info.backend_pid)

    @classmethod
    def count_processor(cls):
        """Measure processor time: ours and that of our database connections.

        On a machine that others use, the wall clock measures the others. It needs
        Linux and a database server on this machine; waiting is not counted.
        """
        cls.read = cls.processor

    @classmethod
    def processor(cls) -> float:
        """Seconds that this process and its database connections have computed."""
        files = [Path(f"/proc/{pid}/schedstat") for pid in cls.connections]
        spent = [int(file.read_text().split()[0]) for file in files if file.exists()]
        return time.process_time() + sum(spent) / 1e9
