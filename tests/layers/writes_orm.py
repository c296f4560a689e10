"""The states that functions write through the ORM."""

import ast
from collections.abc import Iterator
from pathlib import Path

from .scopes import Scope, scopes
from .source import last_name
from .tables import UNKNOWN, Tables, Write
from .values import GIVEN, Values, arguments

WRITING = {"write", "_write", "create", "update"}
#: What the ORM does to rows, where every row is a state.
ROWS = {"write", "create", "unlink", "copy"}


class OrmWrites:
    """Finds what reaches ``write`` and the like, also through methods of ours."""

    def __init__(self, folder: Path, tables: Tables, values: Values, rows: set[str]):
        self.scopes = [
            scope for scope in scopes(folder) if scope.source.inside[0] != "engine"
        ]
        self.tables, self.values, self.rows = tables, values, rows
        self.records = values.records

    def found(self) -> Iterator[Write]:
        passing = self._passing()
        for scope in self.scopes:
            for node in scope.nodes:
                for model, states in self._written(node, scope, passing):
                    for state in states:
                        if not state.startswith(GIVEN):
                            yield from self._writes(scope, model, f"={state}")
                yield from self._rows(node, scope)

    def _writes(self, scope: Scope, model: str | None, verb: str) -> Iterator[Write]:
        if model is None:
            yield Write(scope, UNKNOWN, verb)
        else:
            written = self.tables.of(model)
            if model not in self.rows:
                written &= self.tables.with_state
            for table in written:
                if self._may_be(verb, table, scope):
                    yield Write(scope, table, verb)

    def _may_be(self, verb: str, table: str, scope: Scope) -> bool:
        """Tell whether a state is one of the table: a mixin writes those of many."""
        if not (scope.model and scope.model.is_abstract and verb.startswith("=")):
            return True
        known = self.tables.states.get(table)
        return not known or verb.removeprefix("=") in {*known, UNKNOWN}

    def _passing(self) -> dict[str, dict[str, set[str]]]:
        """Return ``{method: {model: parameters that it writes}}``, but the ORM's own."""
        found, before = {}, None
        while found != before:
            before = {name: dict(models) for name, models in found.items()}
            for scope in self.scopes:
                if scope.model and scope.name not in WRITING:
                    given = self._given(scope, before)
                    if given:
                        found.setdefault(scope.name, {})[scope.model.name] = given
        return found

    def _given(self, scope: Scope, passing) -> set[str]:
        return {
            state.removeprefix(GIVEN)
            for node in scope.nodes
            for _model, states in self._written(node, scope, passing)
            for state in states
            if state.startswith(GIVEN)
        }

    def _written(self, node: ast.AST, scope: Scope, passing) -> Iterator[tuple]:
        """Yield ``(model, states)`` that a call or an assignment writes."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from self._called(node, scope, passing)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr == "state":
                    model = self.records.model_of(target.value, scope)
                    if model or scope.model or last_name(target.value) != "self":
                        yield model, self.values.value(node.value, scope)

    def _called(self, node: ast.Call, scope: Scope, passing) -> Iterator[tuple]:
        name = node.func.attr
        if name in WRITING:
            model = self.records.model_of(node.func.value, scope)
            if model or name != "update":
                yield model, self.values.states(next(iter(node.args), None), scope)
        elif name in passing:
            model = self.records.model_of(node.func.value, scope)
            for method in self.records.methods_of(model, name):
                given = passing[name].get(method.model.name, set())
                for parameter, value in arguments(node, method):
                    if parameter in given:
                        yield method.model.name, self.values.states(value, scope)

    def _rows(self, node: ast.AST, scope: Scope) -> Iterator[Write]:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ROWS and not _is_super(node.func.value):
                model = self.records.model_of(node.func.value, scope)
                if model in self.rows:
                    yield from self._writes(scope, model, node.func.attr)


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "super"
