from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import LooseMany2one
from odoo.addons.vip_base.tools.times import event_time

from ...engine.obligations import MET, OWED, RELEASED
from ...tools.metric import Metric

#: What happened: all that a row says.
SAID = (
    *("ticket_id", "metric", "at", "recorded_at", "kind", "by_answer"),
    *("user_id", "res_model", "res_id"),
)


class SlaObligation(models.Model):
    """What happened to a promise of another addon's own on a ticket.

    The addon declares the obligation (`_declared`) and says on which tickets it comes to
    be owed, is met, or is owed no more. Its limit, pauses and levels are those of a target
    of a policy, whose metric it is; without one nothing is promised. Clocks follow as they
    do of all metrics, so what is owed is matched, explained, extended and replayed.
    """

    _name = "sla.obligation"
    _description = "Obligation"
    _log_access = False
    _order = "at, id"
    _rec_name = "at"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    metric = Metric([], string="Obligation", required=True, readonly=True)
    at = fields.Datetime(string="When", required=True, readonly=True)
    recorded_at = fields.Datetime(string="Recorded at", required=True, readonly=True)
    kind = fields.Selection(
        [(OWED, "Is owed"), (MET, "Was met"), (RELEASED, "Is owed no more")],
        required=True,
        readonly=True,
    )
    by_answer = fields.Boolean(string="Met by an answer", readonly=True)
    user_id = LooseMany2one("res.users", string="Who", readonly=True)
    res_model = fields.Char(string="Kind of evidence", readonly=True)
    res_id = fields.Many2oneReference(
        string="Evidence", model_field="res_model", readonly=True
    )

    _ticket_idx = models.Index("(ticket_id, at)")

    def init(self):
        """Make the database itself refuse to change a row; it goes with its ticket."""
        frozen_rows.freeze(self.env.cr, self._table, columns=SAID, attached=True)

    # To be extended

    @api.model
    def _declared(self):
        """Return {key: :class:`~...engine.obligations.Obligation`} of all addons."""
        return {}

    # What happens

    @api.model
    def _owe(self, key, tickets, evidence=None, at=None):
        """Let something be owed on tickets, unless it is already.

        :param key: of a declared obligation
        :param evidence: the record that it follows from, or {ticket id: record}
        :param at: naive UTC; the event time of the environment if not given
        """
        self._happen(key, tickets, OWED, evidence, at)

    @api.model
    def _meet(self, key, tickets, evidence=None, at=None):
        """Let what is owed on tickets be met; ``evidence`` proves it."""
        self._happen(key, tickets, MET, evidence, at)

    @api.model
    def _release(self, key, tickets, evidence=None, at=None):
        """Let something be owed no more on tickets; what was late stays late."""
        self._happen(key, tickets, RELEASED, evidence, at)

    @api.model
    def _happen(self, key, tickets, kind, evidence, at):
        obligation = self._declared()[key]
        now = event_time(self.env)
        proofs = evidence if isinstance(evidence, dict) else {}
        proof_of = {
            ticket.id: proofs.get(ticket.id) if proofs else evidence
            for ticket in tickets
        }
        # As superuser: the addon says what happened, whoever works on the ticket.
        self.sudo().create(
            [
                {
                    "ticket_id": ticket.id,
                    "metric": key,
                    "at": at or now,
                    "recorded_at": now,
                    "kind": kind,
                    "by_answer": kind == OWED and obligation.by_answer,
                    "user_id": self.env.uid != SUPERUSER_ID and self.env.uid,
                    "res_model": proof._name if proof else False,
                    "res_id": proof.id if proof else False,
                }
                for ticket in tickets
                for proof in [proof_of[ticket.id]]
            ]
        )
        self.flush_model()
        # As superuser: clocks follow the ticket, whoever works on it.
        tickets = tickets.sudo()
        tickets._sla_flush()
        follower = self.env["sla.clock"]._follower(to_epoch(now))
        follower.hear(tickets.ids, tickets._sla_responded(), to_epoch(now))
        tickets._sla_changed()

    @api.model
    def _leave(self, addon):
        """Let an addon go: what is owed by it is owed no more, none of its records proves.

        What was kept or missed stays, with its breaches and points.

        :param addon: whose name its obligations begin with
        """
        keys = [key for key in self._declared() if key.startswith(f"{addon}.")]
        for key in keys:
            owed = self.env["sla.clock"].search(
                [("metric", "=", key), ("stopped_at", "=", False)]
            )
            if owed:
                self._release(key, owed.ticket_id)
        models = [
            name
            for name, model in self.env.registry.items()
            if model._original_module == addon
        ]
        self.env.flush_all()
        # The rows stay; only what they name goes.
        self.env.cr.execute("ALTER TABLE sla_obligation DISABLE TRIGGER USER")
        self.env.cr.execute(
            SQL(
                "UPDATE sla_obligation SET res_model = NULL, res_id = NULL"
                " WHERE res_model = ANY(%s)",
                models,
            )
        )
        self.env.cr.execute("ALTER TABLE sla_obligation ENABLE TRIGGER USER")
