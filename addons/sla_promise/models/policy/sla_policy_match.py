import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.lru import LRU

from odoo.addons.vip_base.tools.sql import KeptPlan, read_whole, remembered

from ...engine.matching import DIMENSIONS, Promise, Rule, Ruleset

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


class SlaPolicy(models.Model):
    """Policies ready for matching, and what they look at of many tickets at once."""

    _inherit = "sla.policy"

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
        """Return the :class:`~...engine.matching.Ruleset` of all policies that are no drafts.

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
        with read_whole(self) as policies:
            rules = tuple(policy._compiled() for policy in policies)
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
        self.env["sla.target"].flush_model()
        self.env["sla.escalation.level"].flush_model()
        self.flush_model()
        return self._fingerprint_plan().rows(self.env, 1)[0][0]

    def init(self):
        self._fingerprint_plan().install(self.env)
        return super().init()

    @api.model
    def _fingerprint_plan(self):
        """Return the plan that reads the fingerprint, of no arguments."""
        tables = ["sla_policy", "sla_target", "sla_escalation_level"]
        for name in ("tier_ids", "category_ids", "team_ids", "channel_ids", "tag_ids"):
            tables.append(self._fields[name].relation)

        def statement():
            parts = SQL(", ").join(
                SQL(
                    "(SELECT string_agg(concat(xmin, ctid), ' ' ORDER BY ctid) FROM %s)",
                    SQL.identifier(table),
                )
                for table in tables
            )
            return SQL("SELECT md5(concat_ws('|', %s))", parts)

        return KeptPlan("sla_rules_print", {}, {"print": "text"}, statement)

    def _compiled(self):
        """Return this policy as a :class:`~...engine.matching.Rule`."""
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
            frozenset(self.tag_ids.ids),
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
                item_limit=False,
                levels=(),
                rematch="keep",
                nothing=True,
            )
            for metric in self.env["sla.clock"]._fields["metric"].get_values(self.env)
        )

    # What else of a ticket is looked at

    @api.model
    @remembered()
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
        policies = super().create(self._as_drafts(vals_list))
        self._forget_named()
        return policies

    @api.model
    def _forget_watched(self, vals):
        """Let all processes look anew at what policies look at, if that has changed."""
        watched = {
            "channel_ids",
            "tag_ids",
            "domain",
            "client_type",
            "is_draft",
            "active",
        }
        if not watched.isdisjoint(vals):
            self._forget_named()

    def unlink(self):
        self._check_drafts_only()
        result = super().unlink()
        self._forget_named()
        return result

    @api.model
    def _forget_named(self):
        """Let all processes look anew at what policies look at and at what they name.

        Once more behind the commit: until then another thread still reads, and would
        keep, what was true before.
        """
        clear = self.env.registry.clear_cache
        clear()
        self.env.cr.postcommit.add(clear)
