"""``python -m tests.bench DB [--scale small] [NAME]…``: run, print, write JSON."""

import argparse
import dataclasses
import importlib
import json
import os
import platform
from collections.abc import Callable, Iterator
from pathlib import Path

from odoo import SUPERUSER_ID, api

from tools.environment import superuser
from tools.paths import STATE

from ..table import table
from .bench import SCALES, Clock, Line, Rounds

REPORT = STATE / "bench.json"
HEAD = ("work (median)", "baseline", "ours", "ratio", "budget", "")


def discover() -> dict[str, Callable]:
    """All benchmarks, ``{"<subject>.<work>": function}``."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        module = importlib.import_module(f"{__package__}.{path.stem}")
        subject = path.stem.removeprefix("bench_")
        for name, function in vars(module).items():
            if name.startswith("bench_") and function.__module__ == module.__name__:
                found[f"{subject}.{name.removeprefix('bench_')}"] = function
    return found


def run(benches: dict[str, Callable], registry, scale: str) -> Iterator[tuple]:
    for name, function in benches.items():
        with registry.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})
            Clock.follow(cursor)
            for line in function(env, scale):
                yield name, line
            cursor.rollback()


def row(line: Line) -> tuple[str, ...]:
    def amount(value):
        if value is None:
            return ""
        return duration(value) if line.unit == "s" else f"{value:g} {line.unit}"

    if line.ratio is None:
        ratio, budget = "", amount(line.budget)
    else:
        ratio, budget = f"{line.ratio:.4g}×", f"{line.budget:g}×" if line.budget else ""
    verdict = "" if line.budget is None else "OVER" if line.over else "ok"
    return line.work, amount(line.baseline), amount(line.ours), ratio, budget, verdict


def duration(seconds: float) -> str:
    """
    >>> duration(0.0000125), duration(0.25), duration(12)
    ('12.5 µs', '250 ms', '12 s')
    """
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--scale", choices=SCALES, default="full")
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--processor", action="store_true", help="not the wall clock")
    parser.add_argument(
        "--once", action="store_true", help="measure once: does it run?"
    )
    parser.add_argument("names", nargs="*")
    args = parser.parse_intermixed_args()
    if args.processor:
        Clock.count_processor()
    if args.once:
        Rounds.most = 1
    lines = []
    with superuser(args.database, log_level="error") as env:
        # Only now the addons can be imported, by the benchmarks too.
        benches = {
            name: function
            for name, function in discover().items()
            if not args.names or any(part in name for part in args.names)
        }
        for name, line in run(benches, env.registry, args.scale):
            print(f"  {name}: {line.work}", flush=True)
            lines.append((name, line))
    print(f"\n{table(HEAD, [row(line) for _name, line in lines])}")
    report(args, lines)
    # The budgets are for the full scale: a small run only shows that it works.
    return int(args.scale == "full" and any(line.over for _name, line in lines))


def report(args, lines: list[tuple[str, Line]]):
    content = {
        "scale": args.scale,
        "clock": "processor" if args.processor else "wall",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "lines": [
            {
                "bench": name,
                **dataclasses.asdict(line),
                "ratio": line.ratio,
                "over": line.over,
            }
            for name, line in lines
        ],
    }
    args.report.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
