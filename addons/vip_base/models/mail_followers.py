from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .base import OURS


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
            if model._original_module.startswith(OURS)
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
