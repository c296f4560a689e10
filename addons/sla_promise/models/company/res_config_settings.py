from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.due_workers import JOBS, WORKERS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sla_escalation_id = fields.Many2one(
        related="company_id.sla_escalation_id", readonly=False
    )
    sla_head_office_team_id = fields.Many2one(
        related="company_id.sla_head_office_team_id", readonly=False
    )
    sla_head_office_user_id = fields.Many2one(
        related="company_id.sla_head_office_user_id", readonly=False
    )
    sla_digest_minutes = fields.Integer(
        related="company_id.sla_digest_minutes", readonly=False
    )
    sla_load_limit = fields.Integer(related="company_id.sla_load_limit", readonly=False)
    sla_due_workers = fields.Integer(
        string="Workers for due promises",
        default=1,
        config_parameter=WORKERS,
        groups="base.group_system",
        help="How many jobs share what falls due, 1 to 4. Each needs a cron thread of "
        "its own.",
    )

    @api.constrains("sla_due_workers")
    def _check_sla_due_workers(self):
        if any(not 1 <= each.sla_due_workers <= len(JOBS) for each in self):
            raise ValidationError(self.env._("There can be 1 to 4 workers."))

    def set_values(self):
        """Activate as many of the due jobs as there are workers."""
        result = super().set_values()
        for worker, xmlid in enumerate(JOBS):
            job = self.env.ref(xmlid)
            if worker and job.active != (worker < self.sla_due_workers):
                job.active = not job.active
        return result
