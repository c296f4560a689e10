from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ..tools.event_time import event_time
from ..tools.groups import MANAGER_GROUP

#: Up to so many decisions at once leave a note at the client; larger approvals would
#: spend their time on messages. The change itself keeps who, when and why in any case.
NOTED_DECISIONS = 100


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
        [("promotion", "Promotion"), ("demotion", "Demotion")],
        required=True,
        readonly=True,
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
    evidence_html = fields.Html(
        string="Evidence", compute="_compute_evidence_html", sanitize=False
    )
    evidence_text = fields.Char(
        string="Figures", compute="_compute_evidence_text", help="What was measured."
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
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    reason = fields.Text(help="Why it is proposed by hand, or why it was decided so.")
    effective_date = fields.Date(string="Effective date", readonly=True)

    _one_proposed = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'proposed'",
        "This client already has a proposed tier change.",
    )

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_evidence_html(self):
        names = self._evidence_names()
        for change in self:
            rows = change._evidence_rows(names)
            month = (change.evidence or {}).get("month")
            change.evidence_html = rows and self.env["ir.qweb"]._render(
                "vip_service.tier_change_evidence", {"rows": rows, "month": month}
            )

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        names = self._evidence_names()
        for change in self:
            rows = change._evidence_rows(names)
            # The same figure may be measured for several tiers.
            texts = dict.fromkeys(
                f"{row['metric_name']} {row['value_text']}" for row in rows
            )
            change.evidence_text = " · ".join(texts) or False

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
        allowed = {"partner_id", "company_id", "to_tier_id", "reason"}
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
        if target not in target._ladder(company) or target.rank == current.rank:
            raise UserError(self.env._("Propose another tier of the ladder."))
        return {
            **{name: vals[name] for name in vals.keys() & allowed},
            "company_id": company.id,
            "from_tier_id": current.id,
            "direction": "promotion" if target.rank > current.rank else "demotion",
            "state": "proposed",
            "proposed_at": at,
            "proposed_by_id": self.env.uid,
        }

    # Actions

    def action_approve(self):
        """Approve from the form or the list, any number at once."""
        self._approve()
        return True

    def action_reject(self):
        """Ask for the reason, then reject."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "vip.tier.change.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_change_ids": [(6, 0, self.ids)]},
        }

    # Business

    def _approve(self, at=None, reason=False):
        """Approve these proposals and apply them; ``at`` is the event time (naive UTC).

        Raises AccessError unless the user is a service manager, UserError when one is
        not a proposal any more or was proposed by the user (REQUIREMENTS T3).
        """
        at = at or event_time(self.env)
        self._decide("approved", at, reason)
        self._apply(at)
        self._note_decisions(self.env._("Tier change approved"))

    def _reject(self, reason, at=None):
        """Reject these proposals for a reason; same conditions as approving."""
        if not (reason or "").strip():
            raise UserError(self.env._("A rejection needs a reason."))
        self._decide("rejected", at or event_time(self.env), reason)
        self._note_decisions(self.env._("Tier change rejected"))

    def _decide(self, state, at, reason):
        self._check_may_decide()
        self.flush_model()
        decided = self.env.execute_query(
            SQL(
                """
                UPDATE vip_tier_change
                   SET state = %s, decided_at = %s, decided_by_id = %s,
                       reason = COALESCE(%s, reason),
                       write_uid = %s, write_date = now() AT TIME ZONE 'UTC'
                 WHERE id = ANY(%s) AND state = 'proposed'
                RETURNING id
                """,
                state,
                at,
                self.env.uid,
                reason or None,
                self.env.uid,
                self.ids,
            )
        )
        self.invalidate_recordset()
        if len(decided) != len(self):
            raise UserError(self.env._("Only a proposed tier change can be decided."))

    def _check_may_decide(self):
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Only a service manager decides on tier changes.")
            )
        self.check_access("write")
        own = self.sudo().filtered(lambda c: c.proposed_by_id == self.env.user)
        if own:
            raise UserError(
                self.env._(
                    "Somebody else decides on what you proposed: %s.",
                    own[0].partner_id.display_name,
                )
            )

    def _apply(self, at):
        """Turn approved changes into memberships from the company's date of ``at``."""
        for company, changes in self.sudo().grouped("company_id").items():
            approved = changes.filtered(lambda change: change.state == "approved")
            day = company._vip_local_date(at)
            lowest = self.env["vip.tier"]._lowest(company)
            self.env["vip.tier.membership"]._apply_changes(approved, day, lowest)
            self.env.cr.execute(
                SQL(
                    "UPDATE vip_tier_change SET state = 'applied', effective_date = %s"
                    " WHERE id = ANY(%s)",
                    day,
                    approved.ids,
                )
            )
        self.invalidate_recordset()

    def _note_decisions(self, text):
        """Leave a note at the change and at the client, when a person looks at each."""
        if len(self) > NOTED_DECISIONS:
            return
        changes = self.sudo()
        bodies = {change.id: change._decision_text(text) for change in changes}
        self.sudo()._message_log_batch(bodies=bodies)
        changes.partner_id._message_log_batch(
            bodies={change.partner_id.id: bodies[change.id] for change in changes}
        )

    def _decision_text(self, text):
        parts = [f"{text}: {self.from_tier_id.name} → {self.to_tier_id.name}"]
        if self.effective_date:
            parts.append(
                self.env._("from %s", fields.Date.to_string(self.effective_date))
            )
        if self.reason:
            parts.append(self.reason)
        return " · ".join(parts)

    # Evidence

    def _evidence_names(self):
        """Return the present names of metrics by code and of tiers by id."""
        # As superuser: an old proposal may name a tier or metric hidden meanwhile.
        env = self.with_context(active_test=False).sudo().env
        metrics = env["vip.metric"].search(Domain.TRUE)
        tiers = env["vip.tier"].search(Domain.TRUE)
        return (
            {metric.code: metric.name for metric in metrics},
            {tier.id: tier.name for tier in tiers},
        )

    def _evidence_rows(self, names):
        """Return the frozen evidence as rows of text for people."""
        self.ensure_one()
        metrics, tiers = names
        return [
            {
                **criterion,
                "tier_name": tiers.get(criterion["tier_id"], criterion["tier"]),
                "metric_name": metrics.get(criterion["metric"], criterion["metric"]),
                "aggregate_name": self._aggregate_text(criterion),
                "value_text": self._amount_text(criterion, "value"),
                "qualify_text": self._amount_text(criterion, "qualify"),
                "retain_text": self._amount_text(criterion, "retain"),
            }
            for criterion in (self.evidence or {}).get("criteria", ())
        ]

    def _aggregate_text(self, criterion):
        labels = dict(
            self.env["vip.tier.criterion"]
            ._fields["aggregate"]
            ._description_selection(self.env)
        )
        return self.env._(
            "%(aggregate)s of %(months)s months",
            aggregate=labels[criterion["aggregate"]],
            months=criterion["window_months"],
        )

    def _amount_text(self, criterion, key):
        number = f"{criterion[key]:,.2f}".rstrip("0").rstrip(".")
        currency = self.evidence.get("currency") if criterion["unit"] == "money" else ""
        return f"{number} {currency}".strip()
