from odoo import api, models

from odoo.addons.vip_base.tools.sql import NamesMany2one


class HelpdeskTicketTeam(models.Model):
    """The unit that answers for the work of a team."""

    _inherit = "helpdesk.ticket.team"

    unit_id = NamesMany2one(
        "vip.unit",
        index="btree_not_null",
        check_company=True,
        groups="base.group_user",
        help="Whose figures the team's work counts for, from now on. What happened before "
        "counts for the unit of then.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        # As superuser: who sets up teams writes no history.
        self.env["vip.unit.team"].sudo()._note(teams.filtered("unit_id"))
        return teams

    def write(self, vals):
        before = {team.id: team.unit_id for team in self} if "unit_id" in vals else {}
        result = super().write(vals)
        if moved := self.filtered(
            lambda team: team.id in before and team.unit_id != before[team.id]
        ):
            # As superuser: see above.
            self.env["vip.unit.team"].sudo()._note(moved)
        return result
