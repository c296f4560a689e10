from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.figure import Numbers
from ...tools.stretch import Stretch
from ...tools.times import add_months, event_time

#: So many months are looked at, the present one among them.
MONTHS = 12
#: A month that is over is counted anew each night until it is settled, but so many months
#: at most.
UNSETTLED = 3


class VipFigureMonth(models.Model):
    """A figure of a month that is over, so that nobody counts its occurrences again.

    For the company as a whole and for each record of the dimensions that are kept. Where
    the company's row of a figure is there, the month is kept, if only to say that nothing
    happened.
    """

    _name = "vip.figure.month"
    _description = "Figure of a Month"
    _log_access = False
    _order = "month desc, id"
    _rec_name = "key"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    key = fields.Char(string="Figure", required=True, readonly=True)
    month = fields.Date(required=True, readonly=True)
    dimension = fields.Char(
        required=True,
        readonly=True,
        help="By what it is told apart; empty: the whole company.",
    )
    record_id = fields.Integer(
        readonly=True, help="Number of the record of the dimension."
    )
    value = fields.Float(readonly=True, digits=(16, 6))
    of_count = fields.Integer(string="Of", readonly=True)
    part_count = fields.Integer(string="Part", readonly=True)
    spread = fields.Float(readonly=True, digits=(16, 6))
    about_count = fields.Integer(string="About", readonly=True)

    _record_uniq = models.UniqueIndex("(company_id, key, month, dimension, record_id)")

    @api.model
    def _read_kept(self, company, keys, months, by, record_id=None):
        """Return {key: {(dimension, record id, month): Numbers}} of what is kept."""
        self.flush_model()
        only = SQL("TRUE") if record_id is None else SQL("record_id = %s", record_id)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT key, dimension, record_id, month,
                       value, of_count, part_count, spread, about_count
                  FROM vip_figure_month
                 WHERE company_id = %s AND key = ANY(%s) AND month = ANY(%s)
                   AND dimension = ANY(%s) AND (record_id > 0 OR dimension = '')
                   AND %s
                """,
                company.id,
                list(keys),
                list(months),
                list(by),
                only,
            )
        )
        found = {key: {} for key in keys}
        for key, dimension, record, month, *numbers in rows:
            found[key][dimension, record, month] = Numbers(*numbers)
        return found

    @api.model
    def _lacking(self, company, keys, months, by):
        """Return what is to be counted: pairs of (months, dimensions) and keys.

        A figure lacks the months in which its company has no row; of a dimension in which
        things count for several records also those that say nothing of it: they were kept
        before there were any.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT month, dimension, array_agg(DISTINCT key)
                  FROM vip_figure_month
                 WHERE company_id = %s AND month = ANY(%s)
                   AND dimension = ANY(%s)
                 GROUP BY 1, 2
                """,
                company.id,
                list(months),
                ["", *by],
            )
        )
        kept = {(month, dimension): set(named) for month, dimension, named in rows}
        known = self.env["vip.occurrence"]._known_dimensions()
        lacking = {}
        for dimensions in self.env["vip.figure"]._apart(by):
            apart = [name for name in dimensions if name and known[name].path]
            for key in keys:
                lacks = tuple(
                    month
                    for month in months
                    if key not in kept.get((month, ""), ())
                    or any(key not in kept.get((month, name), ()) for name in apart)
                )
                if lacks:
                    lacking.setdefault((lacks, dimensions), []).append(key)
        return lacking.items()

    @api.model
    def _keep(self, company, month):
        """Count all figures of a month that is over, and keep them.

        :param month: its first day
        """
        self.env.cr.execute(
            SQL(
                "DELETE FROM vip_figure_month WHERE company_id = %s AND month = %s",
                company.id,
                month,
            )
        )
        figures = self.env["vip.figure"]
        stretch, keys = Stretch.of(company, [month]), list(figures._counted())
        dimensions = self._kept_dimensions(company)
        for names in figures._apart(dimensions):
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO vip_figure_month (company_id, month, dimension,
                           record_id, key, value, of_count, part_count, spread,
                           about_count)
                    SELECT %s, %s, c.dimension, c.record_id, f.key, n.value, n.of,
                           n.part, n.spread, n.about
                      FROM (%s) c (dimension, record_id, month, figures)
                CROSS JOIN LATERAL jsonb_each(c.figures) f
                CROSS JOIN LATERAL jsonb_to_record(f.value) n (value numeric,
                           of integer, part integer, spread numeric, about integer)
                     WHERE c.dimension = '' OR c.record_id IS NOT NULL AND n.about > 0
                    """,
                    company.id,
                    month,
                    figures._count_sql(stretch, keys, names),
                )
            )
        self._say_kept(company, month, keys, dimensions)
        self.invalidate_model(flush=False)

    @api.model
    def _say_kept(self, company, month, keys, dimensions):
        """Write that a month is kept, also where nothing happened: rows of no record.

        Of the company, and of each dimension in which things count for several records.
        """
        known = self.env["vip.occurrence"]._known_dimensions()
        paths = [name for name in dimensions if name and known[name].path]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_figure_month (company_id, month, dimension, record_id,
                       key, of_count, about_count)
                SELECT %s, %s, dimension, 0, key, 0, 0
                  FROM unnest(%s) key, unnest(%s) dimension
                    ON CONFLICT DO NOTHING
                """,
                company.id,
                month,
                keys,
                ["", *paths],
            )
        )

    @api.model
    def _kept_dimensions(self, company):
        """Return by what the figures of a company are kept; "" is the whole.

        Where things count for several records, only if there are any.
        """
        return [
            "",
            *(
                name
                for name, known in self.env["vip.occurrence"]
                ._known_dimensions()
                .items()
                if known.is_kept
                and (not known.path or self._has_any(known.model, company))
            ),
        ]

    @api.model
    def _has_any(self, model, company):
        # As superuser: whether there are any, whoever asks.
        records = self.env[model].sudo()
        return bool(records.search_count([("company_id", "=", company.id)], limit=1))

    @api.model
    def _settled_until(self, company):
        """Return the last month that is never counted anew, or None; a hook."""
        return None

    @api.model
    def _to_keep(self, company, at):
        """Return the months over by ``at`` (naive UTC) that are to be counted."""
        keys = list(self.env["vip.figure"]._counted())
        if not keys:
            return []
        now = company._vip_month(at)
        over = [add_months(now, -back) for back in range(1, MONTHS)]
        lacking = {
            month
            for (months, _by), _keys in self._lacking(company, keys, over, ("",))
            for month in months
        }
        settled = self._settled_until(company)
        unsettled = [
            month for month in over[:UNSETTLED] if not settled or month > settled
        ]
        return [month for month in over if month in unsettled or month in lacking]

    @api.model
    def _cron_keep(self):
        """Count the months that are over and not settled, and those never counted.

        And the days that are over of the present one.
        """
        at = event_time(self.env)
        for company in self.env["res.company"].search([("active", "=", True)]):
            self.env["vip.figure.day"]._keep(company, at)
            for month in self._to_keep(company, at):
                self._keep(company, month)
                if not self.env["ir.cron"]._commit_progress(1):
                    return
