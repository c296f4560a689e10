from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

from ...tools.ladder_sql import used_sql
from .door import FOLLOWING, SETTING_UP


class VipLadderVersion(models.Model):
    """The first version of a ladder follows the tiers while nothing rests on them."""

    _inherit = "vip.ladder.version"

    @api.model
    def _lowest_of(self, company):
        """Return the lowest tier of today on a ladder; no company: the shared one."""
        return self._of(company).lowest_id

    @api.model
    def _companies_of(self, company):
        """Return the companies that a ladder was ever that of."""
        if company:
            return company
        # As superuser: which companies there are, whoever edits the shared ladder.
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        first = [("date_from", "=", False), ("company_id", "!=", False)]
        own = self.sudo().search([*first, ("state", "=", "in_force")]).company_id
        return companies.search([("id", "not in", own.ids)])

    @api.model
    def _is_used(self, company):
        """Tell whether a ladder is changed by versions only: something rests on it."""
        # As superuser: what rests on it, whoever may see that.
        versions = self.sudo().search_count(
            [("company_id", "=", company.id), ("date_from", "!=", False)]
            + [("state", "=", "in_force")],
            limit=1,
        )
        if versions:
            return True
        for name in "vip.tier.membership", "vip.tier.change", "vip.tier.review":
            self.env[name].flush_model()
        self.env["vip.entitlement.use"].flush_model()
        self.env["helpdesk.ticket"].flush_model(["vip_tier_id", "company_id"])
        [[used]] = self.env.execute_query(
            SQL("SELECT %s", used_sql(self._companies_of(company).ids))
        )
        return used

    @api.model
    def _has_clients(self, company):
        """Tell whether anybody has the lowest tier of a ladder."""
        # As superuser: whether there are clients, whoever may see them.
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        ids = [*self._companies_of(company).ids, False]
        domain = [("client_type", "!=", False), ("company_id", "in", ids)]
        return bool(partners.search_count(domain, limit=1))

    @api.model
    def _first_of(self, company):
        # As superuser: the first version follows whoever edits tiers.
        return (
            self.sudo()
            .with_context(**SETTING_UP.context)
            .search(
                [
                    ("company_id", "=", company.id),
                    ("date_from", "=", False),
                    ("state", "=", "in_force"),
                ]
            )
        )

    @api.model
    def _follow(self, company):
        """Let the first version of a ladder say what its tiers say now."""
        # As superuser: the first version follows whoever edits tiers.
        tiers = self.env["vip.tier"].sudo().with_context(active_test=True)
        tiers = tiers.search([("company_id", "=", company.id)], order="rank, id")
        first = self._first_of(company)
        rungs = self.env["vip.ladder.rung"]
        values = [(0, 0, rungs._values_of(tier)) for tier in tiers]
        if first:
            first.rung_ids.unlink()
            if tiers:
                first.write({"rung_ids": values})
            else:
                first.unlink()
        elif tiers:
            at = event_time(self.env)
            # As superuser: as above.
            self.sudo().with_context(**FOLLOWING.context).create(
                {"company_id": company.id, "state": "in_force", "recorded_at": at}
                | {"rung_ids": values}
            )

    @api.model
    def _forget_rungs(self, tiers):
        """Let the first versions no longer name tiers that are deleted."""
        for company, gone in tiers.grouped("company_id").items():
            rungs = self._first_of(company).rung_ids
            rungs.filtered(lambda rung, gone=gone: rung.tier_id in gone).unlink()

    @api.model
    def _make_first(self):
        """Make the first version of each ladder that has tiers and no version yet."""
        # As superuser: the installation does it.
        tiers = self.env["vip.tier"].sudo().search(Domain.TRUE)
        known = self.sudo().search([("state", "=", "in_force")]).mapped("company_id.id")
        shared = self.sudo().search_count(
            [("company_id", "=", False), ("state", "=", "in_force")], limit=1
        )
        for company in {tier.company_id for tier in tiers}:
            if company.id not in known if company else not shared:
                self._follow(company)
