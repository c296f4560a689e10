"""PostgreSQL: the server that ``PG*`` names, or one of our own in ``.vip/``.

Our own listens on a socket in its data folder only. It runs while at least one
command uses it and is stopped by the last one.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .cache import lock
from .console import Stop
from .paths import STATE

USER = "odoo"
SOCKET_PATH_LIMIT = 100  # the system's is 107, with its ending ".s.PGSQL.5432"

COMMON = {"listen_addresses": "", "shared_buffers": "256MB", "jit": "off"}
# A test cluster may be lost with the machine; an unclean stop of the server itself
# is still recovered from.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "autovacuum_naptime": "10min",
}


@dataclass(frozen=True)
class Cluster:
    """One embedded server; ``fast`` trades durability for speed."""

    name: str
    programs: Path
    fast: bool

    @property
    def home(self) -> Path:
        return STATE / "postgres" / self.name

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket(self) -> Path:
        """The data folder, unless its path is too long for a socket."""
        if len(str(self.data)) <= SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432"):
            return self.data
        key = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"vip-{os.geteuid()}-{key}"

    def environment(self) -> dict[str, str]:
        return {"PGHOST": str(self.socket), "PGPORT": "5432", "PGUSER": USER}

    @contextlib.contextmanager
    def running(self):
        """Keep the server running for the length of the block."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "users.lock").open("w") as users:
            with lock(self.home / "server.lock"):
                if not self._is_up():
                    self._start()
                fcntl.flock(users, fcntl.LOCK_SH)
            try:
                yield self
            finally:
                with lock(self.home / "server.lock"):
                    if _is_last(users):
                        self._pg_ctl("-m", "fast", "stop")

    def _is_up(self) -> bool:
        status = self._run("pg_ctl", "-D", self.data, "status")
        return status.returncode == 0

    def _start(self):
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        _private_folder(self.socket)
        settings = {**COMMON, **(FAST if self.fast else {})}
        settings["unix_socket_directories"] = str(self.socket)
        options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
        self._pg_ctl("-l", self.data / "server.log", "-w", "-o", options, "start")

    def _initialise(self):
        shutil.rmtree(self.data, ignore_errors=True)
        fresh = self.home / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        _private_folder(fresh)
        options = f"-U {USER} -A trust -E UTF8 --locale=C".split()
        if self.fast:
            options.append("--no-sync")
        self._must("initdb", "-D", fresh, *options)
        fresh.rename(self.data)

    def _pg_ctl(self, *args):
        self._must("pg_ctl", "-D", self.data, *args)

    def _must(self, program: str, *args):
        result = self._run(program, *args)
        if result.returncode:
            log = self.data / "server.log"
            tail = log.read_text()[-1000:] if log.exists() else ""
            raise Stop(
                f"PostgreSQL ({program}) failed:\n{result.stdout}{tail}",
                f"Another server can be named by PGHOST, PGPORT, PGUSER; or remove "
                f"{self.home} to begin anew.",
            )

    def _run(self, program: str, *args) -> subprocess.CompletedProcess:
        # A file for the output: a pipe would stay open in the server that pg_ctl
        # leaves behind.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                [*_as_user(), str(self.programs / program), *map(str, args)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
            )
            output.seek(0)
            result.stdout = output.read()
        return result


def _is_last(users) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _private_folder(path: Path):
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(path, "nobody", "nogroup")
    elif path.stat().st_uid != os.geteuid():
        raise Stop(
            f"{path} belongs to another user.", "Remove it, or use your own clone."
        )


def _as_user() -> list[str]:
    """How root starts a server that refuses to be root: as nobody, in place.

    Neither the clone nor the cache need be readable for others: one capability to
    pass closed folders is all that remains of root.
    """
    if os.geteuid() != 0:
        return []
    right = "dac_read_search" if _has_capability(2) else "dac_override"
    return [
        "setpriv",
        "--reuid=nobody",
        "--regid=nogroup",
        "--clear-groups",
        # Or access(2) would not see the capability.
        "--securebits=+no_setuid_fixup",
        f"--inh-caps=+{right}",
        f"--ambient-caps=+{right}",
    ]


def _has_capability(number: int) -> bool:
    status = Path("/proc/self/status").read_text()
    effective = next(line for line in status.splitlines() if line.startswith("CapEff"))
    return bool(int(effective.split()[1], 16) >> number & 1)
