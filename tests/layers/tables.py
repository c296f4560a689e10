"""The tables of our models, and what is written there."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .scopes import Scope
from .source import Model, heirs, models, text_of

#: A table, or a value, that cannot be read from the text.
UNKNOWN = "?"


class Write(NamedTuple):
    """What a function does to a table: insert, update …, or ``=state``."""

    scope: Scope
    table: str
    verb: str


class Tables:
    """The models of the addons of a folder that have a table."""

    def __init__(self, folder: Path):
        self.folder = folder

    @functools.cached_property
    def _tables(self) -> dict[str, str]:
        return {
            model.name: model.table
            for model in models(self.folder)
            if not (model.is_extension or model.is_abstract)
        }

    def of(self, name: str) -> set[str]:
        """Return the table of a model of ours; of an abstract one, those of its heirs."""
        if name in self._tables:
            return {self._tables[name]}
        return {
            self._tables[heir] for heir in heirs(self.folder, name) & {*self._tables}
        }

    @functools.cached_property
    def with_state(self) -> set[str]:
        """The tables with a column ``state``, by its own model or by one it inherits."""
        return set().union(
            *(
                self.of(heir)
                for model in models(self.folder)
                if "state" in dict(model.fields())
                for heir in heirs(self.folder, model.name)
            )
        )

    @functools.cached_property
    def states(self) -> dict[str, set[str]]:
        """``{table: its states}``, where the field's own definition says them all."""
        found = {}
        for model in models(self.folder):
            call = dict(model.fields()).get("state")
            if call and model.name in self._tables:
                keys = found.setdefault(self._tables[model.name], set())
                keys.update(_keys(call, model))
        return {table: keys for table, keys in found.items() if None not in keys}


def _keys(call: ast.Call, model: Model) -> Iterator[str | None]:
    """Yield the keys of a selection, None for what cannot be read."""
    pairs = next(iter(call.args), None)
    for pair in pairs.elts if isinstance(pairs, ast.List) else [None]:
        key = pair.elts[0] if isinstance(pair, ast.Tuple) else None
        if isinstance(key, ast.Name):
            key = next(iter(model.source.constants.get(key.id, [])), None)
        yield text_of(key)
