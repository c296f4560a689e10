import functools

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.modules.module import Manifest
from odoo.orm.fields import determine
from odoo.tools.misc import clean_context


@functools.cache
def is_ours(addon):
    """Tell whether an addon stands on this one."""
    if addon == "vip_base":
        return True
    manifest = Manifest.for_addon(addon, display_warning=False) if addon else None
    return bool(manifest) and any(map(is_ours, manifest["depends"]))


class VipHandsOffMixin(models.AbstractModel):
    """Fields that the code writes and no person does, whatever their rights.

    The code writes them as superuser. What a person enters counts as it was entered: no
    default of the caller's context is added.
    """

    _name = "vip.hands.off.mixin"
    _description = "Written by the Code"

    def _guarded_fields(self):
        """Return the names of the fields that people do not write on this record.

        On no record: those that they do not give when they make one.
        """
        return set()

    def _all_but(self, names):
        """Return the names of all fields but these: the rest is guarded."""
        return self._fields.keys() - names

    def _by_hand(self, vals):
        """Return the values of a record that a person makes, checked and completed."""
        return vals

    def _edited_by_hand(self, vals):
        """Return what a person's change of these records amounts to, after a check."""
        return vals

    def _with_facts(self, vals):
        """Return the values of a new record, whoever makes it, with what follows."""
        return vals

    def _hands_off(self, names):
        """Return the error for who writes guarded fields; to be said more to the point.

        :param names: of these fields
        """
        labels = [self._fields[name]._description_string(self.env) for name in names]
        return AccessError(
            self.env._("Nobody writes this by hand: %s.", ", ".join(sorted(labels)))
        )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create([self._with_facts(vals) for vals in vals_list])
        makers = self.browse().with_context(clean_context(self.env.context))
        for vals in vals_list:
            makers._check_hands_off(vals)
        made = [makers._with_facts(makers._by_hand(vals)) for vals in vals_list]
        return super(VipHandsOffMixin, makers).create(made).with_env(self.env)

    def write(self, vals):
        if not self.env.su:
            for record in self:
                record._check_hands_off(vals)
            vals = self._edited_by_hand(vals)
        return super().write(vals)

    def _check_hands_off(self, vals):
        """Check that a person may write these fields.

        :raise AccessError: one is guarded
        """
        if names := self._guarded_fields() & vals.keys():
            raise self._hands_off(names)


def is_field_of_ours(field):
    """Tell whether a field was first defined by an addon of ours."""
    while field.inherited:
        field = field.related_field
    return bool(field._modules) and is_ours(field._modules[0])


class Base(models.AbstractModel):
    """Who may not read a field of ours does not search by it either.

    For the host the groups of a field that is not stored bind who reads it, but not who
    searches by it: which records are found tells what they hold.
    """

    _inherit = "base"

    def _register_hook(self):
        super()._register_hook()
        for field in self._fields.values():
            if field.groups and field.search and is_field_of_ours(field):
                field.search = guarded(field, field.search)

    def _traverse_related_sql(self, alias, field, query):
        # Lists are sorted and grouped by what this leads to, as superuser.
        if field.groups and is_field_of_ours(field):
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


class MailFollowers(models.Model):
    """Who follows a record of ours is told to those only who may read the record.

    For the host every employee reads all followers: that somebody follows a contribution
    or an appeal tells whose it is.
    """

    _inherit = "mail.followers"

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            domain = Domain(domain) & self._readable_domain(Domain(domain))
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        if result := super()._check_access(operation):
            return result
        if self.env.su:
            return None
        hidden = self.filtered(lambda follower: follower._is_hidden())
        return (hidden, hidden._hidden) if hidden else None

    def _is_hidden(self):
        # As superuser: of which record this is, to ask whether the user may read it.
        follower = self.sudo()
        name = follower.res_model
        return name in self._our_threads() and not (
            self.env[name].browse(follower.res_id).has_access("read")
        )

    def _hidden(self):
        return AccessError(
            self.env._("Only who may read a record sees who follows it.")
        )

    @api.model
    def _our_threads(self):
        """Return the names of the models of ours that can be followed."""
        return {
            name
            for name, model in self.env.registry.items()
            if is_ours(model._original_module)
            and not model._abstract
            and "message_follower_ids" in model._fields
        }

    @api.model
    def _readable_domain(self, asked):
        """Return which followers may be read, as far as ``asked`` is about ours."""
        asked_for = {
            value
            for condition in asked.iter_conditions()
            if condition.field_expr == "res_model" and condition.operator in ("=", "in")
            for value in (
                [condition.value]
                if isinstance(condition.value, str)
                else condition.value
            )
        }
        ours = self._our_threads()
        names = ours & asked_for if asked_for else ours
        readable = Domain("res_model", "not in", sorted(names))
        for name in sorted(names):
            model = self.env[name].with_context(active_test=False)
            if model.has_access("read"):
                readable |= Domain("res_model", "=", name) & Domain(
                    "res_id", "in", model._search([])
                )
        return readable if names else Domain.TRUE
