from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch

from ...engine.matching import Matcher, match

#: What of a promise is not what the client is promised.
UNPROMISED = {
    "target_id": 0,
    "policy_id": 0,
    "item_limit": False,
    "levels": (),
    "rematch": "",
    "match_id": None,
}


class TicketFacts(NamedTuple):
    """What policies look at, of a ticket as it is today."""

    ticket_id: int
    company_id: int
    category_path: str | None
    team_id: int | None
    priority: str | None
    tier_id: int


class VipTierBacktest(models.Model):
    """A back-test also tells which tickets would have been promised something else."""

    _inherit = "vip.tier.backtest"

    def _backtest_tickets(self):
        """Compare, for each ticket with another tier, what policies promise by each.

        Policies and the ticket's service item, team and priority are those of today.
        """
        result = super()._backtest_tickets()
        book = self.env["sla.clock"]._book()
        matcher, matched, changed = Matcher(book), {}, {}
        ruleset, tickets = matcher.ruleset, list(self._backtest_ticket_facts())
        extras = book.extra_facts([row[0].ticket_id for row in tickets], ruleset)
        for change, opened, tier_id in tickets:
            extra = extras.get(change.ticket_id, ())
            facts = [
                matcher.facts(one, opened, extra)
                for one in (change, change._replace(tier_id=tier_id))
            ]
            for one in facts:
                if one not in matched:
                    matched[one] = match(ruleset.rules, one)
            promises = _differing(*(matched[one] for one in facts))
            if promises:
                changed.setdefault(promises, []).append(change.ticket_id)
        self.env["vip.tier.backtest.ticket"]._keep_promises(self, changed)
        return result

    def _backtest_ticket_facts(self):
        """Yield (facts, opening in epoch seconds, tier under the draft) of each ticket."""
        self.env["helpdesk.ticket"].flush_model()
        self.env["helpdesk.ticket.category"].flush_model(["parent_path"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, t.company_id, c.parent_path, t.team_id, t.priority,
                       b.from_tier_id, b.opened_at, b.to_tier_id
                  FROM vip_tier_backtest_ticket b
                  JOIN helpdesk_ticket t ON t.id = b.ticket_id
                  LEFT JOIN helpdesk_ticket_category c ON c.id = t.category_id
                 WHERE b.backtest_id = %s
                """,
                self.id,
            )
        )
        for *facts, opened_at, tier_id in rows:
            yield TicketFacts(*facts), to_epoch(opened_at), tier_id

    def _backtest_ticket_summary(self):
        """Add how many tickets would have been promised something else."""
        rows = super()._backtest_ticket_summary()
        changed = self.env["vip.tier.backtest.ticket"].search_count(
            [("backtest_id", "=", self.id), ("promise_changed", "=", True)]
        )
        label = self.env._("of these with another promise")
        return [*rows, {"key": "promise", "label": label, "value": changed}]


def _differing(real, drafted):
    """Return ((target id or None, target id or None), …): real and draft, if they differ.

    Two targets that promise the same are no difference.
    """
    metrics = sorted(real.keys() | drafted.keys())
    pairs = [(real.get(metric), drafted.get(metric)) for metric in metrics]
    return tuple(
        tuple(promise and promise.target_id for promise in pair)
        for pair in pairs
        if len({promise and promise._replace(**UNPROMISED) for promise in pair}) > 1
    )
