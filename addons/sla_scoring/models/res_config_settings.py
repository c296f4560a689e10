from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    score_review_days = fields.Integer(
        related="company_id.score_review_days", readonly=False
    )
    score_appeal_days = fields.Integer(
        related="company_id.score_appeal_days", readonly=False
    )
    score_answer_days = fields.Integer(
        related="company_id.score_answer_days", readonly=False
    )
    score_sharing = fields.Selection(related="company_id.score_sharing", readonly=False)
    score_podium = fields.Boolean(related="company_id.score_podium", readonly=False)
    score_close_second = fields.Boolean(
        related="company_id.score_close_second", readonly=False
    )
    score_award_max = fields.Float(related="company_id.score_award_max", readonly=False)
    vip_stages_without_link = fields.Text(
        string="Mails without a link",
        compute="_compute_vip_stages_without_link",
        help="Stages whose mail has no link by which the client can answer.",
    )

    @api.depends("company_id")
    def _compute_vip_stages_without_link(self):
        # As superuser: who sets the company sees the names of its stages.
        stages = self.env["helpdesk.ticket.stage"].sudo()
        asking = stages.search([("rating_mail_template_id", "!=", False)])
        for settings in self:
            own = asking.filtered(
                lambda stage, company=settings.company_id: (
                    stage.vip_asks_without_link
                    and stage.company_id in (company, company.browse())
                )
            )
            settings.vip_stages_without_link = "\n".join(
                f"{stage.name}: {stage.rating_mail_template_id.name}" for stage in own
            )
