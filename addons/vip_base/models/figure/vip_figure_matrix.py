from odoo import api, models
from odoo.tools import SQL

from ...engine.figure import Numbers
from ...tools.stretch import Stretch


class VipFigure(models.AbstractModel):
    """A figure of a month by two dimensions at once, and the rows behind one cell."""

    _inherit = "vip.figure"

    @api.model
    def _matrix(self, company, key, months, rows, columns, dimension="", record_id=0):
        """Return a figure by two plain dimensions, with their sums; one statement.

        :param rows, columns: dimensions, such as ``category_id`` and ``tier_id``
        :param dimension, record_id: only what counts for this record; "" for all
        :return: {(month, row id, column id): :class:`Numbers`}; None as an id is the sum
            over that dimension, 0 is what has none
        """
        # As superuser: figures only; who asks has checked whose may be asked for.
        self, company = self.sudo(), company.sudo()
        stretch = Stretch.of(company, list(months))
        across, down = SQL.identifier(columns), SQL.identifier(rows)
        by = [name for name in (dimension,) if name]
        found = {}
        for month, no_row, row, no_column, column, figures in self.env.execute_query(
            SQL(
                """
        SELECT month, GROUPING(%(down)s), %(down)s, GROUPING(%(across)s), %(across)s,
               %(numbers)s
          FROM (SELECT f.*, %(month)s AS month FROM (%(rows)s) f) o
         WHERE month = ANY(%(months)s) AND %(only)s
      GROUP BY GROUPING SETS ((month, %(down)s, %(across)s), (month, %(down)s),
                              (month, %(across)s), (month))""",
                down=down,
                across=across,
                numbers=self._numbers_sql([key]),
                month=stretch.month_of(SQL("f.at")),
                rows=self._rows_sql(stretch, [key], [*by, rows, columns]),
                months=list(stretch.months),
                only=self._only(dimension, record_id),
            )
        ):
            place = (None if no_row else row or 0, None if no_column else column or 0)
            found[(month, *place)] = Numbers(**figures[key])
        return found

    def _behind_cell(self, company, month, cell, kinds=None, whose=("", 0)):
        """Return model and ids of what this figure tells about in one cell of a month.

        :param cell: {plain dimension: record id}; 0 is what has none
        :param kinds: only these of its occurrences
        :param whose: dimension and record id of who asks is limited to
        """
        # As superuser: ids only; who asks has checked whose may be asked for.
        stretch = Stretch.of(company.sudo(), [month])
        by = [name for name in (whose[0], *cell) if name]
        conditions = [self._only(*whose), SQL("TRUE")]
        for name, record_id in cell.items():
            column = SQL("o.%s", SQL.identifier(name))
            conditions.append(SQL("COALESCE(%s, 0) = %s", column, record_id or 0))
        if kinds:
            conditions.append(SQL("o.kind = ANY(%s)", list(kinds)))
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT o.%s FROM (%s) o WHERE %s",
                SQL.identifier(self._about),
                self.sudo()._rows_sql(stretch, [self._key], by),
                SQL(" AND ").join(conditions),
            )
        )
        return self._about_model(), [record for (record,) in rows if record]

    @api.model
    def _since(self, company, key, at, dimension):
        """Return a figure of what happened since an instant of the present month.

        :param at: naive UTC
        :param dimension: a plain one by which it is told apart
        :return: {record id: :class:`Numbers`}; None is the sum, 0 is what has none
        """
        # As superuser: figures only; who asks has checked whose may be asked for.
        self, company = self.sudo(), company.sudo()
        stretch = Stretch.of(company, [company._vip_month(at)])
        column = SQL.identifier(dimension)
        rows = self.env.execute_query(
            SQL(
                """
        SELECT GROUPING(%(column)s), %(column)s, %(numbers)s FROM (%(rows)s) o
         WHERE at >= %(at)s GROUP BY GROUPING SETS ((%(column)s), ())""",
                column=column,
                numbers=self._numbers_sql([key]),
                rows=self._rows_sql(stretch, [key], [dimension]),
                at=at,
            )
        )
        return {
            None if summed else record or 0: Numbers(**figures[key])
            for summed, record, figures in rows
        }
