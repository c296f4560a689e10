import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import frozen_rows
from ..tools.past_rows import known
from ..tools.sql import LooseMany2one


class VipPastRow(models.Model):
    """What a row said before it was recorded anew, such as a verdict that was overturned.

    Written by triggers only, see ``tools/past_rows.py``; the database itself refuses to
    change or delete it.
    """

    _name = "vip.past.row"
    _description = "What a Row Said Before"
    _log_access = False
    _order = "id desc"

    name = fields.Char(string="Table", required=True, readonly=True)
    row_id = fields.Integer(string="Row number", required=True, readonly=True)
    company_id = LooseMany2one("res.company", readonly=True)
    said = fields.Json(string="What it said", required=True, readonly=True)
    recorded_at = fields.Datetime(string="Recorded at", readonly=True)
    until = fields.Datetime(string="Known until", readonly=True)

    _row_idx = models.Index("(name, row_id)")

    def init(self):
        """Make the database itself refuse to change or delete a row."""
        frozen_rows.freeze(self.env.cr, self._table)

    @api.model
    def _known(self, records, names, at, **scope):
        """Return what rows said as it was known at an instant.

        :param records: with ``recorded_at``, of a model that keeps what its rows said;
            with a scope only the model counts
        :param names: columns
        :param at: naive UTC
        :param scope: values that rows had then, instead of which records they are
        :return: {id: {column: value as JSON has it}}, without what was not known yet
        """
        records.env[records._name].flush_model()
        past, now = (
            SQL("row_id = ANY(%s)", records.ids),
            SQL("id = ANY(%s)", records.ids),
        )
        if scope:
            past = SQL("said @> %s::jsonb", json.dumps(scope))
            now = SQL(" AND ").join(
                SQL("%s = %s", SQL.identifier(name), value)
                for name, value in scope.items()
            )
        said = {}
        for row_id, recorded_at, until, what in self.env.execute_query(
            SQL(
                """
                SELECT row_id, recorded_at, until, said
                  FROM (SELECT row_id, COALESCE(recorded_at, '-infinity') AS recorded_at,
                               until, said, id
                          FROM vip_past_row WHERE name = %(table)s AND %(past)s
                         UNION ALL
                        SELECT id, COALESCE(recorded_at, '-infinity'), NULL,
                               jsonb_build_object(%(values)s), NULL
                          FROM %(rows)s WHERE %(now)s) r
                 WHERE recorded_at <= %(at)s
                 ORDER BY row_id, id NULLS LAST
                """,
                table=records._table,
                rows=SQL.identifier(records._table),
                past=past,
                now=now,
                values=SQL(", ").join(
                    SQL("%s, %s", SQL(f"'{name}'"), SQL.identifier(name))
                    for name in names
                ),
                at=at,
            )
        ):
            said.setdefault(row_id, []).append((recorded_at, until, what))
        found = {row_id: known(rows, at) for row_id, rows in said.items()}
        return {row_id: what for row_id, what in found.items() if what is not None}
