"""What our addons add to the models of the host."""

from odoo.tests import TransactionCase, tagged

from tools.paths import own_addons


@tagged("post_install", "-at_install")
class TestOpenFields(TransactionCase):
    def test_no_field_of_ours_on_a_host_model_is_open(self):
        """Each has groups, except what the portal client may see of a ticket."""
        ours = set(own_addons())
        hosts = [
            model
            for model in self.env.registry.values()
            if model._original_module not in ours and not model._abstract
        ]
        wide = [
            f"{model._name}.{name}"
            for model in hosts
            if not model._transient
            for name, field in self.env[model._name]._fields.items()
            if ours.intersection(field._modules)
            and field.manual is False
            and not field.groups
            and field._modules[0] in ours
        ]
        self.assertEqual(wide, ["helpdesk.ticket.opened_at"])
