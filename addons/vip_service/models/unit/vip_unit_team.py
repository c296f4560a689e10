from odoo import api, fields, models

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import LooseMany2one
from odoo.addons.vip_base.tools.times import event_time


class VipUnitTeam(models.Model):
    """Since when a team belongs to a unit; the row with the latest start holds.

    The first unit that a team gets holds for all the time before: until then nothing was
    said of it.
    """

    _name = "vip.unit.team"
    _description = "Unit of a Team"
    _log_access = False
    _order = "team_id, start, id"
    _rec_name = "start"

    team_id = LooseMany2one("helpdesk.ticket.team", required=True, readonly=True)
    unit_id = LooseMany2one("vip.unit", readonly=True, help="Empty: of no unit.")
    start = fields.Datetime(readonly=True, help="Empty: ever since.")
    recorded_at = fields.Datetime(string="Recorded at", required=True, readonly=True)

    _team_idx = models.Index("(team_id, start)")

    def init(self):
        """Keep the rows as they are."""
        frozen_rows.freeze(self.env.cr, self._table)

    @api.model
    def _note(self, teams):
        """Keep to which unit these teams belong from now on."""
        at = event_time(self.env)
        known = {
            team.id
            for [team] in self._read_group([("team_id", "in", teams.ids)], ["team_id"])
        }
        self.create(
            [
                {
                    "team_id": team.id,
                    "unit_id": team.unit_id.id,
                    "start": at if team.id in known else None,
                    "recorded_at": at,
                }
                for team in teams
            ]
        )
