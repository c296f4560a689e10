from odoo import models
from odoo.tools import SQL


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _move_questions(self, partner_ids, left):
        """Let questions be of the one who is left, as contacts are."""
        for name, partner in (
            ("asked_partner_id", left),
            ("partner_id", left.commercial_partner_id),
        ):
            column = SQL.identifier(name)
            self.env.cr.execute(
                SQL(
                    "UPDATE vip_question SET %s = %s WHERE %s = ANY(%s)",
                    *(column, partner.id, column, list(partner_ids)),
                )
            )
        self.env["vip.question"].invalidate_model(
            ["asked_partner_id", "partner_id"], flush=False
        )
