from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time

from ..tools.again_sql import entry_renewing_sql, entry_unjustified_sql
from ..tools.review_sql import entry_sql

#: What who proposes a change says.
BY_PROPOSER = {"partner_id", "company_id", "to_tier_id", "reason", "override_until"}
#: What follows from it, whatever else is given.
IGNORED = {"state", "proposed_at", "direction", "from_tier_id"}


class VipTierChange(models.Model):
    """A proposal to move a client to another tier, with the evidence as it was then.

    The customer-service centre approves or rejects it (REQUIREMENTS T3).
    """

    _name = "vip.tier.change"
    _description = "Tier Change"
    _inherit = ["vip.decision.mixin", "vip.hands.off.mixin", "mail.thread"]
    _order = "proposed_at desc, id desc"
    _rec_name = "partner_id"
    _undecided = ("proposed", "approved")
    _decisions_action = "vip_service.vip_tier_change_action"

    review_id = fields.Many2one(
        "vip.tier.review", readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("client_type", "!=", False)],
    )
    adviser_id = fields.Many2one(related="partner_id.adviser_id")
    from_tier_id = fields.Many2one(
        "vip.tier", string="Old tier", required=True, readonly=True, ondelete="restrict"
    )
    to_tier_id = fields.Many2one(
        "vip.tier", string="New tier", required=True, ondelete="restrict"
    )
    direction = fields.Selection(
        [
            ("promotion", "Promotion"),
            ("demotion", "Demotion"),
            ("hold", "Hold"),
            ("moved", "With the ladder"),
        ],
        required=True,
        readonly=True,
        help="Hold: an override that keeps the client in the present tier. With the "
        "ladder: its tier is no rung of the ladder any more.",
    )
    ladder_version_id = fields.Many2one(
        "vip.ladder.version",
        string="By the ladder",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The version of the ladder whose plan moves the client.",
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("expired", "Expired"),
            ("applied", "Applied"),
        ],
        required=True,
        default="proposed",
        readonly=True,
    )
    proposable_tier_ids = fields.Many2many(
        "vip.tier",
        string="Tiers to choose from",
        compute="_compute_proposable_tier_ids",
        help="The rungs of the ladder; the present one only with an override.",
    )
    evidence = fields.Json(string="Frozen evidence", readonly=True)
    evidence_html = fields.Html(
        string="Evidence", compute="_compute_evidence_html", sanitize=False
    )
    evidence_text = fields.Char(
        string="Figures", compute="_compute_evidence_text", help="What was measured."
    )
    figures_before = fields.Json(
        string="Evidence before",
        readonly=True,
        help="The evidence that it was first made with, where the figures have changed.",
    )
    figures_changed_at = fields.Datetime(
        string="Figures changed at",
        readonly=True,
        help="When its review was judged anew with other figures. Who approves it looks "
        "at them first.",
    )
    proposed_at = fields.Datetime(
        string="Proposed at",
        required=True,
        readonly=True,
        default=lambda self: event_time(self.env),
    )
    proposed_by_id = fields.Many2one(
        "res.users",
        string="Proposed by",
        readonly=True,
        ondelete="restrict",
        help="Empty when the rules proposed it.",
    )
    asked_by_id = fields.Many2one(
        "res.users",
        string="Asked for by",
        readonly=True,
        ondelete="restrict",
        help="Who let the rules propose it by hand.",
    )
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    reason = fields.Text(help="Why it is proposed by hand, or why it was decided so.")
    effective_date = fields.Date(
        string="Effective date",
        readonly=True,
        help="The first day of the new tier. An approved change waits for it.",
    )
    override_until = fields.Date(
        string="Override until",
        help="Set for an override: a tier given out of the rules. Until this day (not "
        "included) no review proposes another one; the next review after it judges the "
        "client again.",
    )
    override_end = fields.Date(
        string="Override ended",
        readonly=True,
        help="When the override really ends: earlier if a later decision replaced it.",
    )
    override_runs = fields.Boolean(
        string="Override runs",
        compute="_compute_override_runs",
        search="_search_override_runs",
    )
    override_end_reason = fields.Text(
        string="Why the override was ended", readonly=True
    )

    _one_proposed = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'proposed'",
        "This client already has a proposed tier change.",
    )
    _one_scheduled = models.UniqueIndex(
        "(company_id, partner_id)"
        " WHERE state = 'approved' AND ladder_version_id IS NULL",
        "This client already has a tier change that waits for its day.",
    )
    _overrides = models.Index(
        "(company_id, override_end) WHERE override_end IS NOT NULL"
    )
    _override_reason = models.Constraint(
        "CHECK (override_until IS NULL OR reason IS NOT NULL)",
        "An override needs a reason.",
    )
    _hold_is_override = models.Constraint(
        "CHECK (direction <> 'hold' OR override_until IS NOT NULL)",
        "Only an override keeps the present tier.",
    )

    @api.depends_context("lang")
    @api.depends("partner_id", "from_tier_id", "to_tier_id")
    def _compute_display_name(self):
        for change in self:
            name = change.partner_id.display_name or ""
            tiers = f"{change.from_tier_id.name or ''} → {change.to_tier_id.name or ''}"
            change.display_name = f"{name}: {tiers}"

    @api.depends("partner_id", "company_id", "override_until")
    def _compute_proposable_tier_ids(self):
        for change in self:
            ladder = self.env["vip.tier"]._ladder(change.company_id or self.env.company)
            if not change.override_until:
                ladder -= change.partner_id.vip_tier_id
            change.proposable_tier_ids = ladder.sudo(False)

    def _audited_name(self):
        """Return what the audit log calls this change: by its client."""
        return self.partner_id.complete_name

    @api.depends("state", "effective_date", "override_end")
    def _compute_override_runs(self):
        for company, changes in self.grouped("company_id").items():
            today = company._vip_local_date(event_time(self.env))
            for change in changes:
                change.override_runs = (
                    change.state == "applied"
                    and bool(change.override_end)
                    and change.effective_date <= today < change.override_end
                )

    def _search_override_runs(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._vip_local_date(event_time(self.env))
        return self._running_domain(today)

    # CRUD

    def _guarded_fields(self):
        """Return what people do not write: a change is proposed and decided, only."""
        open_fields = self._free_fields() | (set() if self else BY_PROPOSER | IGNORED)
        return self._all_but(open_fields)

    def _hands_off(self, names):
        return AccessError(self.env._("A tier change is decided, not edited."))

    def _free_fields(self):
        """Return fields anybody with write access may write: those of the chatter."""
        return self.env["mail.thread"]._fields.keys() - models.MAGIC_COLUMNS

    def _by_hand(self, vals):
        """Return the values of a proposal made by the present user."""
        company = self.env["res.company"].browse(vals.get("company_id"))
        company = company or self.env.company
        at = event_time(self.env)
        self.env["vip.ladder.version"]._take_effect(company, at)
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        partner.check_access("read")
        current = partner._tier_at(company._vip_local_date(at), company).get(partner.id)
        target = self.env["vip.tier"].browse(vals.get("to_tier_id"))
        if not current:
            raise UserError(self.env._("“%s” is not a client.", partner.display_name))
        until = fields.Date.to_date(vals.get("override_until"))
        ladder = target._ladder(company)
        same = target == current
        if target not in ladder or (same and not until):
            raise UserError(self.env._("Propose another tier of the ladder."))
        if until:
            self._check_override(until, company._vip_local_date(at), vals)
        if same:
            direction = "hold"
        else:
            ranks = ladder.ids
            rises = ranks.index(target.id) > ranks.index(current.id)
            direction = "promotion" if rises else "demotion"
        return {
            **{name: vals[name] for name in vals.keys() & BY_PROPOSER},
            "company_id": company.id,
            "from_tier_id": current.id,
            "direction": direction,
            "proposed_at": at,
            "proposed_by_id": self.env.uid,
        }

    def _check_override(self, until, today, vals):
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Only a service manager gives a tier out of the rules.")
            )
        if not (vals.get("reason") or "").strip():
            raise UserError(self.env._("An override needs a reason."))
        if until <= today:
            raise UserError(self.env._("An override ends on a later day."))

    # Overrides that run

    @api.model
    def _running_domain(self, day):
        """Return the domain of overrides that run on ``day``."""
        return (
            Domain("state", "=", "applied")
            & Domain("override_end", ">", day)
            & Domain("effective_date", "<=", day)
        )

    @api.model
    def _running_overrides(self, company, day, domain):
        """Return the overrides of ``company`` that run on ``day``, newest first."""
        running = self._running_domain(day) & Domain("company_id", "=", company.id)
        return self.search_fetch(
            running & domain,
            ["partner_id", "override_end", "reason"],
            order="effective_date desc, id desc",
        )

    # Entry by the first deposit: a new client need not wait for a review

    @api.model
    def _propose_entries(
        self, company, import_ids=None, partner_ids=None, at=None, asked_by=None
    ):
        """Propose tiers to new clients whose first month reaches an entry threshold.

        Whom no tier was ever proposed is new; so a second call proposes nothing.

        :param import_ids: only clients with figures of these imports
        :param partner_ids: only these clients
        :param at: the event time (naive UTC)
        :param asked_by: who asks for it by hand
        :returns: the proposals
        """
        # As superuser: the rules propose, whoever brings the figures.
        entries = self.sudo()
        at = at or event_time(self.env)
        versions = self.env["vip.ladder.version"]
        versions._take_effect(company, at)
        ladder = versions._of(company, company._vip_local_date(at))
        if not ladder.rung_ids.entry_metric_id:
            return entries.browse()
        for name in (
            *("vip.activity", "vip.tier.review", "vip.tier.membership", "vip.tier"),
            self._name,
        ):
            self.env[name].flush_model()
        self.env["res.partner"].flush_model(["active", "client_type"])
        rows = self.env.execute_query(
            entry_sql(
                *(company, ladder, at, self.env.uid, import_ids, partner_ids),
                asked_by=asked_by and asked_by.id,
            )
        )
        self.invalidate_model()
        return entries.browse(row[0] for row in rows)

    @api.model
    def _look_at_entries(self, company, at=None):
        """Let proposals of entry follow their figures, which have changed.

        :param at: the event time (naive UTC)
        """
        # As superuser: the rules propose, whoever brings the figures.
        entries = self.sudo()
        domain = [
            ("company_id", "=", company.id),
            ("state", "=", "proposed"),
            ("review_id", "=", False),
            ("proposed_by_id", "=", False),
        ]
        if not entries.search_count(domain, limit=1):
            return
        at = at or event_time(self.env)
        versions = self.env["vip.ladder.version"]
        ladder = versions._of(company, company._vip_local_date(at))
        for name in "vip.activity", "vip.tier", self._name:
            self.env[name].flush_model()
        entries._expire(
            entry_unjustified_sql(company, ladder),
            at,
            reason=self._unjustified_text(),
            figures_changed=True,
        )
        for statement in entry_renewing_sql(company, ladder, at, self.env.uid):
            self.env.cr.execute(statement)
        self.invalidate_model()

    def _unjustified_text(self):
        return self.env._("The figures have changed: not justified any more")

    @api.model
    def _propose_entries_of(self, partners):
        """Propose entries of ``partners`` from the button, and show what is proposed.

        Raises AccessError unless the user is a service manager.
        """
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Only a service manager asks for proposals of the rules.")
            )
        partners.check_access("read")
        changes = self._propose_entries(
            self.env.company, partner_ids=partners.ids, asked_by=self.env.user
        )
        if not changes:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "info",
                    "message": self.env._(
                        "No new client here reaches an entry threshold."
                    ),
                },
            }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_tier_change_action"
        )
        return dict(action, domain=[("id", "in", changes.ids)], context={})
