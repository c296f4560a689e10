from odoo import api, fields, models

from odoo.addons.vip_base.tools.times import CONTEXT_KEY
from odoo.addons.vip_base.tools.written import written_amount

from ...engine.standing import reached
from ...tools.figures_sql import criteria_of, figures_sql, measures


class VipTierOutlook(models.Model):
    """What the lists of who may fall or rise say beside: what lacks, and what to do."""

    _inherit = "vip.tier.outlook"

    stay_gap = fields.Char(
        string="Lacks to stay",
        compute="_compute_stay_gap",
        help="What is missing of each figure that the present tier asks to stay.",
    )
    stay_percent = fields.Integer(
        string="Of what staying asks (%)",
        compute="_compute_stay_gap",
        help="The least reached of what the present tier asks to stay (of any: the most "
        "reached).",
    )
    next_gap = fields.Char(
        string="Lacks to rise",
        compute="_compute_stay_gap",
        help="What is missing of each figure that the next tier asks.",
    )
    value = fields.Monetary(
        related="partner_id.vip_value", currency_field="currency_id"
    )
    is_valued = fields.Boolean(related="partner_id.vip_is_valued")
    currency_id = fields.Many2one(related="partner_id.vip_currency_id")
    change_id = fields.Many2one(
        "vip.tier.change",
        string="Proposal",
        compute="_compute_change_id",
        help="The change of tier that waits for a decision.",
    )
    phone = fields.Char(related="partner_id.phone")
    health = fields.Char(related="partner_id.vip_health")
    health_state = fields.Selection(related="partner_id.vip_health_state")
    last_contact_at = fields.Datetime(
        string="Last contact", related="partner_id.vip_last_contact_at"
    )
    next_contact_on = fields.Date(
        string="Next contact", related="partner_id.vip_next_contact_on"
    )

    def _compute_change_id(self):
        changes = self.env["vip.tier.change"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "proposed"),
            ]
        )
        of_client = {change.partner_id: change for change in changes}
        for line in self:
            line.change_id = of_client.get(line.partner_id)

    # What is missing

    @api.depends_context("company", "lang", CONTEXT_KEY)
    def _compute_stay_gap(self):
        rules, values = self._rules_and_values()
        tiers = {rule["id"]: rule for rule in rules["tiers"]} if rules else {}
        for line in self:
            figures = values.get(line.partner_id.id, {})
            stay = line._steps(tiers.get(line.tier_id.id), "retain", figures)
            rise = line._steps(tiers.get(line.next_tier_id.id), "qualify", figures)
            line.stay_gap = line._gap(stay)
            line.next_gap = line._gap(rise)
            rule = tiers.get(line.tier_id.id)
            line.stay_percent = reached(
                [(value, needed) for _criterion, value, needed in stay],
                rule["match"] if rule else "all",
            )

    def _rules_and_values(self):
        """Return the rules of now and {client id: {measure: value}}, by one statement."""
        company = self.env.company
        month = company._vip_newest_month()
        if not month:
            return None, {}
        today = self.env["res.partner"]._client_360_today()
        rules = self.env["vip.ladder.version"]._rules(
            company, month, held_on=today, ladder_of=today
        )
        self.env["vip.activity"].flush_model()
        # As SQL: of clients whose outlook the user may read.
        rows = self.env.execute_query(
            figures_sql(company.id, rules, among=self.partner_id.ids)
        )
        names = measures(rules)
        return rules, {row[0]: dict(zip(names, row[1:], strict=False)) for row in rows}

    def _steps(self, rule, threshold, figures):
        """Return [(criterion, value, needed)] of a tier for this client."""
        if not rule:
            return []
        return [
            (
                criterion,
                float(
                    figures.get(
                        (
                            criterion["metric_id"],
                            criterion["window_months"],
                            criterion["aggregate"],
                        )
                    )
                    or 0
                ),
                criterion[threshold],
            )
            for criterion in criteria_of(rule, self.client_type)
        ]

    def _gap(self, steps):
        """Return in words what is missing: "Deposit 2,948 Kč, Volume 3"."""
        metrics = self.env["vip.metric"]
        code = self.env["res.partner"]._client_360_currency().name
        parts = []
        for criterion, value, needed in steps:
            if value < needed:
                metric = metrics.browse(criterion["metric_id"])
                money = code if metric.unit == "money" else None
                amount = written_amount(self.env, needed - value, money)
                parts.append(f"{metric.name} {amount}")
        return ", ".join(parts) or False
