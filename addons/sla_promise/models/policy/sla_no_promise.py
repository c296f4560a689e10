from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import LooseMany2one

from ..clock.sla_clock import METRICS


class SlaNoPromise(models.Model):
    """That nothing is promised on a ticket for a metric, and which policy says so.

    Written by the ticket's sync only, and only where such a policy wins.
    """

    _name = "sla.no.promise"
    _description = "No Promise"
    _log_access = False
    _order = "ticket_id, metric"
    _rec_name = "metric"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", readonly=True
    )
    metric = fields.Selection(METRICS, required=True, readonly=True)
    policy_id = LooseMany2one("sla.policy", readonly=True)
    match_id = LooseMany2one("sla.match", string="Why", readonly=True)

    _ticket_metric_uniq = models.UniqueIndex("(ticket_id, metric)")

    @api.model
    def _keep(self, nothing):
        """Keep what is now not promised on tickets.

        :param nothing: {ticket id: {metric: Promise that promises nothing}}
        """
        ticket_ids = list(nothing)
        rows = [
            (ticket_id, metric, promise.policy_id, promise.match_id)
            for ticket_id, promises in nothing.items()
            for metric, promise in promises.items()
        ]
        self.env.cr.execute(
            SQL("DELETE FROM sla_no_promise WHERE ticket_id = ANY(%s)", ticket_ids)
        )
        if rows:
            columns = (list(column) for column in zip(*rows, strict=True))
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO sla_no_promise (ticket_id, metric, policy_id, match_id)
                    SELECT v.* FROM unnest(%s::int[], %s::varchar[], %s::int[], %s::int[])
                             AS v (ticket_id, metric, policy_id, match_id)
                     WHERE NOT EXISTS (SELECT 1 FROM sla_clock c
                                        WHERE c.ticket_id = v.ticket_id
                                          AND c.metric = v.metric
                                          AND c.state <> 'cancelled')
                    """,
                    *columns,
                )
            )
        self.invalidate_model(flush=False)

    def _info(self, clocks):
        """Return one JSON-able dict for the widget per target, or policy, that says so.

        :param clocks: what the widget shows of the ticket's clocks
        """
        promised = {clock["metric"] for clock in clocks}
        rows = self.filtered(lambda row: row.metric not in promised)
        whole = rows.filtered(lambda row: not row.match_id.exists().target_id)
        result = [row._row_info() for row in rows - whole]
        if whole:
            rest = self.env._("Everything else") if clocks else self.env._("Promises")
            result.append({**whole[0]._row_info(), "metric_label": rest})
        return result

    def _row_info(self):
        self.ensure_one()
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        return {
            "id": f"none_{self.id}",
            "metric": self.metric,
            "metric_label": metrics[self.metric],
            "state": "none",
            "why": self.match_id.exists().text or "",
            # As superuser: only the name of what says so.
            "policy": self.policy_id.sudo().exists().display_name or "",
        }
