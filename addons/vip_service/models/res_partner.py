from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import CONTEXT_KEY, event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP, STAFF_GROUPS

#: What makes a client of a contact and says who sees its figures.
CLIENT_FIELDS = ("client_type", "client_number", "adviser_id")


class ResPartner(models.Model):
    _inherit = "res.partner"

    client_type = fields.Selection(
        [("end", "End client"), ("franchisee", "Franchisee"), ("agent", "Agent")],
        string="Client type",
        index="btree_not_null",
        copy=False,
        groups=STAFF_GROUPS,
        help="Set on the commercial entity that is a client.",
    )
    client_number = fields.Char(string="Client number", copy=False, groups=STAFF_GROUPS)
    adviser_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups=STAFF_GROUPS,
    )
    vip_tier_id = fields.Many2one(
        "vip.tier",
        string="Tier",
        compute="_compute_vip_tier_id",
        search="_search_vip_tier_id",
        groups=STAFF_GROUPS,
        help="The client's tier today in the current company.",
    )
    vip_tier_color = fields.Integer(
        related="vip_tier_id.color", string="Tier colour", groups=STAFF_GROUPS
    )
    vip_tier_since = fields.Date(
        string="Tier since",
        compute="_compute_vip_tier_id",
        groups=STAFF_GROUPS,
        help="Empty for the lowest tier.",
    )

    _client_number_unique = models.UniqueIndex(
        "(client_number, COALESCE(company_id, 0)) WHERE client_number IS NOT NULL",
        "This client number is already used.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid", CONTEXT_KEY)
    def _compute_vip_tier_id(self):
        company = self.env.company
        today = company._vip_local_date(event_time(self.env))
        keys = [(pid, company.id, today) for pid in self._origin.ids]
        tiers = {row[0]: row[3:] for row in self._tier_rows(keys, overrides=True)}
        none = (False, False, False, False)
        for partner in self:
            tier_id, since, until, reason = tiers.get(partner._origin.id, none)
            partner.vip_tier_id = tier_id
            partner.vip_tier_since = since
            partner.vip_override_until = until
            # It may tell of figures: only for who may see them.
            visible = reason and partner._client_360_money_visible()
            partner.vip_override_reason = visible and reason

    def _search_vip_tier_id(self, operator, value):
        """Search by tier today; an empty tier means: no client."""
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        ids = set()
        if operator != "in":
            domain = value if isinstance(value, Domain) else Domain("id", "in", value)
            ids = set(
                self.env["vip.tier"].with_context(active_test=False)._search(domain)
            )
        elif value:
            ids = set(value)
        return Domain("id", "in", self._in_tiers_sql(ids - {False}, False in ids))

    def _in_tiers_sql(self, tier_ids, no_client):
        """Return a subquery of partners in one of the tiers today, or of no client."""
        company = self.env.company
        today = company._vip_local_date(event_time(self.env))
        lowest = self.env["vip.tier"]._lowest(company).id or None
        self.flush_model(["client_type", "commercial_partner_id"])
        return SQL(
            """(
            SELECT p.id
              FROM res_partner p
              JOIN res_partner c ON c.id = p.commercial_partner_id
              LEFT JOIN vip_tier_membership m
                     ON m.partner_id = c.id AND m.company_id = %s
                    AND m.date_from <= %s AND (m.date_to IS NULL OR m.date_to > %s)
             WHERE CASE WHEN c.client_type IS NULL THEN %s
                        ELSE COALESCE(m.tier_id, %s) = ANY(%s) END
            )""",
            company.id,
            today,
            today,
            no_client,
            lowest,
            sorted(tier_ids),
        )

    @api.constrains("client_type", "client_number", "parent_id", "is_company")
    def _check_client_is_commercial(self):
        # As superuser: the check reads fields that the user may not.
        for partner in self.sudo():
            if not partner.client_type:
                continue
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "“%s” belongs to another contact: only the contact above it "
                        "can be a client.",
                        partner.display_name,
                    )
                )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Guard what makes a client, also when it comes as a default."""
        if self._client_fields_guarded():
            defaults = {f"default_{name}" for name in CLIENT_FIELDS}
            if defaults & self.env.context.keys():
                context = {
                    key: value
                    for key, value in self.env.context.items()
                    if key not in defaults
                }
                return self.with_context(context).create(vals_list).with_env(self.env)
            if any(vals.get(name) for vals in vals_list for name in CLIENT_FIELDS):
                raise AccessError(self._client_fields_text())
        return super().create(vals_list)

    def write(self, vals):
        """Guard what makes a client: an adviser could else take any client's figures."""
        names = vals.keys() & set(CLIENT_FIELDS)
        if names and self._client_fields_guarded():
            known = self.sudo()
            if any(
                known._fields[name].convert_to_write(partner[name], partner)
                != (vals[name] or False)
                for partner in known
                for name in names
            ):
                raise AccessError(self._client_fields_text())
        return super().write(vals)

    def _client_fields_guarded(self):
        return not self.env.su and not self.env.user.has_group(MANAGER_GROUP)

    def _client_fields_text(self):
        return self.env._(
            "Only a service manager says who is a client and advises whom."
        )

    def _tier_at(self, date, company):
        """Return ``{partner id: vip.tier}`` of these partners on ``date``.

        One query for any number. Contacts take the tier of their commercial entity, a
        client without membership has the lowest tier, others an empty one.
        """
        rows = self._tier_rows([(pid, company.id, date) for pid in self.ids])
        Tier = self.env["vip.tier"]
        return {row[0]: Tier.browse(row[3]) for row in rows}

    @api.model
    def _tier_rows(self, keys, overrides=False):
        """Return ``[(partner id, company id, date, tier id, since)]`` in one query.

        The tier id is None for who is no client, ``since`` for the lowest tier.

        :param keys: (partner id, company id, date)
        :param overrides: with the end and the reason of the override that runs then
        """
        if not keys:
            return []
        partners, companies, dates = map(list, zip(*keys, strict=True))
        self.flush_model(["client_type", "commercial_partner_id"])
        self.env["vip.tier"].flush_model(["rank", "company_id", "active"])
        columns, override = SQL(""), SQL("")
        if overrides:
            self.env["vip.tier.change"].flush_model()
            columns = SQL(", o.override_end, o.reason")
            override = SQL(
                """
                  LEFT JOIN LATERAL (
                       SELECT o.override_end, o.reason FROM vip_tier_change o
                        WHERE o.company_id = k.company_id AND o.partner_id = c.id
                          AND o.state = 'applied' AND o.override_end > k.date
                          AND o.effective_date <= k.date
                        ORDER BY o.effective_date DESC, o.id DESC LIMIT 1
                  ) o ON TRUE
                """
            )
        return self.env.execute_query(
            SQL(
                """
                SELECT k.partner_id, k.company_id, k.date,
                       CASE WHEN c.client_type IS NOT NULL
                            THEN COALESCE(m.tier_id, lowest.id) END,
                       m.date_from %s
                  FROM unnest(%s::int[], %s::int[], %s::date[])
                       AS k(partner_id, company_id, date)
                  JOIN res_partner p ON p.id = k.partner_id
                  JOIN res_partner c ON c.id = p.commercial_partner_id
                  LEFT JOIN LATERAL (
                       SELECT m.tier_id, m.date_from FROM vip_tier_membership m
                        WHERE m.company_id = k.company_id AND m.partner_id = c.id
                          AND m.date_from <= k.date
                          AND (m.date_to IS NULL OR m.date_to > k.date)
                  ) m ON TRUE
                  LEFT JOIN LATERAL (
                       SELECT t.id FROM vip_tier t
                        WHERE t.active
                          AND (t.company_id = k.company_id OR t.company_id IS NULL)
                        ORDER BY t.company_id IS NULL, t.rank, t.id LIMIT 1
                  ) lowest ON TRUE %s
                """,
                columns,
                partners,
                companies,
                dates,
                override,
            )
        )
