"""What is known of the host's addons without loading them."""

import ast
import functools
import re
from collections.abc import Callable, Iterable
from pathlib import Path

NAMED = re.compile(r"""^\s+_name\s*=\s*['"]([\w.]+)['"]""", re.MULTILINE)
WORD = re.compile(r"\w+")


def reached(start: str, arrows: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """Return all that ``arrows`` lead to from ``start``, directly or through others.

    With ``start`` itself only if they go round.
    """
    found, waiting = set(), [*arrows(start)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += arrows(name)
    return frozenset(found)


class Host:
    """The addons that are installed beside ours, in the folders of an addons path."""

    def __init__(self, folders: Iterable[Path]):
        self.folders = list(folders)
        self._depends: dict[str, set[str]] = {}
        self._words: dict[str, set[str]] = {}

    @functools.cached_property
    def addons(self) -> dict[str, Path]:
        return {
            path.parent.name: path.parent
            for folder in self.folders
            for path in folder.glob("*/__manifest__.py")
        }

    def depends(self, addon: str) -> set[str]:
        """Return what the manifest names; nothing for an addon that is not there."""
        if addon not in self._depends:
            self._depends[addon] = self._read_depends(addon)
        return self._depends[addon]

    def _read_depends(self, addon: str) -> set[str]:
        if addon == "base" or addon not in self.addons:
            return set()
        manifest = (self.addons[addon] / "__manifest__.py").read_text()
        return set(ast.literal_eval(manifest).get("depends") or ["base"])

    def models(self, addons: Iterable[str]) -> dict[str, str]:
        """Return ``{model: the lowest of these addons that has it}``."""
        owners = {}
        for addon in sorted(addons, key=self._depth):
            for path in sorted(self.addons[addon].rglob("*.py")):
                if "tests" not in path.parts:
                    for name in NAMED.findall(path.read_text()):
                        owners.setdefault(name, addon)
        return owners

    def _depth(self, addon: str) -> tuple[int, str]:
        return len(reached(addon, self.depends)), addon

    def words(self, addons: Iterable[str]) -> set[str]:
        """Return every word that stands in the Python of these addons, if of the host."""
        return set().union(
            *(self._said(name) for name in addons if name in self.addons)
        )

    def _said(self, addon: str) -> set[str]:
        if addon not in self._words:
            files = self.addons[addon].rglob("*.py")
            words = (WORD.findall(path.read_text()) for path in files)
            self._words[addon] = set().union(*words)
        return self._words[addon]
