"""What an addon contributes to the story of a client: one dated kind of lines, in SQL."""

from collections.abc import Callable
from dataclasses import dataclass, field

from odoo.tools import SQL, Query

from odoo.addons.vip_base.tools.search import says_all


@dataclass(frozen=True)
class StoryPart:
    """Rows of one table that are lines of a client's story.

    :param kind: of line, unique among all addons; lines of one instant are sorted by it
    :param query: of the records, by ``_search``: what the reader may see, and no order
    :param at: SQL of when it happened, naive UTC
    :param tell: gets the values of ``columns`` and the ``id`` of a line; returns a dict of
        ``text``, and where there is one ``note``, ``link`` (``vip_base/tools/links.py``)
        and ``tone``
    :param columns: {name: SQL} of what ``tell`` needs; values of JSON, so dates as text
    :param icon: of the host's font
    :param known: SQL of when it became known, naive UTC; None: when it happened
    :param group: by which lines are chosen: ``words``, ``requests``, ``promises``, ``tier``,
        ``rights`` or ``other``
    :param searched: SQL of the texts in which words are sought; lines of a part without
        any are left out of a search
    :param whole_day: it happened on a day, at no time
    """

    kind: str
    query: Query
    at: SQL
    tell: Callable[[dict], dict]
    columns: dict[str, SQL] = field(default_factory=dict)
    icon: str = "fa-circle-o"
    whole_day: bool = False
    known: SQL | None = None
    group: str = "other"
    searched: tuple[SQL, ...] = ()

    def select(self, after, limit, words=None, known_at=None):
        """Return the SELECT of this part's newest lines below a place in the story.

        :param after: (instant as text, kind, id) of the last line above; None: from now
        :param words: that the texts of a line have, all of them
        :param known_at: only what had happened and was known by then (naive UTC)
        """
        query = self.query
        if known_at:
            query.add_where(SQL("%s <= %s", self.at, known_at))
            query.add_where(SQL("%s <= %s", self.known or self.at, known_at))
        if words:
            text = SQL("concat_ws(' ', %s)", SQL(", ").join(self.searched))
            query.add_where(says_all(text, words))
        row_id = SQL.identifier(query.table, "id")
        if after:
            query.add_where(self._below(row_id, *after))
        query.order = SQL("%s DESC, %s DESC", self.at, row_id)
        query.limit = limit
        pairs = [
            piece
            for name, sql in self.columns.items()
            for piece in (SQL("%s", name), sql)
        ]
        data = SQL("jsonb_build_object(%s)", SQL(", ").join(pairs))
        return query.select(
            SQL("%s AS at", self.at),
            SQL("%s AS kind", self.kind),
            SQL("%s AS id", row_id),
            SQL("%s AS data", data),
        )

    def _below(self, row_id, at, kind, last_id):
        """Return the condition of lines that are further down than a place."""
        if self.kind == kind:
            return SQL("(%s, %s) < (%s::timestamp, %s)", self.at, row_id, at, last_id)
        comparison = SQL("<=") if self.kind > kind else SQL("<")
        return SQL("%s %s %s::timestamp", self.at, comparison, at)
