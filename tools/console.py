"""Talking to the person at the terminal."""

import contextlib
import subprocess
import sys
import threading
import time
from pathlib import Path

from .paths import LOGS

HEARTBEAT = 15  # seconds between signs of life where nobody sees a terminal

# What a tool says when it fails, and what that means for the person. Matched in
# this order on the lower-case end of its output.
CAUSES = (
    (
        "no space left on device",
        "The disk is full. About 3 GB are needed in the cache folder; set "
        "XDG_CACHE_HOME to put it elsewhere.",
    ),
    (
        (
            "temporary failure resolving",
            "temporary failure in name resolution",
            "could not resolve",
            "name or service not known",
            "network is unreachable",
            "connection refused",
            "connection timed out",
            "failed to establish a new connection",
            "eai_again",
            "enotfound",
        ),
        "There is no network, or the mirror set up on this machine does not "
        "answer. Connect (or set the proxy variables) and run the command again: "
        "what was downloaded is kept.",
    ),
    ("permission denied", "A file or folder may not be written, see above."),
)


class Stop(Exception):
    """Ends the command with a message; ``hint`` says what to do about it."""

    def __init__(self, message: str, hint: str = ""):
        super().__init__(message)
        self.hint = hint

    def __str__(self):
        return "\n  ".join(filter(None, (super().__str__(), self.hint)))


def say(text: str):
    print(text, flush=True)


def run_step(title: str, command: list, hint: str = "", **popen) -> str:
    """Run ``command``, showing only its progress, and return its output.

    The whole output goes to a log file. On failure its last lines are shown and
    :class:`Stop` is raised with the likely cause, or else with ``hint``.
    """
    started = time.monotonic()
    say(f"• {title} …")
    lines: list[str] = []
    with (
        subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            close_fds=False,  # but only locks are inheritable, see ``cache.lock``
            **popen,
        ) as process,
        _signs_of_life(lines),
    ):
        for line in process.stdout:
            lines.append(line)
    output = "".join(lines)
    log = _log_file(title)
    log.write_text(output)
    if process.returncode:
        say("".join(lines[-30:]).rstrip())
        raise Stop(
            f"{title}: failed (exit {process.returncode}), all output in {log}",
            _cause("".join(lines[-60:])) or hint,
        )
    say(f"  done in {time.monotonic() - started:.0f} s")
    return output


@contextlib.contextmanager
def _signs_of_life(lines: list[str]):
    """Show again and again how long it has been, and the last of ``lines``."""
    live = sys.stdout.isatty()
    ended = threading.Event()

    def show():
        started = time.monotonic()
        while not ended.wait(1 if live else HEARTBEAT):
            text = f"  {time.monotonic() - started:.0f} s: {_last(lines)}"
            print(f"\r\033[K{text}" if live else text, end="" if live else "\n")
            sys.stdout.flush()
        if live:
            print("\r\033[K", end="", flush=True)

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _last(lines: list[str]) -> str:
    return lines[-1].strip()[:70] if lines else ""


def _log_file(title: str) -> Path:
    LOGS.mkdir(parents=True, exist_ok=True)
    name = "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())
    return LOGS / f"{name}.log"


def _cause(output: str) -> str:
    output = output.lower()
    for marks, advice in CAUSES:
        if any(
            mark in output for mark in ([marks] if isinstance(marks, str) else marks)
        ):
            return advice
    return ""
