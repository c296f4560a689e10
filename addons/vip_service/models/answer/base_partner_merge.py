from odoo import models
from odoo.tools import SQL


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _move_questions(self, partner_ids, left):
        """Let questions be of the one who is left, as contacts are."""
        ids = list(partner_ids)
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_question
                   SET asked_partner_id = CASE WHEN asked_partner_id = ANY(%(ids)s)
                                               THEN %(left)s ELSE asked_partner_id END,
                       partner_id = CASE WHEN partner_id = ANY(%(ids)s)
                                         THEN %(client)s ELSE partner_id END
                 WHERE asked_partner_id = ANY(%(ids)s) OR partner_id = ANY(%(ids)s)
                """,
                ids=ids,
                left=left.id,
                client=left._vip_client().id,
            )
        )
        self.env["vip.question"].invalidate_model(
            ["asked_partner_id", "partner_id"], flush=False
        )
