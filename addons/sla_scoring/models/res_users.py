from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import DECIDER_GROUPS
from odoo.addons.vip_base.tools.prefetch import RARE


class ResUsers(models.Model):
    _inherit = "res.users"

    staff_number = fields.Char(
        groups=f"base.group_erp_manager,{DECIDER_GROUPS}",
        help="By which payroll knows this person; it stands in the workbook of a month.",
        prefetch=RARE,
    )

    def _has_served(self, company):
        """Tell whether this person belongs to a company now, or has worked there.

        Who was there has points there, wherever that person works now.
        """
        self.ensure_one()
        # As superuser: to which companies somebody belongs, nothing else.
        if company in self.sudo().company_ids:
            return True
        self.env.flush_all()
        [[served]] = self.env.execute_query(
            SQL(
                """
        SELECT EXISTS (SELECT FROM score_entry
                        WHERE company_id = %(company)s AND user_id = %(user)s)
            OR EXISTS (SELECT FROM sla_span span
                         JOIN helpdesk_ticket ticket ON ticket.id = span.ticket_id
                        WHERE ticket.company_id = %(company)s
                          AND span.user_id = %(user)s)
                """,
                company=company.id,
                user=self.id,
            )
        )
        return served
