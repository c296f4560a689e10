"""What a text names: addons, models, ids, tables. Finding only, no judging."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .owners import Owners

ADDON, MODEL, XMLID, TABLE = "addon", "model", "id", "table"

DOTTED = re.compile(r"[a-z]\w*(?:\.\w+)+")
LIST = re.compile(r"\s*,\s*[!-]?")
QUOTED = re.compile(rf"""['"]({DOTTED.pattern})['"]""")
WORD = re.compile(r"\w+")
REST = re.compile(r"\.(\w+(?:\.\w+)?)")
PACKAGE = re.compile(r"\bodoo\.addons\.(\w+)[\w.]*")
FOLDER = re.compile(r"(?:^|(?<=[\s'\"(,/]))(\w+)/(?:static|\.\.)/")


class Named(NamedTuple):
    """A name that stands in a file of an addon."""

    addon: str
    path: Path
    line: int
    kind: str
    name: str


Names = Iterator[tuple[str, str]]


class Reader:
    """Finds names in texts.

    A name is recognised wherever it stands, not only where Odoo looks for it: lists of
    models to loop over, constants and targets of patches are names too. Our addons and
    all tables are known by the mere word.
    """

    def __init__(self, owners: Owners):
        self.ours = set(owners.addons)
        self.tables = set(owners.tables)
        self.models = set(owners.models)
        self.host = set(owners.host.addons)

    def in_text(self, text: str, is_open: bool = False) -> Names:
        """Yield ``(kind, name)`` for what a text names, whatever it is for.

        :param is_open: the text is put together: an id in it may be only begun
        """
        for name in filter(DOTTED.fullmatch, LIST.split(text.strip())):
            yield from self._dotted(name)
        yield from ((ADDON, addon) for addon in PACKAGE.findall(text))
        folders = FOLDER.findall(text)
        yield from ((ADDON, addon) for addon in folders if addon in self.host)
        text = PACKAGE.sub("", text)
        for word in WORD.finditer(text):
            if word[0] in self.tables:
                yield TABLE, word[0]
            elif word[0] in self.ours:
                rest = None if is_open else REST.match(text, word.end())
                yield (XMLID, f"{word[0]}.{rest[1]}") if rest else (ADDON, word[0])

    def in_code(self, text: str) -> Names:
        """Yield what a text names that may be an expression with texts in quotes."""
        yield from self.in_text(text)
        for name in QUOTED.findall(text):
            yield from self._dotted(name)

    def _dotted(self, name: str) -> Names:
        """Yield what ``a.b`` names: a model, or an id of an addon of the host."""
        if name in self.models:
            yield MODEL, name
        elif name.split(".")[0] in self.host:
            yield XMLID, name


def xmlid(addon: str, name: str) -> tuple[str, str]:
    """Return what an id names that need not say its addon if that is ``addon``."""
    return XMLID, name if "." in name else f"{addon}.{name}"
