from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP


class VipTierChange(models.Model):
    """A proposal to move a client to another tier, with the evidence as it was then.

    The customer-service centre approves or rejects it (REQUIREMENTS T3).
    """

    _name = "vip.tier.change"
    _description = "Tier Change"
    _inherit = ["mail.thread"]
    _order = "proposed_at desc, id desc"
    _rec_name = "partner_id"

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
        [("promotion", "Promotion"), ("demotion", "Demotion"), ("hold", "Hold")],
        required=True,
        readonly=True,
        help="Hold: an override that keeps the client in the present tier.",
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
    evidence = fields.Json(string="Frozen evidence", readonly=True)
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

    _one_proposed = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'proposed'",
        "This client already has a proposed tier change.",
    )
    _one_scheduled = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'approved'",
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

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """A change that a person makes is a proposal of that person."""
        if self.env.su:
            return super().create(vals_list)
        # No default of a caller becomes evidence or a decision.
        changes = self.with_context(clean_context(self.env.context))
        vals_list = [changes._proposal_values(vals) for vals in vals_list]
        return super(VipTierChange, changes).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Guard a change: its proposal and decision are not edited, only decided."""
        if not self.env.su and vals.keys() & self._fields.keys() - self._free_fields():
            raise AccessError(self.env._("A tier change is decided, not edited."))
        return super().write(vals)

    def _free_fields(self):
        """Return fields anybody with write access may write: those of the chatter."""
        return self.env["mail.thread"]._fields.keys() - models.MAGIC_COLUMNS

    @api.model
    def _proposal_values(self, vals):
        """Return the values of a proposal made by the present user."""
        allowed = {"partner_id", "company_id", "to_tier_id", "reason", "override_until"}
        if foreign := vals.keys() & self._fields.keys() - allowed - self._free_fields():
            if foreign - {"state", "proposed_at", "direction", "from_tier_id"}:
                raise AccessError(self.env._("A tier change is decided, not edited."))
        company = self.env["res.company"].browse(vals.get("company_id"))
        company = company or self.env.company
        at = event_time(self.env)
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        partner.check_access("read")
        current = partner._tier_at(company._vip_local_date(at), company).get(partner.id)
        target = self.env["vip.tier"].browse(vals.get("to_tier_id"))
        if not current:
            raise UserError(self.env._("“%s” is not a client.", partner.display_name))
        until = fields.Date.to_date(vals.get("override_until"))
        same = target.rank == current.rank
        if target not in target._ladder(company) or (same and not until):
            raise UserError(self.env._("Propose another tier of the ladder."))
        if until:
            self._check_override(until, company._vip_local_date(at), vals)
        if same:
            direction = "hold"
        else:
            direction = "promotion" if target.rank > current.rank else "demotion"
        return {
            **{name: vals[name] for name in vals.keys() & allowed},
            "company_id": company.id,
            "from_tier_id": current.id,
            "direction": direction,
            "state": "proposed",
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
