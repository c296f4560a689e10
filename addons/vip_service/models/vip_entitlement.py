from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import NamesMany2one

from .ladder.vip_ladder_version import version_sql


class VipEntitlement(models.Model):
    """A right that clients have from a tier upwards (REQUIREMENTS T4, T7)."""

    _name = "vip.entitlement"
    _description = "Entitlement"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    tier_id = fields.Many2one(
        "vip.tier",
        string="From tier",
        required=True,
        ondelete="cascade",
        index=True,
        help="Clients of this tier and of every higher one have the right.",
    )
    quota = fields.Integer(help="How often in a period; 0 is without limit.")
    period = fields.Selection(
        [
            ("month", "Calendar month"),
            ("quarter", "Calendar quarter"),
            ("year", "Calendar year"),
        ],
        required=True,
        default="year",
        help="A calendar period: the quota is new on its first day.",
    )
    category_id = NamesMany2one(
        "helpdesk.ticket.category",
        string="Service item",
        help="Granting the right opens a ticket of this service item.",
    )
    active = fields.Boolean(string="In use", default=True)

    _quota_positive = models.Constraint(
        "CHECK (quota >= 0)", "A quota is not negative."
    )

    def _take_turns(self):
        """Let two transactions that use up the same quota collide.

        Each counts only what it saw when it began: the later one is undone by the
        database and tried again by the server, and then sees what the other used.
        """
        limited = self.filtered("quota")
        if limited:
            self.env.cr.execute(
                SQL(
                    "UPDATE vip_entitlement SET quota = quota WHERE id = ANY(%s)",
                    limited.ids,
                )
            )

    @api.model
    def _used_by(self, partner, company, day, tier, known_at=None):
        """Return ``{entitlement id: quantity used}`` of what ``tier`` is entitled to.

        That is what it and the tiers below it give, in the ladder of ``day``.

        Counted in the calendar period of ``day`` (a date), for one client and company,
        in display order.

        :param known_at: what had been recorded by then (naive UTC), of days up to ``day``
        """
        self.flush_model()
        self.env["vip.entitlement.use"].flush_model()
        self.env["vip.ladder.version"]._flush_ladders()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.id, %(used)s FROM vip_entitlement e
                 WHERE e.id IN (%(entitled)s)
                 ORDER BY e.sequence, e.id
                """,
                used=self._used_sql(company.id, day, SQL("%s", partner.id), known_at),
                entitled=self._entitled_sql(
                    company.id, day, SQL("%s", tier.id or None)
                ),
            )
        )
        return dict(rows)

    def _is_usable(self, used):
        """Tell whether one makes use of it: it is counted or opens a ticket, and is left.

        :param used: how often the client has used it in this period
        """
        self.ensure_one()
        if self.quota:
            return used < self.quota
        return bool(self.category_id)

    @api.model
    def _used_sql(self, company_id, day, partner, known_at=None):
        """Return the SQL of how often right ``e`` is used in the period of ``day``.

        :param partner: SQL of the client's id
        :param known_at: see :meth:`_used_by`
        """
        known = SQL("TRUE")
        if known_at:
            known = SQL(
                "u.date <= %s AND COALESCE(u.recorded_at, u.create_date) <= %s",
                day,
                known_at,
            )
        return SQL(
            """
            (SELECT COALESCE(sum(u.quantity), 0) FROM vip_entitlement_use u
              WHERE u.entitlement_id = e.id AND u.partner_id = %(partner)s
                AND u.company_id = %(company)s AND %(known)s
                AND date_trunc(e.period, u.date::timestamp)
                    = date_trunc(e.period, %(day)s::timestamp))
            """,
            partner=partner,
            company=company_id,
            day=day,
            known=known,
        )

    @api.model
    def _entitled_sql(self, company_id, day, tier):
        """Return the query of the ids of rights that a tier gives in the ladder of a day.

        :param tier: SQL of its id
        """
        return SQL(
            """
            SELECT given.id
              FROM vip_entitlement given
              JOIN (%(version)s) v ON TRUE
              JOIN vip_ladder_rung t
                ON t.tier_id = given.tier_id AND t.version_id = v.id
              JOIN vip_ladder_rung present
                ON present.tier_id = %(tier)s AND present.version_id = v.id
             WHERE given.active AND t.rank <= present.rank
            """,
            tier=tier,
            version=version_sql(company_id, day, SQL("v.id")),
        )

    @api.model
    def _panel_sql(self, company_id, day, partner, tier):
        """Return the SQL of one JSON list: what a tier is entitled to, what is used.

        :param partner, tier: SQL of their ids
        """
        return SQL(
            """
            (SELECT json_agg(json_build_object(
                        'id', e.id, 'name', %(name)s, 'quota', COALESCE(e.quota, 0),
                        'period', e.period, 'used', %(used)s)
                    ORDER BY e.sequence, e.id)
               FROM vip_entitlement e
              WHERE e.id IN (%(entitled)s))
            """,
            name=self._field_to_sql("e", "name"),
            used=self._used_sql(company_id, day, partner),
            entitled=self._entitled_sql(company_id, day, tier),
        )

    @api.model
    def _lapses_sql(self, company_id, day, partner, tier):
        """Return the SQL of how many days are left until a right lapses unused.

        The first one that has a quota of which nothing was used in the period of ``day``.

        :param partner, tier: SQL of their ids
        """
        return SQL(
            """
            (SELECT min((date_trunc(e.period, %(day)s::timestamp)
                         + make_interval(months => CASE e.period WHEN 'month' THEN 1
                                         WHEN 'quarter' THEN 3 ELSE 12 END))::date
                        - %(day)s - 1)
               FROM vip_entitlement e
              WHERE e.quota > 0 AND %(used)s = 0 AND e.id IN (%(entitled)s))
            """,
            day=day,
            used=self._used_sql(company_id, day, partner),
            entitled=self._entitled_sql(company_id, day, tier),
        )

    def _portal_quota(self, used):
        """Return what is left of the present period for people.

        :param used: how often the client has used it in this period
        """
        self.ensure_one()
        if not self.quota:
            return self.env._("No limit")
        left = {"left": max(self.quota - used, 0), "quota": self.quota}
        if self.period == "month":
            return self.env._("%(left)s of %(quota)s left this month", **left)
        if self.period == "quarter":
            return self.env._("%(left)s of %(quota)s left this quarter", **left)
        return self.env._("%(left)s of %(quota)s left this year", **left)
