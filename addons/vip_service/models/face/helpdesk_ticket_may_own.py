from odoo import api, models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """Who may hold a request of a key client, and why not.

    Of other requests only where an addon says so (``_asks_who_may_hold``). Asked when a
    person gives such a request to somebody, and by whoever proposes holders.
    """

    _inherit = "helpdesk.ticket"

    def _bars_to_hold(self, user):
        """Return why ``user`` may not hold this request of a key client; a door.

        :return: sentences for people, none if nothing bars
        """
        self.ensure_one()
        # As superuser: who the client is, whoever assigns.
        client = self.sudo().commercial_partner_id
        if client and client == user.partner_id._vip_client():
            return [self.env._("%s is of this client.", user.name)]
        return []

    def _is_of_key_client(self):
        """Tell whether the client's tier, when the request arrived, was a key client's."""
        self.ensure_one()
        # As superuser: which tier it was, whoever asks.
        ticket = self.sudo()
        ladder = self.env["vip.tier"]._ladder(ticket.company_id)
        return bool(ticket.vip_tier_id) and ticket.vip_tier_id != ladder[:1]

    def _asks_who_may_hold(self):
        """Tell whether not everybody may hold this request; a door."""
        return self._is_of_key_client()

    def _may_hold(self, users):
        """Return those of these users who may hold this request."""
        if not self._asks_who_may_hold():
            return users
        return users.filtered(lambda user: not self._bars_to_hold(user))

    @api.model
    def _check_may_hold(self, tickets):
        """Check that who holds these may, where a person has given them.

        :raise UserError: why not, by name
        """
        if self.env.su:
            return
        for ticket in tickets:
            # As superuser: who holds it.
            user = ticket.sudo().user_id
            bars = user and ticket._bars_to_hold(user)
            if bars and ticket._asks_who_may_hold():
                raise UserError(
                    self.env._(
                        "%(user)s may not hold “%(ticket)s”: %(why)s",
                        ticket=ticket.display_name,
                        user=user.name,
                        why=" ".join(bars),
                    )
                )
