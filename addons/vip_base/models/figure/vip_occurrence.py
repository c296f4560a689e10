from collections.abc import Callable
from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL

#: What every occurrence has, whatever it is.
COMMON = ("at", "record_id", "value")


@dataclass(frozen=True)
class Dimension:
    """By what occurrences are told apart.

    :ivar model: whose records they are
    :ivar path: where one occurrence counts for several records: function of the
        environment that returns the SQL of their ids, an array, over the columns ``o.…``
    :ivar needs: the columns that ``path`` reads
    :ivar is_kept: figures of months that are over are kept for each of its records
    """

    model: str
    path: Callable | None = None
    needs: tuple = ()
    is_kept: bool = False


class VipOccurrence(models.AbstractModel):
    """A kind of countable thing: when it happened, whose it is, what it is about.

    A kind is a class that inherits this one and says its ``_kind``, what model its rows
    are of, which dimensions it knows, and :meth:`_happened`. Figures are formulas over
    these rows; nothing else is counted.
    """

    _name = "vip.occurrence"
    _description = "Occurrence"
    #: Its name in formulas and in the database.
    _kind = None
    #: The model of what ``record_id`` is.
    _rows_of = None
    #: The columns of :meth:`_happened` that are dimensions.
    _dimensions = ()

    @api.model
    def _label(self):
        """Return what the rows are called, in the reader's language."""
        raise NotImplementedError

    @api.model
    def _happened(self, stretch):
        """Return the ``SELECT`` of what happened in a stretch of months.

        Its columns: ``at`` (naive UTC), ``record_id``, ``value`` (a number or NULL) and
        the dimensions that it knows.

        :param stretch: :class:`~odoo.addons.vip_base.tools.stretch.Stretch`
        """
        raise NotImplementedError

    @api.model
    def _known_dimensions(self):
        """Return {column: :class:`Dimension`}; an addon that knows more adds them."""
        return {"user_id": Dimension("res.users", is_kept=True)}

    @api.model
    def _all(self):
        """Return {kind: model} of all kinds there are."""
        kinds = {}
        for name in self.env.registry.descendants(["vip.occurrence"], "_inherit"):
            if kind := self.env[name]._kind:
                kinds[kind] = self.env[name]
        return kinds

    @api.model
    def _together(self, stretch, kinds, columns):
        """Return one ``SELECT`` of all occurrences of some kinds, each with its ``kind``.

        :param columns: the dimensions that are needed; NULL where a kind does not know it
        """
        self.env.flush_all()
        known = self._all()
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS kind, %s FROM (%s) f WHERE %s",
                kind,
                SQL(", ").join(map(known[kind]._column, (*COMMON, *columns))),
                known[kind]._happened(stretch),
                known[kind]._counted(),
            )
            for kind in kinds
        )

    @api.model
    def _counted(self):
        """Return the condition, over the columns ``f.…``, of rows that are counted; a door.

        An addon that sets some work apart leaves out here what is of that work.
        """
        return SQL("TRUE")

    @api.model
    def _column(self, name):
        if name in COMMON or name in self._dimensions:
            return SQL("f.%s", SQL.identifier(name))
        return SQL("NULL::integer AS %s", SQL.identifier(name))
