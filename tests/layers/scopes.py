"""The functions of a file, and what the names in each are bound to."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .source import FUNCTIONS, Model, Source, last_name, models, sources, strings

LOOPS = (ast.For, ast.AsyncFor, ast.comprehension)


@dataclass(frozen=True)
class Scope:
    """A function, with those inside it; or a statement that stands in none."""

    source: Source
    model: Model | None
    name: str
    node: ast.AST

    @functools.cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.node))

    @functools.cached_property
    def strings(self) -> list[tuple[ast.expr, str, bool]]:
        return list(strings(self.nodes))

    @property
    def parameters(self) -> list[str]:
        """The names of the arguments, without ``self`` in a method."""
        if not isinstance(self.node, FUNCTIONS):
            return []
        given = self.node.args
        names = [arg.arg for arg in [*given.posonlyargs, *given.args]]
        return names[1:] if names[:1] in (["self"], ["cls"]) else names

    @functools.cached_property
    def bound(self) -> dict[str, list[ast.expr]]:
        """``{name: what is assigned to it}``; of a loop, what is looped over."""
        found = {}
        for node in self.nodes:
            for name, value in _bindings(node):
                found.setdefault(name, []).append(value)
        return found

    @functools.cached_property
    def looped(self) -> dict[str, set[str]]:
        """``{name of a list: names that its elements are given in loops}``."""
        found = {}
        for node in self.nodes:
            if isinstance(node, LOOPS) and isinstance(node.iter, ast.Name):
                found.setdefault(node.iter.id, set()).add(last_name(node.target))
        return found


@functools.lru_cache(maxsize=8)
def scopes(folder: Path) -> tuple[Scope, ...]:
    """Return the scopes of all Python files of the addons, but those of tests."""
    classes = {id(model.node): model for model in models(folder)}
    return tuple(
        scope
        for source in sources(folder)
        if not source.is_test
        for scope in _scopes(source, classes)
    )


def _scopes(source: Source, classes: dict[int, Model]) -> Iterator[Scope]:
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                yield Scope(source, classes.get(id(node)), _name(inner), inner)
        else:
            yield Scope(source, None, _name(node), node)


def _name(node: ast.stmt) -> str:
    """Return the name of a function, or of the constant that a statement sets."""
    if isinstance(node, ast.Assign):
        return last_name(node.targets[0])
    return getattr(node, "name", "")


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _pairs(target, node.value)
    elif isinstance(node, ast.NamedExpr | ast.AugAssign):
        yield from _pairs(node.target, node.value)
    elif isinstance(node, LOOPS):
        yield from _pairs(node.target, node.iter)
        yield from _grouped(node.target, node.iter)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for each, part in zip(target.elts, value.elts, strict=False):
            yield from _pairs(each, part)


def _grouped(target: ast.expr, loop: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield the records of a group, in a loop over ``records.grouped(…).items()``."""
    groups = getattr(getattr(loop, "func", None), "value", None)
    if isinstance(groups, ast.Call) and last_name(groups.func) == "grouped":
        records = target.elts[-1] if isinstance(target, ast.Tuple) else target
        yield from _pairs(records, groups.func.value)
