from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time, month_name

from ...tools.figures_sql import any_consent_sql
from ...tools.ladder_sql import holders_sql, moving_sql
from ...tools.review_sql import judged_sql, present_sql

#: So many clients of each move are named; of the rest it says how many there are.
MOST_NAMED = 20


class VipLadderVersion(models.Model):
    """What a version will do, before it is put in force."""

    _inherit = "vip.ladder.version"

    preview = fields.Json(readonly=True, copy=False)
    preview_html = fields.Html(
        string="Preview", compute="_compute_preview_html", sanitize=False
    )

    @api.depends("preview")
    @api.depends_context("lang", "uid")
    def _compute_preview_html(self):
        for version in self:
            version.preview_html = version.preview and self.env["ir.qweb"]._render(
                "vip_service.ladder_preview", version._shown_preview(version.preview)
            )

    def _shown_preview(self, preview):
        """Return what a page shows of a preview: its ids with the names of today."""
        # As superuser: the ladder is no secret in the service.
        tiers = self.env["vip.tier"].with_context(active_test=False).sudo()
        tiers = tiers.search_fetch(Domain.TRUE, ["name"])
        names = {tier.id: tier.name for tier in tiers}
        ids = [id_ for move in preview["moves"] for id_ in move["partner_ids"]]
        # Only clients that the reader may see are named.
        clients = self.env["res.partner"].with_context(active_test=False)
        clients = clients.search_fetch([("id", "in", ids)], ["display_name"])
        known = {client.id: client.display_name for client in clients}
        return {
            "month": month_name(self.env, fields.Date.to_date(preview["month"])),
            "rows": [
                {**row, "tier": names.get(row["tier_id"], "")}
                for row in preview["rows"]
            ],
            "moves": [
                {
                    "from": names.get(move["from_id"], ""),
                    "to": names.get(move["to_id"], ""),
                    "count": move["count"],
                    "clients": (named := _named(move, known)),
                    "more": self._more_text(move["count"] - len(named)),
                }
                for move in preview["moves"]
            ],
        }

    def _more_text(self, count):
        return self.env._("and %s more", count) if count else ""

    def action_preview(self):
        """Count whom this version concerns, and what the figures of now ask by it."""
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        self._complete_plan()
        # As superuser: counts of all clients, for whoever changes the ladder.
        self.sudo()._preview(event_time(self.env))
        return True

    def _preview(self, at):
        """Count by tier who holds it, who will by the plan, and whom the figures ask."""
        held, planned, asked, moves, newest = {}, {}, {}, {}, None
        for company in self._concerned():
            self._add_moves(moves, company, at)
            month = company._vip_newest_month()
            newest = max(filter(None, (newest, month)), default=None)
            for tier_id, to_id, count in self._counts_in(company, at):
                held[tier_id] = held.get(tier_id, 0) + count
                planned[to_id] = planned.get(to_id, 0) + count
            if month:
                for tier_id, count in self._asked_in(company, month, at):
                    asked[tier_id] = asked.get(tier_id, 0) + count
        rungs = self.rung_ids.sorted("rank", reverse=True)
        tiers = rungs.tier_id | self._before().rung_ids.tier_id
        self.write(
            {
                "preview": {
                    "month": newest and newest.isoformat(),
                    "moves": [
                        {"from_id": old, "to_id": new, "count": count}
                        | {"partner_ids": ids[:MOST_NAMED]}
                        for (old, new), (count, ids) in moves.items()
                    ],
                    "rows": [
                        {
                            "tier_id": tier.id,
                            "goes": tier not in rungs.tier_id,
                            "held": held.get(tier.id, 0),
                            "planned": planned.get(tier.id, 0),
                            "asked": asked.get(tier.id, 0),
                        }
                        for tier in tiers
                    ],
                }
            }
        )

    def _add_moves(self, moves, company, at):
        """Add to ``{(old, new tier): (clients, the first of them)}`` whom the plan moves."""
        plans = self._plans()
        if not plans:
            return
        day = company._vip_local_date(at)
        lowest = self._of(company, day).lowest_id.id
        query = moving_sql(company.id, day, lowest or None, plans, MOST_NAMED)
        for old, new, count, ids in self.env.execute_query(query):
            known, named = moves.get((old, new), (0, []))
            moves[old, new] = (known + count, named + ids)

    def _plans(self):
        """Return (tier that is left, tier that comes, only who was not given it)."""
        tiers = self.rung_ids.tier_id
        return [
            (plan.from_tier_id.id, plan.to_tier_id.id, plan.from_tier_id in tiers)
            for plan in self.plan_ids
            if plan.to_tier_id
        ]

    def _counts_in(self, company, at):
        """Return [(tier held, tier held by the plan, clients)] of a company."""
        before = self._of(company, company._vip_local_date(at))
        plans = {old: (new, without) for old, new, without in self._plans()}
        rows = self._holders(company, at)
        found = []
        for tier_id, held, count in rows:
            new, without = plans.get(tier_id, (tier_id, False))
            found.append((tier_id, tier_id if held and without else new, count))
        return found if before else []

    def _holders(self, company, at):
        """Return [(tier, given by a membership, clients)] of today."""
        for name in "vip.tier.membership", "res.partner":
            self.env[name].flush_model()
        day = company._vip_local_date(at)
        lowest = self._of(company, day).lowest_id.id
        return self.env.execute_query(
            SQL(
                "SELECT tier_id, held, count(*) FROM (%s) h"
                " WHERE tier_id IS NOT NULL GROUP BY 1, 2",
                holders_sql(company.id, day, lowest or None),
            )
        )

    def _holder_counts(self):
        """Return ``{tier: (clients that were given it, others who have it)}`` of today."""
        found = {}
        # As superuser: counts, for whoever changes the ladder.
        for company in self.sudo()._concerned():
            for tier_id, held, count in self.sudo()._holders(
                company, event_time(self.env)
            ):
                given, others = found.get(tier_id, (0, 0))
                found[tier_id] = (
                    (given + count, others) if held else (given, others + count)
                )
        return found

    def _asked_in(self, company, month, at):
        """Return [(tier, clients)] that the figures of a month ask by this version.

        Of the clients that have figures in the window or a tier above the lowest.
        """
        for name in "vip.activity", "vip.client.group", "vip.client.group.member":
            self.env[name].flush_model()
        day = company._vip_local_date(at)
        [[groups]] = self.env.execute_query(
            SQL("SELECT %s", any_consent_sql(company.id, month))
        )
        gone = self._successors(company, day)
        gone |= {old: new for old, new, without in self._plans() if not without}
        rules = {
            **self._rules(company, month, groups),
            "tiers": self._as_rules(),
            "gone": list(gone.items()),
        }
        judged = judged_sql(company.id, rules, present_sql(company.id, day, rules))
        return self.env.execute_query(
            SQL("SELECT target_id, count(*) FROM (%s) j GROUP BY 1", judged)
        )


def _named(move, known):
    return [known[id_] for id_ in move["partner_ids"] if id_ in known]
