from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools.misc import clean_context


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
