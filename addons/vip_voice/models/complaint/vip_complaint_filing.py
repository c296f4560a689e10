from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.vip_base.tools.times import at_context, event_time

from ..feedback.sla_obligation import ACKNOWLEDGE, ANSWER, DECISION, REPORT


class VipComplaint(models.Model):
    """How a complaint is filed: its ticket, its number, and what is owed from then on."""

    _inherit = "vip.complaint"

    def _with_facts(self, vals):
        # As superuser: the ticket that it becomes the file of.
        ticket = self.env["helpdesk.ticket"].sudo().browse(vals.get("ticket_id"))
        about = self.env["helpdesk.ticket"].sudo().browse(vals.get("about_id"))
        if ticket and not ticket.team_id.vip_is_voice:
            # An ordinary request is complained of; the file is another ticket.
            about, ticket = about or ticket, ticket.browse()
        feedback = self.env["vip.feedback"].sudo()
        if ticket and not about:
            about = feedback.search([("ticket_id", "=", ticket.id)], limit=1).about_id
        company = (ticket or about).company_id or self.env.company
        sequence = self.env["ir.sequence"].sudo().with_company(company)
        return {
            **vals,
            "about_id": about.id,
            "ticket_id": ticket.id or self._new_ticket(vals, about, company).id,
            "company_id": company.id,
            "currency_id": vals.get("currency_id") or company.currency_id.id,
            "number": sequence.next_by_code("vip.complaint"),
            "filed_at": event_time(self.env),
        }

    @api.model
    def _new_ticket(self, vals, about, company):
        """Open the ticket of a complaint about an ordinary request."""
        # As superuser: a setting of the company, whoever files.
        team = company.sudo().vip_voice_team_id
        if not about.partner_id or not team:
            raise UserError(
                self.env._(
                    "Say which request of which client it is about, and in the settings "
                    "which team answers clients."
                )
            )
        at = event_time(self.env)
        return about.with_context(**at_context(at)).create(
            {
                "name": vals.get("name") or about.name,
                "description": vals.get("reason") or about.name,
                "partner_id": about.partner_id.id,
                "company_id": company.id,
                "channel_id": about.channel_id.id,
                "team_id": team.id,
                "user_id": False,
            }
        )

    @api.model
    def _file_by_client(self, partner, about, reason, remedy):
        """File what a client says was wrong; as superuser, after the checks.

        :param about: the request complained of, empty: none
        """
        company = about.company_id or self.env.company
        lang = company.partner_id.lang or self.env.lang
        # The team reads it in the language of the company.
        words = self.with_context(lang=lang).env
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_web", raise_if_not_found=False
        )
        name = about.name or words._("Complaint of %s", partner.name)
        at = event_time(self.env)
        ticket = self.env["helpdesk.ticket"].with_context(**at_context(at))
        ticket = ticket.create(
            {
                "name": name,
                "description": plaintext2html(reason),
                "partner_id": partner.id,
                "company_id": company.id,
                "channel_id": channel and channel.id,
                "team_id": company.vip_voice_team_id.id,
                "user_id": False,
            }
        )
        return self.create(
            {
                "name": name,
                "ticket_id": ticket.id,
                "about_id": about.id,
                "reason": reason,
                "remedy": remedy,
            }
        )

    def _file(self):
        """Let the ticket be that of a complaint, and owe what complaints are owed."""
        self.ensure_one()
        at = event_time(self.env)
        ticket = self.ticket_id.with_context(**at_context(at))
        item = self.env.ref("sla_promise.category_complaint", raise_if_not_found=False)
        values = {"priority": "3" if self.severity == "3" else "2"}
        if item:
            values["category_id"] = item.id
        holder = ticket.user_id
        if holder and ticket._bars_to_hold(holder):
            values["user_id"] = False
        ticket.write(values)
        owed = [ACKNOWLEDGE, DECISION, ANSWER, *[REPORT] * bool(self.regulator_ids)]
        obligations = self.env["sla.obligation"].with_context(**at_context(at))
        for key in owed:
            obligations._owe(key, ticket, self)
        self._freeze_file(at)
        self.env["vip.audit.log"]._record(
            self, "created", new={"ticket": ticket.number}, reason=self.reason
        )
