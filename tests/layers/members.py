"""Fields and methods that an addon uses and that only addons above it have.

No text says whose field ``record.sla_clock_ids`` is. But where neither the addon nor
anything below it has a word, and an addon above gives it to a model, that one is meant.
"""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

from .owners import Owners
from .source import Source, last_name, models, sources, xml

WORD = re.compile(r"\w+")


def members_from_above(owners: Owners) -> list[str]:
    """Return where addons use fields and methods that addons above them add."""
    used = [
        (source.addon, source.path, *use)
        for source in sources(owners.folder)
        for use in _used(source, owners)
    ]
    for addon in owners.addons:
        for path in (owners.folder / addon).rglob("*.xml"):
            used += [(addon, path, *use) for use in _shown(path)]
    return [
        f"{path.relative_to(owners.folder)}:{line}: {name} is a field or method of "
        f"{above[name]}, which is not below {addon}"
        for addon, path, line, name in sorted({*used})
        if name in (above := _only_above(owners, addon))
    ]


@functools.lru_cache(maxsize=32)
def _only_above(owners: Owners, addon: str) -> dict[str, str]:
    """Return ``{field or method: the addon that gives it}``, of addons not below."""
    known = set(owners.host.words(owners.below(addon)))
    given = {}
    for other, names in _given(owners).items():
        if other == addon or other in owners.below(addon):
            known |= _defined(owners)[other]
        else:
            given |= dict.fromkeys(names, other)
    return {name: other for name, other in given.items() if name not in known}


@functools.lru_cache(maxsize=8)
def _given(owners: Owners) -> dict[str, set[str]]:
    """Return the fields and methods that each addon gives to models."""
    found = {addon: set() for addon in owners.addons}
    for model in models(owners.folder):
        names = found[model.source.addon]
        names |= {method.name for method in model.methods()}
        names |= {name for name, _call in model.fields()}
    return found


@functools.lru_cache(maxsize=8)
def _defined(owners: Owners) -> dict[str, set[str]]:
    """Return all words that each addon gives a meaning to."""
    found = {addon: set() for addon in owners.addons}
    for source in sources(owners.folder):
        found[source.addon].update(*map(_meant, source.nodes))
    return found


def _meant(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg | ast.keyword):
        yield node.arg or ""
    elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield last_name(node)


def _used(source: Source, owners: Owners) -> Iterator[tuple[int, str]]:
    added = _added(owners)
    for node in source.nodes:
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
    for node, text, _is_open in source.strings:
        yield from ((node.lineno, word) for word in WORD.findall(text) if word in added)


def _shown(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the fields that a view or a record in a file names."""
    for element in xml(path).iter("field"):
        yield element.sourceline, element.get("name") or ""


@functools.lru_cache(maxsize=8)
def _added(owners: Owners) -> set[str]:
    """Return the fields that addons add to models of others: columns in statements.

    Only those of more than one word, which mean nothing else in a text.
    """
    return {
        name
        for model in models(owners.folder)
        if owners.models.get(model.name) != model.source.addon
        for name, _call in model.fields()
        if "_" in name.strip("_")
    }
