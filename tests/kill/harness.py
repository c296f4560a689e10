"""Kill a job at a random moment, run it again, compare what is left.

A job is a function ``job(env)`` named ``"package.module:function"``. It runs in a
process of its own on a copy of a database; SIGKILL gives it no chance to tidy up. The
moment is drawn from a seed, over the time that an untouched run takes.

    with killed("vip_installed", "tests.kill.test_import:job", seed=7) as (whole, cut):
        assert rows(cut, table("vip_activity")) == rows(whole, table("vip_activity"))
"""

import contextlib
import importlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator

import psycopg2

from tools import databases
from tools.paths import ROOT

READY, DONE = "ready", "done"
GATE = 20240613  # the advisory lock before which processes wait for each other
WAIT = 60  # seconds for the server to notice that a killed client is gone

#: Columns that differ between two runs that did the same.
VOLATILE = {"id", "create_date", "write_date", "create_uid", "write_uid"}


@contextlib.contextmanager
def killed(
    source: str, job: str, seed: int, kills: int = 1
) -> Iterator[tuple[str, str]]:
    """Yield two copies of ``source``: where ``job`` ran once in peace, and where it
    was killed ``kills`` times and then ran to its end.

    Raises AssertionError with the job's output when it fails by itself.
    """
    moments = random.Random(seed)
    whole, cut = (f"vip_kill_{os.getpid()}_{name}" for name in ("whole", "cut"))
    try:
        databases.copy(source, whole)
        seconds = run(whole, job)
        databases.copy(source, cut)
        for _kill in range(kills):
            run(cut, job, kill_after=moments.uniform(0, seconds))
        run(cut, job)
        yield whole, cut
    finally:
        databases.drop(whole)
        databases.drop(cut)


def run(database: str, job: str, kill_after: float | None = None) -> float:
    """Run ``job`` in its own process; return the seconds it took.

    With ``kill_after`` (seconds from when the job begins) it is killed then, unless
    it has ended before.
    """
    command = [sys.executable, "-m", "tests.kill.harness", database, job]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        begun = process.stdout.readline().strip() == READY
        started = time.monotonic()
        if begun and kill_after is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(kill_after)
            process.kill()
        output, errors = process.communicate()
    if kill_after is None:
        ended = f"{job} ended with {process.returncode}"
        assert DONE in output.split(), f"{ended}:\n{output}{errors}"
    else:
        assert begun, f"{job} did not begin:\n{output}{errors}"
        _wait_until_left(database)
    return time.monotonic() - started


def together(database: str, job: str, workers: int = 2):
    """Run ``job`` in several processes that begin at the same moment.

    The job has to call :func:`wait_for_the_others` first.
    """
    with contextlib.closing(psycopg2.connect(dbname=database)) as connection:
        connection.autocommit = True
        gate = connection.cursor()
        gate.execute("SELECT pg_advisory_lock(%s)", [GATE])
        command = [sys.executable, "-m", "tests.kill.harness", database, job]
        processes = [
            subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _worker in range(workers)
        ]
        for process in processes:
            process.stdout.readline()
        gate.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        for process in processes:
            output, errors = process.communicate()
            assert DONE in output.split(), f"{job} failed:\n{output}{errors}"


def wait_for_the_others(env):
    """Wait, in a job run by :func:`together`, until all its processes are ready."""
    env.cr.execute("SELECT pg_advisory_lock_shared(%s)", [GATE])
    env.cr.commit()


def table(name: str, exclude: Iterable[str] = ()) -> tuple[str, frozenset[str]]:
    """What :func:`rows` is to read: a table without its volatile columns.

    ``exclude`` names more columns, such as references to rows made by the job: their
    ids come from a sequence, which a killed run leaves with gaps.
    """
    return f'SELECT * FROM "{name}"', frozenset(VOLATILE | set(exclude))


def rows(database: str, what: str | tuple[str, frozenset[str]]) -> list[dict]:
    """The rows of a query or a :func:`table`, in an order of their own content."""
    query, excluded = (what, frozenset()) if isinstance(what, str) else what
    with contextlib.closing(psycopg2.connect(dbname=database)) as connection:
        with connection.cursor() as cursor:
            cursor.execute(query)
            names = [column.name for column in cursor.description]
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    kept = [{k: v for k, v in row.items() if k not in excluded} for row in found]
    return sorted(kept, key=repr)


def _wait_until_left(database: str):
    """The server ends what the killed client had begun, which takes a moment."""
    for _attempt in range(WAIT * 20):
        if not rows(
            "postgres", f"SELECT 1 FROM pg_stat_activity WHERE datname = '{database}'"
        ):
            return
        time.sleep(0.05)
    raise AssertionError(f"somebody is still connected to {database}")


def _main(database: str, job: str):
    # Only here is Odoo started: the rest belongs to the test's own process.
    from tools.environment import superuser

    module, function = job.split(":")
    with superuser(database) as env:
        function = getattr(importlib.import_module(module), function)
        print(READY, flush=True)
        function(env)
    print(DONE, flush=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
