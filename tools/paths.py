"""Where things are kept."""

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
    """Names of the addons in ``addons/``, sorted."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))
