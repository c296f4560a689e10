from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools.sql import NamesMany2one


class HelpdeskTicketTeam(models.Model):
    """The unit that answers for the work of a team."""

    _inherit = "helpdesk.ticket.team"

    unit_id = NamesMany2one(
        "vip.unit",
        index="btree_not_null",
        groups="base.group_user",
        help="Whose figures the team's work counts for, from now on. What happened before "
        "counts for the unit of then.",
    )

    @api.constrains("unit_id", "company_id")
    def _check_company_of_unit(self):
        """A team of one company counts for no unit of another; shared ones may."""
        # As superuser: which company has the unit, nothing else.
        for team in self.sudo():
            unit = team.unit_id
            if unit and team.company_id and unit.company_id != team.company_id:
                raise ValidationError(
                    self.env._(
                        "%(team)s is a team of %(company)s, and %(unit)s a unit of "
                        "%(other)s: choose a unit of the team's company.",
                        team=team.name,
                        company=team.company_id.name,
                        unit=unit.complete_name,
                        other=unit.company_id.name,
                    )
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
