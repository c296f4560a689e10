from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP, STAFF_GROUPS
from odoo.addons.vip_base.tools.sql import KeptPlan
from odoo.addons.vip_base.tools.times import CONTEXT_KEY, event_time

from ..tools.lifecycle_sql import POTENTIAL
from .ladder.vip_ladder_version import version_sql

#: What makes a client of a contact and says who sees its figures.
CLIENT_FIELDS = ("client_type", "client_number", "adviser_id", "branch_id")

EMPTY = SQL()


def client_of(alias):
    """Return the SQL of the client of a partner ``alias``: itself, or one above it.

    Who is no client's is of its commercial entity, as for the host.
    """
    return SQL(
        "COALESCE(%s, %s)",
        SQL.identifier(alias, "head_client_id"),
        SQL.identifier(alias, "commercial_partner_id"),
    )


def is_of(alias, client):
    """Return the SQL that is true where a partner ``alias`` is of a client.

    Unlike ``client_of(alias) = client`` it uses the indexes of partners.
    """
    return SQL(
        "(%s = %s OR %s = %s)",
        SQL.identifier(alias, "commercial_partner_id"),
        client,
        SQL.identifier(alias, "head_client_id"),
        client,
    )


def tiers(partners, companies, dates, columns=EMPTY, joined=EMPTY):
    """Return the SQL of :meth:`ResPartner._tier_rows`, of arrays in SQL."""
    return SQL(
        """
        SELECT k.partner_id, k.company_id, k.date,
               CASE WHEN c.client_type IS NOT NULL
                    THEN COALESCE(m.tier_id, lowest.id) END,
               m.date_from %s
          FROM unnest(%s, %s, %s) AS k(partner_id, company_id, date)
          JOIN res_partner p ON p.id = k.partner_id
          JOIN res_partner c ON c.id = %s
          LEFT JOIN LATERAL (
               SELECT m.tier_id, m.date_from FROM vip_tier_membership m
                WHERE m.company_id = k.company_id AND m.partner_id = c.id
                  AND m.date_from <= k.date
                  AND (m.date_to IS NULL OR m.date_to > k.date)
          ) m ON TRUE
          LEFT JOIN LATERAL (%s) lowest ON TRUE %s
        """,
        columns,
        partners,
        companies,
        dates,
        client_of("p"),
        version_sql(SQL("k.company_id"), SQL("k.date"), SQL("v.lowest_id AS id")),
        joined,
    )


TIERS = KeptPlan(
    "vip_client_tiers",
    {"partners": "int[]", "companies": "int[]", "dates": "date[]"},
    {
        **dict.fromkeys(("partner_id", "company_id"), "int"),
        "date": "date",
        "tier_id": "int",
        "since": "date",
    },
    tiers,
)


class LifecycleToday(fields.Selection):
    """Selection by which lists group clients, read from the states of today."""

    def to_sql(self, model, alias):
        return model._lifecycle_sql(alias)


class TierToday(fields.Many2one):
    """Tier by which lists group clients, read from the memberships of today."""

    def to_sql(self, model, alias):
        return model._vip_tier_sql(alias)


class ResPartner(models.Model):
    """What a client is: its type, number and adviser; its tier, the override that it
    runs under and its life cycle today, in the current company."""

    _inherit = "res.partner"
    _vip_auditors_read = True

    client_type = fields.Selection(
        [
            ("end", "End client"),
            ("household", "Household"),
            ("group", "Corporate group"),
            ("franchisee", "Franchisee"),
            ("agent", "Agent"),
        ],
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
    vip_tier_id = TierToday(
        "vip.tier",
        string="Tier",
        compute="_compute_vip_tier_id",
        search="_search_vip_tier_id",
        groups=STAFF_GROUPS,
        help="The client's tier today in the current company.",
    )
    vip_tier_since = fields.Date(
        string="Tier since",
        compute="_compute_vip_tier_id",
        groups=STAFF_GROUPS,
        help="Empty for the lowest tier.",
    )
    vip_override_until = fields.Date(
        string="Override until",
        compute="_compute_vip_tier_id",
        search="_search_vip_override_until",
        groups=STAFF_GROUPS,
        help="The client has its tier out of the rules until this day (not included).",
    )
    vip_override_reason = fields.Text(
        string="Why the override was given",
        compute="_compute_vip_tier_id",
        groups=STAFF_GROUPS,
        help="For the adviser of the client, service managers and auditors.",
    )
    vip_lifecycle = LifecycleToday(
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

    _client_number_unique = models.UniqueIndex(
        "(client_number, COALESCE(company_id, 0)) WHERE client_number IS NOT NULL",
        "This client number is already used.",
    )

    def init(self):
        TIERS.install(self.env)
        return super().init()

    @api.depends("commercial_partner_id", "head_client_id")
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

    @api.depends("commercial_partner_id", "head_client_id", "client_type")
    @api.depends_context("company", CONTEXT_KEY)
    def _compute_vip_lifecycle(self):
        states = self._lifecycle_at(self._lifecycle_today(), self.env.company)
        for partner in self:
            state, since = states.get(partner._origin.id, (False, False))
            partner.vip_lifecycle = state
            partner.vip_lifecycle_since = since

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
        """Guard what makes a client: an adviser could else take any client's figures.

        The history stays with a client that changes its place or leaves: raises
        ValidationError when one with history becomes a contact of another one or no
        client at all, as its memberships, changes and figures would be nobody's; or one
        with history in a company goes to another.
        """
        self._check_client_fields(vals)
        leaving = self._vip_leaving(vals)
        clients = self._vip_moving(vals)._vip_open_tickets()
        result = super().write(vals)
        leaving._vip_leave()
        self._vip_follow(clients)
        if vals.keys() & {"client_type", "parent_id", "is_company"}:
            self._check_vip_history()
        if vals.get("company_id"):
            self._check_vip_companies()
        return result

    def _check_client_fields(self, vals):
        names = vals.keys() & set(CLIENT_FIELDS)
        if names and self._client_fields_guarded():
            # As superuser: what is known is only compared, to refuse what differs.
            known = self.sudo()
            if any(
                known._fields[name].convert_to_write(partner[name], partner)
                != (vals[name] or False)
                for partner in known
                for name in names
            ):
                raise AccessError(self._client_fields_text())

    def _client_fields_guarded(self):
        return not self.env.su and not self.env.user.has_group(MANAGER_GROUP)

    def _client_fields_text(self):
        return self.env._(
            "Only a service manager says who is a client and advises whom."
        )

    # Whose contact it is

    def _vip_client(self):
        """Return the client that a contact is of, else its commercial entity."""
        # As superuser: whose contact somebody is, for what follows from it.
        partner = self.sudo()
        if partner.client_type:
            return partner
        return partner.head_client_id or partner.commercial_partner_id

    # Tier

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
        lowest = self.env["vip.ladder.version"]._of(company).lowest_id.id or None
        self.flush_model(["client_type", "commercial_partner_id", "head_client_id"])
        return SQL(
            """(
            SELECT p.id
              FROM res_partner p
              JOIN res_partner c ON c.id = %s
              LEFT JOIN vip_tier_membership m
                     ON m.partner_id = c.id AND m.company_id = %s
                    AND m.date_from <= %s AND (m.date_to IS NULL OR m.date_to > %s)
             WHERE CASE WHEN c.client_type IS NULL THEN %s
                        ELSE COALESCE(m.tier_id, %s) = ANY(%s) END
            )""",
            client_of("p"),
            company.id,
            today,
            today,
            no_client,
            lowest,
            sorted(tier_ids),
        )

    def _tier_at(self, date, company):
        """Return ``{partner id: vip.tier}`` of these partners on ``date``.

        One query for any number. Contacts take the tier of their commercial entity, a
        client without membership has the lowest tier of the ladder of that day, others
        an empty one.
        """
        rows = self._tier_rows([(pid, company.id, date) for pid in self.ids])
        Tier = self.env["vip.tier"]
        return {row[0]: Tier.browse(row[3]) for row in rows}

    @api.model
    def _tier_rows(self, keys, overrides=False, kept=False):
        """Return ``[(partner id, company id, date, tier id, since)]`` in one query.

        The tier id is None for who is no client, ``since`` for the lowest tier.

        :param keys: (partner id, company id, date)
        :param overrides: with the end and the reason of the override that runs then
        :param kept: these are asked for with every ticket: by a plan that is kept
        """
        if not keys:
            return []
        partners, companies, dates = map(list, zip(*keys, strict=True))
        self.flush_model(["client_type", "commercial_partner_id", "head_client_id"])
        self.env["vip.ladder.version"]._flush_ladders()
        if kept:
            values = {"partners": partners, "companies": companies, "dates": dates}
            return TIERS.rows(self.env, len(keys), **values)
        columns = joined = EMPTY
        if overrides:
            self.env["vip.tier.change"].flush_model()
            columns = SQL(", o.override_end, o.reason")
            joined = SQL(
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
        arrays = (
            SQL("%s::int[]", partners),
            SQL("%s::int[]", companies),
            SQL("%s::date[]", dates),
        )
        return self.env.execute_query(tiers(*arrays, columns, joined))

    # Override

    def _search_vip_override_until(self, operator, value):
        """Search by the end of the running override; an empty one means: none runs."""
        if operator == "in":
            days = {fields.Date.to_date(day) for day in value if day}
            running = self._vip_overrides(Domain("override_end", "in", list(days)))
            found = Domain("id", "in", running.partner_id.ids) if days else Domain.FALSE
            if False in value:
                every = self._vip_overrides(Domain.TRUE).partner_id
                found |= Domain("id", "not in", every.ids)
            return found
        if operator in ("<", "<=", ">", ">="):
            running = self._vip_overrides(Domain("override_end", operator, value))
            return Domain("id", "in", running.partner_id.ids)
        return NotImplemented

    @api.model
    def _vip_overrides(self, domain):
        """Return the tier changes of overrides that run today and meet ``domain``."""
        company = self.env.company
        # As superuser: that a tier is out of the rules is no secret in the service.
        return (
            self.env["vip.tier.change"]
            .sudo()
            ._running_overrides(
                company, company._vip_local_date(event_time(self.env)), domain
            )
        )

    # Life cycle

    def _lifecycle_today(self):
        return self.env.company._vip_local_date(event_time(self.env))

    def _lifecycle_at(self, date, company):
        """Return ``{partner id: (state, since)}`` on ``date``; False for no client.

        One query for any number. Contacts take the state of their commercial entity.
        """
        self.flush_model(["client_type", "commercial_partner_id", "head_client_id"])
        self.env["vip.lifecycle"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, CASE WHEN c.client_type IS NOT NULL
                                  THEN COALESCE(l.state, %s) END, l.date_from
                  FROM res_partner p
                  JOIN res_partner c ON c.id = %s
                  LEFT JOIN vip_lifecycle l ON %s
                 WHERE p.id = ANY(%s)
                """,
                POTENTIAL,
                client_of("p"),
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
        self.flush_model(["client_type", "commercial_partner_id", "head_client_id"])
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
            client=client_of(alias),
        )
