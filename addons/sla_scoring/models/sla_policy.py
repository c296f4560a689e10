from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.lru import LRU

from ..engine.worktime import to_datetime
from ..tools.matching import Facts, Rule, match, path

#: Policies of this process ready for matching: (database, fingerprint) → rules.
COMPILED = LRU(8)


class SlaPolicy(models.Model):
    """Which tickets are promised what, and from when to when."""

    _name = "sla.policy"
    _description = "Service Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="Of two policies that fit equally well the first wins."
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    date_from = fields.Date(
        string="In force from",
        tracking=True,
        help="First day on which an opened ticket is under this policy.",
    )
    date_to = fields.Date(
        string="In force to",
        tracking=True,
        help="Last day on which an opened ticket is under this policy.",
    )
    client_scope = fields.Selection(
        [
            ("any", "Everyone"),
            ("regular", "Regular clients"),
            ("key", "Key clients"),
            ("tiers", "Chosen tiers"),
        ],
        string="Clients",
        required=True,
        default="any",
        tracking=True,
        help="A key client is in any tier above the lowest. "
        "Everyone else is a regular client.",
    )
    tier_ids = fields.Many2many("vip.tier", string="Tiers")
    category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        string="Service items",
        help="Items below these are included. Empty: any item.",
    )
    team_ids = fields.Many2many(
        "helpdesk.ticket.team", string="Teams", help="Empty: any team."
    )
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        help="Empty: any priority.",
    )
    target_ids = fields.One2many("sla.target", "policy_id", string="Targets", copy=True)
    limits = fields.Char(compute="_compute_limits", string="Promised")

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_from <= date_to)",
        "A policy cannot end before it begins.",
    )

    @api.depends("target_ids.metric", "target_ids.duration", "target_ids.unit")
    @api.depends_context("lang")
    def _compute_limits(self):
        for policy in self:
            policy.limits = ", ".join(policy.target_ids.mapped("display_name"))

    @api.constrains("client_scope", "tier_ids")
    def _check_tiers(self):
        for policy in self:
            if policy.client_scope == "tiers" and not policy.tier_ids:
                raise ValidationError(
                    self.env._("Choose the tiers to which “%s” applies.", policy.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.target_ids._unlink_except_used()

    @api.model
    def _match(self, changes):
        """Return ``{ticket id: (is a key client, {metric: Promise})}``.

        :param changes: pairs of :class:`~..tools.timeline.Change` and the epoch second
            at which the ticket was opened, which says which policies were valid
        """
        rules = self._rules()
        lowest = {}
        known = {}
        result = {}
        for change, opened in changes:
            facts = self._facts(change, opened, lowest)
            if facts not in known:
                known[facts] = match(rules, facts)
            result[change.ticket_id] = (facts.key_client, known[facts])
        return result

    @api.model
    def _facts(self, change, opened, lowest):
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
        )

    @api.model
    def _rules(self):
        """Return all policies ready for matching, in the order that breaks ties.

        Kept per process under a fingerprint read from the database, so that a change
        by any worker is seen at once and nobody's caches are flushed.
        """
        key = (self.env.cr.dbname, self._fingerprint())
        rules = COMPILED.get(key)
        if rules is None:
            # All of them, as superuser: matching is the same whoever makes the ticket.
            policies = self.sudo().with_context({}).search(Domain.TRUE)
            rules = COMPILED[key] = tuple(policy._compiled() for policy in policies)
        return rules

    @api.model
    def _fingerprint(self):
        """Return a text that differs whenever a row of the configuration does."""
        tables = ["sla_policy", "sla_target", "sla_escalation_level"]
        for name in ("tier_ids", "category_ids", "team_ids"):
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
            tuple(target._compiled() for target in self.target_ids),
        )
