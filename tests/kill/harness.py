"""Kill a job at a random moment, run it again, compare what is left.

A job is a function ``job(env)`` named ``"package.module:function"``. It runs in a
process of its own on a copy of a database; SIGKILL gives it no chance to tidy up. The
moment is drawn from a seed, over the time that an untouched run takes. The processes are
forked from one that has imported Odoo's code and is connected to no database.

    with killed("vip_installed", "tests.kill.test_import:job", seed=7) as (whole, cut):
        assert rows(cut, table("vip_activity")) == rows(whole, table("vip_activity"))
"""

import contextlib
import importlib
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg2

from tools import databases

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.kill.preload"])
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


class Worker:
    """A process that runs ``job``, seen from outside."""

    def __init__(self, database: str, job: str):
        self.job = job
        self._signals, theirs = PROCESSES.Pipe(duplex=False)
        handle, output = tempfile.mkstemp(prefix="vip-kill-")
        os.close(handle)
        self._output = Path(output)
        self.process = PROCESSES.Process(
            target=_main, args=(database, job, dict(os.environ), theirs, output)
        )
        self.process.start()
        theirs.close()

    def has_said(self, signal: str) -> bool:
        """Wait for the next signal of the process, or for its end."""
        try:
            return self._signals.recv() == signal
        except EOFError:
            return False

    def end(self, timeout: float | None = None):
        """Wait for the end; raise AssertionError unless the job has done its work."""
        done = self._signals.poll(timeout) and self.has_said(DONE)
        assert done, f"{self.job} ended without being done:\n{self.close()}"
        self.process.join()
        self.close()

    def close(self) -> str:
        """Kill what is still there; return all that it has written."""
        self.process.kill()
        self.process.join()
        self._signals.close()
        output = self._output.read_text(errors="replace")
        self._output.unlink()
        return output


def run(database: str, job: str, kill_after: float | None = None) -> float:
    """Run ``job`` in its own process; return the seconds it took.

    With ``kill_after`` (seconds from when the job begins) it is killed then, unless
    it has ended before.
    """
    worker = Worker(database, job)
    begun = worker.has_said(READY)
    started = time.monotonic()
    if kill_after is None:
        worker.end()
        return time.monotonic() - started
    if begun:
        worker.process.join(kill_after)
    output = worker.close()
    assert begun, f"{job} did not begin:\n{output}"
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
        running = [Worker(database, job) for _worker in range(workers)]
        for worker in running:
            worker.has_said(READY)
        gate.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        for worker in running:
            worker.end()


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


def _main(database: str, job: str, environment: dict, signals, output: str):
    # Only here is Odoo started: the rest belongs to the test's own process.
    with open(output, "w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(environment)
    from tools.environment import superuser

    module, function = job.split(":")
    with superuser(database) as env:
        function = getattr(importlib.import_module(module), function)
        signals.send(READY)
        function(env)
    signals.send(DONE)
