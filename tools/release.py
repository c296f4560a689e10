"""A release: its changelogs, and a database of it that later code has to be able to update.

``tests/upgrade`` keeps the newest of these dumps, with the commit whose code made it in a
file beside it: that commit is the release.
"""

import ast
import lzma
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from tests.matrix.addons import bottom_up, needs

from . import databases
from .changelog import release_news
from .console import Stop, say
from .paths import ADDONS, ROOT
from .runner import Runner, session

KEPT = ROOT / "tests" / "upgrade"
DATABASE = "vip_release"
#: What older servers do not know of a dump of a newer one.
NEWER = ("SET transaction_timeout", "\\restrict", "\\unrestrict")


def dumps() -> list[Path]:
    """Return the kept dumps, the newest version last."""
    return sorted(KEPT.glob("*.sql.xz"), key=_version)


def commit_of(dump: Path) -> Path:
    """Return the file that says from which commit a dump was made."""
    return dump.with_name(dump.name.replace(".sql.xz", ".commit"))


def version() -> str:
    """Return the version of the addons.

    :raise Stop: they have several
    """
    found = {
        ast.literal_eval(path.read_text())["version"]
        for path in ADDONS.glob("*/__manifest__.py")
    }
    if len(found) > 1:
        raise Stop(
            f"The manifests have several versions: {', '.join(sorted(found))}.",
            "All addons are released together: give them one.",
        )
    return found.pop()


def _version(dump: Path) -> list[int]:
    return [int(part) for part in dump.name.removesuffix(".sql.xz").split(".")]


def news():
    """Write the changelogs of what has news, dated today."""
    told = release_news(datetime.now(timezone.utc).date())
    for line in told or ["There is no news."]:
        say(line)
    if told:
        say("Now: ./vip lint --fix readme, look at the changelogs, commit.")


def make_dump(ground):
    """Make the dump of what is committed, in place of an older one.

    :raise Stop: something of the addons is not committed
    """
    if _git("status", "--porcelain", "--", str(ADDONS)):
        raise Stop("Something in addons/ is not committed.", "Commit it first.")
    with session(ground, "test") as runner:
        _live(runner)
        try:
            text = _dumped(runner)
        finally:
            databases.drop(DATABASE)
    for old in dumps():
        old.unlink()
        commit_of(old).unlink(missing_ok=True)
    path = KEPT / f"{version()}.sql.xz"
    path.write_bytes(lzma.compress(text, preset=9))
    commit_of(path).write_text(f"{_git('rev-parse', 'HEAD')}\n")
    say(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.1f} MB")
    say("Now: ./vip test --keep tests/upgrade, commit both files, tag the commit.")


def _live(runner: Runner):
    """Make a database with demo data, and let people work in it."""
    names = bottom_up()
    template = runner.template(needs(*names), demo=True)
    databases.copy(template, DATABASE)
    runner.install(DATABASE, names, "All addons", options=["--with-demo"])
    say("• People work with it …")
    command = [str(runner.ground.python), "-m", "tests.upgrade.people", DATABASE]
    done = subprocess.run(
        command, env=runner.environment, cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise Stop(f"{done.stdout[-2000:]}{done.stderr[-4000:]}", "See above.")


def _dumped(runner: Runner) -> bytes:
    """Return the database as text that servers of any supported version read."""
    done = subprocess.run(
        ["pg_dump", "--no-owner", "--no-privileges", DATABASE],
        env=runner.environment,
        capture_output=True,
        check=True,
    )
    lines = done.stdout.split(b"\n")
    newer = tuple(text.encode() for text in NEWER)
    return b"\n".join(line for line in lines if not line.startswith(newer))


def restore(dump: Path, database: str):
    """Make a database of a dump. Needs the ``PG*`` variables and ``psql``."""
    databases.drop(database)
    subprocess.run(
        ["createdb", "--template=template0", "--encoding=UTF8", database], check=True
    )
    subprocess.run(
        ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", database],
        input=lzma.decompress(dump.read_bytes()),
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _git(*args: str) -> str:
    done = subprocess.run(
        ["git", *args], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
