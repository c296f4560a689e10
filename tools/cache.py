"""Built folders that are either complete or not there.

A folder counts only once its stamp file exists, which is written last: a download
cut off half-way or a killed unpacking is thrown away by the next run. A lock keeps
two runs from building the same folder.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from .console import Stop, say
from .paths import CACHE

STAMP = ".complete"
NEEDED_BYTES = 3 * 1024**3


@contextlib.contextmanager
def lock(path: Path):
    """Hold the exclusive lock ``path`` (a file), waiting for other runs.

    Programs run by ``run_step`` hold it too: where a run is killed, what it had
    started may still be writing, and the next run waits for that.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        os.set_inheritable(handle.fileno(), True)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"• waiting for another run that holds {path.name} …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def complete(folder: Path) -> bool:
    return (folder / STAMP).exists()


def build(name: str, make: Callable[[Path], None]) -> Path:
    """Return the cached folder ``name``, letting ``make`` fill it where missing.

    ``name`` must hold the version of what is in it: a complete folder is never
    changed again.
    """
    folder = CACHE / name
    if complete(folder):
        return folder
    try:
        with lock(CACHE / f"{name}.lock"):
            if not complete(folder):
                _require_space()
                if folder.exists():
                    shutil.rmtree(folder)
                folder.mkdir(parents=True)
                make(folder)
                (folder / STAMP).touch()
    except PermissionError as error:
        raise Stop(
            f"The cache folder cannot be written: {error}",
            "Set XDG_CACHE_HOME to a folder of your own.",
        ) from error
    return folder


def _require_space():
    free = shutil.disk_usage(CACHE).free
    if free < NEEDED_BYTES:
        raise Stop(
            f"Only {free // 1024**2} MB are free at {CACHE}, 3 GB are needed.",
            "Free some space, or set XDG_CACHE_HOME to a folder on another disk.",
        )
