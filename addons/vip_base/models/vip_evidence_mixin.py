from odoo import api, fields, models
from odoo.exceptions import AccessError


class VipEvidenceMixin(models.AbstractModel):
    """Files that prove what a record says; readable by whoever may read the record."""

    _name = "vip.evidence.mixin"
    _description = "Evidence"

    attachment_ids = fields.Many2many("ir.attachment", string="Evidence", copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._bind_evidence()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._bind_evidence()
        return result

    def _bind_evidence(self):
        """Tie uploaded files to their record.

        :raise AccessError: a file belongs to another record or was uploaded by somebody
            else: linking it must not open it to others
        """
        for record in self:
            # As superuser: an upload has no record yet; whose it is is checked here.
            files = record.sudo().attachment_ids.filtered(
                lambda file, record=record: (
                    (file.res_model, file.res_id) != (self._name, record.id)
                )
            )
            if any(file.res_id or file.create_uid != self.env.user for file in files):
                raise AccessError(
                    self.env._("Upload evidence here; other files cannot be linked.")
                )
            files.write({"res_model": self._name, "res_id": record.id})
