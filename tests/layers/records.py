"""Of which model the records are that an expression gives, as far as it can be read."""

import ast
import functools
from pathlib import Path

from .host import reached
from .scopes import Scope, scopes
from .source import comodel, heirs, last_name, models, text_of

#: Methods of recordsets that give records of the same model.
SAME = set(
    "browse concat copy create ensure_one exists filtered filtered_domain search "
    "search_fetch sorted sudo try_lock_for_update union with_company with_context "
    "with_env with_prefetch with_user".split()
)
#: How many assignments and calls are followed.
DEPTH = 8


class Records:
    """What the addons of a folder say about their models."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._families: dict[str, frozenset[str]] = {}

    @functools.cached_property
    def comodels(self) -> dict[str, set[str]]:
        """``{field: the models that fields of this name lead to}``."""
        found = {}
        for model in models(self.folder):
            for name, call in model.fields():
                if text_of(comodel(call)):
                    found.setdefault(name, set()).add(text_of(comodel(call)))
        return found

    @functools.cached_property
    def methods(self) -> dict[str, list[Scope]]:
        found = {}
        for scope in scopes(self.folder):
            if scope.model and isinstance(scope.node, ast.FunctionDef):
                found.setdefault(scope.name, []).append(scope)
        return found

    @functools.cached_property
    def _parents(self) -> dict[str, set[str]]:
        found = {}
        for model in models(self.folder):
            found.setdefault(model.name, set()).update({*model.parents} - {model.name})
        return found

    def family(self, name: str) -> frozenset[str]:
        """Return the models whose methods a model may have, or that have its own."""
        if name not in self._families:
            above = reached(name, lambda model: self._parents.get(model, ()))
            self._families[name] = above | heirs(self.folder, name)
        return self._families[name]

    @functools.cached_property
    def calls(self) -> dict[str, list[tuple[ast.Call, Scope]]]:
        found = {}
        for scope in scopes(self.folder):
            if scope.source.inside[0] == "engine":
                continue  # it knows of no records
            for node in scope.nodes:
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    found.setdefault(node.func.attr, []).append((node, scope))
        return found

    def methods_of(self, name: str | None, method: str) -> list[Scope]:
        """Return the methods of this name of a model, of any if it is not known."""
        found = self.methods.get(method, [])
        if name is None:
            return found
        return [scope for scope in found if scope.model.name in self.family(name)]

    def model_of(self, node: ast.expr, scope: Scope, depth: int = DEPTH) -> str | None:
        """Return the name of the model, None if it is not known."""
        reads = {
            ast.Name: self._of_name,
            ast.Attribute: self._of_attribute,
            ast.Call: self._of_call,
            ast.Subscript: self._of_subscript,
        }
        if depth and type(node) in reads:
            return reads[type(node)](node, scope, depth - 1)
        parts = (getattr(node, name, None) for name in ("left", "right", "body"))
        parts = [part for part in [*parts, *getattr(node, "values", [])] if part]
        return self._first(parts, scope, depth - 1) if depth else None

    def _first(self, nodes, scope: Scope, depth: int) -> str | None:
        found = (self.model_of(node, scope, depth) for node in nodes)
        return next(filter(None, found), None)

    def _of_name(self, node: ast.Name, scope: Scope, depth: int) -> str | None:
        if node.id in ("self", "cls"):
            return scope.model and scope.model.name
        return self._first(scope.bound.get(node.id, []), scope, depth)

    def _of_attribute(self, node: ast.Attribute, scope: Scope, depth: int):
        found = self.comodels.get(node.attr, set())
        return next(iter(found)) if len(found) == 1 else None

    def _of_call(self, node: ast.Call, scope: Scope, depth: int) -> str | None:
        if isinstance(node.func, ast.Name):
            is_own = node.func.id == "super" and scope.model
            return scope.model.name if is_own else None
        name, receiver = last_name(node.func), node.func.value
        if name in SAME:
            return self.model_of(receiver, scope, depth)
        if name == "mapped" and node.args and text_of(node.args[0]):
            path = ast.Attribute(receiver, text_of(node.args[0]).split(".")[-1])
            return self._of_attribute(path, scope, depth)
        model = self.model_of(receiver, scope, depth)
        for method in self.methods_of(model, name) if model else ():
            given = [
                each.value for each in method.nodes if isinstance(each, ast.Return)
            ]
            found = self._first(filter(None, given), method, depth)
            if found:
                return found
        return None

    def _of_subscript(self, node: ast.Subscript, scope: Scope, depth: int):
        if last_name(node.value) in ("env", "registry", "pool"):
            return text_of(node.slice)
        return self.model_of(node.value, scope, depth)
