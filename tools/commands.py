"""What each command does; called with the ground and the parsed arguments."""

import os
import shutil
import socket
import subprocess
import threading
import time

from . import databases
from .console import Stop, say
from .paths import LOGS, ROOT, STATE, own_addons
from .runner import Runner, addons_state, session

DEMO = "vip_demo"
SUMMARY = STATE / "demo.txt"


def setup(ground, args):
    say(f"Odoo       {ground.odoo.package}")
    say(f"OCA        {ground.oca}")
    say(f"Python     {ground.python}")
    say(f"PostgreSQL {ground.postgres or 'the server named by PG*'}")


def demo(ground, args):
    if not args.load_only:
        _require_port(args.port)
    with session(ground, "demo") as runner:
        if not databases.exists(DEMO):
            _load_demo(runner, args)
        elif databases.comment(DEMO) != addons_state():
            runner.install(DEMO, own_addons(), "Updating our addons", update=True)
            databases.set_comment(DEMO, addons_state())
        if args.load_only:
            return 0
        threading.Thread(target=_announce, args=(args.port,), daemon=True).start()
        log = LOGS / "demo-server.log"
        return runner.call(
            runner.odoo(
                *("-d", DEMO, f"--db-filter=^{DEMO}$", f"--http-port={args.port}"),
                f"--logfile={log}",
            )
        )


def _load_demo(runner: Runner, args):
    """Make the database under another name: under its own it is complete."""
    fresh = f"{DEMO}_new"
    databases.drop(fresh)
    runner.install(fresh, own_addons() or ["helpdesk_mgmt"], f"Database {DEMO}")
    if (ROOT / "tests/replay/load.py").exists():
        options = [] if args.tickets is None else [f"tickets={args.tickets}"]
        say("• Sample data …")
        with SUMMARY.open("w") as summary:
            command = [ground_python(runner), "-m", "tools.load_demo", fresh, *options]
            with subprocess.Popen(
                command, env=runner.environment, cwd=ROOT, stdout=-1, text=True
            ) as process:
                for line in process.stdout:
                    summary.write(line)
                    print(line, end="", flush=True)
        if process.returncode:
            raise Stop(
                "The sample data could not be loaded, see above.",
                "Run ./vip demo again: it begins anew with an empty database.",
            )
    databases.rename(fresh, DEMO)
    databases.set_comment(DEMO, addons_state())


def ground_python(runner: Runner) -> str:
    return str(runner.ground.python)


def _require_port(port: int):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Stop(
                f"Port {port} cannot be used: {error.strerror}.",
                f"Choose another: ./vip demo --port {port + 1}",
            ) from error


def _announce(port: int):
    """Say where to look once the server answers."""
    for _second in range(120):
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                break
        time.sleep(1)
    if SUMMARY.exists():
        say(SUMMARY.read_text())
    say(f"Serving on http://localhost:{port} (administrator: admin / admin).")
    say("Stop with Ctrl+C.")


def shell(ground, args):
    with session(ground, _cluster_of(args.database)) as runner:
        return runner.call(runner.odoo("shell", "-d", args.database, "--no-http"))


def odoo(ground, args):
    rest = [arg for arg in args.rest if arg != "--"]
    name = next((b for a, b in zip(rest, rest[1:], strict=False) if a == "-d"), "")
    with session(ground, _cluster_of(name)) as runner:
        return runner.call(runner.odoo(*rest))


def run(ground, args):
    rest = [arg for arg in args.rest if arg != "--"]
    if not rest:
        raise Stop("run what?", "For example: ./vip run psql vip_test")
    with session(ground, _cluster_of(rest[-1])) as runner:
        return runner.call(rest)


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
    say(f"All databases of this clone are gone. Downloads stay in the cache.")
