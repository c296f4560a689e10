from odoo import api, fields, models

from odoo.addons.vip_base.tools.sql import NamesMany2one

from ...engine.ladder import shade


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
    shade = fields.Integer(
        compute="_compute_shade",
        help="How dark the badge is: 0 for the lowest tier, else the lightness of its "
        "blue, which falls in equal steps up the ladder.",
    )
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

    @api.depends("rank", "active", "company_id")
    def _compute_shade(self):
        # As superuser: the ladder is no secret in the service.
        used = self.sudo().search([("company_id", "in", [False, *self.company_id.ids])])
        for tier in self:
            ladder = used.filtered(lambda one, of=tier: one.company_id == of.company_id)
            below = ladder.filtered(lambda one, of=tier: one.rank < of.rank)
            tier.shade = shade(len(below), max(len(ladder), len(below) + 1))

    @api.model
    def _audited_by_code(self, code):
        """Return the name of the tier that the audit log kept by its code."""
        # As superuser: the ladder is no secret in the service.
        tiers = self.sudo().with_context(active_test=False)
        return tiers.search([("code", "=", code)], limit=1).name or code

    def _audited_fields(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store
            and field.type != "one2many"
            and name not in models.MAGIC_COLUMNS
            and not name.startswith("message_")
        }

    def _ladder(self, company, day=None):
        """Return the tiers of the ladder of ``company`` on a day, lowest first.

        :param day: a date of the company's; default: today
        """
        rungs = self.env["vip.ladder.version"]._of(company, day).rung_ids.sorted("rank")
        # As superuser: the ladder is no secret in the service.
        return self.sudo().browse(rungs.tier_id.ids)

    def _lowest(self, company, day=None):
        """Return the tier of everyone who has no membership in ``company`` on a day.

        :param day: a date of the company's; default: today
        """
        # As superuser: as the ladder.
        return self.sudo().browse(
            self.env["vip.ladder.version"]._of(company, day).lowest_id.ids
        )

    def _client_360_badge(self):
        """Return the tier as the web client shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "rank": self.rank,
            "shade": self.shade,
            "code": self.code,
        }
