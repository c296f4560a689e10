"""Style checks: the hooks of ``.pre-commit-config.yaml``, without fetching anything."""

import hashlib
import os
import re
import shutil
import subprocess

from . import apt
from .console import Stop, run_step, say
from .ground import lint_venv
from .paths import ROOT, STATE

NODE = ROOT / "node_modules"
NODE_HOOKS = ("prettier", "eslint")
RESULT = re.compile(r"^(.+?)\.{3,}.*?(Passed|Failed|Skipped)$", re.M)


def run(hooks: list[str] = (), fix: bool = False) -> dict[str, str]:
    """Run all hooks (or those named), return ``{title: "Passed" | …}``.

    With ``fix`` the hooks that mend run first. Files git does not ignore are
    checked, committed or not.
    """
    environment = _environment()
    if fix:
        _pre_commit(environment, "--hook-stage=manual")
    results = {}
    for hook in hooks or [""]:
        output = _pre_commit(environment, *([hook] if hook else []))
        results.update(RESULT.findall(output))
        say(output.rstrip())
    return results


def _pre_commit(environment: dict, *args: str) -> str:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        raise Stop("Lint needs a git clone.", listed.stderr.strip())
    files = [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]
    done = subprocess.run(
        ["pre-commit", "run", "--color=never", *args, "--files", *files],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if not RESULT.search(done.stdout):
        raise Stop(f"pre-commit failed:\n{done.stdout}")
    return done.stdout


def _environment() -> dict[str, str]:
    programs = lint_venv() / "bin"
    environment = {
        **os.environ,
        "PRE_COMMIT_HOME": str(STATE / "pre-commit"),
        "PATH": f"{programs}:{NODE / '.bin'}:{os.environ['PATH']}",
    }
    environment.pop("PYTHONPATH", None)
    if not node_tools():
        say(f"• not run, as node and npm are missing: {', '.join(NODE_HOOKS)}")
        say("  Run: sudo apt-get install -y --no-install-recommends nodejs npm")
        skip = [*NODE_HOOKS, *(f"{hook}-fix" for hook in NODE_HOOKS)]
        environment["SKIP"] = ",".join(skip)
    return environment


def node_tools() -> bool:
    """Install what comes by npm: checkers, and axe; False where there is no node."""
    if not (shutil.which("node") and shutil.which("npm")):
        if os.geteuid() != 0 and not os.environ.get("CI"):
            return False
        apt.install(["nodejs", "npm"], "Checking JavaScript and XML")
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamp = NODE / ".complete"
    if not stamp.exists() or stamp.read_text() != wanted:
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        run_step("Checkers that run on node", command, cwd=ROOT)
        stamp.write_text(wanted)
    return True
