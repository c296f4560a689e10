"""The field that says what is promised."""

from odoo import fields

from ..engine.obligations import is_obligation


class Metric(fields.Selection):
    """A metric: one of ours, or an obligation that another addon declares.

    Its key stays in rows that outlive the addon.
    """

    def _description_selection(self, env):
        declared = env["sla.obligation"]._declared().values()
        return [
            *super()._description_selection(env),
            *((one.key, one.label) for one in declared),
        ]

    def get_values(self, env):
        return [*super().get_values(env), *env["sla.obligation"]._declared()]

    def convert_to_cache(self, value, record, validate=True):
        if isinstance(value, str) and is_obligation(value):
            validate = (
                validate and value not in record.env["sla.obligation"]._declared()
            )
        return super().convert_to_cache(value, record, validate)
