from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_datetime
from odoo.addons.vip_base.tools.sql import LooseMany2one, epoch

from ...engine import states
from ...tools.metric import Metric
from ..clock.sla_clock import METRICS

KINDS = [
    ("new", "Only under the draft"),
    ("both", "Both"),
    ("gone", "Only really"),
    ("risk", "Newly at risk"),
]
COLUMNS = {
    "ticket_id": "int",
    "metric": "varchar",
    "round": "int",
    "kind": "varchar",
    "policy_id": "int",
    "tier_id": "int",
    "team_id": "int",
    "category_id": "int",
    "due_at": "timestamp",
    "overrun_seconds": "int",
    "actual_due_at": "timestamp",
    "actual_overrun_seconds": "int",
}


class SlaWhatifLine(models.Model):
    """A promise that is broken, under the draft or really; written by a what-if."""

    _name = "sla.whatif.line"
    _description = "What-if Breach"
    _log_access = False
    _order = "due_at, actual_due_at, id"
    _rec_name = "ticket_id"

    whatif_id = fields.Many2one(
        "sla.whatif", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="whatif_id.company_id")
    ticket_id = LooseMany2one("helpdesk.ticket", required=True, readonly=True)
    metric = Metric(METRICS, required=True, readonly=True)
    round = fields.Integer(readonly=True)
    kind = fields.Selection(
        KINDS,
        string="Broken",
        required=True,
        readonly=True,
        help="Newly at risk: open, and past its warning only under the draft.",
    )
    policy_id = LooseMany2one("sla.policy", readonly=True)
    tier_id = LooseMany2one("vip.tier", readonly=True)
    team_id = LooseMany2one("helpdesk.ticket.team", readonly=True)
    category_id = LooseMany2one(
        "helpdesk.ticket.category", string="Service item", readonly=True
    )
    due_at = fields.Datetime(string="Due under the draft", readonly=True)
    overrun_seconds = fields.Integer(string="Overrun under the draft", readonly=True)
    actual_due_at = fields.Datetime(string="Really due", readonly=True)
    actual_overrun_seconds = fields.Integer(string="Real overrun", readonly=True)

    @api.model
    def _keep(self, whatif, ledger):
        """Keep what is broken of a batch, and return what to add to the counts."""
        ticket_ids = list(ledger.pasts)
        drafted = {clock.which: clock for clock in ledger.live(ticket_ids)}
        actual, promised = self._actual(ticket_ids, whatif.run_at)
        broken = {key for key, clock in drafted.items() if clock.id in ledger.breaches}
        really = {key for key, row in actual.items() if row["missed"]}
        now = whatif.run_at
        rows = []
        for key in sorted(broken | really):
            kind = "gone" if key not in broken else "both" if key in really else "new"
            rows.append(self._row(key, kind, ledger, drafted, actual))
        risky = [
            key
            for key, clock in sorted(drafted.items())
            if _at_risk(clock.judged, now)
            and key not in really
            and not (key in actual and actual[key]["risk"])
        ]
        rows += [self._row(key, "risk", ledger, drafted, actual) for key in risky]
        self._insert(whatif, rows)
        return {
            "breach_count": len(broken),
            "actual_count": len(really),
            "risk_count": len(risky),
            "promise_count": len(drafted),
            "actual_promise_count": promised,
        }

    @api.model
    def _row(self, key, kind, ledger, drafted, actual):
        ticket_id, metric, number = key
        past = ledger.pasts[ticket_id]
        clock = drafted.get(key) if kind != "gone" else None
        real = actual.get(key) if kind in ("both", "gone") else None
        due = overrun = None
        if clock:
            unbroken = clock.judged.due_at, None
            due, overrun = ledger.breaches.get(clock.id, unbroken)
        stretch = past.stretch_at(real["due"] if due is None else due)
        policy_id, tier_id = (
            (clock.key.policy_id, clock.key.tier_id)
            if clock
            else (real["policy_id"], real["tier_id"])
        )
        return (
            ticket_id,
            metric,
            number,
            kind,
            policy_id,
            tier_id,
            stretch.moment.team_id,
            stretch.category_id,
            to_datetime(due),
            overrun,
            to_datetime(real["due"]) if real else None,
            real["overrun"] if real else None,
        )

    @api.model
    def _actual(self, ticket_ids, now):
        """Return ({(ticket, metric, round): what really became of it}, promises).

        A breach that was excused is a breach; one that was withdrawn is none.
        """
        self.env["sla.clock"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.ticket_id, c.metric, c.round, c.policy_id, c.tier_id,
                       b.id IS NOT NULL, %(due)s, b.overrun_seconds,
                       c.state = 'running' AND c.warn_at <= %(now)s
                  FROM sla_clock c
                  LEFT JOIN sla_breach b ON b.clock_id = c.id AND b.state <> 'withdrawn'
                 WHERE c.ticket_id = ANY(%(ids)s) AND c.state <> 'cancelled'
                """,
                due=epoch("b.breached_at"),
                ids=ticket_ids,
                now=now,
            )
        )
        names = ("policy_id", "tier_id", "missed", "due", "overrun", "risk")
        found = {tuple(row[:3]): dict(zip(names, row[3:], strict=True)) for row in rows}
        return found, len(rows)

    @api.model
    def _insert(self, whatif, rows):
        if not rows:
            return
        arrays = SQL(", ").join(
            SQL("%s::%s[]", list(values), SQL(COLUMNS[name]))
            for name, values in zip(COLUMNS, zip(*rows, strict=True), strict=True)
        )
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        self.env.cr.execute(
            SQL(
                "INSERT INTO sla_whatif_line (whatif_id, %(names)s)"
                " SELECT %(whatif)s, v.* FROM unnest(%(arrays)s) v",
                names=names,
                whatif=whatif.id,
                arrays=arrays,
            )
        )
        self.invalidate_model()

    def _delete_of(self, whatifs):
        """Delete the rows of these what-ifs by one statement, however many."""
        self.env.cr.execute(
            SQL("DELETE FROM sla_whatif_line WHERE whatif_id = ANY(%s)", whatifs.ids)
        )
        self.invalidate_model()

    def action_open_ticket(self):
        """Open the ticket."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "views": [[False, "form"]],
            "res_id": self.ticket_id.id,
        }


def _at_risk(judged, now):
    """Tell whether a clock runs and its warning has come by ``now`` (naive UTC)."""
    warn_at = to_datetime(judged.warn_at)
    return judged.state == states.RUNNING and warn_at is not None and warn_at <= now
