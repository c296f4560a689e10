import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.sql import NamesMany2many, read_whole
from odoo.addons.vip_base.tools.times import event_time

from ...engine.ledger import Ledger
from ...engine.replay import Replay

_logger = logging.getLogger(__name__)

#: Tickets replayed and committed together.
BATCH = 500
#: Up to so many tickets are replayed at once, more by the job.
AT_ONCE = 1000
#: Days after which a what-if and its rows are dropped: it can be made again.
KEPT_DAYS = 30
#: What a person may say; the rest is written by the run.
ASKED = frozenset(("company_id", "months", "draft_ids"))
#: What breaches are summed by: key → the field of a line.
GROUPS = {"team": "team_id", "tier": "tier_id", "item": "category_id"}
#: Rows of each table; the rest is in the list.
MOST_ROWS = 12


class SlaWhatif(models.Model):
    """The last months under draft policies: which promises would have been broken.

    Past tickets are replayed with the clocks' own code, in memory: no clock, timeline or
    breach is written. The drafts hold as if they had been in force all the time, each in
    the place of the policy of which it is a new version. Without drafts the present
    policies are replayed, which gives the breaches that happened.
    """

    _name = "sla.whatif"
    _inherit = ["vip.hands.off.mixin"]
    _description = "What-if"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    months = fields.Integer(
        required=True, default=3, help="Tickets opened in the last so many months."
    )
    draft_ids = NamesMany2many(
        "sla.policy",
        string="Draft policies",
        domain="[('is_draft', '=', True)]",
        help="Empty: the policies that are in force.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Being replayed"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    run_at = fields.Datetime(string="Run at", readonly=True, copy=False)
    opened_from = fields.Datetime(string="Opened from", readonly=True, copy=False)
    ticket_count = fields.Integer(string="Tickets", readonly=True, copy=False)
    done_count = fields.Integer(string="Tickets replayed", readonly=True, copy=False)
    last_ticket_id = fields.Integer(readonly=True, copy=False)
    percent = fields.Integer(string="Progress", compute="_compute_percent")
    line_ids = fields.One2many(
        "sla.whatif.line", "whatif_id", string="Broken promises", readonly=True
    )
    breach_count = fields.Integer(string="Breaches", readonly=True, copy=False)
    actual_count = fields.Integer(string="Really breached", readonly=True, copy=False)
    risk_count = fields.Integer(string="Newly at risk", readonly=True, copy=False)
    promise_count = fields.Integer(string="Promises", readonly=True, copy=False)
    actual_promise_count = fields.Integer(
        string="Really promised", readonly=True, copy=False
    )

    _months_in_range = models.Constraint(
        "CHECK (months BETWEEN 1 AND 36)", "A what-if covers 1 to 36 months."
    )

    @api.depends("ticket_count", "done_count")
    def _compute_percent(self):
        for whatif in self:
            count = whatif.ticket_count
            whatif.percent = 100 * whatif.done_count // count if count else 0

    @api.depends("months", "draft_ids")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for whatif in self:
            names = ", ".join(whatif.draft_ids.mapped("display_name"))
            whatif.display_name = names or self.env._("Policies in force")

    # CRUD

    def _guarded_fields(self):
        return self._all_but(ASKED)

    def _hands_off(self, names):
        return AccessError(self.env._("What a what-if found is not edited."))

    def write(self, vals):
        """Editing what was asked makes the result void."""
        result = super().write(vals)
        if not ASKED.isdisjoint(vals):
            self._reopen()
        return result

    def _reopen(self):
        # As superuser: results are written here only.
        void = self.sudo().filtered(lambda whatif: whatif.state != "draft")
        if void:
            self.env["sla.whatif.line"]._delete_of(void)
            void.write({"state": "draft", "run_at": False, **self._no_result()})

    def _no_result(self):
        names = (
            *("ticket_count", "done_count", "last_ticket_id", "breach_count"),
            *("actual_count", "risk_count", "promise_count", "actual_promise_count"),
        )
        return dict.fromkeys(names, 0)

    # Actions

    def action_run(self):
        """Replay the tickets: few at once, many by the job."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "running":
            raise UserError(self.env._("This what-if is running already."))
        # As superuser: checked above; results are written by the run only.
        own = self.sudo()
        own._begin()
        if own.ticket_count <= AT_ONCE:
            while own._run_batch():
                pass
        else:
            self.env.ref("sla_promise.cron_whatif").sudo()._trigger()
        return True

    def action_cancel(self):
        """Stop the job after the batch at which it is."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "running":
            # As superuser: checked above.
            self.sudo().write({"state": "cancelled"})
        return True

    def action_open_breaches(self):
        """Open the list of what would have been broken, and what really was."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_promise.sla_whatif_line_action"
        )
        return dict(action, domain=[("whatif_id", "=", self.id)], context={})

    # Business

    def _begin(self):
        """Forget an earlier result and count the tickets to be replayed."""
        self.ensure_one()
        self.env["sla.whatif.line"]._delete_of(self)
        at = event_time(self.env)
        self.write(
            {
                **self._no_result(),
                "state": "running",
                "run_at": at,
                "opened_from": at - relativedelta(months=self.months),
            }
        )
        self.env["helpdesk.ticket"].flush_model()
        query = SQL("SELECT count(*) %s", self._opened_sql())
        self.ticket_count = self.env.execute_query(query)[0][0]

    @api.model
    def _cron_whatif(self):
        """Go on with what was asked for, in committed batches."""
        cron = self.env["ir.cron"]
        for whatif in self.search([("state", "=", "running")], order="id"):
            while whatif._run_batch():
                left = whatif.ticket_count - whatif.done_count
                if not cron._commit_progress(BATCH, remaining=max(left, 0)):
                    return
            cron._commit_progress(1)

    def _run_batch(self, limit=BATCH):
        """Replay some tickets; return whether there may be more of them.

        Killed in between, the next run goes on behind the last ticket kept.
        """
        self.ensure_one()
        self.invalidate_recordset(["state", "last_ticket_id"])
        if self.state != "running":
            return False
        ids = self._opened_tickets(self.last_ticket_id, limit)
        if ids:
            counts = self._replay_batch(ids)
            self.write(
                {
                    **{name: self[name] + count for name, count in counts.items()},
                    "done_count": self.done_count + len(ids),
                    "last_ticket_id": ids[-1],
                }
            )
        if len(ids) < limit:
            self.state = "done"
        return len(ids) == limit

    def _replay_batch(self, ticket_ids):
        """Replay tickets, keep what differs, and return what to add to the counts."""
        ledger = self._replay(ticket_ids, self._ruleset(), to_epoch(self.run_at))
        return self.env["sla.whatif.line"]._keep(self, ledger)

    def _ruleset(self):
        """Return the policies in force with the drafts in the place of what they follow."""
        # As superuser: matching is the same whoever asks.
        policies = self.env["sla.policy"].sudo().with_context({})
        with read_whole(self) as asked:
            drafts = asked.draft_ids.with_env(policies.env)
        roots = {(draft.root_id or draft.previous_id or draft).id for draft in drafts}
        present = policies.search([("is_draft", "=", False)])
        present = present.filtered(lambda p: (p.root_id or p).id not in roots)
        chosen = (present + drafts).sorted(lambda p: (p.sequence, p.id))
        ruleset = chosen._compiled_set()
        return ruleset._replace(
            rules=tuple(
                rule._replace(date_from=None, date_to=None)
                if rule.policy_id in drafts.ids
                else rule
                for rule in ruleset.rules
            )
        )

    @api.autovacuum
    def _gc_whatifs(self):
        """Drop what-ifs that are old: made again they say the same or better."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        old = self.search([("write_date", "<", limit)])
        # What a draft was tried with stands beside it until it is decided on.
        old.filtered(lambda one: not any(one.draft_ids.mapped("is_draft"))).unlink()

    def _replay(self, ticket_ids, ruleset, until):
        """Return the :class:`~...engine.ledger.Ledger` of tickets under a ruleset.

        Each event is told as it became known: changes of the ticket, contacts, tier
        changes, decisions on outages. See :meth:`_pasts` for what is known of the past.

        :param ruleset: :class:`~...engine.matching.Ruleset`
        :param until: epoch seconds up to which the story is told
        """
        # As superuser: outages concern all tickets in their scope.
        decisions = self.env["sla.outage"].sudo()._decisions()
        decisions = [decision for decision in decisions if decision.at <= until]
        pasts = self._pasts(ticket_ids, until)
        ledger = Ledger(ruleset, pasts, decisions, self.env["sla.clock"]._book())
        Replay(ledger, decisions).run(until)
        return ledger

    # ------------------------------------------------------------------
    # The result as the page draws it
    # ------------------------------------------------------------------

    def whatif_result(self):
        """Return the result for the page; empty unless it is done.

        ``counts``: by metric and kind; ``groups``: by team, tier and item, those with
        most breaches first; ``months``: by month of the due time, in the company's zone.
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "done":
            return {}
        return {
            "tickets": self.ticket_count,
            "promises": self.promise_count,
            "actual_promises": self.actual_promise_count,
            "breaches": self.breach_count,
            "actual": self.actual_count,
            "risk": self.risk_count,
            "extra": self._page_extra(),
            "counts": self._page_counts(),
            "groups": {key: self._page_group(key) for key in GROUPS},
            "months": self._page_months(),
        }

    def _page_counts(self):
        counts = {}
        for metric, kind, count in self._page_read(["metric", "kind"]):
            counts.setdefault(metric, _none())[kind] = count
        return counts

    def _page_group(self, key):
        name = GROUPS[key]
        totals = {}
        for record, kind, count in self._page_read([name, "kind"]):
            totals.setdefault(record, _none())[kind] = count
        rows = [
            # As superuser: only names.
            {"id": record.id, "name": record.sudo().display_name or "", **total}
            for record, total in totals.items()
        ]
        rows.sort(key=lambda row: -(row["new"] + row["both"] + row["risk"]))
        return rows[:MOST_ROWS]

    def _page_read(self, groupby):
        lines = self.env["sla.whatif.line"]
        return lines._read_group([("whatif_id", "=", self.id)], groupby, ["__count"])

    def _page_months(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('month', COALESCE(due_at, actual_due_at)
                       AT TIME ZONE 'UTC' AT TIME ZONE %s)::date, kind, count(*)
                  FROM sla_whatif_line
                 WHERE whatif_id = %s AND kind <> 'risk'
                 GROUP BY 1, 2 ORDER BY 1
                """,
                self.company_id._vip_zone(),
                self.id,
            )
        )
        months = {}
        for month, kind, count in rows:
            label = fields.Date.to_string(month)
            months.setdefault(label, {"month": label, **_none()})[kind] = count
        return list(months.values())


def _none():
    return dict.fromkeys(("new", "both", "gone", "risk"), 0)
