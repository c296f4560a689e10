"""Conditions of rules, and what they name by its id.

What a rule names stays what it names: where an empty list means *all*, a record that goes
away would widen the rule; where it means *nobody*, it would silence it. Most is named by
the fields ``NamesMany2one`` and ``NamesMany2many`` (``vip_base/tools/sql.py``), and some
in the text of a condition. ``vip_base/models/vip_naming.py`` refuses deletion.
"""

from ast import literal_eval

from odoo import fields
from odoo.fields import Domain


class NamesCondition(fields.Char):
    """A condition on records of ``subject``, as text; it may name records by their ids.

    What it names is kept in a cache of the registry: its model clears that cache
    whenever a condition changes, and once more behind the commit.
    """

    subject = None


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


def named_with_below_by(text, model):
    """Return those of :func:`named_by` that are named with all below them."""
    try:
        return set(_named(parsed(text), model, ("child_of",)))
    except (ValueError, SyntaxError, TypeError):
        return set()


def _named(domain, model, operators=None):
    """Yield what a domain names by ids.

    :param operators: only by these; None: by any
    """
    for leaf in domain.iter_conditions():
        goal = _goal(leaf.field_expr, model)
        if goal is None:
            continue
        value = leaf.value
        if leaf.operator in ("any", "not any"):
            yield from _named(Domain(value), model.env[goal], operators)
            continue
        if operators and leaf.operator not in operators:
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
