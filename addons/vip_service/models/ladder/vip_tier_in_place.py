from odoo import api, fields, models
from odoo.exceptions import UserError

from .door import FOLLOWING, SETTING_UP, door

#: What of a tier a version of the ladder says.
BY_VERSION = {
    *("active", "rank", "match", "grace_reviews", "company_id", "criterion_ids"),
    *("entry_metric_id", "entry_value"),
}


#: What of a tier says where in which ladder it is.
PLACE = frozenset({"active", "rank", "company_id"})


class VipTier(models.Model):
    """Writing tiers in place: only while nothing rests on their ladder.

    Until then the first version of the ladder follows what is written.
    """

    _inherit = "vip.tier"

    in_use = fields.Boolean(
        string="In use by clients",
        compute="_compute_in_use",
        help="It changes by a version of the ladder only.",
    )

    @api.depends("company_id", "active")
    def _compute_in_use(self):
        versions = self.env["vip.ladder.version"]
        for company, tiers in self.grouped("company_id").items():
            used = versions._is_used(company)
            for tier in tiers:
                tier.in_use = bool(tier._origin) and tier.active and used

    def action_change_ladder(self):
        """Open the draft of the ladder of the present company, made if there is none."""
        versions = self.env["vip.ladder.version"]
        return versions._open_draft(versions._ladder_owner(self.env.company))

    def action_own_ladder(self):
        """Open a draft of an own ladder of the present company, made if there is none."""
        return self.env["vip.ladder.version"]._open_draft(self.env.company)

    @api.model_create_multi
    def create(self, vals_list):
        given = self.default_get(["active", "company_id"])
        for vals in ({**given, **vals} for vals in vals_list):
            if vals.get("active", True):
                company = self.env["res.company"].browse(vals.get("company_id") or ())
                self._check_ladder_open(company, vals.get("name"))
        tiers = super(VipTier, self.with_context(**FOLLOWING.context)).create(vals_list)
        tiers = tiers.with_env(self.env)
        self._forget_shades()
        tiers._changed_in_place()
        return tiers

    def write(self, vals):
        """What a version says of tiers in a ladder in use is changed by a version."""
        if door(self.env) is FOLLOWING or not BY_VERSION & vals.keys():
            result = super().write(vals)
            self._forget_shades(vals)
            return result
        before = self.filtered("active")
        before._check_in_place()
        if "company_id" in vals:
            self._check_not_in_versions()
        companies = {tier.company_id for tier in before}
        result = super(VipTier, self.with_context(**FOLLOWING.context)).write(vals)
        self._forget_shades(vals)
        self._changed_in_place(companies)
        return result

    def unlink(self):
        """A tier that a version names is kept for ever."""
        before = self.filtered("active")
        before._check_in_place()
        (self - before)._check_not_in_versions()
        companies = {tier.company_id for tier in before}
        versions = self.env["vip.ladder.version"]
        versions._forget_rungs(before)
        result = super(VipTier, self.with_context(**FOLLOWING.context)).unlink()
        self._forget_shades()
        for company in companies:
            versions._follow(company)
        return result

    @api.model
    def _forget_shades(self, vals=PLACE):
        """Forget the shades of tiers where these values change a place in a ladder."""
        if not PLACE.isdisjoint(vals):
            self.env.registry.clear_cache()

    @api.model
    def _setting_up(self):
        """Return the tiers so that code sets up a ladder, whatever rests on it.

        The first version follows, so that it has always been as it is then.
        """
        return self.with_context(**SETTING_UP.context)

    def _check_in_place(self):
        """Check that nothing rests on the ladders of these tiers.

        :raise UserError: it says how a ladder in use is changed
        """
        for company, tiers in self.grouped("company_id").items():
            self._check_ladder_open(company, tiers[0].display_name)

    @api.model
    def _check_ladder_open(self, company, name):
        """Check that nothing rests on a ladder, before what is named ``name`` changes it.

        :raise UserError: it says how a ladder in use is changed
        """
        if not door(self.env) and self.env["vip.ladder.version"]._is_used(company):
            raise self._in_use(name)

    def _check_not_in_versions(self):
        # As superuser: a version of another company names it all the same.
        rungs = self.env["vip.ladder.rung"].sudo()
        used = rungs.search([("tier_id", "in", self.ids)]).filtered(
            lambda rung: self.env["vip.ladder.version"]._is_used(rung._company())
        )
        if used:
            raise self._in_use(used[0].tier_id.display_name)

    @api.model
    def _in_use(self, name):
        return UserError(
            self.env._(
                "The ladder of “%s” is in use: it is changed by a version, from a day "
                "on. In the list of tiers press “Change the ladder”.",
                name,
            )
        )

    def _changed_in_place(self, companies=()):
        """Let the first version say what these tiers say now, if nothing rests on it.

        :param companies: other companies whose ladders changed as well
        :raise UserError: something does
        """
        if door(self.env) is FOLLOWING:
            return
        tiers = self.filtered("active")
        tiers._check_in_place()
        versions = self.env["vip.ladder.version"]
        for company in {*companies, *(tier.company_id for tier in tiers)}:
            lowest = versions._lowest_of(company)
            versions._follow(company)
            if door(self.env) or versions._lowest_of(company) == lowest:
                continue
            if versions._has_clients(company):
                raise self._in_use((tiers or self)[0].display_name)
