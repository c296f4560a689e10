from odoo import models
from odoo.tools import SQL


class IrModelFieldsSelection(models.Model):
    """What a mixin of another addon offers to choose is translated where it is used, too.

    The host loads the translations of an addon once, when it is installed; the choices of
    models that a later addon builds on a mixin of it come after that.
    """

    _inherit = "ir.model.fields.selection"

    def _reflect_selections(self, model_names):
        result = super()._reflect_selections(model_names)
        self._translate_by_mixins(model_names)
        return result

    def _translate_by_mixins(self, model_names):
        """Let models have the translations of those of our mixins they are built on."""
        for mixin in self.env.registry:
            if mixin.startswith("vip.") and self.env[mixin]._abstract:
                users = self.env.registry[mixin]._inherit_children
                if users := [name for name in users if name in model_names]:
                    self._translate_as(mixin, users)

    def _translate_as(self, mixin, models):
        self.flush_model(["name", "value", "field_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE ir_model_fields_selection own SET name = its.name || own.name
                  FROM ir_model_fields f, ir_model_fields its_field,
                       ir_model_fields_selection its
                 WHERE f.id = own.field_id AND f.model = ANY(%s)
                   AND its_field.model = %s AND its_field.name = f.name
                   AND its.field_id = its_field.id AND its.value = own.value
                   AND its.name ->> 'en_US' = own.name ->> 'en_US'
                   AND own.name <> its.name || own.name
                """,
                models,
                mixin,
            )
        )
        self.invalidate_model(["name"])
