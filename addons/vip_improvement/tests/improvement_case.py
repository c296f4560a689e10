from datetime import timedelta

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import at_context
from odoo.addons.vip_service.tests.common import VipCase


class ImprovementCase(VipCase):
    """An improvement about an item, and tickets before and after it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = cls.env.cr.now().replace(microsecond=0)
        cls.company = cls.company.with_env(cls.env)
        cls.owner, cls.manager = cls.users["agent"], cls.users["manager"]
        cls.item = cls.env["helpdesk.ticket.category"].create({"name": "Transfer"})
        cls.asker = cls.client("ASKER")

    def by(self, records, user, at=None):
        context = at_context(at or self.now)
        return records.with_user(user).with_context(
            allowed_company_ids=self.company.ids, **context
        )

    def improvement(self, days_ago=60, **values):
        opened = self.now - timedelta(days=days_ago)
        made = self.by(self.env["vip.improvement"], self.manager, opened).create(
            {
                "name": "Book once",
                "owner_id": self.owner.id,
                "category_ids": [(6, 0, self.item.ids)],
                "recheck_on": self.now.date() - timedelta(days=1),
                "action_ids": [(0, 0, {"name": "Cut-off", "evidence": "Release 7"})],
                **values,
            }
        )
        self.by(made.action_ids, self.manager, opened).action_done()
        return made.with_env(self.env)

    def tickets(self, count, days_ago, late=0):
        """Insert tickets that were opened so many days ago, some of them late."""
        at = self.now - timedelta(days=days_ago)
        self.env.flush_all()
        rated = "rating_status" in self.env["helpdesk.ticket"]._fields
        rows = self.env.execute_query(
            SQL(
                """
            INSERT INTO helpdesk_ticket (number, name, description, company_id,
                   partner_id, commercial_partner_id, category_id, priority, active,
                   sequence, opened_at %s)
            SELECT 'I' || %s || '-' || i, 'Please', 'Please', %s, %s, %s, %s, '1', TRUE,
                   10, %s %s
              FROM generate_series(1, %s) i RETURNING id
                """,
                SQL(", rating_status") if rated else SQL(),
                days_ago,
                self.company.id,
                self.asker.id,
                self.asker.id,
                self.item.id,
                at,
                SQL(", 'no_rating'") if rated else SQL(),
                count,
            )
        )
        self.missed([ticket for (ticket,) in rows[:late]], at)

    def missed(self, tickets, at):
        self.env.cr.execute(
            SQL(
                """
            INSERT INTO sla_breach (ticket_id, company_id, metric, state, breached_at,
                                    recorded_at)
            SELECT id, %s, 'resolution', 'open', %s, %s FROM unnest(%s::int[]) id
                """,
                self.company.id,
                at,
                at,
                tickets,
            )
        )
