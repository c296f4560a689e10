from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.times import event_time

from ...tools.figures_sql import criteria_of

#: Who may not see a client's figures is told of the road in steps of so many percent.
STEP = 10


class ResPartner(models.Model):
    """How far a client is on its road, in a line: beside its tickets."""

    _inherit = "res.partner"

    def get_formview_id(self, access_uid=None):
        """Open who is a client, or a contact of one, on the client's page."""
        user = self.env["res.users"].browse(access_uid or self.env.uid)
        if len(self) == 1 and user.has_groups(STAFF_GROUPS):
            # As superuser, as the host asks: only whether it is a client.
            if self._vip_client().sudo().client_type:
                return self.env.ref("vip_service.res_partner_view_form_client_360").id
        return super().get_formview_id(access_uid=access_uid)

    @api.model
    def _panel_rules(self, company_id, month, version_id, consent, lang):
        """Return the ladder that holds, the names of what it measures, and its badges.

        A version in force does not change; what is changed in place clears what is kept.

        :param month: the newest one with figures, None without any
        :param version_id: of the ladder in force today
        :param consent: whether anybody has consented to be judged with others
        """
        company = self.env["res.company"].browse(company_id)
        today = company._vip_local_date(event_time(self.env))
        return self._panel_rules_of(
            company_id, month or today.replace(day=1), today, version_id, consent, lang
        )

    @api.model
    @ormcache("company_id", "month", "today", "version_id", "consent", "lang")
    def _panel_rules_of(self, company_id, month, today, version_id, consent, lang):
        # As superuser: the ladder and what it measures are no secret in the service.
        self = self.sudo().with_context(lang=lang)
        rules = self.env["vip.ladder.version"]._rules(
            self.env["res.company"].browse(company_id),
            month,
            consent,
            held_on=today,
            ladder_of=today,
        )
        metrics = (
            self.env["vip.metric"].with_context(active_test=False).search(Domain.TRUE)
        )
        tiers = self.env["vip.tier"].with_context(active_test=False).search(Domain.TRUE)
        return {
            "rules": rules,
            "metrics": {metric.id: metric.name for metric in metrics},
            "badges": {tier.id: tier._client_360_badge() for tier in tiers},
        }

    def _panel_road(self, known, ladder):
        """Return how far this client is from rising, or from what keeps its tier; False.

        ``kind``: keep or rise; ``tier``: the badge of which; ``percent`` of the line of
        the figure that decides, ``metric``; ``about``: in steps, for who may not see it.

        :param known: of ``helpdesk.ticket._panel_client``
        :param ladder: of :meth:`_panel_rules`
        """
        if not known["newest_month"]:
            return False
        rules = ladder["rules"]
        values, _group = self._client_360_measures(rules)
        kind, tier, reached = self._panel_goal(known, rules, values)
        if not tier:
            return False
        percent, metric_id = reached
        # Of a client beside a ticket that the user may read.
        exact = self._panel_money_visible(known)
        return {
            "kind": kind,
            "tier": ladder["badges"][tier["id"]],
            "metric": ladder["metrics"].get(metric_id, False),
            "percent": percent if exact else percent // STEP * STEP,
            "about": not exact,
            "at_risk": kind == "keep" and percent < 100,
            "month": fields.Date.to_string(known["newest_month"]),
        }

    @api.model
    def _panel_goal(self, known, rules, values):
        """Return (keep or rise, rule of the tier, (percent, metric id)) to be shown.

        What is at risk comes first, then what is above, then what is held.
        """
        kind = known["client_type"]
        judged = [rule for rule in rules["tiers"] if criteria_of(rule, kind)]
        own = next((r for r in rules["tiers"] if r["id"] == known["tier_id"]), None)
        rank = own["rank"] if own else 0
        above = next((rule for rule in judged if rule["rank"] > rank), None)
        lowest = rules["tiers"][0] if rules["tiers"] else None
        keeps = own in judged and own is not lowest
        kept = keeps and self._panel_reached(own, kind, "retain", values)
        if kept and (kept[0] < 100 or not above):
            return "keep", own, kept
        if above:
            return "rise", above, self._panel_reached(above, kind, "qualify", values)
        return "keep", None, None

    @api.model
    def _panel_reached(self, rule, client_type, threshold, values):
        """Return (percent of the line, metric id) of the figure that decides.

        :param threshold: ``qualify`` or ``retain``
        :param values: {(metric id, window, aggregate): value}

        Of all the least reached decides, of any the most reached.
        """
        reached = []
        for criterion in criteria_of(rule, client_type):
            metric_id = criterion["metric_id"]
            key = metric_id, criterion["window_months"], criterion["aggregate"]
            line, value = criterion[threshold], float(values.get(key) or 0)
            percent = min(100, max(0, int(100 * value / line))) if line > 0 else 100
            reached.append((percent, metric_id))
        return (min if rule["match"] == "all" else max)(reached)

    def _panel_money_visible(self, known):
        """Tell whether the user may see this client's figures; without reading it."""
        return known["adviser_id"] == self.env.uid or self._client_360_sees_all()
