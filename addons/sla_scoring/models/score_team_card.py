from odoo import api, fields, models


class ScoreTeamCard(models.Model):
    """One team, one month: the figures of what was held in it, whoever held it.

    Volume and points are shared among its agents before they are scored, so that a
    large team and a small one stand on the same line.
    """

    _name = "score.team.card"
    _description = "Team Scorecard"
    _inherit = ["score.card.mixin"]
    _order = "month desc, score desc, id"
    _rec_name = "month"
    _bearer = "team_id"
    _bearer_table = "helpdesk_ticket_team"

    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    agent_count = fields.Integer(string="Agents", compute="_compute_agent_count")

    _team_month_uniq = models.UniqueIndex("(company_id, team_id, month)")

    @api.depends("details")
    def _compute_agent_count(self):
        for card in self:
            card.agent_count = (card.details or {}).get("agents", 0)

    @api.depends_context("lang")
    @api.depends("team_id", "month_name")
    def _compute_display_name(self):
        for card in self:
            card.display_name = f"{card.team_id.name} · {card.month_name}"

    def _agent_count(self):
        return max((self.details or {}).get("agents", 0), 1)

    def action_entries(self):
        """Open the entries that this card counts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_scoring.score_entry_action"
        )
        domain = [("id", "in", self.details["entry_ids"])]
        return {**action, "domain": domain, "context": {}}
