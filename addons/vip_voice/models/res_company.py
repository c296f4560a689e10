from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools.groups import SETTINGS_GROUPS
from odoo.addons.vip_base.tools.prefetch import SETTINGS
from odoo.addons.vip_base.tools.sql import NamesMany2one

#: From this grade on, of 5, an answer is low.
LOW = 3


class ResCompany(models.Model):
    """How a company listens to its clients; what is set is kept in the audit log."""

    _inherit = "res.company"

    vip_voice_team_id = NamesMany2one(
        "helpdesk.ticket.team",
        string="Team that answers clients",
        domain="[('vip_is_voice', '=', True)]",
        groups=SETTINGS_GROUPS,
        default=lambda self: self._vip_default_voice_team(),
        help="A team of the client's voice: it gets what clients said, to be answered.",
        prefetch=SETTINGS,
    )
    vip_question_rest = fields.Integer(
        string="Rest between two questions",
        default=90,
        groups=SETTINGS_GROUPS,
        help="So many days a client is not asked again, whatever plan it is. 0: no rest.",
        prefetch=SETTINGS,
    )
    vip_low_grade = fields.Integer(
        string="Low grade",
        default=LOW,
        groups=SETTINGS_GROUPS,
        help="An answer of this grade or below is followed up, also without words.",
        prefetch=SETTINGS,
    )
    vip_planned_until = fields.Datetime(
        string="Closings were looked at until",
        readonly=True,
        copy=False,
        groups=SETTINGS_GROUPS,
        prefetch=SETTINGS,
    )

    @api.model
    def _vip_default_voice_team(self):
        """Return the shipped team, for who has no other."""
        return self.env.ref("vip_voice.team_voice", raise_if_not_found=False)

    @api.constrains("vip_question_rest", "vip_low_grade")
    def _check_vip_voice(self):
        for company in self:
            if company.vip_question_rest < 0:
                raise ValidationError(self.env._("A rest is not shorter than no day."))
            if not 0 <= company.vip_low_grade <= 5:
                raise ValidationError(self.env._("A low grade is from 0 (none) to 5."))
