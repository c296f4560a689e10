from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP
from odoo.addons.vip_base.tools.times import event_time

#: Tickets that are started and committed together.
BATCH = 1000
#: What only the job writes.
RESULTS = frozenset(("state", "started_count", "user_id", "asked_at", "done_at"))


class SlaStart(models.Model):
    """Starts promises on the open tickets that were there before this addon.

    Installing touches no ticket, however many there are: a ticket gets its timeline when
    it next changes, or all open ones of a company at once by this, from the instant it
    was asked for. A job does it in committed batches and goes on where it was killed.
    """

    _name = "sla.start"
    _inherit = ["vip.hands.off.mixin"]
    _description = "Start of Promises"
    _order = "id desc"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "In progress"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    waiting_count = fields.Integer(
        string="Open tickets without promises",
        compute="_compute_waiting_count",
        help="They have no timeline yet, so nothing is promised on them.",
    )
    started_count = fields.Integer(string="Tickets started", readonly=True, copy=False)
    user_id = fields.Many2one("res.users", string="Asked by", readonly=True, copy=False)
    asked_at = fields.Datetime(
        string="Promises start at",
        readonly=True,
        copy=False,
        help="Promises on these tickets count from this instant, not from their opening.",
    )
    done_at = fields.Datetime(string="Done at", readonly=True, copy=False)

    @api.depends("company_id", "state", "started_count")
    def _compute_waiting_count(self):
        for start in self:
            query = start._waiting_query(SQL("count(*)"))
            start.waiting_count = self.env.execute_query(query)[0][0]

    def _guarded_fields(self):
        """Return what the job writes: people say only for which company."""
        return RESULTS

    def _hands_off(self, names):
        return AccessError(self.env._("What became of a start is not edited."))

    def _edited_by_hand(self, vals):
        if self.filtered(lambda start: start.state != "draft"):
            raise UserError(self.env._("What was started cannot be changed."))
        return vals

    def action_start(self):
        """Let the job start promises on the open tickets of the company.

        :raise UserError: it was started already
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(ADMIN_GROUP) or self.state != "draft":
            raise UserError(self.env._("What was started cannot be changed."))
        # As superuser: checked above; nobody else writes the state.
        self.sudo().write(
            {
                "state": "running",
                "user_id": self.env.uid,
                "asked_at": event_time(self.env),
            }
        )
        self.env["vip.audit.log"]._record(
            self, "applied", new={"waiting_count": self.waiting_count}
        )
        # As superuser: the job is the system's.
        self.env.ref("sla_promise.cron_start").sudo()._trigger()

    @api.model
    def _cron_start(self):
        """Start what was asked for, in committed batches."""
        cron = self.env["ir.cron"]
        for start in self.search([("state", "=", "running")], order="id"):
            while start.state == "running":
                done = start._start_batch()
                left = start.waiting_count if start.state == "running" else 0
                if not cron._commit_progress(done, remaining=left):
                    return

    def _start_batch(self, limit=BATCH):
        """Start promises on some tickets and return how many; done when there are none."""
        self.ensure_one()
        query = self._waiting_query(
            SQL("t.id"), SQL("ORDER BY t.id LIMIT %s FOR NO KEY UPDATE OF t", limit)
        )
        ids = [row[0] for row in self.env.execute_query(query)]
        # As superuser: the timeline follows the ticket, whoever may see it.
        tickets = self.env["helpdesk.ticket"].sudo().browse(ids)
        if tickets:
            tickets._refresh_opening_tiers()
            tickets._sla_sync(self.asked_at)
            self.started_count += len(tickets)
        else:
            self.write({"state": "done", "done_at": event_time(self.env)})
        return len(tickets)

    def _waiting_query(self, columns, rest=None):
        """Return the query of open tickets without a timeline that were opened by then."""
        self.env["helpdesk.ticket"].flush_model(["company_id", "active", "stage_id"])
        return SQL(
            """
            SELECT %(columns)s
              FROM helpdesk_ticket t
              JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
             WHERE t.company_id = %(company)s AND t.active
               AND g.closed IS NOT TRUE AND g.solved IS NOT TRUE
               AND g.cancels IS NOT TRUE
               AND NOT EXISTS (SELECT FROM sla_span s
                                WHERE s.ticket_id = t.id)
            %(rest)s
            """,
            columns=columns,
            company=self.company_id.id,
            rest=rest or SQL(),
        )
