from odoo import models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_service.tools.story import StoryPart

#: Improvements ``i`` of a cause that a case of a client came from, or of one above it,
#: opened after the first such case.
OF_CLIENT = """
    (SELECT i.id FROM vip_improvement i
       JOIN vip_cause above ON above.id = i.cause_id
      WHERE EXISTS (
            SELECT FROM vip_case_cause k
              JOIN vip_cause c ON c.id = k.cause_id
              JOIN helpdesk_ticket t ON t.id = k.ticket_id
             WHERE t.commercial_partner_id = %s AND k.company_id = i.company_id
               AND k.happened_at <= i.opened_at
               AND starts_with(c.parent_path, above.parent_path)))"""


class ResPartner(models.Model):
    """On the client's story: that something is improved because of its cases."""

    _inherit = "res.partner"

    def _client_story_parts(self):
        return [
            *super()._client_story_parts(),
            *self._story_improvements(),
            *self._story_rechecks(),
        ]

    def _story_improvements(self):
        improvements = self.env["vip.improvement"]
        if not improvements.has_access("read"):
            return
        query = improvements._search([("id", "in", SQL(OF_CLIENT, self.id))])
        table = query.table
        yield StoryPart(
            "improvement",
            query,
            SQL.identifier(table, "opened_at"),
            lambda row: {
                "text": self.env._("Improvement: %s", row["name"]),
                "note": " · ".join(filter(None, (row["number"], row["owner"]))),
                "link": record_link("vip.improvement", row["id"]),
            },
            {
                "name": SQL.identifier(table, "name"),
                "number": SQL.identifier(table, "number"),
                "owner": SQL(
                    "(SELECT p.name FROM res_users u JOIN res_partner p"
                    " ON p.id = u.partner_id WHERE u.id = %s)",
                    SQL.identifier(table, "owner_id"),
                ),
            },
            icon="fa-level-up",
        )

    def _story_rechecks(self):
        checks = self.env["vip.improvement.check"]
        if not checks.has_access("read"):
            return
        verdicts = dict(checks._fields["verdict"]._description_selection(self.env))
        query = checks._search([("improvement_id", "in", SQL(OF_CLIENT, self.id))])
        table = query.table
        yield StoryPart(
            "recheck",
            query,
            SQL.identifier(table, "at"),
            lambda row: {
                "text": self.env._(
                    "Re-check of %(number)s: %(verdict)s",
                    number=row["number"],
                    verdict=verdicts[row["verdict"]],
                ),
                "link": record_link("vip.improvement", row["improvement"]),
            },
            {
                "verdict": SQL.identifier(table, "verdict"),
                "improvement": SQL.identifier(table, "improvement_id"),
                "number": SQL(
                    "(SELECT i.number FROM vip_improvement i WHERE i.id = %s)",
                    SQL.identifier(table, "improvement_id"),
                ),
            },
            icon="fa-check-square-o",
        )
