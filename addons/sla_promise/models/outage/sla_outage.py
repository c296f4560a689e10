import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import NamesMany2many, epoch
from odoo.addons.vip_base.tools.times import event_time

from ...engine.past import decisions
from ..clock.sla_clock_due import BATCH

#: What people may still write once an outage is approved.
NOTES = {"revoke_reason"}
#: What the decisions write.
DECIDED = {"state", "declared_by_id", "approved_by_id", "approved_at"}
DECIDED |= {"revoked_by_id", "revoked_at", "end_said_at"}

_logger = logging.getLogger(__name__)


class SlaOutage(models.Model):
    """A time in which nobody could serve: clocks that pause for outages do not count it.

    One person declares it and another approves it. It changes no timeline: it is laid
    over them whenever a clock is judged, so that one declared late judges anew.
    """

    _name = "sla.outage"
    _description = "Outage"
    _inherit = [
        "vip.decision.mixin",
        "vip.hands.off.mixin",
        "mail.thread",
        "vip.audited",
    ]
    _order = "date_from desc, id desc"
    _undecided = ("draft",)
    _proposer_field = "declared_by_id"
    _decider_field = "approved_by_id"
    _decided_at_field = "approved_at"
    _decisions_action = "sla_promise.sla_outage_action"
    _decisions_since = "create_date"

    name = fields.Char(required=True, tracking=True)
    date_from = fields.Datetime(string="From", required=True, index=True, tracking=True)
    date_to = fields.Datetime(string="To", tracking=True, help="Empty while it lasts.")
    company_ids = NamesMany2many(
        "res.company",
        string="Companies",
        required=True,
        default=lambda self: self.env.company,
    )
    # A scope whose last team or item is deleted would become everything.
    team_ids = NamesMany2many(
        "helpdesk.ticket.team",
        string="Teams",
        help="Empty: every team.",
    )
    category_ids = NamesMany2many(
        "helpdesk.ticket.category",
        below=True,
        string="Service items",
        help="Items below these are included. Empty: any item.",
    )
    reason = fields.Text(required=True, help="What was down, and how it is known.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("declared", "Declared"),
            ("ended", "Ended"),
            ("revoked", "Revoked"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        help="Declared: approved, and clocks stand still for it. "
        "Revoked: it was approved by mistake and counts for nothing.",
    )
    declared_by_id = fields.Many2one(
        "res.users",
        string="Declared by",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    approved_by_id = fields.Many2one(
        "res.users", string="Approved by", readonly=True, copy=False
    )
    approved_at = fields.Datetime(string="Approved at", readonly=True, copy=False)
    revoked_by_id = fields.Many2one(
        "res.users", string="Revoked by", readonly=True, copy=False
    )
    revoked_at = fields.Datetime(string="Revoked at", readonly=True, copy=False)
    revoke_reason = fields.Text(string="Why revoked", copy=False, tracking=True)
    lasting = fields.Boolean(
        compute="_compute_lasting", help="Approved, and no end is known yet."
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_from < date_to)",
        "An outage ends after it begins.",
    )
    end_said_at = fields.Datetime(
        string="End said at",
        readonly=True,
        copy=False,
        help="Empty: the end was known when it was approved.",
    )

    @api.depends("state")
    def _compute_lasting(self):
        for outage in self:
            stored = outage._origin  # while its end is being typed, it lasts
            outage.lasting = stored.state == "declared" and not stored.date_to

    @api.constrains("date_from", "date_to")
    def _check_whole_seconds(self):
        for outage in self:
            if any(at and at.microsecond for at in (outage.date_from, outage.date_to)):
                raise ValidationError(
                    self.env._("An outage begins and ends on a whole second.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._distrust_approved()
        return super().create(vals_list)

    def _guarded_fields(self):
        """Return what people do not write: they change a draft, and say when one ends."""
        if not self:
            return set()  # but see _by_hand
        if self.state == "draft":
            return DECIDED
        ends = self.state == "declared" and not self.date_to
        return self._all_but(NOTES | {"date_to"} if ends else NOTES)

    def _hands_off(self, names):
        if names & DECIDED:
            return AccessError(self.env._("Outages are decided by their buttons."))
        return AccessError(
            self.env._("“%s” is decided: revoke it and declare it again.", self.name)
        )

    def _by_hand(self, vals):
        """Return the values of a draft of the current user, whatever else is given."""
        draft = {name: value for name, value in vals.items() if name not in DECIDED}
        return {**draft, "declared_by_id": self.env.uid}

    def write(self, vals):
        """Let people change a draft, and end what is declared without an end.

        :raise AccessError: of what was decided, somebody writes anything else
        """
        ending, at = self._ending(vals), event_time(self.env)
        if ending:
            self.check_access("write")
            self._before_decision(at)
        self._distrust_approved()
        before = {outage: (outage.state, outage.date_to) for outage in self}
        result = super().write(vals)
        if not self.env.su:
            self._after_edit(before)
        if ending:
            # As superuser: it follows from the write, which was allowed.
            ending.sudo().end_said_at = at
        return result

    def _ending(self, vals):
        """Return the outages among these that last and whose end is said by this."""
        if not vals.get("date_to"):
            return self.browse()
        return self.filtered(lambda outage: outage.lasting)

    def _after_edit(self, before):
        """Do what follows from a person's change.

        :param before: dict of outage → its state and end before it
        """
        for outage, (state, date_to) in before.items():
            if state == "draft" and outage.declared_by_id != self.env.user:
                # As superuser: who changes a draft declares it, another one approves it.
                outage.sudo().declared_by_id = self.env.user
            elif state == "declared" and date_to != outage.date_to:
                # As superuser: what a change means for clocks follows from it.
                outage.sudo()._judge_from(event_time(self.env))

    def unlink(self):
        self._distrust_approved()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if self.filtered(lambda outage: outage.state != "draft"):
            raise UserError(
                self.env._("An outage that was declared stays; revoke it instead.")
            )

    def _audited_companies(self):
        return self.company_ids

    def _audited_fields(self):
        return {
            "name",
            "date_from",
            "date_to",
            "company_ids",
            "team_ids",
            "category_ids",
            "reason",
            "state",
            "approved_by_id",
            "revoke_reason",
        }

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def action_approve(self):
        """Approve drafts of somebody else: clocks stand still for them, also back then.

        :raise AccessError: not a service manager, or declared by oneself
        :raise UserError: decided already
        """
        self._check_may_decide()
        return self._decide("declared")

    def _is_decider(self):
        return self.env.su or super()._is_decider()

    def _not_for_you(self):
        if self.env.user.has_group(MANAGER_GROUP):
            return AccessError(
                self.env._("Another person approves what one has declared.")
            )
        return AccessError(self.env._("Only a service manager decides on outages."))

    def _decided_already(self):
        return UserError(self.env._("“%s” is decided already.", self.display_name))

    def _carry_out(self, state, at, by):
        self._before_decision(at)
        self._write_decision(state, at, by)
        self._judge_from(at)

    def _log_decision(self, before, at):
        """Leave it at the lines that each change of an outage leaves."""

    def action_end(self):
        """End outages that are declared without an end, now.

        :raise UserError: it has an end, or has not begun
        """
        self._check_may_decide()
        at = event_time(self.env)
        for outage in self:
            if outage.state != "declared" or outage.date_to or outage.date_from >= at:
                raise UserError(
                    self.env._("“%s” is not going on.", outage.display_name)
                )
        self.write({"date_to": at})

    def action_revoke(self):
        """Take back an approval: the clocks are judged as if there had been no outage.

        :raise UserError: nothing was approved, or no reason is given
        """
        self._check_may_decide()
        self._before_decision(event_time(self.env))
        for outage in self:
            if outage.state not in ("declared", "ended"):
                raise UserError(self.env._("Only an approved outage can be revoked."))
            if not (outage.revoke_reason or "").strip():
                raise UserError(
                    self.env._("Say why “%s” is revoked.", outage.display_name)
                )
        at = event_time(self.env)
        # As superuser: the decision is written by this function only.
        outages = self.sudo()
        outages.write(
            {"state": "revoked", "revoked_by_id": self.env.uid, "revoked_at": at}
        )
        outages._judge_from(at)

    def _check_may_decide(self):
        if not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only a service manager decides on outages."))
        self.check_access("write")

    def _before_decision(self, at):
        """Do the work of the jobs up to a decision, however late they are.

        So whether a breach was recorded before an outage was declared depends on when
        that was, not on when a job ran. What fails is left to the jobs, which put it
        aside.

        :param at: naive UTC
        """
        # As superuser: nobody but this code writes clocks.
        clocks = self.env["sla.clock"].sudo()
        try:
            with self.env.cr.savepoint():
                while self._judge_due(at):
                    pass
                while clocks._process_due(at) == BATCH:
                    pass
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Due clocks and outages are left to their jobs")

    @api.model
    def _decisions(self):
        """Return all :class:`~...engine.past.Decision` on outages, in order of time."""
        outages = self._read_approved(
            SQL("o.approved_at IS NOT NULL OR o.state IN ('declared', 'ended')")
        )
        times = {
            row[0]: row[1:]
            for row in self.env.execute_query(
                SQL(
                    "SELECT id, %s, %s, %s FROM sla_outage WHERE id = ANY(%s)",
                    epoch("COALESCE(approved_at, date_from)"),
                    epoch("end_said_at"),
                    epoch("revoked_at"),
                    [outage.id for outage in outages],
                )
            )
        }
        return decisions([(outage, *times[outage.id]) for outage in outages])
