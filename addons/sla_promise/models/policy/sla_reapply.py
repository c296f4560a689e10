import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import NamesMany2many, NamesMany2one, read_whole
from odoo.addons.vip_base.tools.times import event_time

from ...engine.matching import Reapply

_logger = logging.getLogger(__name__)

#: Open tickets looked at, or changed, and committed together.
BATCH = 500
#: So many are looked at while the user waits; the job looks at the rest.
AT_ONCE = 1000
#: What people write; the rest follows.
OWN = frozenset(
    ("company_id", "policy_ids", "team_ids", "category_ids", "worse", "reason")
)
SCOPE = OWN - {"reason"}


class _UndoneError(Exception):
    """Takes back what was tried."""


class SlaReapply(models.Model):
    """Policies as they are now, applied to open tickets: previewed, then applied.

    A preview is the application itself, taken back: what it shows is what would happen.
    Both go on in committed batches by the job, and after a crash behind the last batch.
    What has stopped or was missed never changes.
    """

    _name = "sla.reapply"
    _description = "Policies Applied to Open Tickets"
    _inherit = ["vip.audited"]
    _order = "id desc"

    company_id = NamesMany2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    policy_ids = NamesMany2many(
        "sla.policy",
        string="Policies",
        help="Only tickets that are, or come, under one of these. Empty: all.",
    )
    team_ids = NamesMany2many(
        "helpdesk.ticket.team", string="Teams", help="Empty: all teams."
    )
    category_ids = NamesMany2many(
        "helpdesk.ticket.category",
        below=True,
        string="Service items",
        help="Empty: all items.",
    )
    worse = fields.Boolean(
        string="Also if the client loses time",
        help="Off: the earlier due time stays, so no client loses a promise.",
    )
    reason = fields.Text(help="Kept in the audit log.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("previewing", "Preview running"),
            ("previewed", "Previewed"),
            ("applying", "Being applied"),
            ("done", "Done"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    last_ticket_id = fields.Integer(readonly=True, copy=False)
    previewed_at = fields.Datetime(string="Previewed at", readonly=True, copy=False)
    applied_by_id = fields.Many2one(
        "res.users", string="Applied by", readonly=True, copy=False
    )
    applied_at = fields.Datetime(string="Applied at", readonly=True, copy=False)
    line_ids = fields.One2many(
        "sla.reapply.line", "reapply_id", string="Changes", readonly=True
    )
    ticket_count = fields.Integer(string="Tickets", compute="_compute_counts")
    clock_count = fields.Integer(string="Clocks", compute="_compute_counts")
    missed_count = fields.Integer(
        string="Newly missed",
        compute="_compute_counts",
        help="Clocks that would be late as soon as this is applied.",
    )
    open_count = fields.Integer(string="Not yet applied", compute="_compute_counts")

    @api.depends("company_id")
    def _compute_display_name(self):
        for reapply in self:
            reapply.display_name = self.env._("Re-apply %s", reapply._origin.id or "")

    @api.depends("line_ids.applied_at")
    def _compute_counts(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT reapply_id, count(DISTINCT ticket_id), count(*),
                       count(*) FILTER (WHERE newly_missed),
                       count(*) FILTER (WHERE applied_at IS NULL)
                  FROM sla_reapply_line WHERE reapply_id = ANY(%s) GROUP BY reapply_id
                """,
                self.ids,
            )
        )
        counts = {row[0]: row[1:] for row in rows}
        for reapply in self:
            (
                reapply.ticket_count,
                reapply.clock_count,
                reapply.missed_count,
                reapply.open_count,
            ) = counts.get(reapply._origin.id, (0, 0, 0, 0))

    # What people may write

    def _audited_fields(self):
        return {"state", "reason", "worse", "policy_ids", "team_ids", "category_ids"}

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._cleaned(vals) for vals in vals_list])

    def write(self, vals):
        """Editing what was asked makes the preview void."""
        if not self.env.su:
            vals = self._cleaned(vals)
            if any(reapply.state in ("applying", "done") for reapply in self):
                raise UserError(self.env._("What was applied is not edited."))
        result = super().write(vals)
        if not SCOPE.isdisjoint(vals):
            self._forget_preview()
        return result

    def _cleaned(self, vals):
        if self.env.su:
            return vals
        return {name: value for name, value in vals.items() if name in OWN}

    def _forget_preview(self):
        # As superuser: the preview is written here only.
        previewed = self.sudo().filtered(lambda reapply: reapply.state != "draft")
        if previewed:
            self.env["sla.reapply.line"]._delete_of(previewed)
            previewed.write({"state": "draft", "last_ticket_id": 0})

    # Buttons

    def action_preview(self):
        """Show what would change; many tickets are looked at by the job."""
        self.ensure_one()
        self._check_may_run()
        if self.state not in ("draft", "previewed"):
            raise UserError(self.env._("This is running or was applied already."))
        self.env["sla.reapply.line"]._delete_of(self)
        # As superuser: states are written here only.
        self.sudo().write({"state": "previewing", "last_ticket_id": 0})
        at = event_time(self.env)
        for _i in range(AT_ONCE // BATCH):
            if self.state != "previewing":
                break
            self.sudo()._preview_batch(at)
        if self.state == "previewing":
            self._trigger_job()

    def action_apply(self):
        """Apply what was previewed; the job goes on where this ends."""
        self.ensure_one()
        self._check_may_run()
        if self.state != "previewed":
            raise UserError(self.env._("Look at the preview first."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the policies are applied again."))
        # As superuser: states are written here only.
        self.sudo().write(
            {
                "state": "applying",
                "applied_by_id": self.env.uid,
                "applied_at": event_time(self.env),
            }
        )
        self.env["vip.audit.log"]._record(
            self, "applied", new=lambda r: r._log_values(), reason=self.reason
        )
        self._trigger_job()

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_promise.sla_reapply_line_action"
        )
        return {**action, "domain": [("reapply_id", "=", self.id)]}

    def _check_may_run(self):
        self.check_access("write")

    def _log_values(self):
        return {
            "policy_ids": ", ".join(self.policy_ids.mapped("display_name")) or None,
            "ticket_count": self.ticket_count,
            "clock_count": self.clock_count,
            "missed_count": self.missed_count,
            "worse": self.worse,
        }

    def _trigger_job(self):
        # As superuser: the job is the system's.
        self.env.ref("sla_promise.cron_reapply").sudo()._trigger()

    # The job

    @api.model
    def _cron_reapply(self):
        """Go on with previews and applications, one committed batch after the other."""
        cron = self.env["ir.cron"]
        at = event_time(self.env)
        running = self.search([("state", "in", ("previewing", "applying"))], order="id")
        cron._commit_progress(remaining=len(running))
        for reapply in running:
            while reapply._tried_batch(at):
                if not cron._commit_progress(remaining=1):
                    return
            cron._commit_progress(1)

    def _tried_batch(self, at):
        """Do the next batch; one that fails is undone and tried in the next run."""
        try:
            return self._batch(at)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("A batch of %s failed", self)
            return False

    def _batch(self, at):
        """Do the next batch; return whether there is more to do."""
        if self.state == "previewing":
            self._preview_batch(at)
        elif self.state == "applying":
            self._apply_batch(at)
        return self.state in ("previewing", "applying")

    def _preview_batch(self, at):
        tickets = self._next_tickets()
        if tickets:
            self.env["sla.reapply.line"]._add(self, self._try(tickets, at))
            self.last_ticket_id = tickets[-1].id
        if len(tickets) < BATCH:
            self.write({"state": "previewed", "previewed_at": at})
        self.invalidate_recordset()

    def _next_tickets(self):
        domain = (
            Domain("id", ">", self.last_ticket_id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("stage_id.closed", "=", False)
        )
        with read_whole(self) as asked:
            if asked.team_ids:
                domain &= Domain("team_id", "in", asked.team_ids.ids)
            if asked.category_ids:
                domain &= Domain("category_id", "child_of", asked.category_ids.ids)
        # As superuser: promises are the same whoever may see the ticket.
        tickets = self.env["helpdesk.ticket"].sudo()
        return tickets.search(domain, order="id", limit=BATCH)

    def _try(self, tickets, at):
        """Apply the policies and take it back; return the clocks before and after."""
        lines = self.env["sla.reapply.line"]
        before, after = lines._snapshot(tickets.ids), {}
        try:
            with self.env.cr.savepoint():
                self._match_again(tickets, at)
                after = lines._snapshot(tickets.ids)
                raise _UndoneError
        except _UndoneError:
            self.env.invalidate_all(flush=False)
        return before, after

    def _match_again(self, tickets, at):
        tickets._sla_rematch(at, Reapply(self.worse))

    def _apply_batch(self, at):
        lines = self.env["sla.reapply.line"]
        ticket_ids = lines._next_tickets_of(self, BATCH)
        if ticket_ids:
            # As superuser: see _next_tickets. What is gone or closed stays as it is.
            tickets = self.env["helpdesk.ticket"].sudo().browse(ticket_ids).exists()
            before = lines._snapshot(ticket_ids)
            self._match_again(tickets, at)
            after = lines._snapshot(ticket_ids)
            lines._keep_applied(self, ticket_ids, before, after, at)
        if len(ticket_ids) < BATCH:
            self.write({"state": "done"})
        self.invalidate_recordset()
