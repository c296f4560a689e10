"""The changelog of each addon, ``readme/HISTORY.md``, made from its news fragments.

As towncrier does for addons of OCA: ``readme/newsfragments/<name>.feature.md`` or
``.bugfix.md`` become lines under the version of the manifest, and are gone.
"""

import ast
import re
from datetime import date
from pathlib import Path

from .paths import ADDONS

#: Endings of fragments and the headings they come under, in this order.
KINDS = {"feature": "Features", "bugfix": "Bugfixes"}
VERSION = re.compile(r"^## (?P<version>\S+) \(.*\)$", re.M)


def fragments(addon: Path) -> list[Path]:
    """Return the news of an addon, in order of their names, what it began with first."""
    found = sorted((addon / "readme" / "newsfragments").glob("*.md"))
    return sorted(found, key=lambda path: not path.name.startswith("first-release"))


def bullet(text: str) -> str:
    """Return a fragment as one line of a list.

    >>> bullet("Leave counts\\nfrom its approval on.\\n")
    '- Leave counts from its approval on.'
    """
    return f"- {' '.join(text.split())}"


def merged(history: str, version: str, day: date, news: dict[str, list[str]]) -> str:
    """Return the changelog with news of a version, newest version first.

    What comes later of the same version is added to it.

    :param news: lines by kind

    >>> once = merged("", "2.0", date(2026, 1, 31), {"feature": ["- One"]})
    >>> print(merged(once, "2.0", date(2026, 2, 1), {"bugfix": ["- Two"]}))
    ## 2.0 (2026-02-01)
    <BLANKLINE>
    ### Features
    <BLANKLINE>
    - One
    <BLANKLINE>
    ### Bugfixes
    <BLANKLINE>
    - Two
    <BLANKLINE>
    """
    heads = list(VERSION.finditer(history))
    known, rest = "", history
    if heads and heads[0]["version"] == version:
        end = heads[1].start() if heads[1:] else len(history)
        known, rest = history[heads[0].end() : end], history[end:]
    parts = [f"## {version} ({day:%Y-%m-%d})"]
    for kind, title in KINDS.items():
        lines = [*_lines(known, title), *news.get(kind, [])]
        if lines:
            parts += [f"### {title}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n" + (f"\n{rest}" if rest else "")


def _lines(section: str, title: str) -> list[str]:
    """Return the lines that a version has under a heading already."""
    [*found] = re.findall(rf"^### {title}\n\n((?:- .*\n)+)", section, re.M)
    return found[0].splitlines() if found else []


def release_news(day: date) -> list[str]:
    """Move the news of all addons into their changelogs; return what has changed."""
    told = []
    for manifest in sorted(ADDONS.glob("*/__manifest__.py")):
        addon = manifest.parent
        paths = fragments(addon)
        if not paths:
            continue
        news = {
            kind: [bullet(p.read_text()) for p in paths if p.suffixes[-2] == f".{kind}"]
            for kind in KINDS
        }
        version = ast.literal_eval(manifest.read_text())["version"]
        path = addon / "readme" / "HISTORY.md"
        history = path.read_text() if path.exists() else ""
        path.write_text(merged(history, version, day, news))
        for fragment in paths:
            fragment.unlink()
        told.append(f"{addon.name} {version}: {len(paths)} news")
    return told
