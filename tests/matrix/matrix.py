"""The routes of the matrix, and what was wrong on one of them."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.matrix.addons import below, bottom_up, needs
from tools import databases
from tools.paths import LOGS, ROOT

#: What Odoo says where something went wrong.
WRONG = re.compile(r"^\S+ \S+ \d+ (ERROR|CRITICAL) |^Traceback ")
STEP = "== "
#: So many findings of a route are shown; all of them are in its log.
SHOWN = 20


class Route(NamedTuple):
    """What is installed together (a list of lists), and what is uninstalled first."""

    name: str
    needs: list[str]
    up: list[list[str]]
    down: list[list[str]]
    demo: bool = False


class Result(NamedTuple):
    """What was wrong on a route, and what its stories told: nothing, if it is good."""

    findings: list[str]
    told: dict
    seconds: float
    log: Path


def routes() -> list[Route]:
    """Each addon alone without and with demo data; all up and down; all at once."""
    alone = [
        Route(f"{addon}{'-demo' * demo}", needs(addon), [[addon]], [[addon]], demo)
        for addon in bottom_up()
        for demo in (False, True)
    ]
    return [*alone, chain(), at_once()]


def chain() -> Route:
    """All addons, installed one after another and uninstalled in the other order."""
    each = [[name] for name in bottom_up()]
    return Route("chain", needs(*bottom_up()), each, each[::-1])


def at_once() -> Route:
    """All addons, installed at once and uninstalled with the lowest of them."""
    names = bottom_up()
    lowest = [name for name in names if not below(name)]
    return Route("at-once", needs(*names), [names], [lowest])


def travel(route: Route, template: str) -> Result:
    """Take the route in a copy of ``template``, which is dropped afterwards."""
    database = f"vip_matrix_{re.sub('[^a-z0-9]', '_', route.name)}"[:60]
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"matrix-{route.name}.log"
    plan = json.dumps({"needs": route.needs, "up": route.up, "down": route.down})
    started = time.monotonic()
    databases.copy(template, database)
    try:
        with tempfile.TemporaryDirectory() as folder, log.open("w") as output:
            report = Path(folder) / "report.json"
            done = subprocess.run(
                [sys.executable, "-m", "tests.matrix.trip", database, report, plan],
                cwd=ROOT,
                env=dict(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            found = json.loads(report.read_text()) if report.exists() else {}
    finally:
        databases.drop(database)
    findings = said_wrong(log.read_text(errors="replace")) + found.get("findings", [])
    if done.returncode:
        findings.append(f"the trip ended with exit {done.returncode}")
    seconds = time.monotonic() - started
    return Result(findings, found.get("told", {}), seconds, log)


def said_wrong(output: str) -> list[str]:
    """Return errors that Odoo logged, each with the step in which it did.

    >>> said_wrong("== using a\\n2024-01-01 10:00:00,1 7 ERROR db x: oh\\n")
    ['using a: 2024-01-01 10:00:00,1 7 ERROR db x: oh']
    >>> said_wrong("2024-01-01 10:00:00,1 7 INFO db x: no ERROR at all\\n")
    []
    """
    found, step = [], "starting"
    for line in output.splitlines():
        if line.startswith(STEP):
            step = line.removeprefix(STEP)
        elif WRONG.search(line):
            found.append(f"{step}: {line}")
    return found


def told(result: Result) -> str:
    """Return the findings as text for people, with what the stories left empty."""
    lines = [f"  {text}" for text in result.findings[:SHOWN]]
    if len(result.findings) > SHOWN:
        lines.append(f"  and {len(result.findings) - SHOWN} more, see {result.log}")
    for addon, tables in result.told.items():
        empty = f"; empty: {', '.join(tables['empty'])}" if tables["empty"] else ""
        used = tables["tables"] - len(tables["empty"])
        lines.append(f"  {addon}: rows in {used} of {tables['tables']} tables{empty}")
    verdict = f"{len(result.findings)} findings" if result.findings else "nothing left"
    return "\n".join([*lines, f"  {verdict}, {result.seconds:.0f} s"])
