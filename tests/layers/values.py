"""Which states a dict of values may hold, as far as it can be read."""

import ast
from collections.abc import Iterator

from .records import DEPTH, Records
from .scopes import Scope
from .source import last_name, positional, text_of
from .tables import UNKNOWN

#: What comes before the name of a parameter, of which it is not known what it holds.
GIVEN = "*"


class Values:
    """Reads what may be under ``"state"`` in the values that are written."""

    def __init__(self, records: Records):
        self.records = records

    def states(
        self, node: ast.AST | None, scope: Scope, depth: int = DEPTH
    ) -> set[str]:
        """Return the states in a dict or a list of dicts; ``*name``: as a caller says."""
        reads = {
            ast.Dict: self._of_dict,
            ast.Name: self._of_name,
            ast.Call: self._of_call,
        }
        if node is None or not depth:
            return set()
        if type(node) in reads:
            return reads[type(node)](node, scope, depth - 1)
        names = ("left", "right", "body", "orelse", "elt", "value")
        parts = [getattr(node, name, None) for name in names]
        return self._of_all([*parts, *getattr(node, "elts", [])], scope, depth - 1)

    def _of_all(self, nodes, scope: Scope, depth: int) -> set[str]:
        return set().union(*(self.states(node, scope, depth) for node in nodes))

    def _of_dict(self, node: ast.Dict, scope: Scope, depth: int) -> set[str]:
        found = set()
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                found |= self.states(value, scope, depth)
            elif text_of(key) == "state":
                found = self.value(value, scope)  # what came before does not count
        return found

    def _of_name(self, node: ast.Name, scope: Scope, depth: int) -> set[str]:
        found = self._of_all(scope.bound.get(node.id, []), scope, depth)
        for name in scope.looped.get(node.id, set()):
            found |= self._of_all(scope.bound.get(name, []), scope, depth)
            found |= self._added(name, scope, depth)
        found |= self._added(node.id, scope, depth)
        return found | ({GIVEN + node.id} & {GIVEN + each for each in scope.parameters})

    def _added(self, name: str, scope: Scope, depth: int) -> set[str]:
        """Return what is put into the dict, or the list, of this name."""
        found = set()
        for node in scope.nodes:
            if isinstance(node, ast.Assign) and isinstance(
                node.targets[0], ast.Subscript
            ):
                target = node.targets[0]
                if last_name(target.value) == name and text_of(target.slice) == "state":
                    found |= self.value(node.value, scope)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if getattr(node.func.value, "id", None) == name:
                    if node.func.attr in ("update", "append", "setdefault"):
                        found |= self._of_arguments(node, scope, depth)
        return found

    def _of_arguments(self, node: ast.Call, scope: Scope, depth: int) -> set[str]:
        if last_name(node.func) == "setdefault" and text_of(node.args[0]) == "state":
            return self.value(node.args[-1], scope)
        found = self._of_all(node.args, scope, depth)
        for word in node.keywords:
            if word.arg == "state":
                found |= self.value(word.value, scope)
            elif word.arg is None:
                found |= self.states(word.value, scope, depth)
        return found

    def _of_call(self, node: ast.Call, scope: Scope, depth: int) -> set[str]:
        """Return what ``dict(…)`` holds, or what a method of ours returns."""
        if isinstance(node.func, ast.Name):
            is_dict = node.func.id == "dict"
            return self._of_arguments(node, scope, depth) if is_dict else set()
        model = self.records.model_of(node.func.value, scope)
        found = set()
        for method in self.records.methods_of(model, node.func.attr) if model else ():
            given = {
                state
                for each in method.nodes
                if isinstance(each, ast.Return)
                for state in self.states(each.value, method, depth)
            }
            found |= {state for state in given if not state.startswith(GIVEN)}
            found |= set(self._passed(node, given, method, scope, depth))
        return found

    def _passed(self, call, given, method, scope, depth) -> Iterator[str]:
        for name, value in arguments(call, method):
            if GIVEN + name in given:
                yield from self.states(value, scope, depth)

    def value(self, node: ast.expr, scope: Scope, depth: int = DEPTH) -> set[str]:
        """Return the states that an expression may be; constants by their value."""
        if isinstance(node, ast.IfExp) and depth:
            both = (node.body, node.orelse)
            return set().union(*(self.value(each, scope, depth - 1) for each in both))
        if text_of(node):
            return {text_of(node)}
        name = last_name(node)
        if name.isupper():
            known = scope.source.constants.get(name, [])
            return {*filter(None, map(text_of, known))} or {name.lower()}
        values = [(value, scope) for value in scope.bound.get(name, [])]
        values += self._said(name, scope)
        if not (isinstance(node, ast.Name) and values and depth):
            return {UNKNOWN}
        return set().union(*(self.value(*each, depth - 1) for each in values))

    def _said(self, name: str, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """Return what callers of a method say for a parameter of it."""
        if not scope.model or name not in scope.parameters:
            return []
        found = []
        for call, caller in self.records.calls.get(scope.name, ()):
            if caller.name == scope.name:
                continue  # it hands on what its own callers say, who are among these
            model = self.records.model_of(call.func.value, caller)
            if model is None or model in self.records.family(scope.model.name):
                given = dict(arguments(call, scope))
                found += [(given[name], caller)] if name in given else []
        return found


def arguments(call: ast.Call, method: Scope) -> Iterator[tuple[str, ast.expr]]:
    """Yield ``(parameter, value)`` of a call of a method."""
    yield from zip(method.parameters, positional(call), strict=False)
    yield from ((word.arg, word.value) for word in call.keywords if word.arg)
