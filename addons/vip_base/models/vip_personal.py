from odoo import api, models
from odoo.fields import Domain

from ..tools.personal import Personal, frozen


class VipPersonal(models.AbstractModel):
    """What all addons hold of persons: a door for masking, export and erasure."""

    _name = "vip.personal"
    _description = "Personal Data"

    @api.model
    def _personal_data(self):
        """Return {model: :class:`~..tools.personal.Personal`} of all models of ours.

        Each addon adds its own models, and what it adds to those of the host.
        """
        return {
            "vip.audit.log": Personal(
                by=("user_id",),
                words=frozen("reason", "old_values", "new_values", "kept_name"),
                plain=("model",),
            ),
            "vip.past.row": Personal(words=frozen("said"), plain=("name",)),
            "vip.job.progress": Personal(plain=("res_model",)),
            "vip.figure.month": Personal(plain=("key", "dimension")),
            "vip.figure.day": Personal(plain=("key",)),
            "resource.calendar.leaves": Personal(of=("resource_id.user_id",)),
            "res.users": Personal(of=("vip_same_person_id",)),
        }

    @api.model
    def _held_of(self, person):
        """Return {model: domain of its rows that are about a person}.

        :param person: ``res.partner`` or ``res.users``
        """
        found = {}
        for name, held in self._personal_data().items():
            if held.of:
                found[name] = Domain.OR(
                    Domain(path, "in", self._ids_at(name, path, person))
                    for path in held.of
                )
        return found

    @api.model
    def _ids_at(self, name, path, person):
        """Return the ids of a person as the end of a path names it."""
        model = self.env[name]
        for step in path.split("."):
            comodel = model._fields[step].comodel_name
            model = self.env[comodel]
        if model._name == person._name:
            return person.ids
        if model._name == "res.users":
            # As superuser: all logins of the person.
            return person.sudo().with_context(active_test=False).user_ids.ids
        return person.partner_id.ids
