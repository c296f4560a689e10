from odoo import api, fields, models

from odoo.addons.sla_promise.models.clock.sla_clock import METRICS


class SlaTakeoverLine(models.TransientModel):
    """One SLA of the other addon and what becomes of it."""

    _name = "sla.takeover.line"
    _description = "Helpdesk SLA to take over"

    takeover_id = fields.Many2one("sla.takeover", required=True, ondelete="cascade")
    sla_id = fields.Many2one(
        "helpdesk.sla", string="Helpdesk SLA", required=True, readonly=True
    )
    chosen = fields.Boolean(string="Take over")
    metric = fields.Selection(
        METRICS,
        required=True,
        help="What reaching the expected stage of the SLA comes closest to.",
    )
    promised = fields.Char(compute="_compute_texts", string="Promises")
    obstacle = fields.Text(
        compute="_compute_texts",
        help="Why it cannot be taken over; empty if it can.",
    )
    remarks = fields.Text(compute="_compute_texts")
    taken = fields.Boolean(compute="_compute_texts", string="Taken over before")

    @api.depends("sla_id", "metric")
    def _compute_texts(self):
        for line in self:
            sla = line.sla_id
            line.taken = bool(sla.policy_ids)
            line.promised = ", ".join(
                line._limit_text(limit, teams)
                for limit, teams in sla._takeover_durations().items()
            )
            line.obstacle = line._obstacle_text()
            line.remarks = line.obstacle or " ".join(line._remark_texts())

    def _limit_text(self, limit, teams):
        count, unit = limit
        text = (
            self.env._("%s min", count)
            if unit == "minutes"
            else self.env._("%s h", count)
        )
        return f"{text} ({', '.join(teams.mapped('name'))})"

    def _obstacle_text(self):
        sla = self.sla_id
        if not sla._takeover_teams():
            return self.env._("No team of it uses SLAs.")
        if any(not count for count, _unit in sla._takeover_durations()):
            return self.env._("It promises no time.")
        try:
            sla._takeover_domain()
        except ValueError:
            return self.env._("Its condition is more than fixed values.")
        return False

    def _remark_texts(self):
        sla = self.sla_id
        if sla.stage_id and not (sla.stage_id.closed or sla.stage_id.solved):
            yield self.env._(
                "Kept there by reaching “%s”, here by what the metric says.",
                sla.stage_id.name,
            )
        if sla.category_ids.child_id:
            yield self.env._("Here the items below its categories are included.")
