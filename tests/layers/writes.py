"""Which function writes what: rows by statements, states also through the ORM."""

from collections.abc import Iterable
from pathlib import Path

from .records import Records
from .tables import UNKNOWN, Tables
from .values import Values
from .writes_orm import OrmWrites
from .writes_sql import SqlWrites

Writers = dict[str, dict[str, str]]


def writers(folder: Path, rows: Iterable[str] = ()) -> Writers:
    """Return ``{table: {"file::function": what it does there}}``.

    :param rows: models of which every row is a state: all that the ORM does counts
    """
    tables, values = Tables(folder), Values(Records(folder))
    found: dict[str, dict[str, set[str]]] = {}
    for write in [
        *SqlWrites(folder, tables, values).found(),
        *OrmWrites(folder, tables, values, set(rows)).found(),
    ]:
        site = f"{write.scope.source.path.relative_to(folder)}::{write.scope.name}"
        found.setdefault(write.table, {}).setdefault(site, set()).add(write.verb)
    return {
        table: {site: " ".join(sorted(verbs)) for site, verbs in sorted(sites.items())}
        for table, sites in sorted(found.items())
    }


def shared_states(found: Writers) -> dict[str, list[str]]:
    """Return ``{"table =state": functions}`` of what more than one function writes."""
    writing = {}
    for table, sites in found.items():
        for site, verbs in sites.items():
            for verb in verbs.split():
                if verb.startswith("=") and verb != f"={UNKNOWN}":
                    writing.setdefault(f"{table} {verb}", []).append(site)
    return {name: sites for name, sites in writing.items() if len(sites) > 1}
