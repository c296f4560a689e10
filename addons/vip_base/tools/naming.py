"""Fields of rules that name other records: what a rule names stays what it names.

A rule is whatever people configure: a policy, a level, an outage, a setting. Where an
empty field means *all*, a record that goes away would widen the rule; where it means
*nobody*, it would silence it. So a rule names records by the fields of this file:

- archived, a record is still named, also to readers who do not ask for archived ones;
- its deletion is refused by the database, and before that in words that say what names
  it (``vip_base/models/vip_naming.py``).

So such a field is empty only where somebody emptied it: that is the decision for *all*.
"""

from ast import literal_eval
from contextlib import contextmanager

from odoo import fields
from odoo.fields import Domain
from odoo.tools import frozendict


class NamesMany2one(fields.Many2one):
    """One record that a rule names."""

    ondelete = "restrict"


class NamesMany2many(fields.Many2many):
    """Records that a rule names."""

    ondelete = "restrict"
    context = frozendict(active_test=False)


class NamesCondition(fields.Char):
    """A condition on records of ``subject``, as text; it may name records by their ids.

    What it names is kept in a cache of the registry: its model clears that cache
    whenever a condition changes, and once more behind the commit.
    """

    subject = None


#: Fields that name records by keys of the database.
NAMES = (NamesMany2one, NamesMany2many)


@contextmanager
def read_whole(rules):
    """Give rules as superuser with everything that they name.

    The ORM keeps one list for all readers, and it is that of the first of them: without
    what he may not see, such as items of another company. What is read here is forgotten
    again, so that nobody reads more than he may.
    """
    names = [
        name
        for name, field in rules._fields.items()
        if isinstance(field, NamesMany2many)
    ]
    rules.invalidate_recordset(names, flush=False)
    try:
        # As superuser: what a rule names does not depend on who asks.
        yield rules.sudo()
    finally:
        rules.invalidate_recordset(names, flush=False)


def parsed(text):
    """Return the domain that a text is; raises ValueError or SyntaxError if it is none.

    Only literals: a condition means the same whoever reads it.
    """
    value = literal_eval(text)
    if not isinstance(value, list):
        raise ValueError(text)
    return Domain(value)


def named_by(text, model):
    """Return {(model name, id)} of what a condition on ``model`` names by its ids.

    Nothing if the text cannot be read any more.
    """
    try:
        return set(_named(parsed(text), model))
    except (ValueError, SyntaxError, TypeError):
        return set()


def _named(domain, model):
    for leaf in domain.iter_conditions():
        goal = _goal(leaf.field_expr, model)
        if goal is None:
            continue
        value = leaf.value
        if leaf.operator in ("any", "not any"):
            yield from _named(Domain(value), model.env[goal])
            continue
        values = value if isinstance(value, list | tuple | set | frozenset) else [value]
        yield from ((goal, id_) for id_ in values if type(id_) is int)


def _goal(expression, model):
    """Return the name of the model to which a path leads, None if it leads to none."""
    for name in expression.split("."):
        if name == "id":
            return model._name
        field = model._fields.get(name)
        if field is None or not field.relational:
            return None
        model = model.env[field.comodel_name]
    return model._name
