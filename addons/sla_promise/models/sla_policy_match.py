import logging
from typing import NamedTuple

import psycopg2

from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.lru import LRU

from odoo.addons.resource_worktime.engine.worktime import to_datetime

from ..engine.matching import DIMENSIONS, Facts, Promise, Rule, explain, path
from ..tools.reapply import asked_again
from .sla_clock import METRICS

_logger = logging.getLogger(__name__)

#: Policies of this process ready for matching: (database, fingerprint) → Ruleset.
COMPILED = LRU(8)
#: Dimensions that the timeline of a ticket knows nothing of, and the fields behind them.
BEYOND_TIMELINE = {
    "client_type": (),
    "channel": ("channel_id",),
    "tags": ("tag_ids",),
    "domain": (),
}


class Ruleset(NamedTuple):
    """All rules, in the order that breaks ties, and what they look at.

    ``uses``: those of BEYOND_TIMELINE that some rule asks for; ``domains``: the texts of
    all conditions; ``waives``: some rule says that nothing is promised.
    """

    rules: tuple
    uses: frozenset
    domains: tuple
    waives: bool


class SlaPolicy(models.Model):
    """Finding the policy that wins, for many tickets at once."""

    _inherit = "sla.policy"

    @api.model
    def _match(self, changes):
        """Return ``{ticket id: (is a key client, Promises)}``.

        Tickets with equal facts are matched once. Channel, tags, client type and
        conditions are read only if some policy asks for them.

        :param changes: pairs of :class:`~..tools.timeline.Change` and the epoch second
            at which the ticket was opened, which says which policies were valid
        """
        ruleset = self._ruleset()
        extras = self._extra_facts([change.ticket_id for change, _ in changes], ruleset)
        lowest, tickets = {}, {}
        for change, opened in changes:
            extra = extras.get(change.ticket_id, ())
            facts = self._facts(change, opened, lowest, extra)
            tickets[change.ticket_id] = facts
        known = {
            facts: explain(ruleset.rules, facts) for facts in set(tickets.values())
        }
        known = self.env["sla.match"]._keep(known, ruleset.waives)
        if reapply := asked_again(self.env):
            for promises in known.values():
                _again(promises, reapply)
        return {
            ticket_id: (facts.key_client, known[facts])
            for ticket_id, facts in tickets.items()
        }

    @api.model
    def _facts(self, change, opened, lowest, extra=()):
        """Return the Facts of a ticket; ``extra``: its last four, if they were read."""
        company = self.env["res.company"].browse(change.company_id)
        if company not in lowest:
            lowest[company] = self.env["vip.tier"]._lowest(company).id
        if (company, opened) not in lowest:
            at = to_datetime(opened)
            lowest[company, opened] = company._vip_local_date(at)
        return Facts(
            change.company_id,
            lowest[company, opened],
            bool(change.tier_id) and change.tier_id != lowest[company],
            change.tier_id,
            path(change.category_path),
            change.team_id,
            change.priority,
            *extra,
        )

    @api.model
    def _extra_facts(self, ticket_ids, ruleset):
        """Return {ticket id: (client type, channel, tags, conditions met)}.

        Empty if no policy looks at any of these; else one query for the columns, one for
        the tags and one for each condition that differs.
        """
        if not ruleset.uses or not ticket_ids:
            return {}
        columns = self._extra_columns(ticket_ids)
        tags, met = {}, {}
        if "tags" in ruleset.uses:
            asked = frozenset().union(*(rule.tag_ids for rule in ruleset.rules))
            tags = self._tags_of(ticket_ids, asked)
        for text in ruleset.domains:
            for ticket_id in self._meeting(text, ticket_ids):
                met.setdefault(ticket_id, set()).add(text)
        return {
            ticket_id: (
                client_type if "client_type" in ruleset.uses else None,
                channel_id if "channel" in ruleset.uses else None,
                frozenset(tags.get(ticket_id, ())),
                frozenset(met.get(ticket_id, ())),
            )
            for ticket_id, client_type, channel_id in columns
        }

    @api.model
    def _extra_columns(self, ticket_ids):
        self.env["res.partner"].flush_model(["client_type"])
        return self.env.execute_query(
            SQL(
                """
                SELECT t.id, p.client_type, t.channel_id
                  FROM helpdesk_ticket t
                  LEFT JOIN res_partner p ON p.id = t.commercial_partner_id
                 WHERE t.id = ANY(%s)
                """,
                list(ticket_ids),
            )
        )

    @api.model
    def _tags_of(self, ticket_ids, asked):
        field = self.env["helpdesk.ticket"]._fields["tag_ids"]
        rows = self.env.execute_query(
            SQL(
                "SELECT %(ticket)s, array_agg(%(tag)s) FROM %(table)s"
                " WHERE %(ticket)s = ANY(%(ids)s) AND %(tag)s = ANY(%(asked)s)"
                " GROUP BY %(ticket)s",
                ticket=SQL.identifier(field.column1),
                tag=SQL.identifier(field.column2),
                table=SQL.identifier(field.relation),
                ids=list(ticket_ids),
                asked=list(asked),
            )
        )
        return dict(rows)

    @api.model
    def _meeting(self, text, ticket_ids):
        """Return the ids of the tickets that meet a condition.

        A condition that was fine when it was configured and can no longer be read (its
        field was removed) never stops a ticket: nothing meets it, and the log says so.
        """
        policy = self.new({"domain": text})
        # As superuser: what is promised is the same whoever looks at the ticket.
        tickets = self.env["helpdesk.ticket"].sudo()
        tickets = tickets.with_context({"active_test": False})
        try:
            with self.env.cr.savepoint(flush=False):
                domain = policy._parsed_domain() & Domain("id", "in", list(ticket_ids))
                return tickets.search(domain, order="id").ids
        except (ValueError, SyntaxError, psycopg2.Error):
            _logger.warning("A condition of a policy cannot be read: %s", text)
            return []

    @api.model
    def _rules(self):
        """Return all policies ready for matching, in the order that breaks ties."""
        return self._ruleset().rules

    @api.model
    def _ruleset(self):
        """Return the :class:`Ruleset` of all policies that are no drafts.

        Kept per process under a fingerprint read from the database, so that a change
        by any worker is seen at once and nobody's caches are flushed.
        """
        key = (self.env.cr.dbname, self._fingerprint())
        ruleset = COMPILED.get(key)
        if ruleset is None:
            # All of them, as superuser: matching is the same whoever makes the ticket.
            policies = self.sudo().with_context({}).search([("is_draft", "=", False)])
            ruleset = COMPILED[key] = policies._compiled_set()
        return ruleset

    def _compiled_set(self):
        """Return these policies as a :class:`Ruleset`."""
        rules = tuple(policy._compiled() for policy in self)
        asked = {
            "client_type": any(rule.client_type for rule in rules),
            "channel": any(rule.channel_ids for rule in rules),
            "tags": any(rule.tag_ids for rule in rules),
            "domain": any(rule.domain for rule in rules),
        }
        return Ruleset(
            rules,
            frozenset(name for name in DIMENSIONS if asked.get(name)),
            tuple(sorted({rule.domain for rule in rules if rule.domain})),
            any(promise.nothing for rule in rules for promise in rule.promises),
        )

    @api.model
    def _fingerprint(self):
        """Return a text that differs whenever a row of the configuration does."""
        tables = ["sla_policy", "sla_target", "sla_escalation_level"]
        for name in ("tier_ids", "category_ids", "team_ids", "channel_ids", "tag_ids"):
            tables.append(self._fields[name].relation)
        self.env["sla.target"].flush_model()
        self.env["sla.escalation.level"].flush_model()
        self.flush_model()
        parts = SQL(", ").join(
            SQL(
                "(SELECT string_agg(concat(xmin, ctid), ' ' ORDER BY ctid) FROM %s)",
                SQL.identifier(table),
            )
            for table in tables
        )
        query = SQL("SELECT md5(concat_ws('|', %s))", parts)
        return self.env.execute_query(query)[0][0]

    def _compiled(self):
        """Return this policy as a :class:`~..tools.matching.Rule`."""
        self.ensure_one()
        return Rule(
            self.company_id.id or None,
            self.date_from or None,
            self.date_to or None,
            self.client_scope,
            frozenset(self.tier_ids.ids),
            frozenset(self.category_ids.ids),
            frozenset(self.team_ids.ids),
            self.priority or None,
            self._compiled_promises(),
            self.id,
            self.client_type or None,
            frozenset(self.channel_ids.ids),
            # An archived tag may still be on tickets.
            frozenset(self.with_context(active_test=False).tag_ids.ids),
            (self.domain or "").strip() or None,
        )

    def _compiled_promises(self):
        """Return the promises of this policy; "nothing" is one for each metric."""
        self.ensure_one()
        if not self.no_promise:
            return tuple(target._compiled() for target in self.target_ids)
        return tuple(
            Promise(
                target_id=None,
                policy_id=self.id,
                metric=metric,
                duration=0,
                unit="minutes",
                calendar_mode="always",
                calendar_id=None,
                pause_on_client=False,
                pause_on_third_party=False,
                item_limit=False,
                levels=(),
                rematch="keep",
                nothing=True,
            )
            for metric, _label in METRICS
        )

    # What else of a ticket is looked at

    @api.model
    @tools.ormcache()
    def _watched_fields(self):
        """Return the ticket fields beyond the timeline's that some policy looks at."""
        ruleset = self._ruleset()
        names = {name for use in ruleset.uses for name in BEYOND_TIMELINE[use]}
        for text in ruleset.domains:
            try:
                domain = self.new({"domain": text})._parsed_domain()
            except (ValueError, SyntaxError):
                continue
            names.update(
                leaf.field_expr.split(".")[0] for leaf in domain.iter_conditions()
            )
        return frozenset(names)

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        result = super().write(vals)
        watched = {
            "channel_ids",
            "tag_ids",
            "domain",
            "client_type",
            "is_draft",
            "active",
        }
        if not watched.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result


def _again(promises, reapply):
    """Promise it as when policies are applied again: from the same start."""
    how = "apply" if reapply.worse else "better"
    for metric, promise in promises.items():
        promises[metric] = promise._replace(rematch=how)
