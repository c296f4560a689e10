from odoo import api, fields, models
from odoo.tools import SQL, format_list

from odoo.addons.vip_base.tools.sql import NamesMany2one, remembered

from ..ladder.vip_ladder_version import version_sql


class VipKeyPointRule(models.Model):
    """A key point that people configure: a text, and the conditions under which it holds.

    Conditions are about known measures (``res.partner._client_measures``); what is not
    measured of a client fulfils none.
    """

    _name = "vip.key.point.rule"
    _description = "Rule of Key Points"
    _inherit = ["vip.audited"]
    _order = "priority, id"

    name = fields.Char(
        string="Says",
        required=True,
        translate=True,
        help="What whoever meets the client reads.",
    )
    active = fields.Boolean(string="In use", default=True)
    company_id = NamesMany2one("res.company", help="Empty: of all companies.")
    level = fields.Selection(
        [("info", "To know"), ("warning", "To act on")], required=True, default="info"
    )
    priority = fields.Integer(
        default=40, help="0 stands first, 100 last among the key points of a client."
    )
    tier_id = NamesMany2one(
        "vip.tier", string="From tier", help="Only of clients from this tier on."
    )
    match = fields.Selection(
        [("all", "All conditions hold"), ("any", "One condition holds")],
        string="Holds where",
        required=True,
        default="all",
    )
    condition_ids = fields.One2many(
        "vip.key.point.condition", "rule_id", string="Conditions", copy=True
    )
    words = fields.Char(string="In words", compute="_compute_words")

    @api.depends(
        "match", "tier_id.name", "condition_ids.words", "condition_ids.measure"
    )
    @api.depends_context("lang")
    def _compute_words(self):
        for rule in self:
            style = "standard" if rule.match == "all" else "or"
            said = [one.words for one in rule.condition_ids if one.words]
            words = format_list(self.env, said, style=style) if said else ""
            if rule.tier_id and words:
                words = self.env._(
                    "%(conditions)s; from %(tier)s on",
                    conditions=words,
                    tier=rule.tier_id.name,
                )
            rule.words = words or self.env._("No condition: it is never shown.")

    # What holds

    @api.model
    @remembered("company_id", "lang")
    def _rules(self, company_id, lang):
        """Return the rules of a company as plain data, the first ones first."""
        # As superuser: what is hinted at is no secret in the service.
        rules = (
            self.sudo()
            .with_context(lang=lang)
            .search([("company_id", "in", (False, company_id))])
        )
        return [
            {
                "id": rule.id,
                "text": rule.name,
                "level": rule.level,
                "priority": rule.priority,
                "tier_id": rule.tier_id.id,
                "match": rule.match,
                "conditions": [
                    (one.measure, one.operator, one.value) for one in rule.condition_ids
                ],
            }
            for rule in rules
            if rule.condition_ids
        ]

    @api.model
    def _holding(self, rules, values, rank):
        """Return [(rule, {measure: value})] of those that hold for a client.

        :param values: {measure: number, None: not measured}
        :param rank: {tier id: rank} of the ladder, and under None that of the client
        """
        found = []
        for rule in rules:
            least = rank.get(rule["tier_id"])
            if rule["tier_id"] and (
                least is None or rank[None] is None or rank[None] < least
            ):
                continue
            met = [
                _is_met(values.get(measure), operator, value)
                for measure, operator, value in rule["conditions"]
            ]
            if (all if rule["match"] == "all" else any)(met):
                found.append(
                    (rule, {one: values.get(one) for one, *_rest in rule["conditions"]})
                )
        return found

    def action_open_clients(self):
        """Open the clients for whom this rule holds now, of those one may read."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "res.partner",
            "views": [
                (self.env.ref("vip_service.res_partner_view_list_client").id, "list"),
                (
                    self.env.ref("vip_service.res_partner_view_form_client_360").id,
                    "form",
                ),
            ],
            "domain": [("id", "in", self._clients())],
        }

    def _clients(self):
        """Return the ids of the clients for whom this rule holds now."""
        partners = self.env["res.partner"]
        known = {one.key: one for one in partners._client_measures(partners._now())}
        asked = [one for one in self.condition_ids if one.measure in known]
        if not asked or len(asked) < len(self.condition_ids) and self.match == "all":
            return []
        partners._flush_measures(known[one.measure] for one in asked)
        joint = SQL(" AND ") if self.match == "all" else SQL(" OR ")
        query = partners._search([("client_type", "!=", False)])
        rows = self.env.execute_query(
            SQL(
                "SELECT p.id FROM res_partner p WHERE p.id IN %s AND %s AND (%s)",
                query.subselect(),
                self._from_tier_sql(),
                joint.join(
                    SQL(
                        "COALESCE(%s %s %s, FALSE)",
                        known[one.measure].value,
                        SQL(OPERATORS[one.operator]),
                        one.value,
                    )
                    for one in asked
                ),
            )
        )
        return [row[0] for row in rows]

    def _from_tier_sql(self):
        """Return the condition that a client ``p`` has the tier of this rule or above."""
        if not self.tier_id:
            return SQL("TRUE")
        partners, company = self.env["res.partner"], self.env.company
        day = partners._client_360_today()
        return SQL(
            """
            EXISTS (SELECT FROM (%(version)s) v
                      JOIN vip_ladder_rung own ON own.version_id = v.id
                       AND own.tier_id = %(tier)s
                      JOIN vip_ladder_rung least ON least.version_id = v.id
                       AND least.tier_id = %(least)s
                     WHERE own.rank >= least.rank)
            """,
            version=version_sql(company.id, day, SQL("v.id")),
            tier=partners._tier_of_sql(company, day),
            least=self.tier_id.id,
        )

    # What is kept of them

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _audited_fields(self):
        return {"name", "active", "level", "priority", "tier_id", "match", "company_id"}


#: How a measure is compared, in SQL.
OPERATORS = {"least": ">=", "most": "<="}


def _is_met(measured, operator, value):
    """Tell whether a condition is met; what is not measured meets none.

    >>> _is_met(3, "least", 3), _is_met(3, "most", 2), _is_met(None, "most", 2)
    (True, False, False)
    """
    if measured is None:
        return False
    return measured >= value if operator == "least" else measured <= value
