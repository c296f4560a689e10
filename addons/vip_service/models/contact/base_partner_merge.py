from odoo import models
from odoo.tools import SQL


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let contacts and questions be of the one who is left.

        Their columns have no key to follow.
        """
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # As superuser: only who is left.
        left = self.env["res.partner"].sudo().browse(partner_ids).exists()
        if len(left) == 1:
            self._move_contacts(partner_ids, left)
            self._move_questions(partner_ids, left)
        return result

    def _move_contacts(self, partner_ids, left):
        ids = list(partner_ids)
        for name, partner in (
            ("author_id", left),
            ("partner_id", left.commercial_partner_id),
        ):
            column = SQL.identifier(name)
            self.env.cr.execute(
                SQL(
                    "UPDATE vip_contact SET %s = %s WHERE %s = ANY(%s)",
                    *(column, partner.id, column, ids),
                )
            )
        self.env["vip.contact"].invalidate_model(
            ["author_id", "partner_id"], flush=False
        )
