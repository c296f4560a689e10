from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.figure import Numbers
from ...tools.stretch import Days
from ...tools.times import days_of


class VipFigureDay(models.Model):
    """A figure of a day of the present month that is over, of the company as a whole.

    So that nobody counts a whole month again to show its days. Counted each night, and
    dropped when something of that day is known otherwise (``_forget``): then it is
    counted whenever it is shown.
    """

    _name = "vip.figure.day"
    _description = "Figure of a Day"
    _log_access = False
    _order = "day desc, id"
    _rec_name = "key"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    key = fields.Char(string="Figure", required=True, readonly=True)
    day = fields.Date(required=True, readonly=True)
    stop = fields.Datetime(
        string="Ends at", readonly=True, help="When the day of the company is over."
    )
    value = fields.Float(readonly=True, digits=(16, 6))
    of_count = fields.Integer(string="Of", readonly=True)
    part_count = fields.Integer(string="Part", readonly=True)
    spread = fields.Float(readonly=True, digits=(16, 6))

    _day_uniq = models.UniqueIndex("(company_id, key, day)")

    @api.model
    def _read_kept(self, company, keys, days):
        """Return {day: {key: Numbers}} of the days of which all these figures are kept."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT day, key, value, of_count, part_count, spread"
                " FROM vip_figure_day"
                " WHERE company_id = %s AND key = ANY(%s) AND day = ANY(%s)",
                *(company.id, list(keys), list(days)),
            )
        )
        found = {}
        for day, key, *numbers in rows:
            found.setdefault(day, {})[key] = Numbers(*numbers)
        return {day: kept for day, kept in found.items() if len(kept) == len(keys)}

    @api.model
    def _keep(self, company, at):
        """Count the days of the month of an instant that are over, and keep them.

        :param at: naive UTC
        """
        keys = self.env["vip.figure"]._daily_keys()
        days = days_of(company._vip_local_date(at))[:-1]
        self.search([("company_id", "=", company.id)]).unlink()
        if not (keys and days):
            return
        counted = self.env["vip.figure"]._count_days(company, keys, days)
        rows = [
            (key, day, counted[key].get(day, Numbers())) for key in keys for day in days
        ]
        self.create(
            [
                {
                    "company_id": company.id,
                    "key": key,
                    "day": day,
                    "stop": company._vip_midnight(day + timedelta(days=1)),
                    "value": numbers.value,
                    "of_count": numbers.of,
                    "part_count": numbers.part,
                    "spread": numbers.spread,
                }
                for key, day, numbers in rows
            ]
        )

    @api.model
    def _forget(self, since):
        """Drop what is kept of days, as something of them is known otherwise.

        :param since: naive UTC instant in the first of them
        """
        self.flush_model()
        self.env.cr.execute(SQL("DELETE FROM vip_figure_day WHERE stop > %s", since))
        self.invalidate_model(flush=False)


class VipFigure(models.AbstractModel):
    """Figures by the days of a month, of the company as a whole."""

    _inherit = "vip.figure"
    #: Somebody shows it by day: it is kept of days that are over.
    _is_daily = False

    @api.model
    def _daily_keys(self):
        return [key for key, figure in self._counted().items() if figure._is_daily]

    @api.model
    def _by_day(self, company, keys, at):
        """Return what figures are on each day of a month until an instant's.

        :param keys: of figures that are kept by day
        :param at: naive UTC
        :return: {day: {key: :class:`Numbers`}}, of all these days
        """
        # As superuser: figures only; who asks has checked whose may be asked for.
        self, company = self.sudo(), company.sudo()
        days = days_of(company._vip_local_date(at))
        found = self.env["vip.figure.day"]._read_kept(company, keys, days)
        lacking = [day for day in days if day not in found]
        counted = self._count_days(company, keys, lacking) if lacking else {}
        for day in lacking:
            found[day] = {key: counted[key].get(day, Numbers()) for key in keys}
        return {day: found[day] for day in days}

    @api.model
    def _count_days(self, company, keys, days):
        """Count figures of some days of a company; one statement.

        :return: {key: {day: :class:`Numbers`}}, where there is anything
        """
        stretches = Days.runs_of(company, days)
        rows = SQL(" UNION ALL ").join(
            self._rows_sql(stretch, keys, ()) for stretch in stretches
        )
        found = {key: {} for key in keys}
        for day, figures in self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM (%s) o GROUP BY 1",
                stretches[0].day_of(SQL("o.at")),
                self._numbers_sql(keys, is_about=False),
                rows,
            )
        ):
            for key, numbers in figures.items():
                found[key][day] = Numbers(**numbers)
        return found

    def _records_of_days(self, company, days, kind):
        """Return the ids of what happened of one kind on some days of a company."""
        # As superuser: ids only; who asks has checked whose may be asked for.
        occurrences = self.env["vip.occurrence"].sudo()
        rows = SQL(" UNION ALL ").join(
            occurrences._together(stretch, [kind], ())
            for stretch in Days.runs_of(company.sudo(), days)
        )
        found = self.env.execute_query(SQL("SELECT record_id FROM (%s) o", rows))
        return [record_id for (record_id,) in found]
