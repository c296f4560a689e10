from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

from ...engine.ladder import successors
from ...tools.ladder_sql import lowest_sql, rungs_sql, used_sql, version_sql
from .door import FOLLOWING, SETTING_UP, door

#: What people write on a draft.
BY_HAND = {"date_from", "reason", "rung_ids", "plan_ids"}


class VipLadderVersion(models.Model):
    """The ladder of a company, or the one that companies share, from a day on.

    Tiers, ranks, thresholds and grace of past days are read here, never from the tiers.
    The first version is made from the tiers and covers all the past; it follows them as
    long as nothing rests on them. What is in force is kept for ever (REQUIREMENTS T1).
    """

    _name = "vip.ladder.version"
    _description = "Version of the Ladder"
    _inherit = [
        *("vip.decision.mixin", "vip.hands.off.mixin", "vip.audited"),
        "mail.thread",
    ]
    _order = "company_id, date_from desc nulls last, id desc"
    _undecided = ("proposed",)

    company_id = fields.Many2one(
        "res.company",
        string="Ladder of",
        readonly=True,
        ondelete="restrict",
        index=True,
        help="Empty: the ladder of the companies without one of their own.",
    )
    date_from = fields.Date(
        string="From",
        copy=False,
        help="The first day on which this ladder holds. Empty: it was the first one.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "Proposed"),
            ("in_force", "In force"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    reason = fields.Text(string="Why", help="Why the ladder changes.")
    rung_ids = fields.One2many("vip.ladder.rung", "version_id", string="Tiers")
    plan_ids = fields.One2many("vip.ladder.plan", "version_id", string="Plan")
    lowest_id = fields.Many2one(
        "vip.tier",
        string="Lowest tier",
        compute="_compute_lowest_id",
        store=True,
        ondelete="restrict",
        help="The tier of everybody who has been given none.",
    )
    proposed_at = fields.Datetime(string="Proposed at", readonly=True, copy=False)
    proposed_by_id = fields.Many2one(
        "res.users", string="Proposed by", readonly=True, ondelete="restrict", copy=False
    )
    decided_at = fields.Datetime(string="Decided at", readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict", copy=False
    )
    recorded_at = fields.Datetime(
        string="Recorded at", readonly=True, copy=False, help="Since when it is known."
    )
    begun_company_ids = fields.Many2many(
        "res.company",
        "vip_ladder_begun_rel",
        string="Begun in",
        readonly=True,
        copy=False,
        context={"active_test": False},
        help="Where its day has come and its plan was carried out.",
    )

    _one_draft = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE state IN ('draft', 'proposed')",
        "Somebody prepares a version of this ladder already: open that one.",
    )
    _one_a_day = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(date_from, '-infinity'::date))"
        " WHERE state = 'in_force'",
        "A version of this ladder begins on that day already: choose a later day.",
    )

    @api.depends("rung_ids.rank", "rung_ids.tier_id")
    def _compute_lowest_id(self):
        for version in self:
            rungs = version.rung_ids.filtered("tier_id")
            version.lowest_id = rungs.sorted(lambda rung: rung.rank)[:1].tier_id

    @api.depends("date_from", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for version in self:
            # As superuser: the name of the company, for whoever may see its ladder.
            name = version.company_id.sudo().name or self.env._("Shared ladder")
            day = fields.Date.to_string(version.date_from) or self.env._("first")
            version.display_name = f"{name} · {day}"

    # CRUD

    def write(self, vals):
        """Refuse changes of what is proposed or decided."""
        if vals.keys() - self._beside():
            self._check_open()
        return super().write(vals)

    def _guarded_fields(self):
        return self._all_but(BY_HAND | self._beside() - {"begun_company_ids"})

    def _beside(self):
        """Return the fields that say nothing of the ladder: the chatter, what was begun."""
        thread = self.env["mail.thread"]._fields.keys() - models.MAGIC_COLUMNS
        return thread | {"begun_company_ids"}

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._check_open()

    def _check_open(self):
        """Check that these are drafts, or written by what decides on them.

        :raise UserError: one was proposed or decided
        """
        if door(self.env):
            return
        for version in self:
            if version.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is no draft any more: the ladder is changed by a new "
                        "version.",
                        version.display_name,
                    )
                )

    def _audited_fields(self):
        return {"state", "date_from", "company_id"}

    # The ladder of a day

    @api.model
    def _of(self, company, day=None):
        """Return the version in force for ``company`` on a day (default: today)."""
        self._flush_ladders()
        if not day:
            at = event_time(self.env)
            day = (company or self.env.company)._vip_local_date(at)
        rows = self.env.execute_query(
            version_sql(company.id or None, day, SQL("v.id"))
        )
        # As superuser: the ladder is no secret in the service.
        return self.sudo().browse(row[0] for row in rows)

    @api.model
    def _flush_ladders(self):
        for name in "vip.ladder.version", "vip.ladder.rung", "vip.ladder.criterion":
            self.env[name].flush_model()

    def _as_rules(self):
        """Return the rungs of this version as plain data, lowest first."""
        self._flush_ladders()
        rows = self.env.execute_query(rungs_sql(self.id or None))
        names = ("id", "code", "rank", "match", "grace_reviews", "criteria")
        rules = [dict(zip(names, row, strict=True)) for row in rows]
        # As superuser: names of tiers are no secret in the service.
        tiers = self.env["vip.tier"].sudo().browse(rule["id"] for rule in rules)
        for rule, tier in zip(rules, tiers, strict=True):
            rule["name"] = tier.name
            for criterion in rule["criteria"]:
                criterion["client_type"] = criterion["client_type"] or False
        return rules

    @api.model
    def _all_of(self, company, day):
        """Return all versions that were in force for ``company`` by a day, in order."""
        self._flush_ladders()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT v.id FROM vip_ladder_version v
                  LEFT JOIN (SELECT min(COALESCE(date_from, '-infinity')) AS day
                               FROM vip_ladder_version
                              WHERE state = 'in_force' AND company_id = %(company)s) own
                         ON TRUE
                 WHERE v.state = 'in_force' AND COALESCE(v.date_from <= %(day)s, TRUE)
                   AND (v.company_id = %(company)s OR v.company_id IS NULL AND
                        COALESCE(COALESCE(v.date_from, '-infinity') < own.day, TRUE))
                 ORDER BY v.company_id IS NOT NULL, v.date_from NULLS FIRST
                """,
                company=company.id or None,
                day=day,
            )
        )
        # As superuser: the ladder is no secret in the service.
        return self.sudo().browse(row[0] for row in rows)

    @api.model
    def _during(self, company, first, last):
        """Return the ids of the tiers in the ladder of ``company`` on all of these days."""
        later = self._all_of(company, last)
        later = later.filtered(lambda v: v.date_from and v.date_from > first)
        ladders = [self._of(company, first), *later]
        return set.intersection(*(set(v.rung_ids.tier_id.ids) for v in ladders))

    @api.model
    def _successors(self, company, day):
        """Return ``{tier that is gone by a day: the tier that came for it}``."""
        versions = self._all_of(company, day)
        if len(versions) < 2:
            return {}
        return successors(
            (
                set(version.rung_ids.tier_id.ids),
                {plan.from_tier_id.id: plan.to_tier_id.id for plan in version.plan_ids},
            )
            for version in versions
        )

    @api.model
    def _lowest_ids(self, company, day):
        """Return the ids of tiers that make no key client on a day.

        The lowest of that day, and those of other days that are no rung on that day.
        """
        self._flush_ladders()
        rows = self.env.execute_query(lowest_sql(company.id, day))
        return frozenset(row[0] for row in rows)

    # The first version follows the tiers while nothing rests on them

    @api.model
    def _lowest_of(self, company):
        """Return the lowest tier of today on a ladder; no company: the shared one."""
        return self._of(company).lowest_id

    @api.model
    def _companies_of(self, company):
        """Return the companies that a ladder was ever that of."""
        if company:
            return company
        # As superuser: which companies there are, whoever edits the shared ladder.
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        first = [("date_from", "=", False), ("company_id", "!=", False)]
        own = self.sudo().search([*first, ("state", "=", "in_force")]).company_id
        return companies.search([("id", "not in", own.ids)])

    @api.model
    def _is_used(self, company):
        """Tell whether a ladder is changed by versions only: something rests on it."""
        # As superuser: what rests on it, whoever may see that.
        versions = self.sudo().search_count(
            [("company_id", "=", company.id), ("date_from", "!=", False)]
            + [("state", "=", "in_force")],
            limit=1,
        )
        if versions:
            return True
        for name in "vip.tier.membership", "vip.tier.change", "vip.tier.review":
            self.env[name].flush_model()
        self.env["vip.entitlement.use"].flush_model()
        self.env["helpdesk.ticket"].flush_model(["vip_tier_id", "company_id"])
        [[used]] = self.env.execute_query(
            SQL("SELECT %s", used_sql(self._companies_of(company).ids))
        )
        return used

    @api.model
    def _has_clients(self, company):
        """Tell whether anybody has the lowest tier of a ladder."""
        # As superuser: whether there are clients, whoever may see them.
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        ids = [*self._companies_of(company).ids, False]
        domain = [("client_type", "!=", False), ("company_id", "in", ids)]
        return bool(partners.search_count(domain, limit=1))

    @api.model
    def _first_of(self, company):
        # As superuser: the first version follows whoever edits tiers.
        return SETTING_UP.open(self.sudo()).search(
            [
                ("company_id", "=", company.id),
                ("date_from", "=", False),
                ("state", "=", "in_force"),
            ]
        )

    @api.model
    def _follow(self, company):
        """Let the first version of a ladder say what its tiers say now."""
        # As superuser: the first version follows whoever edits tiers.
        tiers = self.env["vip.tier"].sudo().with_context(active_test=True)
        tiers = tiers.search([("company_id", "=", company.id)], order="rank, id")
        first = self._first_of(company)
        rungs = self.env["vip.ladder.rung"]
        values = [(0, 0, rungs._values_of(tier)) for tier in tiers]
        if first:
            first.rung_ids.unlink()
            if tiers:
                first.write({"rung_ids": values})
            else:
                first.unlink()
        elif tiers:
            at = event_time(self.env)
            # As superuser: as above.
            FOLLOWING.open(self.sudo()).create(
                {"company_id": company.id, "state": "in_force", "recorded_at": at}
                | {"rung_ids": values}
            )

    @api.model
    def _forget_rungs(self, tiers):
        """Let the first versions no longer name tiers that are deleted."""
        for company, gone in tiers.grouped("company_id").items():
            rungs = self._first_of(company).rung_ids
            rungs.filtered(lambda rung, gone=gone: rung.tier_id in gone).unlink()

    @api.model
    def _make_first(self):
        """Make the first version of each ladder that has tiers and no version yet."""
        # As superuser: the installation does it.
        tiers = self.env["vip.tier"].sudo().search([])
        known = self.sudo().search([("state", "=", "in_force")]).mapped("company_id.id")
        shared = self.sudo().search_count(
            [("company_id", "=", False), ("state", "=", "in_force")], limit=1
        )
        for company in {tier.company_id for tier in tiers}:
            if company.id not in known if company else not shared:
                self._follow(company)
