from odoo import fields, models


class VipTier(models.Model):
    """A rung of the ladder; the lowest one catches everyone else (REQUIREMENTS T1)."""

    _name = "vip.tier"
    _description = "Client Tier"
    _order = "company_id, rank, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    rank = fields.Integer(required=True, default=1, help="1 is the lowest tier.")
    company_id = fields.Many2one(
        "res.company",
        ondelete="restrict",
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

    def _ladder(self, company):
        """Return the tiers that apply to ``company``, lowest first.

        The company's own tiers if it has any, else the shared ones.
        """
        # A list that also shows archived tiers must not bring them into force.
        tiers = self.sudo().with_context(active_test=True)
        tiers = tiers.search_fetch(
            [("company_id", "in", [company.id, False])], order="rank, id"
        )
        return tiers.filtered("company_id") or tiers

    def _lowest(self, company):
        """Return the tier of everyone who has no membership in ``company``."""
        return self._ladder(company)[:1]

    def _rules(self, company, month, groups=None):
        """Return the ladder of ``company`` as plain data, to judge ``month`` (a date).

        :param groups: whether clients have consented to be judged together by then, if
            the caller knows it
        """
        if groups is None:
            groups = self.env["vip.client.group.member"]._any_in(company, month)
        ladder = self._ladder(company)
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
