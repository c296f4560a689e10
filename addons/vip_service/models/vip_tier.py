from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import NamesMany2one

from ..tools.figures_sql import any_consent_sql


class VipTier(models.Model):
    """A rung of the ladder; the lowest one catches everyone else (REQUIREMENTS T1).

    It tells in its chatter when its thresholds came from a back-test.
    """

    _name = "vip.tier"
    _description = "Client Tier"
    _inherit = ["vip.audited", "mail.thread"]
    _order = "company_id, rank, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    rank = fields.Integer(required=True, default=1, help="1 is the lowest tier.")
    company_id = NamesMany2one(
        "res.company",
        help="Empty: a tier of the ladder that companies without one of their own share.",
    )
    match = fields.Selection(
        [("all", "All criteria"), ("any", "Any criterion")],
        string="Reached by",
        required=True,
        default="all",
    )
    grace_reviews = fields.Integer(
        string="Reviews of grace",
        help="So many reviews in a row may find a client below what this tier asks to "
        "stay before its fall is proposed.",
    )
    color = fields.Integer()
    description = fields.Text(translate=True)
    active = fields.Boolean(string="In use", default=True)
    criterion_ids = fields.One2many(
        "vip.tier.criterion",
        "tier_id",
        string="Criteria",
        copy=True,
        help="A tier above the lowest that has no criteria for a type of client is "
        "given to it, and taken from it, by people only.",
    )
    entitlement_ids = fields.One2many(
        "vip.entitlement", "tier_id", string="Entitlements"
    )
    entry_metric_id = NamesMany2one(
        "vip.metric",
        string="Entry by",
        help="A new client whose first month reaches the entry threshold in this "
        "metric is proposed for the tier at once. Empty: no such entry.",
    )
    entry_value = fields.Float(string="Entry threshold", digits=(20, 4))

    _rank_positive = models.Constraint("CHECK (rank >= 1)", "A rank is 1 or more.")
    _grace_not_negative = models.Constraint(
        "CHECK (grace_reviews >= 0)", "Reviews of grace are none or more."
    )
    _rank_unique = models.UniqueIndex(
        "(COALESCE(company_id, 0), rank) WHERE active",
        "Each rank is used only once in a ladder.",
    )
    _code_unique = models.UniqueIndex(
        "(COALESCE(company_id, 0), code) WHERE active",
        "Each code is used only once in a ladder.",
    )
    _entry_positive = models.Constraint(
        "CHECK (entry_metric_id IS NULL OR entry_value > 0)",
        "An entry threshold is above zero.",
    )

    def _audited_fields(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store
            and field.type != "one2many"
            and name not in models.MAGIC_COLUMNS
            and not name.startswith("message_")
        }

    def _ladder(self, company):
        """Return the tiers that apply to ``company``, lowest first.

        The company's own tiers if it has any, else the shared ones.
        """
        # As superuser: the ladder is no secret in the service. A list that also shows
        # archived tiers must not bring them into force.
        tiers = self.sudo().with_context(active_test=True)
        tiers = tiers.search_fetch(
            [("company_id", "in", [company.id, False])], order="rank, id"
        )
        return tiers.filtered("company_id") or tiers

    def _lowest(self, company):
        """Return the tier of everyone who has no membership in ``company``."""
        self.flush_model(["rank", "company_id", "active"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM vip_tier
                 WHERE active AND (company_id = %s OR company_id IS NULL)
                 ORDER BY company_id IS NULL, rank, id LIMIT 1
                """,
                company.id,
            )
        )
        # As superuser: as the ladder.
        return self.sudo().browse(rows[0] if rows else ())

    def _rules(self, company, month, groups=None):
        """Return the ladder of ``company`` as plain data, to judge ``month`` (a date).

        :param groups: whether clients have consented to be judged together by then, if
            the caller knows it
        """
        if groups is None:
            self.env["vip.client.group.member"].flush_model()
            [[groups]] = self.env.execute_query(
                SQL("SELECT %s", any_consent_sql(company.id, month))
            )
        ladder = self._ladder(company)
        # As superuser: everybody is judged by the whole rules.
        Criterion = self.env["vip.tier.criterion"].sudo()
        criteria = Criterion.search_fetch([("tier_id", "in", ladder.ids)])
        by_tier = criteria.grouped("tier_id")
        # As superuser: the company's settings are part of the rules.
        company = company.sudo()
        return {
            "month": month.isoformat(),
            "company_id": company.id,
            "one_step_down": company.vip_one_step_down,
            "falls_every": int(company.vip_falls_every),
            "groups": groups,
            "currencies": company._vip_currency_steps(),
            "tiers": [tier._as_rule(by_tier.get(tier, Criterion)) for tier in ladder],
        }

    def _as_rule(self, criteria):
        return {
            "id": self.id,
            "code": self.code,
            "name": self.name,
            "rank": self.rank,
            "match": self.match,
            "grace_reviews": self.grace_reviews,
            "criteria": [criterion._as_rule() for criterion in criteria],
        }

    def _client_360_badge(self):
        """Return the tier as the web client shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "rank": self.rank,
            "color": self.color,
            "code": self.code,
        }

    def _threshold_lines(self):
        """Return how the tier is reached, a line of text each, to be read by people."""
        self.ensure_one()
        matches = dict(self._fields["match"]._description_selection(self.env))
        labels = {
            name: self._fields[name]._description_string(self.env)
            for name in ("match", "grace_reviews")
        }
        return [
            f"{labels['match']}: {matches[self.match]}",
            f"{labels['grace_reviews']}: {self.grace_reviews}",
            *(criterion._threshold_text() for criterion in self.criterion_ids),
        ]


class VipTierCriterion(models.Model):
    """A metric over the last n calendar months, with the thresholds to rise and to stay.

    Missing months count as zero. A value at the threshold passes.
    """

    _name = "vip.tier.criterion"
    _description = "Tier Criterion"
    _inherit = ["vip.audited"]
    _order = "tier_id, sequence, id"
    _rec_name = "metric_id"

    sequence = fields.Integer(default=10)
    tier_id = fields.Many2one("vip.tier", required=True, ondelete="cascade", index=True)
    client_type = fields.Selection(
        lambda self: self.env["res.partner"]._fields["client_type"].selection,
        help="Whom this criterion judges; empty: every type of client.",
    )
    metric_id = NamesMany2one("vip.metric", required=True)
    window_months = fields.Integer(
        string="Months", required=True, default=1, help="How many calendar months back."
    )
    aggregate = fields.Selection(
        [
            ("sum", "Sum"),
            ("avg", "Average"),
            ("min", "Lowest month"),
            ("max", "Highest month"),
            ("last", "Last month"),
        ],
        required=True,
        default="sum",
    )
    qualify = fields.Float(
        digits=(20, 4), required=True, help="From here a client rises into the tier."
    )
    retain = fields.Float(
        digits=(20, 4), required=True, help="From here a client stays in the tier."
    )

    _window_positive = models.Constraint(
        "CHECK (window_months >= 1)", "The window is one month or more."
    )
    _retain_below_qualify = models.Constraint(
        "CHECK (retain <= qualify)",
        "The threshold to stay is not higher than the one to rise.",
    )

    @api.onchange("qualify")
    def _onchange_qualify(self):
        for criterion in self:
            if criterion.retain in (0.0, criterion._origin.qualify):
                criterion.retain = criterion.qualify

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault("retain", vals.get("qualify", 0.0))
        return super().create(vals_list)

    def write(self, vals):
        """A retain threshold equal to the qualify threshold follows it."""
        if "qualify" not in vals or "retain" in vals:
            return super().write(vals)
        following = self.filtered(lambda c: c.retain == c.qualify)
        super(VipTierCriterion, self - following).write(vals)
        return super(VipTierCriterion, following).write(
            dict(vals, retain=vals["qualify"])
        )

    def _audited_companies(self):
        return self.tier_id.company_id

    def _audited_fields(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store and name not in models.MAGIC_COLUMNS
        }

    def _as_rule(self):
        return {
            "id": self.id,
            "client_type": self.client_type,
            "metric_id": self.metric_id.id,
            "metric": self.metric_id.code,
            "unit": self.metric_id.unit,
            "window_months": self.window_months,
            "aggregate": self.aggregate,
            "qualify": self.qualify,
            "retain": self.retain,
        }

    def _threshold_text(self):
        """Return the criterion as one line of text."""
        self.ensure_one()
        aggregates = dict(self._fields["aggregate"]._description_selection(self.env))
        types = dict(self._fields["client_type"]._description_selection(self.env))
        text = self.env._(
            "%(metric)s, %(aggregate)s of %(months)s months: from %(qualify)s,"
            " to stay %(retain)s",
            metric=self.metric_id.name,
            aggregate=aggregates[self.aggregate],
            months=self.window_months,
            qualify=f"{self.qualify:,.15g}",
            retain=f"{self.retain:,.15g}",
        )
        return f"{types[self.client_type]}: {text}" if self.client_type else text
