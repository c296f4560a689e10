from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import AGENT_GROUP, MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time

from ..ticket.helpdesk_ticket_queue import SOON


class VipHome(models.AbstractModel):
    """How much is late and soon, above every page: of an agent's own, of all to managers."""

    _inherit = "vip.home"

    @api.model
    @api.readonly
    def systray(self):
        """Return ``{late, soon, until}`` of whoever works on tickets, else False.

        ``until``: when the numbers change though nobody does anything (UTC), or False.
        """
        if not self.env.user.has_group(AGENT_GROUP):
            return False
        tickets, now = self.env["helpdesk.ticket"], event_time(self.env)
        self.env["sla.clock"].flush_model()
        [[late, soon, until]] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (WHERE due_at < %(now)s),
                       count(*) FILTER (WHERE (due_at >= %(now)s OR due_at IS NULL)
                                          AND (due_at <= %(soon)s OR warn_at <= %(now)s)),
                       LEAST(min(due_at) FILTER (WHERE due_at >= %(now)s),
                             min(due_at - %(ahead)s) FILTER (
                                 WHERE due_at - %(ahead)s > %(now)s),
                             min(warn_at) FILTER (WHERE warn_at > %(now)s))
                  FROM (SELECT min(c.due_at) AS due_at, min(c.warn_at) AS warn_at
                          FROM sla_clock c JOIN helpdesk_ticket t ON t.id = c.ticket_id
                         WHERE c.stopped_at IS NULL AND t.id IN %(ids)s
                         GROUP BY t.id) owed
                """,
                now=now,
                soon=now + SOON,
                ahead=SOON,
                ids=tickets._search(self._systray_domain()).subselect(),
            )
        )
        return {
            "late": late,
            "soon": soon,
            "until": fields.Datetime.to_string(until or False),
        }

    @api.model
    def open_systray(self):
        """Return the queue with exactly what :meth:`systray` counts."""
        action = self.env["ir.actions.act_window"]._for_xml_id(self._requests_window())
        domain = self._systray_domain() & Domain("sla_section", "in", ["act"])
        return {
            **action,
            "name": self.env._("Act now"),
            "display_name": self.env._("Act now"),
            "domain": list(domain),
            "context": {},
        }

    @api.model
    def _systray_domain(self):
        if self.env.user.has_group(MANAGER_GROUP):
            return self._open_requests()
        return self._mine()
