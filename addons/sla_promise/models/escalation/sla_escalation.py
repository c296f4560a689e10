from odoo import fields, models


class SlaEscalation(models.Model):
    """Who hears of a promise in danger, when, and what is done about it.

    REQUIREMENTS S4, S5. Targets point to a plan; a clock keeps the times of its levels
    as they were when it was made. Whom a level tells and what it does is read when it
    comes true.
    """

    _name = "sla.escalation"
    _description = "Escalation Plan"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    level_ids = fields.One2many(
        "sla.escalation.level", "escalation_id", string="Levels", copy=True
    )
    head_office_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Head office team",
        check_company=True,
        tracking=True,
        help="Empty: the head office of the company, see the settings.",
    )
    head_office_user_id = fields.Many2one(
        "res.users",
        string="Head office contact",
        domain="[('share', '=', False)]",
        tracking=True,
        help="Who is told. Empty: the leader of the head office team.",
    )

    def _compiled(self):
        """Return the levels as they are promised: tuple of engine.terms.Level."""
        return tuple(level._compiled() for level in self.level_ids)

    def _head_office(self, company):
        """Return (team, person) of the head office for tickets of a company."""
        self.ensure_one()
        if self.head_office_team_id or self.head_office_user_id:
            return self.head_office_team_id, self.head_office_user_id
        return company.sla_head_office_team_id, company.sla_head_office_user_id
