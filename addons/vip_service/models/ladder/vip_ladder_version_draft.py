from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP
from odoo.addons.vip_base.tools.times import event_time, month_end, month_name
from odoo.addons.vip_base.tools.written import written_day

from .door import FOLLOWING, door


class VipLadderVersion(models.Model):
    """Preparing a version: a draft of the ladder in force, a day, a plan, a proposal."""

    _inherit = "vip.ladder.version"

    # The draft

    @api.model
    def _open_draft(self, company):
        """Open the draft of a ladder, made if there is none."""
        if not self.env.user.has_group(ADMIN_GROUP):
            raise AccessError(self.env._("Only an administrator changes the ladder."))
        draft = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("draft", "proposed")),
            ],
            limit=1,
        )
        return self._open_form(draft or self._draft(company))

    @api.model
    def _editable_draft(self, company):
        """Return the draft of a ladder, made if there is none, of whom may edit it.

        :raise UserError: it is proposed
        """
        draft = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("draft", "proposed")),
            ],
            limit=1,
        )
        draft = draft or self._draft(company)
        draft._check_open()
        return draft

    def _open_form(self, version):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_ladder_version_action"
        )
        return {**action, "views": [(False, "form")], "res_id": version.id}

    @api.model
    def _ladder_owner(self, company):
        """Return the company if it has a ladder of its own, even a later one, else none."""
        own = [("company_id", "=", company.id), ("state", "=", "in_force")]
        # As superuser: whether there is one is no secret in the service.
        return company if self.sudo().search_count(own, limit=1) else company.browse()

    @api.model
    def _draft(self, company, date_from=False, reason=False):
        """Return a draft of the ladder as it was last decided.

        Of a company that has none of its own: of the shared one, with tiers of its own.

        :param company: none: of the shared ladder
        """
        # As superuser: drafts are made here only, by whom the caller has checked.
        versions = self.sudo()
        own = [("company_id", "=", company.id), ("state", "=", "in_force")]
        last = versions.search(own, order="date_from desc nulls last, id desc", limit=1)
        before = last or versions._of(company or self.env.company)
        tiers = {tier: tier for tier in before.rung_ids.tier_id}
        if company and not last:
            tiers = {tier: self._own_tier(tier, company) for tier in tiers}
        rungs = self.env["vip.ladder.rung"]
        values = [
            {**rungs._values_of(rung), "tier_id": tiers[rung.tier_id].id}
            for rung in before.rung_ids
        ]
        draft = versions.create(
            {
                "company_id": company.id,
                "date_from": date_from,
                "reason": reason,
                "rung_ids": [(0, 0, one) for one in values],
            }
        )
        for plan in draft.plan_ids:
            if (own_tier := tiers.get(plan.from_tier_id)) != plan.from_tier_id:
                plan.to_tier_id = own_tier
        return draft.with_env(self.env)

    def _own_tier(self, tier, company):
        """Return a tier of a company that is like a shared one, in force nowhere."""
        # As superuser: for a draft, by whom the caller has checked.
        return (
            tier.sudo()
            .with_context(**FOLLOWING.context)
            .copy(
                {
                    "company_id": company.id,
                    "active": False,
                    "criterion_ids": False,
                    "name": tier.name,
                }
            )
        )

    # The plan follows the tiers of the draft

    def _changed(self):
        """Check that the rungs of these may be changed, and let the plan follow."""
        if door(self.env):
            return
        self._check_open()
        for version in self:
            version._complete_plan()

    def _before(self):
        """Return the version that this one comes after."""
        self.ensure_one()
        # As superuser: the ladder is no secret in the service.
        versions = self.sudo()
        own = [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "in_force"),
            ("id", "!=", self._origin.id),
        ]
        if self.state == "in_force":
            own += ["|", ("date_from", "=", False), ("date_from", "<", self.date_from)]
        last = versions.search(own, order="date_from desc nulls last, id desc", limit=1)
        if last or not self.company_id:
            return last
        shared = versions._of(self.env["res.company"], self.date_from or None)
        return shared

    def _needs_plan(self):
        """Return the tiers whose holders need a plan."""
        before = self._before()
        tiers = self.rung_ids.tier_id
        going = before.rung_ids.tier_id - tiers
        if before.lowest_id in tiers and before.lowest_id != self.lowest_id:
            going |= before.lowest_id
        return going

    def _complete_plan(self):
        """Add what the plan lacks and drop what it need not say."""
        going = self._needs_plan()
        # As superuser: lines of the plan come and go with the tiers of the draft.
        plans = self.sudo().plan_ids
        plans.filtered(lambda plan: plan.from_tier_id not in going).unlink()
        for plan in plans.exists():
            if plan.to_tier_id and plan.to_tier_id not in self.rung_ids.tier_id:
                plan.to_tier_id = False
        self.env["vip.ladder.plan"].sudo().create(
            [
                {"version_id": self.id, "from_tier_id": tier.id}
                for tier in going - plans.exists().from_tier_id
            ]
        )
        self.invalidate_recordset(["plan_ids"])

    # The proposal

    def action_propose(self):
        """Ask a second person to put these drafts in force."""
        self.check_access("write")
        if not self.env.user.has_group(ADMIN_GROUP):
            raise AccessError(self.env._("Only an administrator changes the ladder."))
        for version in self:
            version._propose()
        return True

    def _propose(self, at=None):
        at = at or event_time(self.env)
        if self.state != "draft":
            raise UserError(self.env._("Only a draft is proposed."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the ladder changes."))
        self._check_whole()
        self._check_day(at)
        # As superuser: a proposal is made here only.
        version = self.sudo().with_context(**FOLLOWING.context)
        version._preview(at)
        version.write(
            {"state": "proposed", "proposed_at": at, "proposed_by_id": self.env.uid}
        )

    def action_withdraw(self):
        """Turn what is proposed into a draft again."""
        self.check_access("write")
        for version in self:
            if version.state != "proposed":
                raise UserError(self.env._("Only what is proposed is taken back."))
            # As superuser: a proposal is taken back here only.
            version.sudo().with_context(**FOLLOWING.context).write(
                {"state": "draft", "proposed_at": False, "proposed_by_id": False}
            )
        return True

    def _check_whole(self):
        """Check that the draft is a ladder, with a plan for all who need one.

        :raise UserError: what it lacks
        """
        rungs = self.rung_ids.sorted("rank")
        if not rungs:
            raise UserError(self.env._("A ladder has a tier at least."))
        if len(set(rungs.mapped("rank"))) < len(rungs):
            raise UserError(self.env._("Each rank is used only once in a ladder."))
        foreign = rungs.tier_id.filtered(lambda t: t.company_id != self.company_id)
        if foreign:
            raise UserError(
                self.env._("“%s” is a tier of another ladder.", foreign[0].display_name)
            )
        if rungs.filtered(lambda r: r.entry_metric_id and r.entry_value <= 0):
            raise UserError(self.env._("An entry threshold is above zero."))
        codes = rungs.tier_id.mapped("code")
        if len(set(codes)) < len(codes):
            raise UserError(self.env._("Each code is used only once in a ladder."))
        self._complete_plan()
        open_plans = self.plan_ids.filtered(lambda plan: not plan.to_tier_id)
        if open_plans:
            raise UserError(
                self.env._(
                    "Say in the plan to which tier the holders of %s go.",
                    format_list(self.env, open_plans.from_tier_id.mapped("name")),
                )
            )

    def _check_day(self, at):
        """Check that the version begins where nothing was judged or held otherwise.

        :raise UserError: it says from which day on it may begin
        """
        if not self.date_from:
            raise UserError(self.env._("Say from which day on the ladder holds."))
        before = self._before()
        if before.date_from and before.company_id == self.company_id:
            if before.date_from >= self.date_from:
                raise self._too_early(before.date_from, self.env._("a version begins"))
        # As superuser: reviews of all companies that the ladder is that of.
        for company in self.sudo()._concerned():
            self._check_not_reviewed(company)
            today = company._vip_local_date(at)
            if self.date_from < today and not self._keeps_holders():
                raise UserError(
                    self.env._(
                        "Tiers that clients held go or move: such a version begins "
                        "today or later, not on %s.",
                        written_day(self.env, self.date_from),
                    )
                )

    def _check_not_reviewed(self, company):
        # As superuser: that a month was reviewed is no secret in the service.
        reviewed = (
            self.env["vip.tier.review"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", ("running", "done")),
                    ("trial", "=", False),
                ],
                order="month desc",
                limit=1,
            )
        )
        if reviewed and month_end(reviewed.month) >= self.date_from:
            what = self.env._(
                "%(month)s was reviewed in %(company)s by the ladder of then",
                month=month_name(self.env, reviewed.month),
                company=company.name,
            )
            raise self._too_early(month_end(reviewed.month), what)

    def _too_early(self, day, what):
        return UserError(
            self.env._(
                "%(what)s: a version begins after %(day)s.",
                what=what,
                day=written_day(self.env, day),
            )
        )

    def _keeps_holders(self):
        """Tell whether nobody's tier of a past day would be another by this version."""
        before = self._before()
        if before.company_id != self.company_id or self._needs_plan():
            return False
        old = before.rung_ids.sorted("rank").tier_id.ids
        kept = [i for i in self.rung_ids.sorted("rank").tier_id.ids if i in old]
        return kept == old

    def _concerned(self):
        """Return the companies whose ladder this version becomes on its day."""
        if self.company_id:
            return self.company_id
        own = self.search(
            [
                ("company_id", "!=", False),
                ("state", "=", "in_force"),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", self.date_from or fields.Date.today()),
            ]
        ).company_id
        companies = self.env["res.company"].with_context(active_test=False)
        return companies.search([("id", "not in", own.ids)])
