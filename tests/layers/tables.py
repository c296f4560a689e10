"""The tables of our models, and what is written there."""

import functools
from pathlib import Path
from typing import NamedTuple

from .scopes import Scope
from .source import heirs, models

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
