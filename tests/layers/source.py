"""The files of the addons, parsed once for all tests of this folder."""

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lxml import etree

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
RELATIONAL = re.compile(r"(One2many|Many2one|Many2many)$")


@dataclass(frozen=True)
class Source:
    """A Python file of an addon."""

    root: Path
    path: Path

    @property
    def addon(self) -> str:
        return self.root.name

    @functools.cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(), str(self.path))

    @functools.cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @functools.cached_property
    def strings(self) -> list[tuple[ast.expr, str, bool]]:
        """The string literals: node, text, and whether an unknown part is in it.

        What stands in one literal of several parts is one text; values that an f-string
        holds are ``{}``. Docstrings are left out.
        """
        return list(strings(self.nodes))

    @functools.cached_property
    def constants(self) -> dict[str, list[ast.expr]]:
        """What the names of the module are given."""
        found = {}
        for node in self.tree.body:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    for name, value in _named(target, node.value):
                        found.setdefault(name, []).append(value)
        return found

    @property
    def inside(self) -> tuple[str, ...]:
        """The folders and the name of the file, inside the addon."""
        return self.path.relative_to(self.root).parts

    @property
    def is_test(self) -> bool:
        return self.inside[0] == "tests"


class Model(NamedTuple):
    """A class that defines a model or extends one."""

    source: Source
    node: ast.ClassDef
    name: str
    parents: tuple[str, ...]

    @property
    def is_extension(self) -> bool:
        return self.name in self.parents

    @property
    def is_abstract(self) -> bool:
        return any(last_name(base) == "AbstractModel" for base in self.node.bases)

    @property
    def table(self) -> str:
        return text_of(assigned(self.node, "_table")) or self.name.replace(".", "_")

    def methods(self) -> Iterator[ast.FunctionDef]:
        return (node for node in self.node.body if isinstance(node, FUNCTIONS))

    def fields(self) -> Iterator[tuple[str, ast.Call]]:
        """Yield the attributes that are given a call: fields, constraints, indexes."""
        for node in self.node.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                yield from ((last_name(target), node.value) for target in node.targets)


def addons_in(folder: Path) -> list[str]:
    return sorted(path.parent.name for path in folder.glob("*/__manifest__.py"))


@functools.lru_cache(maxsize=1024)
def xml(path: Path) -> etree._ElementTree:
    """Return an XML file, parsed once."""
    return etree.parse(path)


@functools.lru_cache(maxsize=8)
def sources(folder: Path) -> tuple[Source, ...]:
    """Return all Python files of the addons in ``folder``."""
    return tuple(
        Source(folder / addon, path)
        for addon in addons_in(folder)
        for path in sorted((folder / addon).rglob("*.py"))
    )


@functools.lru_cache(maxsize=8)
def models(folder: Path) -> tuple[Model, ...]:
    """Return all classes of models of the addons in ``folder``, but those of tests."""
    return tuple(
        model
        for source in sources(folder)
        if not source.is_test
        for node in source.nodes
        if isinstance(node, ast.ClassDef) and (model := _model(source, node))
    )


def _model(source: Source, node: ast.ClassDef) -> Model | None:
    parents = tuple(_texts(assigned(node, "_inherit")))
    name = text_of(assigned(node, "_name")) or next(iter(parents), None)
    return Model(source, node, name, parents) if name else None


def _named(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name of ``a = …`` or ``a, b = …, …`` with its value."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(map(last_name, target.elts), value.elts, strict=False)
    else:
        yield last_name(target), value


def comodel(call: ast.Call) -> ast.expr | None:
    """Return what a relational field says it leads to."""
    if not RELATIONAL.search(last_name(call.func)):
        return None
    named = [word.value for word in call.keywords if word.arg == "comodel_name"]
    return next(iter([*call.args, *named]), None)


def positional(call: ast.Call) -> list[ast.expr]:
    """Return the arguments without names, those of ``*(a, b)`` one by one."""
    found = []
    for value in call.args:
        inner = value.value if isinstance(value, ast.Starred) else None
        found += inner.elts if isinstance(inner, ast.Tuple | ast.List) else [value]
    return found


def heirs(folder: Path, name: str) -> set[str]:
    """Return the models that inherit ``name``, directly or not, with itself."""
    found, before = {name}, set()
    while found != before:
        before = set(found)
        found |= {each.name for each in models(folder) if found & set(each.parents)}
    return found


def strings(nodes: list[ast.AST]) -> Iterator[tuple[ast.expr, str, bool]]:
    """Yield the string literals among nodes, as of :attr:`Source.strings`."""
    skipped = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            skipped |= set(map(id, node.values))
            yield node, "".join(text_of(part) or "{}" for part in node.values), True
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in skipped:
                yield node, node.value, False


def assigned(node: ast.ClassDef, name: str) -> ast.expr | None:
    """Return what a class gives an attribute."""
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            if name in [last_name(target) for target in statement.targets]:
                return statement.value
    return None


def _texts(node: ast.expr | None) -> Iterator[str]:
    """Yield the texts of a literal, be it one or a list of them."""
    if isinstance(node, ast.List | ast.Tuple):
        yield from filter(None, map(text_of, node.elts))
    elif text_of(node):
        yield text_of(node)


def text_of(node: ast.AST | None) -> str | None:
    """Return the text of a string literal, None of anything else."""
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def last_name(node: ast.AST) -> str:
    """Return the last name of ``a.b.c``."""
    return getattr(node, "attr", None) or getattr(node, "id", "")
