from datetime import date

from odoo import fields, models

from odoo.addons.vip_base.tools.printing import can_print
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_day

#: A letter is kept: its days have a year, whatever year it is.
NO_DAY = date(1, 1, 1)


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

    def _letter_words(self):
        """Return the sentences of the letter, in the language of who gets it."""
        self.ensure_one()
        client = self.ticket_id.partner_id
        letter = self.with_context(lang=client.lang or self.env.lang)
        decided = {
            "upheld": letter.env._("We have looked into it, and you are right."),
            "partly": letter.env._(
                "We have looked into it, and you are right in part."
            ),
            "refused": letter.env._(
                "We have looked into it and cannot agree with you."
            ),
        }
        return {
            "day": letter._letter_day(self.answered_at or event_time(self.env)),
            "subject": letter.env._(
                "Our answer to your complaint %(number)s: %(matter)s",
                number=self.number,
                matter=self.name,
            ),
            "dear": letter.env._("Dear %s,", client.name),
            "received": letter.env._(
                "we received your complaint on %s.", letter._letter_day(self.filed_at)
            ),
            "decided": decided.get(self.decision, ""),
            "done": [
                letter.env._(
                    "%(deed)s (%(day)s)",
                    deed=deed.name,
                    day=letter._letter_day(deed.done_at),
                )
                for deed in self.action_ids.filtered("done_at")
            ],
        }

    def _letter_day(self, at):
        """Return the day of an instant as a letter has it: with its year."""
        local = self.company_id._vip_local_date(at)
        return written_day(self.env, local, NO_DAY)

    def action_letter(self):
        """Open the letter as a PDF."""
        return self.env.ref("vip_voice.complaint_letter_report").report_action(self)
