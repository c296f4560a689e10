from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import NamesMany2one


class VipUnit(models.Model):
    """A part of the company that answers for its work: branch, department, head office.

    A team names its unit, a client and an adviser their branch. What happened counts for
    the unit that the team had then (:meth:`_path_at`), and for all units above it.
    """

    _name = "vip.unit"
    _description = "Unit"
    _inherit = ["vip.audited"]
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["name"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        string="Unit", compute="_compute_complete_name", recursive=True, store=True
    )
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("branch", "Branch"),
            ("department", "Department"),
            ("head_office", "Head office"),
        ],
        required=True,
        default="department",
    )
    company_id = NamesMany2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    parent_id = NamesMany2one(
        "vip.unit", string="Part of", index=True, check_company=True
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("vip.unit", "parent_id", string="Parts")
    head_id = NamesMany2one(
        "res.users",
        string="Head",
        domain=[("share", "=", False)],
        help="Sees the figures of the unit and of all that belongs to it.",
    )
    team_ids = fields.One2many("helpdesk.ticket.team", "unit_id", string="Teams")

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for unit in self:
            parent = unit.parent_id.complete_name
            unit.complete_name = f"{parent} / {unit.name}" if parent else unit.name

    @api.constrains("company_id")
    def _check_company_of_parts(self):
        # As superuser: parts that the user does not see must agree, too.
        for unit in self.sudo():
            for part in unit.with_context(active_test=False).child_ids:
                if part.company_id != unit.company_id:
                    raise ValidationError(
                        self.env._(
                            "%(part)s is part of %(unit)s: both belong to one company.",
                            part=part.name,
                            unit=unit.name,
                        )
                    )
        teams = self.env["helpdesk.ticket.team"].sudo().with_context(active_test=False)
        teams.search([("unit_id", "in", self.ids)])._check_company_of_unit()

    def _audited_fields(self):
        return {"name", "active", "kind", "company_id", "parent_id", "head_id"}

    @api.model
    def _path_at(self, team, at):
        """Return the SQL of the units, as an array of ids, that a team had at an instant.

        Its own and all above it; NULL where it had none.

        :param team: SQL of the id of the team, as ``at`` of the instant
        """
        return SQL(
            """
            (SELECT string_to_array(trim(BOTH '/' FROM unit.parent_path), '/')::int[]
               FROM vip_unit_team was
          LEFT JOIN vip_unit unit ON unit.id = was.unit_id
              WHERE was.team_id = %s AND (was.start IS NULL OR was.start <= %s)
           ORDER BY was.start DESC NULLS LAST, was.id DESC LIMIT 1)
            """,
            team,
            at,
        )
