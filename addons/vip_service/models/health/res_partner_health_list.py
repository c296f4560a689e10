from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.times import CONTEXT_KEY, event_time


class HealthNumber(fields.Char):
    """The number of health as lists show it; empty where nothing is measured.

    A number would be zero there. Lists are sorted by it all the same.
    """

    def to_sql(self, model, alias):
        return SQL(
            "(SELECT r.number FROM (%s) r)",
            model._health_shown_sql(SQL("p.id = %s", SQL.identifier(alias, "id"))),
        )


class ResPartner(models.Model):
    """Health in lists of clients, of a page by one statement."""

    _inherit = "res.partner"

    vip_health = HealthNumber(
        string="Health",
        compute="_compute_vip_health",
        groups=STAFF_GROUPS,
        help="0 to 100, of what is measured; empty: nothing is. Figures count for who "
        "may see them.",
    )
    vip_health_state = fields.Selection(
        [("good", "Good"), ("watch", "To watch"), ("red", "In danger")],
        string="State of health",
        compute="_compute_vip_health",
        groups=STAFF_GROUPS,
        help="Of the measures, or as a person says until a day.",
    )

    @api.depends_context("company", "uid", CONTEXT_KEY)
    def _compute_vip_health(self):
        overrides = self.env["vip.health.override"]
        overrides.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id, r.number, COALESCE((
                       SELECT o.state FROM vip_health_override o
                        WHERE o.partner_id = r.id AND %s
                        ORDER BY o.id DESC LIMIT 1), r.state)
                  FROM (%s) r
                """,
                overrides._holds_sql(self._client_360_today(), event_time(self.env)),
                self._health_shown_sql(
                    SQL(
                        "p.id = ANY(%s) AND p.client_type IS NOT NULL", self._origin.ids
                    )
                ),
            )
        )
        found = {row[0]: row[1:] for row in rows}
        for partner in self:
            number, state = found.get(partner._origin.id, (None, False))
            partner.vip_health = False if number is None else str(number)
            partner.vip_health_state = state

    @api.model
    def _health_shown_sql(self, condition):
        """Return the query of the health of clients as the present user may know it."""
        self.flush_model(["adviser_id", "client_type"])
        visible = SQL("TRUE")
        if not self._client_360_sees_all():
            visible = SQL("p.adviser_id = %s", self.env.uid)
        return self._health_rows_sql(self._now(), visible, condition)
