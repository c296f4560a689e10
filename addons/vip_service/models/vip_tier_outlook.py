from odoo import fields, models
from odoo.tools import SQL

from ..tools.event_time import event_time
from ..tools.outlook_sql import outlook_sql


class VipTierOutlook(models.Model):
    """How each client of the present company stands now, by the rules and figures of now.

    Who is below what its tier asks to stay is at risk; who has most of what the next tier
    asks is close to it (REQUIREMENTS C3). Nothing is stored: a list reads one statement.
    """

    _name = "vip.tier.outlook"
    _description = "Tier Outlook"
    _auto = False
    _log_access = False
    _order = "percent desc, id"
    _rec_name = "partner_id"
    _depends = {
        "vip.activity": ["value_company", "month", "superseded_at"],
        "vip.activity.import": ["month_to", "state"],
        "vip.tier.membership": ["tier_id", "date_from", "date_to"],
        "vip.tier.verdict": ["streak"],
        "vip.client.group.member": ["date_from", "date_to", "partner_id"],
        "res.partner": ["active", "client_type", "adviser_id"],
    }

    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    adviser_id = fields.Many2one("res.users", readonly=True)
    client_type = fields.Selection(
        lambda self: self.env["res.partner"]._fields["client_type"].selection,
        readonly=True,
    )
    tier_id = fields.Many2one("vip.tier", readonly=True)
    month = fields.Date(readonly=True, help="The newest month with figures.")
    at_risk = fields.Boolean(
        string="At risk",
        readonly=True,
        help="Below what the tier asks to stay, so that a review would find a shortfall.",
    )
    shortfalls = fields.Integer(
        string="Reviews below",
        readonly=True,
        help="So many reviews in a row have found less than the tier asks to stay.",
    )
    grace_left = fields.Integer(
        string="Grace left",
        readonly=True,
        help="So many further reviews may find a shortfall before a fall is proposed.",
    )
    next_tier_id = fields.Many2one("vip.tier", string="Next tier", readonly=True)
    percent = fields.Float(
        string="Of the next tier (%)",
        digits=(5, 1),
        readonly=True,
        aggregator=None,
        help="The least reached of what the next tier asks (of any: the most reached).",
    )
    close = fields.Boolean(
        string="Close to the next tier",
        readonly=True,
        help="From the percentage in the settings on.",
    )

    @property
    def _table_query(self):
        company = self.env.company
        today = company._vip_local_date(event_time(self.env))
        month = company._vip_newest_month() or today.replace(day=1)
        rules = self.env["vip.tier"]._rules(company, month)
        if not rules["tiers"]:
            return SQL(
                "SELECT %s WHERE FALSE",
                SQL(", ").join(
                    SQL(
                        "NULL::%s AS %s",
                        SQL(field.column_type[1]),
                        SQL.identifier(name),
                    )
                    for name, field in self._fields.items()
                    if field.column_type
                ),
            )
        # As superuser: the settings are the administrator's, what they mean is not.
        close = company.sudo().vip_close_percent
        number = self.env["vip.tier.review"]._next_month(company, month).month
        return outlook_sql(company.id, rules, today, close, number)

    def action_open_client(self):
        """Open the client's page."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.client_action"
        )
        form = self.env.ref("vip_service.res_partner_view_form_client_360")
        return {**action, "views": [(form.id, "form")], "res_id": self.partner_id.id}
