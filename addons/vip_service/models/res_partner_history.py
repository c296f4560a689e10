from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

#: Tables whose rows belong to a client for good.
HISTORY = (
    "vip.tier.membership",
    "vip.tier.change",
    "vip.activity",
    "vip.client.group.member",
)


class ResPartner(models.Model):
    """A client's history stays the client's: archived, never orphaned."""

    _inherit = "res.partner"

    def _vip_leaving(self, vals):
        """Return which of these clients ``vals`` archive."""
        if vals.get("active") is not False:
            return self.browse()
        # As superuser: who archives a contact may not see that it is a client.
        return self.sudo().filtered(lambda p: p.active and p.client_type)

    def _vip_leave(self):
        """Let what waits for archived clients end."""
        if self:
            self._vip_end_proposals()
            self._vip_end_consents()

    def _vip_end_proposals(self):
        """Let what waits for archived clients end; what they had is kept as it was."""
        # As superuser: who archives a client need not decide on its tier.
        self.env["vip.tier.change"].sudo()._expire(
            SQL("partner_id = ANY(%s)", self.ids), event_time(self.env)
        )

    def _vip_end_consents(self):
        """Let archived clients leave their groups: nobody is judged by their figures."""
        # As superuser: who archives a client need not see its groups.
        consents = self.env["vip.client.group.member"].sudo()
        consents.search([("partner_id", "in", self.ids)])._end_now(
            self.env._("The client was archived.")
        )

    def _check_vip_history(self):
        # As superuser: history counts, whoever may see it.
        orphans = self.sudo().filtered(
            lambda p: not p.client_type or p.commercial_partner_id != p
        )
        if not orphans:
            return
        for name in HISTORY:
            domain = [("partner_id", "in", orphans.ids)]
            # As superuser: as above.
            if found := self.env[name].sudo().search(domain, order="id", limit=1):
                raise ValidationError(
                    self.env._(
                        "“%s” is a client with a history of tiers and figures. Archive "
                        "it, or merge it into the client that it belongs to.",
                        found.partner_id.display_name,
                    )
                )

    def _check_vip_companies(self):
        """Check that clients of one company have no history in another one.

        :raise ValidationError: with the way to do it
        """
        # As superuser: history counts, whoever may see it.
        for client in self.sudo().filtered("company_id"):
            for name in HISTORY:
                domain = [
                    ("partner_id", "=", client.id),
                    ("company_id", "!=", client.company_id.id),
                ]
                # As superuser: as above.
                if found := self.env[name].sudo().search(domain, limit=1):
                    raise ValidationError(
                        self.env._(
                            "“%(client)s” has tiers and figures in %(there)s, which "
                            "would go on judging it. Archive it there and make a new "
                            "client in %(here)s; or leave its company empty, so that "
                            "both serve it.",
                            client=client.display_name,
                            there=found.company_id.name,
                            here=client.company_id.name,
                        )
                    )

    def action_vip_propose_entry(self):
        """Let the rules propose entries by first deposit for these clients."""
        return self.env["vip.tier.change"]._propose_entries_of(self)
