from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.months import free_periods


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Let consents move along for the days on which the client has no own one."""
        # As superuser: tables of the service, which the merging user need not see.
        for source in src_partners.sudo():
            self._move_consents(source, dst_partner.sudo())
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _move_consents(self, source, client):
        # As superuser: as above.
        Member = self.env["vip.client.group.member"].sudo()
        for member in Member.search([("partner_id", "=", source.id)], order="id"):
            own = Member.search(
                [
                    ("partner_id", "=", client.id),
                    ("company_id", "=", member.company_id.id),
                ],
                order="date_from",
            )
            free = free_periods(
                member.date_from,
                member.date_to or None,
                [(row.date_from, row.date_to or None) for row in own],
            )
            if not free:
                self._drop_consent(member)
            for place, (start, stop) in enumerate(free):
                values = {
                    "partner_id": client.id,
                    "date_from": start,
                    "date_to": stop or False,
                }
                if not place:
                    member.write(values)
                else:
                    # A consent around one of the client's own goes on after it.
                    member.copy({**values, "date_until": stop or False})

    @api.model
    def _drop_consent(self, member):
        """Delete a consent of days that the client consented for itself; the log keeps it."""
        self.env["vip.audit.log"]._record(
            member,
            "deleted",
            old=member._audited_values(member._audited_names(member._fields)),
            reason=self.env._("Merged clients"),
        )
        self.env.cr.execute(
            SQL("DELETE FROM vip_client_group_member WHERE id = %s", member.id)
        )
        member.invalidate_model()
