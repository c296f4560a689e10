from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import around_the_clock, to_epoch
from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import array_literal
from odoo.addons.vip_base.tools.times import event_time

from ...engine.matching import CALENDAR_DAYS, length
from ..policy.sla_policy import Duration
from ..policy.sla_target_limit import LONGEST

BY_REQUESTER = {"clock_id", "duration", "unit", "reason"}
BY_DECIDER = {"answer"}
#: What was asked, and what was decided: the database itself refuses to change either.
ASKED = ("metric", "duration", "unit", "reason", "requested_by_id", "requested_at")
DECIDED = ("state", "answer", "decided_by_id", "decided_at", "added_seconds", "due_at")


class SlaExtension(models.Model):
    """Somebody asks that a limit be extended; somebody else decides, before it passes.

    The decider is neither who asked nor who holds the ticket. The clock keeps both limits.
    """

    _name = "sla.extension"
    _description = "Extension of a Limit"
    _inherit = ["vip.decision.mixin", "vip.hands.off.mixin"]
    _order = "requested_at desc, id desc"
    _rec_name = "metric"
    _undecided = ("requested",)
    _proposer_field = "requested_by_id"
    _answer_field = "answer"
    _decisions_action = "sla_promise.sla_extension_action"
    _decisions_since = "requested_at"

    clock_id = fields.Many2one(
        "sla.clock", string="Promise", ondelete="set null", index="btree_not_null"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    metric = fields.Selection(
        selection=lambda self: self.env["sla.clock"]._metrics(),
        required=True,
        readonly=True,
    )
    duration = Duration(string="By how much", required=True, default=1)
    unit = fields.Selection(
        selection=lambda self: self.env["sla.target"]._fields["unit"].selection,
        required=True,
        default="days",
    )
    reason = fields.Text(required=True, help="Why the limit cannot be kept as it is.")
    requested_by_id = fields.Many2one(
        "res.users", string="Requested by", required=True, readonly=True, index=True
    )
    requested_at = fields.Datetime(string="Requested at", required=True, readonly=True)
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="requested",
        readonly=True,
    )
    answer = fields.Text(help="What was decided, and why. Needed for a rejection.")
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    clock_due_at = fields.Datetime(related="clock_id.due_at", string="Due as it is")
    first_due_at = fields.Datetime(string="Due before", readonly=True)
    due_at = fields.Datetime(string="Due now", readonly=True)
    added_seconds = fields.Integer(string="Added time", readonly=True)

    @api.depends("metric", "ticket_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["metric"]._description_selection(self.env))
        for extension in self:
            number = extension.ticket_id.number or ""
            label = labels.get(extension.metric, "")
            extension.display_name = f"{number} {label}".strip()

    _open_uniq = models.UniqueIndex(
        "(clock_id) WHERE state = 'requested'",
        "Somebody has asked to extend this limit already.",
    )

    def init(self):
        """Make the database itself keep what was asked, and what was decided."""
        decided = SQL("OLD.state <> 'requested'"), DECIDED
        frozen_rows.freeze(self.env.cr, self._table, columns=ASKED, when=[decided])

    # Asking

    def _guarded_fields(self):
        return self._all_but(BY_DECIDER if self else BY_REQUESTER)

    def _by_hand(self, vals):
        """Return the values of a request by the current user.

        :raise AccessError: a promise one may not see
        :raise UserError: its limit has passed, or it is over
        """
        clock = self.env["sla.clock"].browse(vals.get("clock_id")).exists()
        clock.check_access("read")
        at = event_time(self.env)
        if error := clock._extension_problem(at):
            raise error
        return {
            **vals,
            "ticket_id": clock.ticket_id.id,
            "company_id": clock.company_id.id,
            "metric": clock.metric,
            "requested_by_id": self.env.uid,
            "requested_at": at,
        }

    def _edited_by_hand(self, vals):
        self._check_can_decide()
        return vals

    # Deciding

    def _parties(self):
        """Return who must not decide: who asked, and who holds the ticket."""
        # As superuser: who holds it, whoever may see the ticket.
        return super()._parties() | self.ticket_id.sudo().user_id

    def _not_for_you(self):
        return AccessError(
            self.env._(
                "An extension is decided by a service manager who neither asked for it "
                "nor holds the ticket."
            )
        )

    def _lack(self, state):
        if state == "rejected":
            words = self._decision_words()
            return (
                None if words else UserError(self.env._("Answer who asked: why not?"))
            )
        # As superuser: the decision is about a promise that the user may see.
        return self.clock_id.sudo()._extension_problem(event_time(self.env), self)

    def action_approve(self):
        """Extend the limits, from now on."""
        return self._decide("approved")

    def action_reject(self):
        """Leave the limits as they are. Needs an answer on each."""
        return self._decide("rejected")

    def _carry_out(self, state, at, by):
        for extension in self:
            values = {}
            if state == "approved":
                values = extension.clock_id._extend(extension, at)
            extension._write_decision(state, at, by, **values)


class SlaClock(models.Model):
    """What an extension does to a clock."""

    _inherit = "sla.clock"

    extension_ids = fields.One2many("sla.extension", "clock_id", readonly=True)

    def action_extend(self):
        """Ask to extend this limit."""
        self.ensure_one()
        if error := self._extension_problem(event_time(self.env)):
            raise error
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Extend a limit"),
            "res_model": "sla.extension",
            "view_mode": "form",
            "views": [
                (self.env.ref("sla_promise.sla_extension_view_form_ask").id, "form")
            ],
            "target": "new",
            "context": {
                "default_clock_id": self.id,
                "default_unit": self.target_id.unit,
            },
        }

    def _extension_problem(self, at, extension=None):
        """Return the error that says why a limit is not extended, None if it may be.

        :param at: naive UTC, when it would be
        """
        now = to_epoch(at)
        if not self or self.state not in ("running", "paused"):
            return UserError(
                self.env._("Only a promise that is still owed is extended.")
            )
        if self.due_at and self.due_at < at:
            return UserError(self.env._("The limit has passed: it is not extended."))
        if extension:
            added, due = self._extension_of(extension, now)
            if due - now > LONGEST or self.seconds + added > LONGEST:
                return UserError(self.env._("The limit would never be reached so."))
        return None

    def _extension_of(self, extension, now):
        """Return (seconds of working time that are added, when they are over)."""
        self.ensure_one()
        [clock] = self._plain(self._book())
        terms = clock.terms
        counting = self._follower().counting(
            clock.key, terms.course, terms.basis, terms.started_at
        )
        # While it waits it has no due time yet.
        start = to_epoch(self.due_at) if self.due_at else now
        days = counting
        if extension.unit in CALENDAR_DAYS:
            days = around_the_clock(counting.zone)
        added = length(extension.duration, extension.unit, start, counting, days)
        return added, counting.add(start, added)

    def _extend(self, extension, at):
        """Extend the limit of this clock; return what the extension keeps of it.

        :param at: naive UTC
        """
        self.ensure_one()
        now = to_epoch(at)
        self.ticket_id._sla_sync(at)
        if error := self._extension_problem(at, extension):
            raise error
        first = self.due_at
        [clock] = self._plain(self._book())
        added, _due = self._extension_of(extension, now)
        terms = clock.terms.longer(added, clock.levels_fired)
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock SET seconds = %s, level_offsets = %s::bigint[],
                       extended_seconds = COALESCE(extended_seconds, 0) + %s
                 WHERE id = %s
                """,
                terms.seconds,
                array_literal(terms.level_offsets),
                added,
                self.id,
            )
        )
        self.invalidate_recordset(flush=False)
        self._follower(now).miss(self.ticket_id.ids, now)
        self.ticket_id._sla_changed()
        return {"first_due_at": first, "due_at": self.due_at, "added_seconds": added}
