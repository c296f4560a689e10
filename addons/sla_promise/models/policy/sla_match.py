import hashlib
import json
from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import SQL, format_list

from odoo.addons.vip_base.tools.sql import LooseMany2one

from ...engine.matching import matched_facts, promises_of
from ...tools.metric import Metric
from ..clock.sla_clock import METRICS


class SlaMatch(models.Model):
    """Why a policy won: kept once for all tickets for which it was the same.

    Rows are only added, by matching. Two transactions may add the same one; that does no
    harm, and neither waits for the other.
    """

    _name = "sla.match"
    _description = "Why a Policy Won"
    _log_access = False
    _order = "id"

    key = fields.Char(required=True, readonly=True, index=True)
    company_id = LooseMany2one("res.company", required=True, readonly=True)
    metric = Metric(METRICS, required=True, readonly=True)
    policy_id = LooseMany2one("sla.policy", readonly=True)
    target_id = LooseMany2one(
        "sla.target",
        readonly=True,
        help="Empty: the policy as a whole says that nothing is promised.",
    )
    runner_up_id = LooseMany2one(
        "sla.policy",
        readonly=True,
        help="The policy that would have won without this one.",
    )
    decided_by = fields.Selection(
        [
            ("item", "its service item"),
            ("client", "its clients"),
            ("client_type", "its client type"),
            ("team", "its team"),
            ("priority", "its priority"),
            ("channel", "its channel"),
            ("tags", "its tags"),
            ("domain", "its condition"),
            ("company", "its company"),
            ("sequence", "its place in the order of policies"),
        ],
        readonly=True,
        help="In what the winner fits more closely than the runner-up.",
    )
    facts = fields.Json(readonly=True, help="What of the ticket the winner asked for.")
    text = fields.Char(string="Why", compute="_compute_text")

    @api.depends("metric", "policy_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for match in self:
            match.display_name = match._policy_name(match.policy_id)

    @api.depends("facts", "policy_id", "runner_up_id", "decided_by")
    @api.depends_context("lang")
    def _compute_text(self):
        decided = dict(self._fields["decided_by"]._description_selection(self.env))
        for match in self:
            facts = "; ".join(match._fact_texts()) or self.env._("every request")
            text = self.env._(
                "“%(policy)s” fits: %(facts)s.",
                policy=match._policy_name(match.policy_id),
                facts=facts,
            )
            if match.runner_up_id:
                text += " " + self.env._(
                    "It wins over “%(policy)s” by %(reason)s.",
                    policy=match._policy_name(match.runner_up_id),
                    reason=decided[match.decided_by],
                )
            match.text = text

    def _policy_name(self, policy):
        # As superuser: the name of a policy of another company is no secret.
        return policy.sudo().display_name or self.env._("a deleted policy")

    def _fact_texts(self):
        """Return "what: value" of each fact that the winner asked for."""
        self.ensure_one()
        # As superuser: how fields are called, nothing of the policies.
        policies = self.env["sla.policy"].sudo()
        labels = {
            "item": ("category_ids", "helpdesk.ticket.category"),
            "tier": ("tier_ids", "vip.tier"),
            "team": ("team_ids", "helpdesk.ticket.team"),
            "channel": ("channel_ids", "helpdesk.ticket.channel"),
            "tags": ("tag_ids", "helpdesk.ticket.tag"),
            "company": ("company_id", "res.company"),
            "client": ("client_scope", None),
            "client_type": ("client_type", None),
            "priority": ("priority", None),
            "domain": ("domain", None),
        }
        texts = []
        for name, value in (self.facts or {}).items():
            field_name, comodel = labels[name]
            field = policies._fields[field_name]
            if name == "domain":
                texts.append(field._description_string(self.env))
                continue
            if comodel:
                ids = value if isinstance(value, list) else [value]
                # As superuser: names of what the policy is about.
                names = _names(self.env[comodel].sudo().browse(ids))
                value = format_list(self.env, names) or "–"
            else:
                value = dict(field._description_selection(self.env)).get(value, value)
            texts.append(f"{field._description_string(self.env)}: {value}")
        return texts

    @api.model
    def _keep(self, found, waives):
        """Keep why policies won, and return who is promised what.

        :param found: {Facts: {metric: Match}}
        :param waives: as of :func:`~...engine.matching.promises_of`
        :return: {Facts: Promises}, each promise with the id of its reason
        """
        keys = {
            (facts, metric): self._row(facts, match)
            for facts, matches in found.items()
            for metric, match in matches.items()
        }
        ids = self._ids_of(set(keys.values()))
        result = {}
        for facts, matches in found.items():
            kept = {
                metric: match._replace(
                    promise=match.promise._replace(match_id=ids[keys[facts, metric]])
                )
                for metric, match in matches.items()
            }
            result[facts] = promises_of(kept, waives)
        return result

    @api.model
    def _row(self, facts, found):
        """Return the values of a reason, hashable."""
        runner_up = found.runner_up
        return (
            facts.company_id,
            found.promise.metric,
            found.promise.policy_id,
            found.promise.target_id,
            runner_up.policy_id if runner_up else None,
            found.decided_by,
            json.dumps(matched_facts(found.rule, facts), sort_keys=True),
        )

    @api.model
    def _ids_of(self, rows):
        """Return {row: id}, adding what is not there yet."""
        if not rows:
            return {}
        keys = {_key(row): row for row in rows}
        found = self.env.execute_query(
            SQL(
                "SELECT key, min(id) FROM sla_match WHERE key = ANY(%s) GROUP BY key",
                list(keys),
            )
        )
        ids = {keys[key]: id_ for key, id_ in found}
        new = [row for row in rows if row not in ids]
        if new:
            columns = list(zip(*new, strict=True))
            added = self.env.execute_query(
                SQL(
                    """
                    INSERT INTO sla_match (key, company_id, metric, policy_id,
                                           target_id, runner_up_id, decided_by, facts)
                    SELECT * FROM unnest(%s::varchar[], %s::int[], %s::varchar[],
                                         %s::int[], %s::int[], %s::int[],
                                         %s::varchar[], %s::jsonb[])
                    RETURNING key, id
                    """,
                    [_key(row) for row in new],
                    *(list(column) for column in columns),
                )
            )
            ids.update((keys[key], id_) for key, id_ in added)
        return ids


def _names(records):
    """Return the names of records of which some may be gone."""
    with suppress(MissingError):
        return records.mapped("display_name")
    return records.exists().mapped("display_name")


def _key(row):
    return hashlib.sha1(json.dumps(row).encode()).hexdigest()


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
    metric = Metric(METRICS, required=True, readonly=True)
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

    @api.model
    def _of_tickets(self, ticket_ids):
        """Return the ids of the tickets on which something is not promised; few are."""
        rows = self.env.execute_query(
            SQL(
                "SELECT ticket_id FROM sla_no_promise WHERE ticket_id = ANY(%s)",
                ticket_ids,
            )
        )
        return {row[0] for row in rows}

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
