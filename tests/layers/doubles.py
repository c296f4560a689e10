"""Methods that one addon defines twice on one model, and folders that are too full."""

from collections import Counter
from pathlib import Path

from .source import addons_in, models

#: Files of models that a folder may hold, without its ``__init__.py``.
FULL = 40


def doubles(folder: Path) -> dict[str, list[str]]:
    """Return ``{"addon model.method": places}`` of what is defined more than once."""
    places = {}
    for model in models(folder):
        for method in model.methods():
            name = f"{model.source.addon} {model.name}.{method.name}"
            path = model.source.path.relative_to(folder)
            places.setdefault(name, []).append(f"{path}:{method.lineno}")
    return {name: found for name, found in places.items() if len(found) > 1}


def full_folders(folder: Path) -> dict[str, int]:
    """Return ``{folder of models: files in it}`` of those with too many."""
    counts = Counter(
        str(path.parent.relative_to(folder))
        for addon in addons_in(folder)
        for path in (folder / addon / "models").rglob("*.py")
        if path.name != "__init__.py"
    )
    return {name: count for name, count in counts.items() if count > FULL}
