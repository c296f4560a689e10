from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list
from odoo.tools.lru import LRU

from ...engine.coverage import Universe, coverage, shadowed
from ...engine.matching import path

#: Findings of this process: (database, fingerprint, Universe) → {policy id: beaters}.
SHADOWED = LRU(8)


class SlaPolicy(models.Model):
    """What is wrong with policies taken together, seen on their list."""

    _inherit = "sla.policy"

    finding = fields.Selection(
        [
            ("calendar", "Bad working hours"),
            ("archived", "Names what is archived"),
            ("shadowed", "Never wins"),
            ("early", "Not yet in force"),
            ("over", "Over"),
        ],
        compute="_compute_finding",
        search="_search_finding",
    )
    finding_text = fields.Char(string="What is wrong", compute="_compute_finding")

    @api.depends_context("lang")
    @api.depends("is_draft", "active", "date_from", "date_to")
    def _compute_finding(self):
        today, beaten, archived = self._today(), self._shadowed(), self._archived()
        for policy in self:
            id_ = policy._origin.id
            found = policy._find(today, archived.get(id_), beaten.get(id_))
            policy.finding, policy.finding_text = found

    @api.model
    def _search_finding(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search(Domain.TRUE).filtered(
            lambda policy: policy.finding in value
        )
        return [("id", "in", found.ids)]

    def _archived(self):
        """Return {policy id: names of archived records that it or its targets name}."""
        naming = self.env["vip.naming"]
        found = naming._archived(self._origin)
        targets = self._origin.target_ids
        for id_, names in naming._archived(targets).items():
            found[targets.browse(id_).policy_id.id] += names
        return found

    def _find(self, today, archived, beaters):
        """Return (finding, what to look at) of this policy; (False, False) if it is fine.

        :param archived: names of what it names and is archived
        :param beaters: ids of the policies that always win instead, None if it can win
        """
        self.ensure_one()
        if self.is_draft or not self.active:
            return False, False
        if error := self._calendar_error():
            return "calendar", error
        if self.date_to and self.date_to < today:
            return "over", self.env._("Ended on %s.", self.date_to)
        if archived:
            return "archived", self.env._(
                "It goes on naming what is archived: %s.",
                format_list(self.env, archived),
            )
        if beaters:
            return "shadowed", self._beaten_text(beaters)
        if self.date_from and self.date_from > today:
            return "early", self.env._("Begins on %s.", self.date_from)
        return False, False

    def _beaten_text(self, beaters):
        # As superuser: the names of policies, also of another company.
        names = self.sudo().browse(sorted(beaters)).mapped("display_name")
        return self.env._(
            "Wherever it fits, another is closer or comes first: %s.",
            format_list(self.env, names),
        )

    def _calendar_error(self):
        """Return why a time promised here cannot be counted, False if it can."""
        for target in self.target_ids:
            # As superuser: who looks at policies may not read calendars.
            if problem := target.sudo()._limit_problem():
                return problem
        return False

    # All of them together

    @api.model
    def _shadowed(self):
        """Return {policy id: ids of the policies that always win instead}."""
        # As superuser: only which companies there are.
        universe = self._universe(self.env["res.company"].sudo().search(Domain.TRUE))
        key = (self.env.cr.dbname, self._fingerprint(), universe)
        if key not in SHADOWED:
            rules = self._rules()
            SHADOWED[key] = {
                rules[index].policy_id: {rules[other].policy_id for other in by}
                for index, by in shadowed(rules, universe).items()
            }
        return SHADOWED[key]

    @api.model
    def _universe(self, companies):
        """Return what facts there are, for tickets of ``companies``, today and later."""
        items = self._items()
        clients = {(False, None)}
        for company in companies:
            ladder = self.env["vip.tier"]._ladder(company)
            clients.update((tier != ladder[:1], tier.id) for tier in ladder)
        types = [value for value, _label in self._selection_client_type()]
        return Universe(
            ((), *sorted(path(item.parent_path) for item in items)),
            tuple(sorted(clients, key=lambda client: (client[0], client[1] or 0))),
            tuple(types),
            tuple(companies.ids),
            self._today(),
        )

    def action_check_coverage(self):
        """Look up what is promised for each item, client and company; show the gaps."""
        self.check_access("read")
        self.env["sla.coverage.line"]._look_up(self.env.companies)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "sla_promise.sla_coverage_line_action"
        )

    @api.model
    def _coverage_rows(self, companies, metric="resolution"):
        """Yield (company id, (is a key client, tier id), path, state, Match) as ``coverage``.

        Each company with its own items and its own ladder of tiers.
        """
        rules = self._rules()
        for company in companies:
            yield from coverage(rules, self._universe_of(company), metric)

    @api.model
    def _universe_of(self, company):
        items = self._items([("company_id", "in", [company.id, False])])
        paths = ((), *sorted(path(item.parent_path) for item in items))
        return self._universe(company)._replace(paths=paths)

    @api.model
    def _items(self, domain=Domain.TRUE):
        """Return the service items that policies are about, as superuser.

        What is archived goes on being promised where a policy names it.
        """
        # As superuser: coverage is about all items, whoever asks.
        named = self.sudo().search([("is_draft", "=", False)]).category_ids
        items = self.env["helpdesk.ticket.category"].sudo()
        archived = Domain("active", "=", False) & Domain("id", "child_of", named.ids)
        return items.with_context(active_test=False).search(
            Domain(domain) & (Domain("active", "=", True) | archived)
        )
