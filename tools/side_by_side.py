"""Commands that run beside each other; what each says is shown once it has ended."""

import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from .console import HEARTBEAT, say
from .paths import LOGS, ROOT


class Ended(NamedTuple):
    """A command that has ended: its exit code, and all that it said."""

    title: str
    code: int
    output: str


class SideBySide:
    """Runs commands, ``width`` at a time, in the order in which they are added.

    Leaving the block before all have ended ends those that run and drops the others.
    """

    def __init__(self, width: int):
        self._pool = ThreadPoolExecutor(width)
        self._guard = threading.Lock()
        self._running: dict[subprocess.Popen, str] = {}
        self._stopped = False
        self._futures: list[Future] = []

    def __enter__(self):
        LOGS.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_failure):
        with self._guard:
            self._stopped = True
            for process in self._running:
                process.terminate()
        self._pool.shutdown(cancel_futures=True)

    def add(self, title: str, command: list[str], environment: dict[str, str]):
        """Run ``command`` as soon as there is room for it."""
        self._futures.append(self._pool.submit(self._run, title, command, environment))

    def ended(self) -> Iterator[Ended]:
        """Yield each command once it has ended, with its output shown."""
        waiting = set(self._futures)
        while waiting:
            done, waiting = wait(
                waiting, timeout=HEARTBEAT * 4, return_when=FIRST_COMPLETED
            )
            if not done:
                with self._guard:
                    say(f"  … {', '.join(self._running.values())}")
            for future in done:
                yield future.result()

    def _run(self, title, command, environment) -> Ended:
        say(f"• {title} …")
        started = time.monotonic()
        log = LOGS / f"side-{title}.log"
        with log.open("w+", errors="replace") as output:
            code = self._wait(title, command, environment, output)
            output.seek(0)
            said = output.read()
        say(f"{said.rstrip()}\n• {title}: {time.monotonic() - started:.0f} s\n")
        return Ended(title, code, said)

    def _wait(self, title, command, environment, output) -> int:
        with self._guard:
            if self._stopped:
                return 1
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            self._running[process] = title
        code = process.wait()
        with self._guard:
            del self._running[process]
        return code
