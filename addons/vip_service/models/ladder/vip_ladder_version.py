from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import KeptPlan, NamesMany2one
from odoo.addons.vip_base.tools.times import at_context, event_time, month_end
from odoo.addons.vip_base.tools.written import written_day

from ...engine.ladder import framed, successors
from ...tools.figures_sql import any_consent_sql
from .door import door

#: What people write on a draft.
BY_HAND = {"date_from", "reason", "rung_ids", "plan_ids"}


def version_sql(company, day, columns):
    """Return the query of ``columns`` of the version ``v`` in force, one row or none.

    A company's own ladder, from its first day on, else the one that companies share.

    :param company, day: SQL or values
    """
    return SQL(
        """
        SELECT %(columns)s FROM vip_ladder_version v
         WHERE v.state = 'in_force'
           AND (v.company_id = %(company)s OR v.company_id IS NULL)
           AND (v.date_from IS NULL OR v.date_from <= %(day)s)
         ORDER BY v.company_id IS NULL, v.date_from DESC NULLS LAST LIMIT 1
        """,
        columns=columns,
        company=company,
        day=day,
    )


def lowest(company, day):
    """Return the query of the lowest tier of a day, and of those of other days that are
    no rung on that day."""
    return SQL(
        """
        WITH present AS (%(version)s)
        SELECT lowest_id FROM present
         UNION
        SELECT o.lowest_id FROM vip_ladder_version o CROSS JOIN present p
         WHERE o.state = 'in_force' AND o.lowest_id IS NOT NULL
           AND (o.company_id = %(company)s OR o.company_id IS NULL)
           AND NOT EXISTS (SELECT FROM vip_ladder_rung r
                            WHERE r.version_id = p.id AND r.tier_id = o.lowest_id)
        """,
        version=version_sql(company, day, SQL("v.id, v.lowest_id")),
        company=company,
    )


LOWEST = KeptPlan(
    "vip_ladder_lowest", {"company": "int", "day": "date"}, {"id": "int"}, lowest
)


def rungs_sql(lang):
    """Return the rungs of a version ``v`` as plain data, the lowest first."""
    return SQL(
        """
COALESCE((
    SELECT jsonb_agg(jsonb_build_object(
               'id', r.tier_id, 'code', t.code,
               'name', COALESCE(t.name->>%s, t.name->>'en_US'),
               'rank', r.rank, 'match', r.match,
               'grace_reviews', r.grace_reviews, 'criteria', COALESCE((
                   SELECT jsonb_agg(jsonb_build_object(
                              'id', c.id, 'client_type', COALESCE(to_jsonb(c.client_type),
                                                                  'false'),
                              'metric_id', c.metric_id, 'metric', k.code,
                              'unit', k.unit, 'window_months', c.window_months,
                              'aggregate', c.aggregate, 'qualify', c.qualify,
                              'retain', c.retain) ORDER BY c.sequence, c.id)
                     FROM vip_ladder_criterion c JOIN vip_metric k ON k.id = c.metric_id
                    WHERE c.rung_id = r.id), '[]')) ORDER BY r.rank, r.id)
      FROM vip_ladder_rung r JOIN vip_tier t ON t.id = r.tier_id
     WHERE r.version_id = v.id), '[]')
""",
        lang,
    )


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
    _decisions_action = "vip_service.vip_ladder_version_action"

    company_id = NamesMany2one(
        "res.company",
        string="Ladder of",
        readonly=True,
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
    plan_ids = fields.One2many("vip.ladder.plan", "version_id")
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
        "res.users",
        string="Proposed by",
        readonly=True,
        ondelete="restrict",
        copy=False,
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

    def init(self):
        LOWEST.install(self.env)
        return super().init()

    @api.depends("rung_ids.rank", "rung_ids.tier_id")
    def _compute_lowest_id(self):
        for version in self:
            rungs = version.rung_ids.filtered("tier_id")
            version.lowest_id = rungs.sorted(lambda rung: rung.rank)[:1].tier_id

    @api.depends("date_from", "company_id", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for version in self:
            # As superuser: the name of the company, for whoever may see its ladder.
            name = version.company_id.sudo().name or self.env._("Shared ladder")
            begun = version.state not in ("draft", "proposed")
            none = self.env._("first") if begun else self.env._("draft")
            day = written_day(self.env, version.date_from) or none
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
        rows = self.env.execute_query(version_sql(company.id or None, day, SQL("v.id")))
        # As superuser: the ladder is no secret in the service.
        return self.sudo().browse(row[0] for row in rows)

    @api.model
    def _flush_ladders(self):
        for name in "vip.ladder.version", "vip.ladder.rung", "vip.ladder.criterion":
            self.env[name].flush_model()

    def _as_rules(self):
        """Return the rungs of this version as plain data, lowest first."""
        self._flush_ladders()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM vip_ladder_version v WHERE v.id = %s",
                self._rungs_sql(),
                self.id or None,
            )
        )
        return rows[0][0] if rows else []

    def _rungs_sql(self):
        self.env["vip.tier"].flush_model(["name", "code"])
        return rungs_sql(self.env.lang or "en_US")

    @api.model
    def _rules(self, company, month, groups=None, held_on=None, ladder_of=None):
        """Return the ladder of ``company`` as plain data, to judge ``month`` (a date).

        A month is judged by the ladder of its last day. Where another one is in force by
        now its tiers are held and given, by the criteria of the ladder of the month.

        :param groups: whether clients have consented to be judged together by then, if
            the caller knows it
        :param held_on: the day whose tiers are held; default: today
        :param ladder_of: the day whose ladder judges; default: the last of the month
        """
        if groups is None:
            self.env["vip.client.group.member"].flush_model()
            [[groups]] = self.env.execute_query(
                SQL("SELECT %s", any_consent_sql(company.id, month))
            )
        held_on = held_on or company._vip_local_date(event_time(self.env))
        tiers, gone = self._judging(company, ladder_of or month_end(month), held_on)
        # As superuser: the company's settings are part of the rules.
        company = company.sudo()
        return {
            "month": month.isoformat(),
            "company_id": company.id,
            "one_step_down": company.vip_one_step_down,
            "falls_every": int(company.vip_falls_every),
            "groups": groups,
            "currencies": company._vip_currency_steps(),
            "tiers": tiers,
            "gone": [[old, new] for old, new in gone.items()],
        }

    @api.model
    def _judging(self, company, judged_on, held_on):
        """Return the rungs that judge, lowest first, and what came for tiers that went."""
        dated = self._dated(company, max(judged_on, held_on), self._rungs_sql())
        present, judging = (
            next((row for row in reversed(dated) if not row[1] or row[1] <= day), None)
            for day in (held_on, judged_on)
        )
        if not present:
            return [], {}
        rungs = present[2]
        gone = self._successors(company, held_on) if len(dated) > 1 else {}
        if judging and judging != present:
            rungs = framed(judging[2], rungs, gone)
        return rungs, gone

    @api.model
    def _all_of(self, company, day):
        """Return all versions that were in force for ``company`` by a day, in order."""
        # As superuser: the ladder is no secret in the service.
        return self.sudo().browse(row[0] for row in self._dated(company, day))

    @api.model
    def _dated(self, company, day, columns=None):
        """Return (id, first day, columns) of :meth:`_all_of`; the last is in force then."""
        self._flush_ladders()
        return self.env.execute_query(
            SQL(
                """
                SELECT v.id, v.date_from, %(columns)s FROM vip_ladder_version v
                  LEFT JOIN (SELECT min(COALESCE(date_from, '-infinity')) AS day
                               FROM vip_ladder_version
                              WHERE state = 'in_force' AND company_id = %(company)s) own
                         ON TRUE
                 WHERE v.state = 'in_force' AND COALESCE(v.date_from <= %(day)s, TRUE)
                   AND (v.company_id = %(company)s OR v.company_id IS NULL AND
                        COALESCE(COALESCE(v.date_from, '-infinity') < own.day, TRUE))
                 ORDER BY v.company_id IS NOT NULL, v.date_from NULLS FIRST
                """,
                columns=columns or SQL("v.state"),
                company=company.id or None,
                day=day,
            )
        )

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
        rows = LOWEST.rows(self.env, 1, company=company.id or None, day=day)
        return frozenset(row[0] for row in rows)

    # Its day comes

    @api.model
    def _take_effect(self, company, at):
        """Let versions begin in a company whose day has come: each once, in order.

        Called before anything is judged or decided by the ladder of a company.

        :param at: the event time (naive UTC)
        """
        today = company._vip_local_date(at)
        self._flush_ladders()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT v.id FROM vip_ladder_version v
                 WHERE v.state = 'in_force' AND v.date_from <= %(today)s
                   AND (v.company_id = %(company)s OR v.company_id IS NULL)
                   AND NOT EXISTS (SELECT FROM vip_ladder_begun_rel b
                                    WHERE b.vip_ladder_version_id = v.id
                                      AND b.res_company_id = %(company)s)
                 ORDER BY v.date_from, v.id
                """,
                company=company.id,
                today=today,
            )
        )
        # As superuser: a version begins by its day, whoever is at work then.
        for version in self.sudo().browse(row[0] for row in rows):
            version.with_context(**at_context(at))._begin_in(company.sudo(), at)
