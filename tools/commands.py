"""What each command does; called with the ground and the parsed arguments."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from datetime import date

from tests import proof

from . import apt, databases, suites
from . import lint as lint_tools
from .cache import lock
from .console import Stop, say
from .paths import LOGS, ROOT, STATE, own_addons
from .plain import plain_examples, plain_tests
from .runner import Runner, addons_state, session
from .side_by_side import SideBySide

DEMO = "vip_demo"
TEST = "vip_test"
BENCH = "vip_bench"
WALK = "vip_walk"
SUMMARY = STATE / "demo.txt"
#: The option by which only the tests are run that need no database.
ENGINE = "--engine"


def setup(ground, args):
    say(f"Odoo       {ground.odoo.package}")
    say(f"OCA        {ground.oca}")
    say(f"Python     {ground.python}")
    say(f"PostgreSQL {ground.postgres or 'the server named by PG*'}")


def demo(ground, args):
    if not args.load_only:
        _require_port(args.port)
    with session(ground, "demo") as runner:
        summary = ""
        if not databases.exists(DEMO):
            _make_demo(runner, args)
        else:
            say(f"• {DEMO} is there already (./vip reset forgets it)")
            summary = SUMMARY.read_text() if SUMMARY.exists() else ""
            _update_demo(runner)
        return 0 if args.load_only else _serve(runner, args.port, summary)


def _make_demo(runner: Runner, args):
    """Make the database under another name: under its own it is complete."""
    fresh = f"{DEMO}_new"
    databases.drop(fresh)
    runner.install(fresh, own_addons(), f"Database {DEMO}")
    say("• Sample data …")
    options = [] if args.tickets is None else [f"tickets={args.tickets}"]
    command = [str(runner.ground.python), "-m", "tools.load_demo", fresh, *options]
    lines = []
    with subprocess.Popen(
        command, env=runner.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    if process.returncode:
        raise Stop(
            "The sample data could not be loaded, see above.",
            "Run ./vip demo again: it begins anew with an empty database.",
        )
    SUMMARY.write_text("".join(lines))
    databases.rename(fresh, DEMO)
    databases.set_comment(DEMO, addons_state())


def _update_demo(runner: Runner):
    state = addons_state()
    if databases.comment(DEMO) != state:
        runner.install(DEMO, own_addons(), "Updating our addons", update=True)
        databases.set_comment(DEMO, state)


def _serve(runner: Runner, port: int, summary: str) -> int:
    log = LOGS / "demo-server.log"
    announcement = f"{summary}Serving on http://localhost:{port}, log in {log}"
    threading.Thread(target=_announce, args=(port, announcement), daemon=True).start()
    code = runner.call(
        runner.odoo(
            *("-d", DEMO, f"--db-filter=^{DEMO}$", f"--http-port={port}"),
            f"--logfile={log}",
        )
    )
    if code > 0:
        say(f"The server ended with an error, see {log}")
    return code


def _require_port(port: int):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Stop(
                f"Port {port} cannot be used: {error.strerror}.",
                f"Choose another: ./vip demo --port {max(port + 1, 8070)}",
            ) from error


def _announce(port: int, text: str):
    """Say where to look once the server answers."""
    for _second in range(120):
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                say(f"{text}\nStop with Ctrl+C.")
                return
        time.sleep(1)


def test(ground, args):
    """All that CI runs; with pytest arguments only those tests."""
    if ENGINE in args.rest:
        return _test_engine(ground, [arg for arg in args.rest if arg != ENGINE])
    keep = "--keep" in args.rest
    chosen = [arg for arg in args.rest if arg != "--keep"]
    _look_for_browser()
    with session(ground, "test") as runner, lock(STATE / "test.lock"):
        if keep or chosen:
            return _test_chosen(runner, keep, chosen)
        counts = suites.run(runner)
    if counts["known"]:
        say(f"{counts['known']} of the skipped met a known fault, see tests/faults")
    say(", ".join(f"{counts[key]} {key}" for key in ("passed", "failed", "skipped")))
    return int(counts["failed"] > 0)


def _test_engine(ground, chosen: list[str]) -> int:
    """Run what needs no database on all processors; what is chosen on one."""
    command = engine_tests(ground.python)
    if chosen:
        return subprocess.call([*command, *chosen], cwd=ROOT)
    width = os.cpu_count() or 1
    with SideBySide(width) as beside:
        for number in range(1, width + 1):
            every = f"--every={number}/{width}"
            beside.add(f"engine-{number}", [*command, every], dict(os.environ))
        return max(ended.code for ended in beside.ended())


def engine_tests(python) -> list:
    """Return the command that runs what needs no Odoo, and so no database."""
    plugins = ("tools.without_odoo", "tools.doctests", "tools.collected", "no:odoo")
    options = [part for plugin in plugins for part in ("-p", plugin)]
    files = [*plain_tests(), *plain_examples()]
    return [python, "-m", "pytest", "--noconftest", *options, *files]


def _test_chosen(runner: Runner, keep: bool, chosen: list[str]) -> int:
    """Run these tests in front of the person."""
    databases.copy(runner.installed(keep), TEST)
    runner.environment["VIP_HOST_TEMPLATE"] = runner.host_template()
    return runner.call(runner.pytest(TEST, *chosen), cwd=ROOT)


def _look_for_browser():
    """Browser tests need Chromium; without it they are skipped, but not in CI."""
    if any(shutil.which(name) for name in ("chromium", "google-chrome")):
        return
    if os.geteuid() == 0 or os.environ.get("CI"):
        apt.install(["chromium"], "Testing in a browser")
    else:
        say("• browser tests are not run, as Chromium is missing")
        say("  Run: sudo apt-get install -y --no-install-recommends chromium")


def lint(ground, args):
    results = lint_tools.run(args.hooks, args.fix)
    return int("Failed" in results.values())


def i18n(ground, args):
    """Export from a new database and merge the translations.

    An update would not do: it takes from an addon the terms of fields that its mixins
    got from addons of the host beside it.
    """
    with session(ground, "test") as runner:
        database = runner.installed()
        return runner.call([str(ground.python), "-m", "tools.i18n", database], cwd=ROOT)


def bench(ground, args):
    """Measure on a copy of the installed database."""
    with session(ground, "test") as runner, lock(STATE / "bench.lock"):
        databases.copy(runner.installed(keep=True), BENCH)
        runner.environment["VIP_HOST_TEMPLATE"] = runner.host_template()
        command = [str(ground.python), "-m", "tests.bench", BENCH]
        options = [f"--scale={args.scale}", *args.names]
        if args.processor:
            options.append("--processor")
        return runner.call([*command, *options], cwd=ROOT)


def walk(ground, args):
    """Trace on a copy of the installed database."""
    with session(ground, "test") as runner, lock(STATE / "walk.lock"):
        databases.copy(runner.installed(keep=True), WALK)
        command = [str(ground.python), "-m", "tests.walk", WALK]
        return runner.call([*command, *["--files"] * args.files], cwd=ROOT)


def matrix(ground, args):
    """Take the routes of the matrix, a few at a time, each in a database of its own."""
    from tests.matrix.matrix import routes

    chosen = [r for r in routes() if not args.names or chosen_by(args.names, r.name)]
    good = 0
    with (
        session(ground, "test") as runner,
        lock(STATE / "matrix.lock"),
        SideBySide(os.cpu_count() or 1) as beside,
    ):
        for route in chosen:
            template = runner.template(route.needs, route.demo)
            command = [ground.python, "-m", "tests.matrix", route.name, template]
            beside.add(f"matrix-{route.name}", command, runner.environment)
        good = sum(not ended.code for ended in beside.ended())
    say(f"{good} of {len(chosen)} routes leave nothing behind")
    return int(good < len(chosen))


def prove(ground, args):
    """Try what is too much for CI, a few parts at a time, each in its own database."""
    parts = proof.chosen(args.names)
    seed = date.today().toordinal() if args.seed is None else args.seed
    _look_for_browser()
    failed = []
    with (
        session(ground, "test") as runner,
        lock(STATE / "prove.lock"),
        SideBySide(os.cpu_count() or 1) as beside,
    ):
        asked = {
            "VIP_HOST_TEMPLATE": runner.host_template(),
            "CI": "1",  # no part may be left out
            proof.SEED: str(seed),
            proof.SHARE: str(args.share),
        }
        installed = runner.installed(keep=True)
        for part in parts:
            database = f"vip_prove_{part.name}"
            if part.command:
                command = [sys.executable, ROOT / "vip", *part.command]
                environment = dict(os.environ)  # it makes one of its own for Odoo
            else:
                databases.copy(installed, database)
                command = runner.pytest(database, *map(str, part.files()))
                environment = runner.environment
            environment = environment | asked | {proof.PROVEN: part.name}
            beside.add(f"prove-{part.name}", command, environment)
        for ended in beside.ended():
            databases.drop(ended.title.replace("-", "_").replace("prove", "vip_prove"))
            failed += [ended.title.removeprefix("prove-")] * bool(ended.code)
    for part in parts:
        say(proof.told(part, args.share, seed, part.name in failed))
    return int(bool(failed))


def release(ground, args):
    """Write the changelogs of a release, or make its dump."""
    from . import release as releases

    if args.part == "news":
        return releases.news()
    return releases.make_dump(ground)


def chosen_by(names: list[str], name: str) -> bool:
    """Tell whether one of the names that a person gave is in ``name``."""
    return any(given in name for given in names)


def shell(ground, args):
    with session(ground, _cluster_of(args.database)) as runner:
        return runner.call(runner.odoo("shell", "-d", args.database, "--no-http"))


def odoo(ground, args):
    pairs = zip(args.rest, args.rest[1:], strict=False)
    database = next((value for option, value in pairs if option == "-d"), "")
    with session(ground, _cluster_of(database)) as runner:
        return runner.call(runner.odoo(*args.rest))


def run(ground, args):
    if not args.rest:
        raise Stop("Run what?", "For example: ./vip run psql vip_test")
    named = [arg for arg in args.rest if arg.startswith(DEMO)]
    with session(ground, _cluster_of(named[0] if named else "")) as runner:
        return runner.call(args.rest)


def _cluster_of(database: str) -> str:
    return "demo" if database.startswith(DEMO) else "test"


def db(ground, args):
    if args.action != "list" and not (args.name or "").startswith("vip"):
        raise Stop("A database name is needed that begins with vip.")
    with session(ground, _cluster_of(args.name or "")) as runner:
        if args.action == "new":
            modules = own_addons() if args.modules is None else args.modules.split(",")
            runner.new_database(args.name, [name for name in modules if name])
        elif args.action == "drop":
            databases.drop(args.name)
        for name in databases.names():
            say(name)


def reset(ground, args):
    """Drop our databases; the downloads stay."""
    for cluster in ("test", "demo"):
        with session(ground, cluster):
            for name in databases.names():
                databases.drop(name)
    shutil.rmtree(STATE)
    say("All databases of this clone are gone. Downloads stay in the cache.")
