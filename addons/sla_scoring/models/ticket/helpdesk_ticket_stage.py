import re

from odoo import api, fields, models

#: What gives the mail of a stage links by which the client answers.
LINK = re.compile(r"_rating_get_access_token|/answer/question-")


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    vip_asks_without_link = fields.Boolean(
        string="Asks without a link",
        compute="_compute_vip_asks_without_link",
        groups="base.group_user",
        help="The rating email template has no link by which the client can answer.",
    )

    @api.depends("rating_mail_template_id.body_html")
    def _compute_vip_asks_without_link(self):
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for stage in self:
            # As superuser: only whether the text has a link, in each language.
            template = stage.sudo().rating_mail_template_id
            bodies = [template.with_context(lang=code).body_html for code in languages]
            stage.vip_asks_without_link = bool(template) and not all(
                LINK.search(str(body or "")) for body in bodies
            )
