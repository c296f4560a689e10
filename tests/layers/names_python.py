"""What the Python of an addon names."""

import ast
from collections.abc import Iterator

from .names import ADDON, MODEL, Named, Names, Reader
from .source import Source, comodel, last_name, text_of

ENVIRONMENTS = {"env", "registry", "pool"}


def named_in_python(source: Source, reader: Reader) -> Iterator[Named]:
    """Yield all names in a file: imports, models, and what its texts name."""
    for node, text, is_open in source.strings:
        for kind, name in reader.in_text(text, is_open):
            yield Named(source.addon, source.path, node.lineno, kind, name)
    for node in source.nodes:
        for kind, name in _named(node, source):
            yield Named(source.addon, source.path, node.lineno, kind, name)


def _named(node: ast.AST, source: Source) -> Names:
    if isinstance(node, ast.Import):
        yield from _imported(alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = imported_from(node, source)
        yield from _imported(f"{module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Subscript):
        if last_name(node.value) in ENVIRONMENTS and text_of(node.slice):
            yield MODEL, text_of(node.slice)
    elif isinstance(node, ast.Assign):
        if last_name(node.targets[0]) in ("_inherit", "_inherits"):
            yield from ((MODEL, name) for name in _keys(node.value))
    elif isinstance(node, ast.Call) and text_of(comodel(node)):
        yield MODEL, text_of(comodel(node))


def imported_from(node: ast.ImportFrom, source: Source) -> str:
    """Return the whole name of the module, also of one that is named by dots."""
    if not node.level:
        return node.module
    package = ["odoo", "addons", source.addon, *source.inside[:-1]]
    above = package[: len(package) - node.level + 1]
    return ".".join([*above, *filter(None, [node.module])])


def _imported(names) -> Names:
    for name in names:
        parts = name.split(".")
        if parts[:2] == ["odoo", "addons"] and len(parts) > 2:
            yield ADDON, parts[2]


def _keys(node: ast.expr) -> Iterator[str]:
    elements = getattr(node, "keys", None) or getattr(node, "elts", None) or [node]
    return filter(None, map(text_of, elements))
