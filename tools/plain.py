"""Which of our Python files need no Odoo, as their imports tell."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

from .paths import ADDONS, ROOT

#: A plain test may have these of Odoo; ``tools.without_odoo`` puts others in their place.
STANDINS = {"odoo.tests", "odoo.tests.BaseCase", "odoo.tests.tagged"}
EXAMPLE = re.compile(r"^\s*>>> ", re.M)


def plain_tests() -> list[Path]:
    """Test files of the addons that run without Odoo, and so without a database."""
    return _plain(ADDONS.glob("*/tests/**/test_*.py"))


def plain_examples() -> list[Path]:
    """Files with examples in docstrings that run without Odoo."""
    files = (
        path for folder in (ADDONS, ROOT / "tests") for path in folder.rglob("*.py")
    )
    return _plain(path for path in files if has_examples(path))


def has_examples(path: Path) -> bool:
    """Tell whether the file, which is no test, has examples in its docstrings."""
    if path.suffix != ".py" or path.name.startswith("test_"):
        return False
    return bool(EXAMPLE.search(path.read_text()))


def needs_odoo(path: Path) -> bool:
    """Tell whether the file, or one of ours that it imports, imports Odoo."""
    seen, waiting = set(), {path}
    while waiting:
        path = waiting.pop()
        seen.add(path)
        for name in _imports(path):
            found = _ours(name)
            if found:
                waiting.add(found) if found not in seen else None
            elif name.split(".")[0] == "odoo" and name not in STANDINS:
                return True
    return False


def _plain(files) -> list[Path]:
    return sorted(path for path in files if not needs_odoo(path))


@functools.cache
def _imports(path: Path) -> frozenset[str]:
    """Return the full names that a file imports; of a package, those it takes from it."""
    return frozenset(
        name
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _named(node, path)
    )


def _named(node: ast.AST, path: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = (
            _package(path).split(".")[: -node.level + 1 or None] if node.level else []
        )
        base = ".".join([*above, *filter(None, [node.module])])
        for alias in node.names:
            name = f"{base}.{alias.name}"
            yield name if _ours(name) or not _ours(base) else base


def _package(path: Path) -> str:
    if ROOT not in path.parents:
        return ""
    if ADDONS in path.parents:
        return ".".join(("odoo.addons", *path.parent.relative_to(ADDONS).parts))
    return ".".join(path.parent.relative_to(ROOT).parts)


def _ours(name: str) -> Path | None:
    """Return the file of one of our modules; None for what is not ours."""
    parts = name.split(".")
    root = ROOT
    if parts[:2] == ["odoo", "addons"]:
        root, parts = ADDONS, parts[2:]
    if not parts or not (root / parts[0]).is_dir():
        return None
    module = root.joinpath(*parts)
    for path in (module.with_suffix(".py"), module / "__init__.py"):
        if path.is_file():
            return path
    return None
