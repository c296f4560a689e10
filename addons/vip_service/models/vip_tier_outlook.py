from odoo import api, fields, models
from odoo.fields import Domain
from odoo.orm.domains import DomainAnd, DomainCondition
from odoo.tools import SQL, OrderedSet

from odoo.addons.vip_base.tools.times import event_time

from ..tools.outlook_sql import outlook_sql

#: Of so many clients at most their figures are looked up one by one.
FEW = 5000


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
        "vip.tier.membership": ["tier_id", "date_from", "date_to"],
        "vip.tier.verdict": ["streak"],
        "vip.ladder.version": ["state", "date_from"],
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
        rules = self.env["vip.ladder.version"]._rules(
            company, month, held_on=today, ladder_of=today
        )
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
        only = self.env.context.get("vip_outlook_only")
        return outlook_sql(company.id, rules, today, close, number, only)

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Judge only the clients that are asked for: one by its id, or an adviser's."""
        narrowed = domain = Domain(domain)
        if not self.env.su:
            narrowed &= self.env["ir.rule"]._compute_domain(self._name)
        only = self._clients_in(narrowed.optimize(self))
        clients = self
        if only is not None:
            clients = self.with_context(vip_outlook_only=tuple(only))
        return super(VipTierOutlook, clients)._search(domain, *args, **kwargs)

    @api.model
    def _clients_in(self, domain):
        """Return the ids of the few clients to which ``domain`` narrows it, else None."""
        for condition in domain.children if isinstance(domain, DomainAnd) else [domain]:
            if not isinstance(condition, DomainCondition):
                continue
            name = condition.field_expr
            if name == "partner_id" and isinstance(condition.value, DomainCondition):
                # On the client itself, as the adviser's rule has it.
                condition = condition.value
                name = condition.field_expr
            if condition.operator != "in" or not isinstance(
                condition.value, OrderedSet
            ):
                continue
            values = [value for value in condition.value if value]
            if name in ("id", "partner_id"):
                return values
            if name == "adviser_id" and len(values) == len(condition.value):
                # As superuser: where to look; the rules still say what may be seen.
                partners = self.env["res.partner"].sudo()
                own = partners.search([("adviser_id", "in", values)], limit=FEW + 1)
                if len(own) <= FEW:
                    return own.ids
        return None

    @api.model
    @api.readonly
    def web_search_read(
        self, domain, specification, offset=0, limit=None, order=None, count_limit=None
    ):
        """Find and count a page of the list by one statement; all are judged for it."""
        if not limit or not count_limit or offset + limit > count_limit:
            return super().web_search_read(
                domain, specification, offset, limit, order, count_limit
            )
        found = self.search(domain, order=order, limit=count_limit)
        page = found[offset : offset + limit].with_prefetch()
        return {"length": len(found), "records": page.web_read(specification)}

    def action_open_client(self):
        """Open the client's page."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.client_action"
        )
        form = self.env.ref("vip_service.res_partner_view_form_client_360")
        return {**action, "views": [(form.id, "form")], "res_id": self.partner_id.id}

    def action_plan_contacts(self):
        """Ask for contacts with these clients."""
        return self.partner_id.action_plan_contacts()

    def action_log_contacts(self):
        """Ask for one contact with all of these clients."""
        return self.partner_id.action_log_contacts()
