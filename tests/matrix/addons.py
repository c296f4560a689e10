"""Our addons as their manifests describe them: what each stands on, and in which order."""

import ast
from graphlib import TopologicalSorter

from tools.paths import ADDONS


def _depends() -> dict[str, set[str]]:
    return {
        path.parent.name: set(ast.literal_eval(path.read_text())["depends"])
        for path in ADDONS.glob("*/__manifest__.py")
    }


def bottom_up() -> list[str]:
    """All addons of ``addons/``, each after those that it depends on."""
    depends = _depends()
    order = TopologicalSorter(
        {
            name: sorted(below & depends.keys())
            for name, below in sorted(depends.items())
        }
    )
    return list(order.static_order())


def below(addon: str) -> set[str]:
    """Our addons that ``addon`` depends on, directly or not."""
    depends = _depends()
    found, waiting = set(), {addon}
    while waiting:
        waiting = (depends[waiting.pop()] & depends.keys() | waiting) - found
        found |= waiting
    return found


def needs(*names: str) -> list[str]:
    """What is not ours that these addons, and those below, depend on; sorted."""
    depends = _depends()
    ours = {name for addon in names for name in (addon, *below(addon))}
    return sorted(set().union(*(depends[name] for name in ours)) - depends.keys())
