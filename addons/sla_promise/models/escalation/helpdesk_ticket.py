from odoo import fields, models

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP, STAFF_GROUPS


class HelpdeskTicket(models.Model):
    """What those who answer for a ticket did on it once it was escalated."""

    _inherit = "helpdesk.ticket"

    intervention_ids = fields.One2many(
        "sla.intervention",
        "ticket_id",
        string="Interventions",
        readonly=True,
        groups=STAFF_GROUPS,
    )

    def _answers_for(self, user):
        """Tell whether a user was told of all these tickets, leads or manages them."""
        if user.has_group(MANAGER_GROUP):
            return True
        # As superuser: who leads the teams, and who was told.
        return all(
            user == ticket.team_id.user_id or user in ticket.escalated_to_ids
            for ticket in self.sudo()
        )

    def action_intervene(self):
        """Ask what was done."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_promise.sla_intervene_action"
        )
        return {**action, "context": {"default_ticket_id": self.id}}
