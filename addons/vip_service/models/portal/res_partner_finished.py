from odoo import models

from odoo.addons.vip_base.tools.times import event_time

#: So many finished requests are asked about on the home; the mails ask about all.
SHOWN = 3
#: Grades that stand as a row of stars; of more the page that asks has a scale.
STARS = 5


class ResPartner(models.Model):
    """Finished requests that the client has not said anything about yet."""

    _inherit = "res.partner"

    def _portal_finished_card(self):
        """Return the requests that this person was asked about and may still answer."""
        self.ensure_one()
        at = event_time(self.env)
        # As superuser: the client reads none of our models; only what this person was
        # asked, and its own request.
        questions = self.env["vip.question"].sudo()
        asked = questions.search(
            [
                ("asked_partner_id", "=", self.id),
                ("ticket_id", "!=", False),
                ("state", "in", ("waiting", "asked")),
                ("expires_at", ">=", at),
            ],
            order="closed_at desc, id desc",
            limit=SHOWN,
        )
        told = self._portal_told_of_finished(asked.ticket_id)
        return bool(asked) and {
            "requests": [
                {
                    "name": question.ticket_id.name,
                    "number": question.ticket_id.number,
                    "link": question.ticket_id.access_url,
                    "closed_at": question.closed_at,
                    "told": told.get(question.ticket_id.id, ""),
                    "answer": f"/my/answer/{question.id}",
                    "grades": question._grades()
                    if len(question._grades()) <= STARS
                    else (),
                }
                for question in asked
            ]
        }

    def _portal_told_of_finished(self, tickets):
        """Return {ticket id: what was promised, and whether it was kept}; a hook."""
        return {}
