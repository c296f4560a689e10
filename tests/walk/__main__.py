"""``python -m tests.walk DB [--files]``: walk both roads, print, write JSON."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from tools.environment import superuser
from tools.paths import ADDONS, STATE

from ..table import table
from .goals import GOALS
from .tracer import Steps, Tracer

REPORT = STATE / "walk.json"
#: The same roads are walked twice, for the caches of a process.
FIRST, WARM = "first", "warm"
WALKS = {FIRST: "first in the process", WARM: "warm"}
HEAD = ("files entered", "hops", "hops back", "functions", "queries")


def walk(registry, name: str) -> Iterator[tuple[str, str, Steps]]:
    """Walk both roads; yield road, title and steps of each stretch."""
    # Only once there is a registry the addons can be imported.
    from odoo import sql_db

    from .roads import Story

    tracer = Tracer(ADDONS, lambda: sql_db.sql_counter)
    for stretch in Story(registry, name).stretches():
        yield stretch.road, stretch.title, tracer.follow(stretch.walk)


def figures(steps: Steps) -> tuple[str, ...]:
    """The cells of a row, as in HEAD."""
    return (
        str(len(steps.files)),
        str(steps.hops),
        str(steps.hops_back),
        str(steps.function_count),
        str(steps.counted),
    )


def print_walk(name: str, stretches: list[tuple[str, str, Steps]]) -> dict[str, Steps]:
    """Print a walk; return the steps of each road."""
    rows, roads = [], {}
    for road, goal in GOALS.items():
        parts = [(title, steps) for key, title, steps in stretches if key == road]
        roads[road] = sum((steps for _title, steps in parts), Steps())
        rows += [(title, *figures(steps)) for title, steps in parts]
        rows.append((f"= {goal.title}", *figures(roads[road])))
    print(f"\n{table((WALKS[name], *HEAD), rows)}")
    return roads


def print_files(title: str, steps: Steps):
    rows = [
        (
            name,
            str(len(functions)),
            str(len(steps.lines[name])),
            str(len((ADDONS / name).read_text().splitlines())),
        )
        for name, functions in sorted(steps.functions.items())
    ]
    print(f"\n{table((title, 'functions', 'lines run', 'of lines'), rows)}")


def as_json(title: str, steps: Steps) -> dict:
    return {
        "title": title,
        "hops": steps.hops,
        "hops_back": steps.hops_back,
        "queries": steps.counted,
        "files": {
            name: {
                "functions": [function for _line, function in sorted(functions)],
                "lines": len(steps.lines[name]),
            }
            for name, functions in sorted(steps.functions.items())
        },
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--files", action="store_true", help="list the files of a road")
    parser.add_argument("--report", type=Path, default=REPORT)
    args = parser.parse_args()
    walks = {}
    with superuser(args.database, log_level="error") as env:
        for name in WALKS:
            walks[name] = list(walk(env.registry, name))
    goals = (f"≤ {goal.files} from {goal.title}" for goal in GOALS.values())
    print(f"Goals for the files entered: {', '.join(goals)}.")
    roads = {name: print_walk(name, walks[name]) for name in WALKS}
    for road, goal in GOALS.items():
        if args.files:
            print_files(goal.title, roads[FIRST][road])
    content = {
        name: {
            road: {
                **as_json(goal.title, roads[name][road]),
                "stretches": [
                    as_json(title, steps)
                    for key, title, steps in walks[name]
                    if key == road
                ],
            }
            for road, goal in GOALS.items()
        }
        for name in WALKS
    }
    args.report.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return judge({road: len(steps.files) for road, steps in roads[FIRST].items()})


def judge(entered: dict[str, int]) -> int:
    """Say how the roads stand; return 1 if one has become longer, else 0."""
    print()
    for road, goal in GOALS.items():
        print(
            f"{goal.title}: {entered[road]} files, at most {goal.today} today", end=""
        )
        print(f", goal {goal.files}")
    return int(any(entered[road] > goal.today for road, goal in GOALS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
