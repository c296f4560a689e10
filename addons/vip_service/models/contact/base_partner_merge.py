from odoo import models
from odoo.tools import SQL


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let contacts, questions and open tickets be of the one who is left.

        Their columns have no key to follow.
        """
        # As superuser: tickets follow the client, and only who is left is seen.
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        clients = partners.exists()._vip_open_tickets()
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        left = partners.exists()
        if len(left) == 1:
            left._vip_tree_changed()
            left._vip_follow(clients)
            self._move_contacts(partner_ids, left)
            self._move_questions(partner_ids, left)
        return result

    def _move_contacts(self, partner_ids, left):
        ids = list(partner_ids)
        for name, partner in (
            ("author_id", left),
            ("partner_id", left._vip_client()),
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
