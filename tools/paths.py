"""Where things are kept."""

import ast
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ROOT / "addons"
REQUIREMENTS = ROOT / "tools" / "requirements"

#: What belongs to this clone: databases, file stores, logs.
STATE = ROOT / ".vip"
LOGS = STATE / "log"

#: Downloads, shared by all clones of one user.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vip-service"


def own_addons() -> list[str]:
    """Names of the addons in ``addons/`` that every installation has, sorted."""
    return [name for name in _addons() if name not in glue_addons()]


def glue_addons() -> list[str]:
    """Names of our addons that need one of ``oca_other.txt``; tested apart."""
    return [name for name in _addons() if _depends(name) & other_addons()]


def other_addons() -> set[str]:
    """Names of the addons of OCA that we know how to work with but do not need."""
    lines = (REQUIREMENTS / "oca_other.txt").read_text().split()
    return {
        line.split("==")[0].removeprefix("odoo-addon-").replace("-", "_")
        for line in lines
    }


def _addons() -> list[str]:
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


def _depends(name: str) -> set[str]:
    manifest = ast.literal_eval((ADDONS / name / "__manifest__.py").read_text())
    return set(manifest["depends"])
