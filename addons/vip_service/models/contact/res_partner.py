from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.groups import AGENT_GROUP
from odoo.addons.vip_base.tools.times import event_time


class ResPartner(models.Model):
    """Contacts with a client that are about no ticket."""

    _inherit = "res.partner"

    def _log_contact_by_hand(self, kind, at, note):
        """Take note of a contact by the current user with this client.

        What was said stands in the contact itself: a message on the client's page could
        be read by everybody who may see the client's address.

        :param kind: ``call``, ``visit`` or ``chat``
        :param at: when it took place (naive UTC), not after now
        :param note: what was said, plain text
        :raise AccessError: the user is no agent, or may not read the client
        :raise UserError: it is no client, it took place in the future, or the user is
            the client
        """
        self.ensure_one()
        if not self.env.user.has_group(AGENT_GROUP):
            raise AccessError(self.env._("Only agents log contacts with clients."))
        self.check_access("read")
        # As superuser: what makes a client of the partner that the user may read.
        client = self._vip_client()
        if not client.client_type:
            raise UserError(self.env._("“%s” is no client.", self.display_name))
        if self.env.user.partner_id in self | client:
            raise UserError(
                self.env._("You are this client; somebody else serves you.")
            )
        now = event_time(self.env)
        contacts = self.env["vip.contact"]
        at = contacts._check_not_ahead(at, now)
        contacts._log_without_ticket(client, kind, at, note, now)
