from odoo import fields, models

from odoo.addons.vip_base.tools.printing import can_print
from odoo.addons.vip_base.tools.times import event_time


class VipComplaint(models.Model):
    """The answer as a letter: a PDF, where the server can make one."""

    _inherit = "vip.complaint"

    can_print = fields.Boolean(
        compute="_compute_can_print",
        help="A PDF needs wkhtmltopdf on the server.",
    )

    def _compute_can_print(self):
        self.can_print = can_print(self.env)

    def _letter(self):
        """Return the letter as what a message takes along, nothing where none is made."""
        if not can_print(self.env):
            return []
        # As superuser: the letter of a complaint that the user answers.
        reports = self.env["ir.actions.report"].sudo()
        pdf, _kind = reports._render_qweb_pdf(
            "vip_voice.complaint_letter_report", self.ids
        )
        return [(f"{self.number}.pdf", pdf)]

    def _letter_day(self):
        """Return the instant that a letter bears which has not left yet."""
        return event_time(self.env)

    def action_letter(self):
        """Open the letter as a PDF."""
        return self.env.ref("vip_voice.complaint_letter_report").report_action(self)
