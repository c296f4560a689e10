from odoo import fields, models

from odoo.addons.vip_base.tools.times import add_months


class VipTierBacktest(models.Model):
    """The result of a back-test, as its page draws it."""

    _inherit = "vip.tier.backtest"

    def backtest_result(self):
        """Return the result as the page draws it; empty before a run.

        ``months``: per month the rises into and the falls out of each tier, those by
        today's thresholds, and what really happened; ``tiers`` and ``advisers``: clients
        under the draft, by today's thresholds and really.
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "done":
            return {}
        return {
            "run_at": fields.Datetime.to_string(self.run_at),
            "day": self.result["day"],
            "clients": self.result["clients"],
            "tiers": self._page_tiers(),
            "months": self._page_months(),
            "advisers": self._page_advisers(),
            "tickets": self._backtest_ticket_summary(),
        }

    def _page_tiers(self):
        loads = self.result["loads"]
        known = {tier for _adviser, *tiers, _count in loads for tier in tiers}
        known.update(self.tier_line_ids.tier_id.ids)
        tiers = self.env["vip.tier"].with_context(active_test=False)
        tiers = tiers.search([("id", "in", list(known))], order="rank desc, id")
        return [
            {**tier._client_360_badge(), **_counts(loads, tier.id)} for tier in tiers
        ]

    def _page_months(self):
        months = {}
        for place in range(self.months):
            month = add_months(self.month_from, place).isoformat()
            months[month] = {
                "month": month,
                "rises": {},
                "falls": {},
                "today": {"promotion": 0, "demotion": 0},
                "actual": {"promotion": 0, "demotion": 0},
            }
        for month, direction, from_id, to_id, count in self.result["moves"]:
            rises = direction == "promotion"
            cells = months[month]["rises" if rises else "falls"]
            tier = to_id if rises else from_id
            cells[tier] = cells.get(tier, 0) + count
        for key in "today", "actual":
            for month, direction, count in self.result[key]:
                months[month][key][direction] = count
        return list(months.values())

    def _page_advisers(self):
        loads = self.result["loads"]
        ids = list(dict.fromkeys(load[0] for load in loads))
        # As superuser: only names, also of advisers who left.
        users = self.env["res.users"].sudo().browse([i for i in ids if i]).exists()
        names = {user.id: user.name for user in users}
        tiers = self._page_tiers()
        rows = [
            {
                "id": adviser or False,
                "name": names.get(adviser, "") if adviser else "",
                "tiers": [
                    {
                        "id": tier["id"],
                        **_counts(loads, tier["id"], lambda a, me=adviser: a == me),
                    }
                    for tier in tiers
                ],
            }
            for adviser in ids
        ]
        return sorted(rows, key=lambda row: (not row["id"], row["name"]))


def _counts(loads, tier_id, wanted=lambda adviser: True):
    """Return how many clients have the tier, really, under the draft and by today's
    thresholds."""
    mine = [load for load in loads if wanted(load[0])]
    places = {"present": 1, "draft": 2, "today": 3}
    return {
        key: sum(load[-1] for load in mine if load[place] == tier_id)
        for key, place in places.items()
    }
