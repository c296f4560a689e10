from odoo import api, fields, models

from odoo.addons.vip_base.tools.sql import LooseMany2one
from odoo.addons.vip_service.models.answer.vip_question import ASKING
from odoo.addons.vip_service.tools.automatic import AUTOMATIC

from .vip_question_plan import CLOSING, RELATION

#: How likely it is that a client recommends us.
LIKELY = range(0, 11)


class VipQuestion(models.Model):
    """Questions that a plan asks, or does not ask, with the reason."""

    _inherit = "vip.question"

    purpose = fields.Selection(
        selection_add=[(RELATION, "The relation")], ondelete={RELATION: "cascade"}
    )
    plan_id = LooseMany2one("vip.question.plan", string="Plan", readonly=True)
    not_asked = fields.Selection(
        [
            ("no_address", "No e-mail address"),
            ("opted_out", "Wants no questions"),
            ("complaint", "Has an open complaint"),
            ("too_soon", "Asked not long ago"),
            ("quota", "The quota of the month is used up"),
        ],
        string="Why not",
        readonly=True,
    )

    _plan_idx = models.Index("(plan_id, tier_id, closed_at) WHERE plan_id IS NOT NULL")

    @api.model
    def _queue(self, tickets, templates, at):
        """Leave to plans what they ask about, and ask nothing of the client's voice."""
        # As superuser: of which team it is and who asks there, whoever closes.
        asked = tickets.sudo().filtered(
            lambda ticket: (
                not ticket.team_id.vip_is_voice and not self._is_planned(ticket)
            )
        )
        kept = [
            template
            for ticket, template in zip(tickets, templates, strict=True)
            if ticket in asked
        ]
        return super()._queue(tickets & asked.with_env(tickets.env), kept, at)

    @api.model
    def _is_planned(self, ticket):
        """Tell whether a plan of the ticket's company asks about its closings."""
        # As superuser: whether there is one, whoever closes.
        plans = self.env["vip.question.plan"].sudo()
        return bool(
            plans.search_count(
                [("company_id", "=", ticket.company_id.id), ("purpose", "=", CLOSING)],
                limit=1,
            )
        )

    # Asking

    def _is_to_be_asked(self):
        """Tell whether the client still may be asked."""
        if self.purpose != CLOSING and not (self.template_id and self._address()):
            return False
        if self.purpose != CLOSING:
            return not self._is_ours()
        return super()._is_to_be_asked()

    def _write_mail(self):
        """Post the mail about the relation on the one who is asked."""
        if self.purpose != RELATION:
            return super()._write_mail()
        person = self.asked_partner_id.with_context(
            lang=self.lang or self.company_id.partner_id.lang,
            mail_notify_force_send=False,
            **{AUTOMATIC: True, ASKING: self.id},
        )
        return person.message_post_with_source(
            self.template_id,
            email_layout_xmlid="mail.mail_notification_light",
            force_send=False,
            subtype_xmlid="mail.mt_note",
        )

    # Being answered

    def _grades(self):
        return LIKELY if self.purpose == RELATION else super()._grades()

    def _answer_form(self):
        if self.purpose == RELATION:
            return "vip_voice.answer_form_relation"
        if self.purpose == "verification":
            return "vip_voice.answer_form_verification"
        return super()._answer_form()

    def _asked_dimensions(self):
        if self.plan_id:
            return self.plan_id.dimension_ids.filtered("active")
        return super()._asked_dimensions()
