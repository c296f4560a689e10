"""The statements by which functions write rows, also those inside triggers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from .scopes import Scope, scopes
from .source import last_name, positional, text_of
from .tables import UNKNOWN, Tables, Write
from .values import Values

TARGET = r'(%\(\w+\)s|%s|\{\}|"?[a-z_]\w*"?)'
STATEMENTS = {
    verb: re.compile(pattern.replace("TARGET", TARGET), re.IGNORECASE | re.DOTALL)
    for verb, pattern in {
        "insert": r"\binsert\s+into\s+TARGET",
        "delete": r"\bdelete\s+from\s+(?:only\s+)?TARGET",
        "update": r"\bupdate\s+(?:only\s+)?TARGET(?:\s+(?:as\s+)?\w+)?\s+set\b",
        "copy": r"\bcopy\s+TARGET\s*(?:\([^)]*\)\s*)?from\b",
        "merge": r"\bmerge\s+into\s+TARGET",
        "truncate": r"\btruncate\s+(?:table\s+)?TARGET(?=\s*(?:,|;|$|cascade|restart))",
    }.items()
}
#: What an update sets, and whether the state is among it.
SET = re.compile(
    r".*?(?=\bwhere\b|\bfrom\b|\breturning\b|$)", re.IGNORECASE | re.DOTALL
)
STATE = re.compile(r"(?<![.\w])state\s*=\s*(?:'(\w+)'|(%\(\w+\)s|%s))?")
#: An update of columns that are given: the state may be among them.
COLUMNS = re.compile(r"\s*\(?\s*(%\(\w+\)s|%s)")
PLACEHOLDER = re.compile(r"(?<!%)(?:%%)*%s")


class SqlWrites:
    """Finds what is written by statements that stand in the addons' Python."""

    def __init__(self, folder: Path, tables: Tables, values: Values):
        self.folder, self.tables, self.values = folder, tables, values

    def found(self) -> Iterator[Write]:
        for scope in scopes(self.folder):
            for node, text, _is_open in scope.strings:
                for verb, pattern in STATEMENTS.items():
                    for match in pattern.finditer(text):
                        yield from self._written(verb, match, node, scope)

    def _written(self, verb: str, match: re.Match, node, scope: Scope):
        target = match[1]
        tables = {target.strip('"')}
        if target.startswith(("%", "{")):
            given = _given(match.string, match.start(1), target, node, scope)
            tables = set().union(*(self._named(value, scope) for value in given))
        for table in tables or {UNKNOWN}:
            yield Write(scope, table, verb)
            if verb == "update" and table in self.tables.with_state:
                for state in self._states(match, node, scope):
                    yield Write(scope, table, f"={state}")

    def _states(self, match: re.Match, node, scope: Scope) -> Iterator[str]:
        """Yield the states that an update sets, ``?`` for one that may be any."""
        start = match.end()
        if COLUMNS.match(match.string, start):
            yield UNKNOWN
        end = SET.match(match.string, start).end()
        for state in STATE.finditer(match.string, start, end):
            given = state[2] and _given(
                match.string, state.start(2), state[2], node, scope
            )
            values = [self.values.value(value, scope) for value in given or ()]
            yield from set().union(*values) or {state[1] or UNKNOWN}

    def _named(self, node: ast.expr, scope: Scope) -> set[str]:
        """Return the tables of ``SQL.identifier(…)``, also of one that has a name."""
        if isinstance(node, ast.Name):
            values = scope.bound.get(node.id) or scope.source.constants.get(node.id, [])
            return set().union(*(self._named(value, scope) for value in values))
        if not (isinstance(node, ast.Call) and last_name(node.func) == "identifier"):
            return set()
        table = node.args[0]
        if text_of(table):
            return {text_of(table)}
        is_own = isinstance(table, ast.Attribute) and last_name(table.value) == "self"
        if is_own and table.attr == "_table" and scope.model:
            return self.tables.of(scope.model.name)
        return set()


def _given(text: str, at: int, placeholder: str, node, scope: Scope) -> list[ast.expr]:
    """Return what ``SQL()`` is given for a placeholder that stands in a text."""
    found = []
    for call in _calls(node, scope):
        if placeholder == "%s":
            position = len(PLACEHOLDER.findall(text[:at])) + 1
            found += positional(call)[position : position + 1]
        else:
            name = placeholder[2:-2]
            found += [word.value for word in call.keywords if word.arg == name]
    return found


def _calls(node: ast.expr, scope: Scope) -> Iterator[ast.Call]:
    """Yield the calls of ``SQL`` with this text, or with the constant that holds it."""
    for call in scope.source.nodes:
        if isinstance(call, ast.Call) and last_name(call.func) == "SQL" and call.args:
            text = call.args[0]
            if text is node or getattr(text, "id", None) == scope.name:
                yield call
