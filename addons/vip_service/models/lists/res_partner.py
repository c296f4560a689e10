from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.times import CONTEXT_KEY, add_months, event_time

from ..contact.noting import COUNTS
from ..res_partner import client_of

#: Of so many months the figures of money are the value of a client.
VALUE_MONTHS = 12


class LastContact(fields.Datetime):
    """Datetime by which lists of clients are sorted, read from the contacts."""

    def to_sql(self, model, alias):
        return model._vip_last_contact_sql(SQL.identifier(alias, "id"))


class NextContact(fields.Date):
    """Day by which lists of clients are sorted, read from what is planned."""

    def to_sql(self, model, alias):
        return SQL(
            "(SELECT min(n.date_deadline) FROM (%s) n)",
            model._planned_contacts_sql(SQL.identifier(alias, "id")),
        )


class Value(fields.Monetary):
    """Money by which lists of clients are sorted, of those whose figures one may see."""

    def to_sql(self, model, alias):
        return model._vip_value_sql(alias)


class ResPartner(models.Model):
    """What lists of clients say: value, open requests, last and next contact.

    Each column is read for all rows of a page by one statement.
    """

    _inherit = "res.partner"

    vip_last_contact_at = LastContact(
        string="Last contact",
        compute="_compute_vip_contacts",
        search="_search_vip_last_contact_at",
        groups=STAFF_GROUPS,
        help="Empty: there is none on record. Who spoke and what was said is shown to "
        "whoever may read the contact.",
    )
    vip_next_contact_on = NextContact(
        string="Next contact",
        compute="_compute_vip_contacts",
        search="_search_vip_next_contact_on",
        groups=STAFF_GROUPS,
        help="The day of the next contact that is planned.",
    )
    vip_open_count = fields.Integer(
        string="Open",
        compute="_compute_vip_open_count",
        groups=STAFF_GROUPS,
        help="Open requests of those that you may see.",
    )
    vip_value = Value(
        string="Value",
        currency_field="vip_currency_id",
        compute="_compute_vip_value",
        groups=STAFF_GROUPS,
        help="Deposits and other money of the last twelve months with figures; for the "
        "adviser of the client, service managers and auditors.",
    )
    vip_is_valued = fields.Boolean(
        string="Has a value",
        compute="_compute_vip_value",
        groups=STAFF_GROUPS,
        help="There are figures of it that you may see: without any it is not zero.",
    )
    vip_currency_id = fields.Many2one(
        "res.currency", compute="_compute_vip_currency_id", groups=STAFF_GROUPS
    )

    @api.depends_context("company")
    def _compute_vip_currency_id(self):
        self.vip_currency_id = self._client_360_currency()

    # Contacts

    @api.depends_context("company", CONTEXT_KEY)
    def _compute_vip_contacts(self):
        for name in "vip.contact", "mail.activity", self._name:
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, %s, (SELECT min(n.date_deadline) FROM (%s) n)
                  FROM res_partner p WHERE p.id = ANY(%s)
                """,
                self._vip_last_contact_sql(SQL("p.id")),
                self._planned_contacts_sql(SQL("p.id")),
                self._origin.ids,
            )
        )
        found = {row[0]: row[1:] for row in rows}
        for partner in self:
            last, upcoming = found.get(partner._origin.id, (False, False))
            partner.vip_last_contact_at = last
            partner.vip_next_contact_on = upcoming

    @api.model
    def _vip_last_contact_sql(self, client):
        """Return the SQL of when ``client`` (SQL of its id) was last in contact with us."""
        self.env["vip.contact"].flush_model()
        # As SQL over all: that there was one is no secret in the service.
        return SQL(
            """(SELECT max(s.at) FROM (
                SELECT at FROM vip_contact
                 WHERE partner_id = %s AND company_id = %s AND %s AND at <= %s) s)""",
            client,
            self.env.company.id,
            COUNTS,
            event_time(self.env),
        )

    # Requests

    @api.depends_context("uid")
    def _compute_vip_open_count(self):
        counts = self.env["helpdesk.ticket"]._read_group(
            [
                ("commercial_partner_id", "in", self._origin.ids),
                (
                    "stage_id",
                    "in",
                    self.env["helpdesk.ticket.stage"]._open_ids(),
                ),
            ],
            ["commercial_partner_id"],
            ["__count"],
        )
        found = {partner.id: count for partner, count in counts}
        for partner in self:
            partner.vip_open_count = found.get(partner._origin.id, 0)

    # Value

    @api.depends_context("company", "uid", CONTEXT_KEY)
    def _compute_vip_value(self):
        shown = self.filtered(lambda partner: partner._client_360_money_visible())
        values = shown._origin._vip_values()
        for partner in self:
            partner.vip_value = values.get(partner._origin.id, 0)
            partner.vip_is_valued = partner._origin.id in values

    def _vip_values(self):
        """Return {client id: its money of the last months with figures}, who has any."""
        company = self.env.company
        last = company._vip_newest_month()
        if not last or not self:
            return {}
        # As SQL: the caller says for whom.
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT f.partner_id, sum(f.value_company) %s"
                    " AND f.partner_id = ANY(%s) GROUP BY f.partner_id",
                    self._vip_money_sql(last),
                    self.ids,
                )
            )
        )

    @api.model
    def _vip_money_sql(self, last):
        """Return the SQL of the facts ``f`` of money of a year up to a month."""
        self.env["vip.activity"].flush_model()
        return SQL(
            """
            FROM vip_activity f
            JOIN vip_metric m ON m.id = f.metric_id AND m.unit = 'money'
           WHERE f.company_id = %s AND f.superseded_at IS NULL
             AND f.month BETWEEN %s AND %s
            """,
            self.env.company.id,
            add_months(last, 1 - VALUE_MONTHS),
            last,
        )

    @api.model
    def _vip_value_sql(self, alias):
        """Return the SQL of the value of the client ``alias``, for who may see it."""
        last = self.env.company._vip_newest_month()
        if not last:
            return SQL("NULL::numeric")
        self.flush_model(["adviser_id"])
        visible = SQL("TRUE")
        if not self._client_360_sees_all():
            visible = SQL("%s = %s", SQL.identifier(alias, "adviser_id"), self.env.uid)
        return SQL(
            "CASE WHEN %s THEN (SELECT sum(f.value_company) %s"
            " AND f.partner_id = %s) END",
            visible,
            self._vip_money_sql(last),
            SQL.identifier(alias, "id"),
        )

    # Tier

    @api.model
    def _vip_tier_sql(self, alias):
        """Return the SQL of the tier today of the partner ``alias``."""
        self.flush_model(["client_type", "commercial_partner_id", "head_client_id"])
        self.env["vip.tier.membership"].flush_model()
        company = self.env.company
        today = self._client_360_today()
        return SQL(
            """
            (SELECT COALESCE(m.tier_id, %(lowest)s)
               FROM res_partner c
               LEFT JOIN vip_tier_membership m
                      ON m.partner_id = c.id AND m.company_id = %(company)s
                     AND m.date_from <= %(today)s
                     AND (m.date_to IS NULL OR m.date_to > %(today)s)
              WHERE c.id = %(client)s AND c.client_type IS NOT NULL)
            """,
            lowest=self.env["vip.ladder.version"]._of(company).lowest_id.id or None,
            company=company.id,
            today=today,
            client=client_of(alias),
        )
