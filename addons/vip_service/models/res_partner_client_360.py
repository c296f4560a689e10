from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import (
    AGENT_GROUP,
    AUDITOR_GROUP,
    MANAGER_GROUP,
    STAFF_GROUPS,
)
from odoo.addons.vip_base.tools.times import (
    add_months,
    event_time,
    month_end,
    reviews_left,
)

from ..engine.ladder import shade
from ..tools.figures_sql import (
    any_consent_sql,
    criteria_of,
    edge_month_sql,
    figures_sql,
    measures,
    rolled_up_sql,
)
from ..tools.review_sql import last_review_sql

MEMBERSHIPS = 20


class ResPartner(models.Model):
    """The client's page: one call for what is seen at once, one per lazy section."""

    _inherit = "res.partner"

    # Public

    def client_360(self):
        """Return the page: ``partner`` (the header) and ``sections`` in order.

        A lazy section comes without data. A contact shows its commercial entity; who is
        no client has no sections. Raises AccessError for people outside the service.
        """
        client = self._client_360_client()
        sections = client._client_360_sections() if client.client_type else []
        data = {
            section["key"]: client._client_360_load(section["key"])
            for section in sections
            if not section["lazy"]
        }
        header = client._client_360_header()
        if "road" in data:
            data["next_action"] = client._with_keeping(
                data["next_action"], data["road"], header
            )
        return {
            "partner": header,
            "sections": sorted(
                ({**section, "data": data.get(section["key"])} for section in sections),
                key=lambda section: section["sequence"],
            ),
        }

    def client_360_section(self, key):
        """Return the data of the section ``key``; UserError if there is none for you."""
        client = self._client_360_client()
        keys = {section["key"] for section in client._client_360_sections()}
        if not client.client_type or key not in keys:
            raise UserError(self.env._("There is no such section for this client."))
        return client._client_360_load(key)

    # Hook

    def _client_360_sections(self):
        """Return the sections for the present user: key, title, sequence and lazy.

        Each has a loader ``_client_360_<key>()`` that returns JSON data.
        """
        self.ensure_one()
        rows = [
            ("next_action", self.env._("Next action"), 1, False),
            ("key_points", self.env._("Key points"), 5, True),
            ("story", self.env._("Story"), 35, True),
            ("requests", self.env._("Requests"), 30, False),
            ("tiers", self.env._("Tiers"), 40, True),
            ("entitlements", self.env._("Rights"), 42, True),
            ("people", self.env._("People"), 44, True),
            ("health", self.env._("Health"), 15, True),
            ("needs", self.env._("Needs and preferences"), 12, True),
        ]
        if self._client_360_money_visible():
            rows += [
                ("road", self.env._("Road to the next tier"), 10, False),
                ("activity", self.env._("Twelve months"), 20, True),
            ]
        else:
            rows.append(("bands", self.env._("Standing"), 10, True))
        names = ("key", "title", "sequence", "lazy")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _client_360_load(self, key):
        return getattr(self, f"_client_360_{key}")()

    # Access

    def _client_360_client(self):
        self.ensure_one()
        if not self.env.user.has_groups(STAFF_GROUPS):
            raise AccessError(self.env._("The client's page is for the service staff."))
        self.check_access("read")
        client = self._vip_client().sudo(self.env.su)
        if client != self:
            client.check_access("read")
        return client

    def _client_360_money_visible(self):
        """Return whether the present user may see this client's money and volumes."""
        return self.adviser_id == self.env.user or self._client_360_sees_all()

    @api.model
    def _client_360_sees_all(self):
        """Return whether the present user may see the money of every client."""
        user = self.env.user
        return user.has_group(MANAGER_GROUP) or user.has_group(AUDITOR_GROUP)

    # Header

    def _client_360_header(self):
        tier, since = self.vip_tier_id, self.vip_tier_since
        labels = dict(self._fields["client_type"]._description_selection(self.env))
        reachable = self.env.user.has_group(AGENT_GROUP)
        known = self._client_360_known()
        return {
            "id": self.id,
            "name": self.name or "",
            "number": self.client_number,
            "type": self.client_type,
            "type_label": labels.get(self.client_type, False),
            "tier": tier._client_360_badge() if tier else False,
            "tier_since": fields.Date.to_string(since) if since else False,
            "active": self.active,
            "city": self.city or False,
            "adviser": known["adviser"],
            "last_contact": known["last_contact"],
            "next_contact": known["next_contact"],
            "care": known["care"] if self.client_type else [],
            "buttons": self._client_360_buttons_shown(known),
            "currency_id": self._client_360_currency().id,
            # An auditor has no reason to call the client.
            "email": self.email if reachable else False,
            "phone": self.phone if reachable else False,
            "badges": self._client_360_badges_shown() if self.client_type else [],
        }

    def _client_360_today(self):
        return self.env.company._vip_local_date(event_time(self.env))

    def _client_360_currency(self):
        # As superuser: the user's own company's currency.
        return self.env.company._vip_currency(None)

    def _client_360_month_sql(self):
        """Return the newest month that the company has figures for, as SQL."""
        self.env["vip.activity"].flush_model()
        return edge_month_sql(self.env.company.id, "max")

    # Section: the road to the next tier

    def _client_360_road(self):
        """What is missing to the next tier, and whether the present one is at risk."""
        month, shortfalls, reviewed, groups = self._client_360_standing()
        today = self._client_360_today()
        next_month = add_months(reviewed, 1) if reviewed else month
        # As superuser: how the company judges. Together, which is one query less.
        settings = ["vip_one_step_down", "vip_falls_every", "currency_id"]
        self.env.company.sudo().fetch(settings)
        rules = self.env["vip.ladder.version"]._rules(
            self.env.company, month or today, groups, held_on=today, ladder_of=today
        )
        tier = self.vip_tier_id
        values, group = self._client_360_measures(rules) if month else ({}, False)
        # Only what judges this type of client: the rest cannot be reached or lost.
        ladder = [
            {
                **rule,
                "criteria": criteria_of(rule, self.client_type),
                "shade": shade(place, len(rules["tiers"])),
            }
            for place, rule in enumerate(rules["tiers"])
        ]
        own = next((r for r in ladder if r["id"] == tier.id), None)
        rank = own["rank"] if own else 0
        above = [r for r in ladder if r["rank"] > rank and r["criteria"]]
        retain = own and own["criteria"] and own != ladder[0]
        return {
            "tier": tier._client_360_badge(),
            "month": fields.Date.to_string(month) if month else False,
            "group": group,
            "judged": self._client_360_judged(next_month, today),
            "next": self._client_360_goal(above[0], "qualify", values)
            if above
            else False,
            "retain": {
                **self._client_360_goal(own, "retain", values),
                "shortfalls": shortfalls,
                "grace_left": reviews_left(
                    own["grace_reviews"],
                    shortfalls,
                    next_month.month if next_month else 1,
                    rules["falls_every"],
                ),
            }
            if retain
            else False,
        }

    @api.model
    def _client_360_judged(self, month, today):
        """Return which month is judged next, and how many days of it are left."""
        if not month:
            return False
        return {
            "month": fields.Date.to_string(month),
            "days_left": max((month_end(month) - today).days, 0),
            "over": month_end(month) < today,
        }

    def _client_360_goal(self, rule, threshold, values):
        """Return how far the client is from a tier's thresholds."""
        ids = [criterion["metric_id"] for criterion in rule["criteria"]]
        metrics = self.env["vip.metric"].browse(ids)
        criteria = [
            self._client_360_step(metric, criterion, threshold, values)
            for metric, criterion in zip(metrics, rule["criteria"], strict=True)
        ]
        reached = all if rule["match"] == "all" else any
        goal = {"match": rule["match"], "criteria": criteria}
        if threshold == "retain":
            return {**goal, "at_risk": not reached(c["passed"] for c in criteria)}
        return {
            **goal,
            "tier": {
                name: rule[name] for name in ("id", "name", "rank", "shade", "code")
            },
        }

    def _client_360_step(self, metric, criterion, threshold, values):
        key = (metric.id, criterion["window_months"], criterion["aggregate"])
        value, needed = float(values.get(key) or 0), criterion[threshold]
        money = metric.unit == "money"
        return {
            "metric": metric.code,
            "name": metric.name,
            "unit": metric.unit,
            "currency_id": self._client_360_currency().id if money else False,
            "window_months": criterion["window_months"],
            "aggregate": criterion["aggregate"],
            "value": value,
            "needed": needed,
            "missing": max(needed - value, 0),
            "percent": min(100.0, 100 * value / needed) if needed > 0 else 100.0,
            "passed": value >= needed,
        }

    def _client_360_measures(self, rules):
        """Return how a review would judge: the figures, and the group that they are of.

        The figures as ``{(metric id, window, aggregate): value}``, the group by its name
        and how many are judged together; False: the client is judged alone.
        """
        self.env["vip.activity"].flush_model()
        company = self.env.company.id
        # As superuser: the section itself is given only to who may see the figures.
        rows = self.env.execute_query(
            SQL(
                "SELECT f.*, %s FROM (%s) f",
                rolled_up_sql(company, rules, SQL("f.partner_id")),
                figures_sql(company, rules, among=self.ids),
            )
        )
        if not rows:
            return {}, False
        _id, *values, group = rows[0]
        found = dict(zip(measures(rules), values, strict=False))
        if not group:
            return found, False
        # As superuser: as above.
        name = self.env["vip.client.group"].sudo().browse(group["id"]).name
        return found, {"name": name, "count": len(group["members"])}

    def _client_360_standing(self):
        """Return (newest month with figures, shortfalls in a row, last month reviewed,
        whether anybody has consented to be judged with others)."""
        self.env["vip.tier.verdict"].flush_model()
        self.env["vip.client.group.member"].flush_model()
        # As superuser: the section itself is given only to who may see the figures.
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT %s, COALESCE((
                       SELECT streak FROM vip_tier_verdict
                        WHERE partner_id = %s AND tier_id = %s AND review_id = %s), 0),
                       (SELECT max(month) FROM vip_tier_review
                         WHERE company_id = %s AND state = 'done'), %s
                """,
                self._client_360_month_sql(),
                self.id,
                self.vip_tier_id.id,
                last_review_sql(self.env.company.id),
                self.env.company.id,
                any_consent_sql(self.env.company.id, self._client_360_today()),
            )
        )
        return row

    # Sections: the client's tiers and what is owed to it

    def _client_360_tiers(self):
        """Which tier from when to when, and the change that waits for a decision."""
        domain = [
            ("company_id", "=", self.env.company.id),
            ("partner_id", "=", self.id),
        ]
        memberships = self.env["vip.tier.membership"].search_fetch(
            domain, ["tier_id", "date_from", "date_to", "change_id"], limit=MEMBERSHIPS
        )
        # As superuser: that a change is proposed is no secret in the service, its
        # evidence is; only the former leaves here.
        proposal = (
            self.env["vip.tier.change"]
            .sudo()
            .search_fetch(
                [*domain, ("state", "=", "proposed")],
                ["from_tier_id", "to_tier_id", "direction", "proposed_at"],
                limit=1,
            )
        )
        (memberships.tier_id | proposal.from_tier_id | proposal.to_tier_id).fetch(
            ["name", "rank", "code"]
        )
        return {
            # The evidence tells figures: it is for who may see them.
            "changes_readable": self._client_360_money_visible(),
            "memberships": [
                {
                    "id": membership.id,
                    "change_id": membership.change_id.id,
                    "tier": membership.tier_id._client_360_badge(),
                    "date_from": fields.Date.to_string(membership.date_from),
                    "date_to": fields.Date.to_string(membership.date_to) or False,
                }
                for membership in memberships
            ],
            "proposal": proposal
            and {
                "id": proposal.id,
                "from_tier": proposal.from_tier_id._client_360_badge(),
                "to_tier": proposal.to_tier_id._client_360_badge(),
                "direction": proposal.direction,
                "proposed_at": fields.Datetime.to_string(proposal.proposed_at),
            }
            or False,
        }

    def _client_360_entitlements(self):
        """The rights of the client's tier: granted, used in the period, left."""
        used = self.env["vip.entitlement"]._used_by(
            self, self.env.company, self._client_360_today(), self.vip_tier_id
        )
        usable = self.active and self.env["vip.entitlement.use"].has_access("create")
        return self._entitlements_told(used, usable)

    def _entitlements_told(self, used, usable):
        """Return what rights say, by how often they were used.

        :param usable: whether the present user may use one now
        """
        entitlements = self.env["vip.entitlement"].browse(used)
        periods = dict(entitlements._fields["period"]._description_selection(self.env))
        return {
            "items": [
                {
                    "id": entitlement.id,
                    "name": entitlement.name,
                    "description": entitlement.description,
                    "quota": entitlement.quota,
                    "period": entitlement.period,
                    "period_label": periods[entitlement.period],
                    "used": used[entitlement.id],
                    "usable": usable and entitlement._is_usable(used[entitlement.id]),
                    "left": max(entitlement.quota - used[entitlement.id], 0)
                    if entitlement.quota
                    else False,
                }
                for entitlement in entitlements
            ]
        }
