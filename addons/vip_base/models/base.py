import functools

from odoo import models
from odoo.orm.fields import determine

#: The addons whose fields are looked after.
OURS = ("vip_", "sla_", "resource_worktime")


def is_ours(field):
    """Tell whether a field was first defined by an addon of ours."""
    while field.inherited:
        field = field.related_field
    return bool(field._modules) and field._modules[0].startswith(OURS)


class Base(models.AbstractModel):
    """Who may not read a field of ours does not search by it either.

    For the host the groups of a field that is not stored bind who reads it, but not who
    searches by it: which records are found tells what they hold.
    """

    _inherit = "base"

    def _register_hook(self):
        super()._register_hook()
        for field in self._fields.values():
            if field.groups and field.search and is_ours(field):
                field.search = guarded(field, field.search)

    def _traverse_related_sql(self, alias, field, query):
        # Lists are sorted and grouped by what this leads to, as superuser.
        if field.groups and is_ours(field):
            self._check_field_access(field, "read")
        return super()._traverse_related_sql(alias, field, query)


def guarded(field, search):
    """Return the search of a field that first asks whether the field may be read."""
    if hasattr(search, "guards"):
        return search

    @functools.wraps(determine)
    def search_if_readable(records, operator, value):
        records._check_field_access(field, "read")
        return determine(search, records, operator, value)

    search_if_readable.guards = search
    return search_if_readable
