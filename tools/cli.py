"""The commands of ``./vip``."""

import argparse
import os
import signal
import sys

from . import ground as grounds
from .console import Stop
from .paths import ROOT

#: Commands that pass their arguments on.
PASSING = {
    "test": "everything that CI runs; or: test [--keep] PYTEST-ARGUMENTS, where "
    "--keep updates the test database instead of installing anew; or: test --engine "
    "[PYTEST-ARGUMENTS], what needs no database",
    "odoo": "Odoo's own command line, such as: odoo -d vip_x -u vip_service",
    "run": "any program in Odoo's environment, such as: run psql vip_test",
}


def main() -> int:
    args = _parse(sys.argv[1:])
    # So that what was started is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return _run(args) or 0
    except Stop as stop:
        print(f"\nvip: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nvip: interrupted; run the command again to go on.", file=sys.stderr)
        return 130


def _run(args) -> int | None:
    ground = grounds.ensure()
    if sys.prefix != str(ground.venv):
        # The commands need psycopg2, which the system's Python may not have.
        os.execv(ground.python, [str(ground.python), str(ROOT / "vip"), *sys.argv[1:]])
    from . import commands

    return getattr(commands, args.command)(ground, args)


def _parse(argv: list[str]) -> argparse.Namespace:
    """Parse; what follows a command that passes its arguments on is left alone."""
    if argv and argv[0] in PASSING and not {"-h", "--help"}.intersection(argv[1:2]):
        rest = [arg for arg in argv[1:] if arg != "--"]
        return argparse.Namespace(command=argv[0], rest=rest)
    return _parser().parse_args(argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./vip", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    commands.add_parser("setup", help="download and build what is missing")

    demo = commands.add_parser("demo", help="load the sample data and serve it")
    demo.add_argument("--port", type=int, default=8069)
    demo.add_argument("--tickets", type=int, help="replay only this many incidents")
    demo.add_argument("--load-only", action="store_true", help="load without serving")

    lint = commands.add_parser("lint", help="check the style of all files")
    lint.add_argument("--fix", action="store_true", help="mend what can be mended")
    lint.add_argument("hooks", nargs="*", metavar="hook", help="only these hooks")

    bench = commands.add_parser("bench", help="measure against the budgets")
    bench.add_argument("--scale", choices=("small", "full"), default="full")
    bench.add_argument(
        "--processor",
        action="store_true",
        help="count processor time, for a machine that others use",
    )
    bench.add_argument("names", nargs="*", help="only works with this in their name")

    walk = commands.add_parser(
        "walk", help="trace through how many files the two main roads lead"
    )
    walk.add_argument("--files", action="store_true", help="list the files, too")

    matrix = commands.add_parser(
        "matrix", help="install each addon alone, use it, uninstall it with its data"
    )
    matrix.add_argument("names", nargs="*", help="only routes with this in their name")

    prove = commands.add_parser(
        "prove", help="the proofs by large numbers, of which CI tries a tenth"
    )
    prove.add_argument("names", nargs="*", help="only these parts; see tests/proof.py")
    prove.add_argument("--seed", type=int, help="draw what this number draws; by day")
    prove.add_argument("--share", type=float, default=1, help="of the full numbers")

    release = commands.add_parser(
        "release", help="a release: its changelogs, then its dump for tests/upgrade"
    )
    release.add_argument("part", choices=("news", "dump"))

    commands.add_parser("i18n", help="regenerate the translation files")

    shell = commands.add_parser("shell", help="a Python shell on a database")
    shell.add_argument("database", nargs="?", default="vip_demo")

    database = commands.add_parser("db", help="databases for development")
    database.add_argument("action", choices=("list", "new", "drop"))
    database.add_argument("name", nargs="?")
    database.add_argument("--modules", help="comma separated; default all of ours")

    commands.add_parser("reset", help="forget all databases of this clone")

    for name, text in PASSING.items():
        passing = commands.add_parser(name, help=text)
        passing.add_argument("rest", nargs=argparse.REMAINDER, metavar="arguments")
    return parser
