from odoo import api, models, tools
from odoo.tools import SQL

from ...engine.figure import Numbers
from ...tools.stretch import Stretch

HIGHER, LOWER = 1, -1


class VipFigure(models.AbstractModel):
    """A figure, said once: key, label, unit, better direction and a formula.

    A figure is a class that inherits this one. Whoever shows, weighs or compares it reads
    it here, by its key: so a new one is there for all of them.
    """

    _name = "vip.figure"
    _description = "Figure"
    #: Its name in the database; never changes.
    _key = None
    #: Its place where several are listed.
    _sequence = 100
    #: ``Number``, ``Share`` or ``Mean`` of ``vip_base/engine/figure.py``; None where it
    #: is not counted of occurrences.
    _formula = None
    #: percent, minutes, number or points.
    _unit = "number"
    _better = HIGHER
    #: It is summed over months and people, not averaged.
    _adds_up = False
    #: The column whose different values are what it tells about, and its rows.
    _about = "record_id"
    #: Of fewer it is too uncertain to be judged.
    _least = 20

    @api.model
    def _label(self):
        """Return its name with the unit, in the reader's language."""
        raise NotImplementedError

    @api.model
    def _unit_text(self):
        """Return the unit as it stands behind a number."""
        return {
            "percent": "%",
            "minutes": self.env._("min"),
            "points": self.env._("points"),
        }.get(self._unit, "")

    @api.model
    def _all(self):
        """Return {key: model} of all figures, in their order."""
        return {key: self.env[name] for key, name in self._names()}

    @api.model
    @tools.ormcache()
    def _names(self):
        """Return pairs of key and name of the model of all figures, in their order."""
        names = self.env.registry.descendants(["vip.figure"], "_inherit")
        figures = [self.env[name] for name in names if self.env[name]._key]
        figures.sort(key=lambda figure: (figure._sequence, figure._key))
        return tuple((figure._key, figure._name) for figure in figures)

    @api.model
    def _counted(self):
        """Return {key: model} of the figures that are counted of occurrences."""
        return {key: fig for key, fig in self._all().items() if fig._formula}

    def _is_few(self, numbers):
        """Return whether it is of too few to be judged."""
        return numbers.of < self._least

    def _interval(self, numbers):
        """Return between which values the true one is to be reckoned with, or None."""
        return self._formula.interval(numbers)

    # ------------------------------------------------------------------
    # Counting: a few statements, however many months and people there are
    # ------------------------------------------------------------------

    @api.model
    def _over(self, company, keys, months, by=("",), record_id=None):
        """Return what figures are in each of some months: kept ones read, others counted.

        :param keys: of the figures
        :param months: first days of months
        :param by: dimensions; "" is the company as a whole
        :param record_id: of the one dimension, only this record of it
        :return: {key: {(dimension, record id or 0, month): :class:`Numbers`}}, where there
            is anything
        """
        # As superuser: figures only; who asks has checked whose may be asked for.
        self, company = self.sudo(), company.sudo()
        kept = self.env["vip.figure.month"]
        found = kept._read_kept(company, keys, months, by, record_id)
        for (lacking, dimensions), some in kept._lacking(company, keys, months, by):
            stretch = Stretch.of(company, lacking)
            for key, numbers in self._count(
                stretch, some, dimensions, record_id
            ).items():
                found[key] |= numbers
        return found

    @api.model
    def _count(self, stretch, keys, by=("",), record_id=None):
        """Count figures of the months of a stretch; as :meth:`_over`, without kept ones."""
        found = {key: {} for key in keys}
        for names in self._apart(by):
            rows = self.env.execute_query(
                self._count_sql(stretch, keys, names, record_id)
            )
            for dimension, record, month, figures in rows:
                for key, numbers in figures.items():
                    # What is nobody's is of the company alone.
                    if not dimension or (record is not None and numbers["about"]):
                        found[key][dimension, record, month] = Numbers(**numbers)
        return found

    @api.model
    def _apart(self, by):
        """Return dimensions in those that one statement counts together."""
        known = self.env["vip.occurrence"]._known_dimensions()
        paths = [name for name in by if name and known[name].path]
        plain = tuple(name for name in by if name not in paths)
        return [*([plain] if plain else ()), *((name,) for name in paths)]

    @api.model
    def _count_sql(self, stretch, keys, by, record_id=None):
        """Return the ``SELECT`` of dimension, record, month and numbers by figure.

        :param by: plain dimensions, or one that is a path
        """
        known = self.env["vip.occurrence"]._known_dimensions()
        [path] = [known[name].path for name in by[:1] if name] or [None]
        unnest = SQL()
        if record_id is not None:
            named = SQL("%s, %s", by[0], record_id)
            grouped = SQL("month")
        elif path:
            named = SQL("%s, one.id", by[0])
            grouped = SQL("one.id, month")
            unnest = SQL("CROSS JOIN LATERAL unnest(%s) one (id)", path(self.env))
        else:
            named, grouped = self._grouping([name for name in by if name], "" in by)
        return SQL(
            """
        SELECT %(named)s, month, %(numbers)s
          FROM (SELECT f.*, %(month)s AS month FROM (%(rows)s) f) o %(unnest)s
         WHERE month = ANY(%(months)s) AND %(only)s
      GROUP BY %(grouped)s""",
            named=named,
            numbers=self._numbers_sql(keys),
            month=stretch.month_of(SQL("f.at")),
            rows=self._rows_sql(stretch, keys, by),
            unnest=unnest,
            months=list(stretch.months),
            only=self._only(by[0], record_id) if record_id is not None else SQL("TRUE"),
            grouped=grouped,
        )

    @api.model
    def _grouping(self, names, as_a_whole):
        """Return the SQL of dimension and record, and of the groups that they tell of."""
        columns = [SQL.identifier(name) for name in names]
        groups = [SQL("(month)")] if as_a_whole else []
        groups += [SQL("(month, %s)", column) for column in columns]
        cases = [
            SQL("WHEN GROUPING(%s) = 0 THEN %s", column, name)
            for column, name in zip(columns, names, strict=True)
        ]
        records = [
            SQL("WHEN GROUPING(%s) = 0 THEN %s", column, column) for column in columns
        ]
        if not names:
            return SQL("'', 0"), SQL("month")
        return (
            SQL(
                "CASE %s ELSE '' END, CASE %s ELSE 0 END",
                SQL(" ").join(cases),
                SQL(" ").join(records),
            ),
            SQL("GROUPING SETS (%s)", SQL(", ").join(groups)),
        )

    @api.model
    def _rows_sql(self, stretch, keys, by):
        """Return the ``SELECT`` of the occurrences that some figures count."""
        figures = self._all()
        known = self.env["vip.occurrence"]._known_dimensions()
        kinds, columns = {}, {}
        for key in keys:
            kinds |= dict.fromkeys(figures[key]._formula.kinds)
            columns[figures[key]._about] = True
        for name in filter(None, by):
            columns |= dict.fromkeys(known[name].needs or (name,))
        columns.pop("record_id", None)
        return self.env["vip.occurrence"]._together(stretch, kinds, columns)

    @api.model
    def _numbers_sql(self, keys, is_about=True):
        """Return the SQL of {key: numbers}, an aggregate over occurrences.

        :param is_about: also of how many different things
        """
        figures = self._all()
        return SQL(
            "jsonb_build_object(%s)",
            SQL(", ").join(
                SQL("%s::text, %s", key, figures[key]._own_numbers_sql(is_about))
                for key in keys
            ),
        )

    def _own_numbers_sql(self, is_about):
        parts = dict(self._formula.sql)
        if is_about:
            kinds = " OR ".join(f"kind = '{kind}'" for kind in self._formula.kinds)
            parts["about"] = f"COUNT(DISTINCT {self._about}) FILTER (WHERE {kinds})"
        return SQL(
            "jsonb_build_object(%s)",
            SQL(", ").join(
                SQL("%s::text, %s", name, SQL(text)) for name, text in parts.items()
            ),
        )

    @api.model
    def _only(self, dimension, record_id):
        """Return the condition over occurrences ``o`` that they count for a record."""
        if not dimension:
            return SQL("TRUE")
        path = self.env["vip.occurrence"]._known_dimensions()[dimension].path
        if path:
            return SQL("%s = ANY(COALESCE(%s, '{}'))", record_id, path(self.env))
        return SQL("o.%s = %s", SQL.identifier(dimension), record_id)

    # ------------------------------------------------------------------
    # The rows behind
    # ------------------------------------------------------------------

    def _behind(self, company, month, dimension="", record_id=0):
        """Return model and ids of what this figure tells about in one month."""
        # As superuser: ids only; who asks has checked whose may be asked for.
        stretch = Stretch.of(company.sudo(), [month])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT %s FROM (%s) o WHERE %s",
                SQL.identifier(self._about),
                self.sudo()._rows_sql(stretch, [self._key], (dimension,)),
                self._only(dimension, record_id),
            )
        )
        return self._about_model(), [record for (record,) in rows if record]

    def _about_model(self):
        """Return the name of the model of what this figure tells about."""
        occurrences = self.env["vip.occurrence"]
        if self._about != "record_id":
            return occurrences._known_dimensions()[self._about].model
        [kind] = self._formula.kinds
        return occurrences._all()[kind]._rows_of

    def _kinds(self):
        """Return [(kind, what its rows are called)] of what this figure counts."""
        known = self.env["vip.occurrence"]._all()
        kinds = self._formula.kinds if self._formula else ()
        return [(kind, known[kind]._label()) for kind in kinds]
