from odoo import models

from odoo.addons.vip_base.tools.times import event_time


class ResPartner(models.Model):
    """What a client sees of itself in the portal: its tier and its rights."""

    _inherit = "res.partner"

    def _portal_client_card(self):
        """Return the client's own tier and entitlements, False for who is no client.

        Names, descriptions and quotas only: no figures, thresholds or proposals. Asked
        by the portal about the client of the user who is logged in (REQUIREMENTS T4).
        """
        self.ensure_one()
        # As superuser: the client reads none of our models, it is told this much.
        client = self._vip_client()
        if not client.client_type:
            return False
        return {
            "tier": client.vip_tier_id.name,
            "shade": client.vip_tier_id.shade,
            "entitlements": client._portal_entitlements(),
        }

    def _portal_answer(self, ticket_id):
        """Return what this person answered about a ticket, or the link to answer by.

        False where this person was not asked: nobody sees what a colleague answered.
        """
        self.ensure_one()
        # As superuser: the client reads none of our models, it is told this much.
        question = self.env["vip.question"].sudo()
        question = question.search(
            [
                ("ticket_id", "=", ticket_id),
                ("asked_partner_id", "=", self.id),
                ("state", "in", ("waiting", "asked", "answered")),
            ],
            limit=1,
        )
        if not question:
            return False
        answer = question.answer_ids.filtered("counts")[:1]
        is_open = question._is_open(event_time(self.env))
        return bool(answer or is_open) and {
            "grade": answer.grade,
            "at": answer.answered_at,
            "words": answer.words,
            "dimensions": [
                (line.dimension_id.name, line.grade) for line in answer.grade_ids
            ],
            "link": f"/my/answer/{question.id}" if is_open else False,
        }

    def _portal_entitlements(self):
        company = self.env.company
        used = self.env["vip.entitlement"]._used_by(
            self,
            company,
            company._vip_local_date(event_time(self.env)),
            self.vip_tier_id,
        )
        entitlements = self.env["vip.entitlement"].browse(used)
        return [
            {
                "name": entitlement.name,
                "description": entitlement.description,
                "quota": entitlement._portal_quota(used[entitlement.id]),
            }
            for entitlement in entitlements
        ]
