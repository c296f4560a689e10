from odoo import models

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_service.tools.next_action import UPDATE, next_action


class ResPartner(models.Model):
    """Something to be done for the client that is about no ticket."""

    _inherit = "res.partner"

    def _client_next_actions(self):
        visits = self.env["vip.sample.visit"].search(
            [("partner_id", "=", self.id), ("thanked", "=", False)]
        )
        return [
            *super()._client_next_actions(),
            *(
                next_action(
                    (visit._name, visit.id),
                    "thank",
                    self.env._("Thank for the visit: %s", visit.name),
                    rank=UPDATE,
                    by=self.env.user.name,
                    mine=True,
                    link=record_link(visit._name, visit.id),
                    button=self.env._("Thank"),
                )
                for visit in visits
            ),
        ]


class HelpdeskTicket(models.Model):
    """Something to be done with a ticket."""

    _inherit = "helpdesk.ticket"

    def _ticket_next_actions(self, standings):
        found = super()._ticket_next_actions(standings)
        visits = self.env["vip.sample.visit"].search(
            [("ticket_id", "in", list(standings)), ("thanked", "=", False)]
        )
        for visit in visits:
            found[visit.ticket_id.id].append(
                self._next_action(
                    "thank",
                    self.env._("Thank for the visit: %s", visit.name),
                    UPDATE,
                    standings[visit.ticket_id.id],
                    button=self.env._("Thank"),
                )
            )
        return found
