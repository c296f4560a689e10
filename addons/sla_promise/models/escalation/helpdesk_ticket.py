from odoo import fields, models

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP, STAFF_GROUPS

from .sla_intervention import CHANGES


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

    def _sla_intervening(self, vals):
        """Return those of these tickets on which writing ``vals`` is an intervention.

        By whom it holds or held it is work as usual.
        """
        user = self.env.user
        if self.env.su or vals.keys().isdisjoint(CHANGES):
            return self.browse()
        others = self.filtered(
            lambda ticket: (
                ticket.user_id != user
                and any(
                    vals.get(name)
                    != ticket._fields[name].convert_to_write(ticket[name], ticket)
                    for name in CHANGES
                    if name in vals
                )
            )
        )
        return others.filtered(lambda ticket: ticket._answers_for(user))

    def action_intervene(self):
        """Ask what was done."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_promise.sla_intervene_action"
        )
        return {**action, "context": {"default_ticket_id": self.id}}
