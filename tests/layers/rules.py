"""Judges what was found: who may name what, what an engine may import."""

import ast
import functools
import sys
from collections.abc import Iterable, Iterator

from .names import ADDON, MODEL, TABLE, XMLID, Named, Reader
from .names_files import depends, named_in_files
from .names_python import imported_from, named_in_python
from .owners import Owners
from .source import Source, sources


def forbidden_names(owners: Owners, keys: Iterable[str] = ()) -> list[str]:
    """Return what addons name that neither they nor an addon below them own.

    :param keys: what looks like an id but is none, or is only asked for where it is
    """
    return sorted(
        {
            f"{named.path.relative_to(owners.folder)}:{named.line}: {problem}"
            for named in all_names(owners)
            if (problem := _problem(owners, named, keys))
        }
    )


@functools.lru_cache(maxsize=2)
def all_names(owners: Owners) -> tuple[Named, ...]:
    """Return what all files of the addons name, theirs or not."""
    return tuple(_all_names(owners))


def _all_names(owners: Owners) -> Iterator[Named]:
    reader = Reader(owners)
    for source in sources(owners.folder):
        yield from named_in_python(source, reader)
    for addon in owners.addons:
        yield from named_in_files(addon, owners.folder / addon, reader)


def _problem(owners: Owners, named: Named, keys: Iterable[str]) -> str | None:
    owner = _owner(owners, named)
    what = f"{named.kind} {named.name}"
    if named.kind == XMLID and named.name in keys:
        return None
    if owner is None:
        return f"{what} belongs to no addon that is known"
    if owner != named.addon and owner not in owners.below(named.addon):
        return f"{what} belongs to {owner}, which is not below {named.addon}"
    if named.kind == XMLID and owner in owners.addons:
        if not owners.has_xmlid(owner, named.name.split(".", 1)[1]):
            return f"{what} is in no file of {owner}"
    return None


def _owner(owners: Owners, named: Named) -> str | None:
    if named.kind == MODEL:
        return owners.models.get(named.name)
    if named.kind == TABLE:
        return owners.tables[named.name]
    addon = named.name if named.kind == ADDON else named.name.split(".")[0]
    return addon if owners.is_addon(addon) else None


def wrong_manifests(owners: Owners) -> list[str]:
    """Return where manifests and the table of arrows say different things."""
    problems = []
    for addon in sorted({*owners.addons, *owners.arrows}):
        path = f"{addon}/__manifest__.py"
        if addon not in owners.addons:
            problems.append(f"{addon} has arrows, but there is no such addon")
        elif addon not in owners.arrows:
            problems.append(f"{path}:1: {addon} has no arrows")
        elif addon in owners.below(addon):
            problems.append(f"{path}:1: the arrows of {addon} lead back to it")
        else:
            said, arrows = depends(owners.folder / addon), owners.arrows[addon]
            more, less = said - arrows, arrows - said
            problems += [f"{path}:1: no arrow leads to {name}" for name in sorted(more)]
            problems += [
                f"{path}:1: does not depend on {name}" for name in sorted(less)
            ]
    return problems


def doubly_defined(owners: Owners) -> list[str]:
    """Return the models that more than one class defines."""
    return [
        f"{name} is defined by {', '.join(sorted(addons))}"
        for name, addons in owners.defined.items()
        if len(addons) > 1
    ]


def impure_engines(owners: Owners, libraries: set[str]) -> list[str]:
    """Return what engines import beside the standard library, each other, and these."""
    return [
        f"{source.path.relative_to(owners.folder)}:{node.lineno}: imports {module}"
        for source in sources(owners.folder)
        if source.inside[0] == "engine"
        for node in source.nodes
        for module in _modules(node, source)
        if not _is_pure(module, owners, source.addon, libraries)
    ]


def _modules(node: ast.AST, source: Source) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = imported_from(node, source)
        yield from (f"{module}.{alias.name}" for alias in node.names)


def _is_pure(module: str, owners: Owners, addon: str, libraries: set[str]) -> bool:
    parts = module.split(".")
    if parts[:2] == ["odoo", "addons"]:
        known = {addon} | (owners.below(addon) & {*owners.addons})
        return parts[2] in known and parts[3:4] == ["engine"]
    return parts[0] in {*sys.stdlib_module_names, *libraries}
