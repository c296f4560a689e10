from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import CONTEXT_KEY, event_time
from odoo.addons.vip_base.tools.groups import STAFF_GROUPS

from ..tools.lifecycle_sql import POTENTIAL


class ResPartner(models.Model):
    """The client's life cycle today, in the current company."""

    _inherit = "res.partner"

    vip_lifecycle = fields.Selection(
        lambda self: self.env["vip.lifecycle"]._states(),
        string="Life cycle",
        compute="_compute_vip_lifecycle",
        search="_search_vip_lifecycle",
        groups=STAFF_GROUPS,
        help="Derived from the activity of whole months: active, loyal when active nearly "
        "always, dormant after a pause, potential before the first.",
    )
    vip_lifecycle_since = fields.Date(
        string="In this state since",
        compute="_compute_vip_lifecycle",
        groups=STAFF_GROUPS,
    )

    @api.depends("commercial_partner_id", "client_type")
    @api.depends_context("company", CONTEXT_KEY)
    def _compute_vip_lifecycle(self):
        states = self._lifecycle_at(self._lifecycle_today(), self.env.company)
        for partner in self:
            state, since = states.get(partner._origin.id, (False, False))
            partner.vip_lifecycle = state
            partner.vip_lifecycle_since = since

    def _lifecycle_today(self):
        return self.env.company._vip_local_date(event_time(self.env))

    def _lifecycle_at(self, date, company):
        """Return ``{partner id: (state, since)}`` on ``date``; False for no client.

        One query for any number. Contacts take the state of their commercial entity.
        """
        self.flush_model(["client_type", "commercial_partner_id"])
        self.env["vip.lifecycle"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, CASE WHEN c.client_type IS NOT NULL
                                  THEN COALESCE(l.state, %s) END, l.date_from
                  FROM res_partner p
                  JOIN res_partner c ON c.id = p.commercial_partner_id
                  LEFT JOIN vip_lifecycle l ON %s
                 WHERE p.id = ANY(%s)
                """,
                POTENTIAL,
                self._lifecycle_on(SQL("c.id"), date, company),
                self._origin.ids,
            )
        )
        return {pid: (state or False, since or False) for pid, state, since in rows}

    def _lifecycle_on(self, partner, date, company):
        """Return the condition for the row ``l`` that covers ``date``."""
        return SQL(
            "l.company_id = %s AND l.partner_id = %s"
            " AND l.date_from <= %s AND (l.date_to IS NULL OR l.date_to > %s)",
            *(company.id, partner, date, date),
        )

    def _search_vip_lifecycle(self, operator, value):
        """Search by state today; an empty state means: no client."""
        if operator != "in":
            return NotImplemented
        wanted = {state or False for state in value}
        query = SQL(
            "(SELECT p.id FROM res_partner p WHERE COALESCE(%s, '') = ANY(%s))",
            self._lifecycle_sql("p"),
            [state or "" for state in wanted],
        )
        return Domain("id", "in", query)

    def _lifecycle_sql(self, alias):
        """Return the expression for the state today of the partner ``alias``."""
        self.flush_model(["client_type", "commercial_partner_id"])
        self.env["vip.lifecycle"].flush_model()
        return SQL(
            """
            (SELECT COALESCE(l.state, %(potential)s)
               FROM res_partner c LEFT JOIN vip_lifecycle l ON %(covers)s
              WHERE c.id = %(client)s AND c.client_type IS NOT NULL)
            """,
            potential=POTENTIAL,
            covers=self._lifecycle_on(
                SQL("c.id"), self._lifecycle_today(), self.env.company
            ),
            client=SQL.identifier(alias, "commercial_partner_id"),
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists group clients by their state."""
        if field_expr == "vip_lifecycle":
            self._check_field_access(self._fields[field_expr], "read")
            return self._lifecycle_sql(alias)
        return super()._field_to_sql(alias, field_expr, query)

    def _client_360_header(self):
        labels = dict(self._fields["vip_lifecycle"]._description_selection(self.env))
        since = self.vip_lifecycle_since
        return {
            **super()._client_360_header(),
            "lifecycle": self.vip_lifecycle
            and {
                "state": self.vip_lifecycle,
                "label": labels[self.vip_lifecycle],
                "since": fields.Date.to_string(since) if since else False,
            },
        }
