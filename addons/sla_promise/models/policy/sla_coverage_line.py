from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from odoo.addons.vip_base.tools.sql import LooseMany2one


class SlaCoverageLine(models.TransientModel):
    """Whether a resolution is promised for an item, a kind of client and a company."""

    _name = "sla.coverage.line"
    _description = "Coverage of Policies"
    _order = "company_id, category_name, client_rank, id"
    _rec_name = "category_name"

    company_id = fields.Many2one("res.company", readonly=True)
    category_id = LooseMany2one(
        "helpdesk.ticket.category", string="Service item", readonly=True
    )
    category_name = fields.Char(string="Item", readonly=True)
    tier_id = LooseMany2one("vip.tier", string="Tier", readonly=True)
    client_name = fields.Char(string="Client", readonly=True)
    client_rank = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("gap", "Gap"),
            ("partly", "Depends"),
            ("nothing", "No promise"),
            ("promised", "Promised"),
        ],
        readonly=True,
        help="Gap: no policy says anything about the resolution. Depends: only for some "
        "teams, priorities, channels, tags, client types or conditions. No promise: a "
        "policy says that nothing is promised.",
    )
    policy_id = LooseMany2one("sla.policy", string="Policy", readonly=True)
    target_id = LooseMany2one("sla.target", string="Promised limits", readonly=True)
    untold = fields.Char(
        string="Tells nobody",
        readonly=True,
        help="Levels of the escalation that may have no receiver: no leader, no service "
        "manager and no head office is left who serves the company.",
    )

    @api.model
    def _look_up(self, companies):
        """Fill the user's table anew, for ``companies``."""
        self.env.cr.execute(
            SQL("DELETE FROM sla_coverage_line WHERE create_uid = %s", self.env.uid)
        )
        rows = list(self._rows(companies))
        if not rows:
            return
        names = (
            *("company_id", "category_id", "category_name", "tier_id", "client_name"),
            *("client_rank", "state", "policy_id", "target_id", "untold"),
        )
        types = (
            *("int", "int", "varchar", "int", "varchar"),
            *("int", "varchar", "int", "int", "varchar"),
        )
        columns = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                "INSERT INTO sla_coverage_line (%(names)s, create_uid, create_date)"
                " SELECT v.*, %(uid)s, now() AT TIME ZONE 'UTC'"
                "   FROM unnest(%(arrays)s) AS v (%(names)s)",
                names=SQL(", ").join(map(SQL.identifier, names)),
                uid=self.env.uid,
                arrays=SQL(", ").join(
                    SQL("%s::%s[]", column, SQL(type_))
                    for column, type_ in zip(columns, types, strict=True)
                ),
            )
        )
        self.invalidate_model()

    @api.model
    def _rows(self, companies):
        items = self.env["sla.policy"]._items()
        items = {item.id: self._item_name(item) for item in items}
        # As superuser: names and ranks of tiers, whoever asks.
        tiers = self.env["vip.tier"].sudo().with_context(active_test=False)
        tiers = {tier.id: tier for tier in tiers.search(Domain.TRUE)}
        untold = {}
        for row in self.env["sla.policy"]._coverage_rows(companies):
            company_id, client, path, state, found = row
            tier = tiers.get(client[1])
            target_id = found and found.promise.target_id
            if target_id and (company_id, target_id) not in untold:
                untold[company_id, target_id] = self._untold(company_id, target_id)
            yield (
                company_id,
                path[-1] if path else None,
                items.get(path[-1]) if path else self.env._("No service item"),
                client[1],
                tier.name if tier else self.env._("No client"),
                tier.rank if tier else -1,
                state,
                found and found.promise.policy_id,
                target_id,
                untold.get((company_id, target_id)),
            )

    @api.model
    def _item_name(self, item):
        name = item.complete_name or item.name
        return name if item.active else self.env._("%s (archived)", name)

    @api.model
    def _untold(self, company_id, target_id):
        """Return which levels of a promise may tell nobody, for people; None if none."""
        # As superuser: coverage is about everybody, whoever asks.
        company = self.env["res.company"].sudo().browse(company_id)
        levels = self.env["sla.target"].sudo().browse(target_id).escalation_id.level_ids
        silent = levels.filtered(lambda level: level._may_tell_nobody(company))
        return format_list(self.env, silent.mapped("display_name")) or None
