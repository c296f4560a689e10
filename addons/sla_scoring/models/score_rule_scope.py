from datetime import date

from odoo import api, fields, models

ANY = ("metric", "category_ids", "tier_ids")
#: What tells rules apart that would otherwise charge the same promises.
SCOPE = ("kind", "key_clients_only", "item_limit_only", *ANY)


class ScoreRuleScope(models.Model):
    """Which promises a rule charges, and which of several rules does.

    One promise is charged by one rule: the most specific one in force when the clock
    stopped; of equals the one that came into force last.
    """

    _inherit = "score.rule"

    metric = fields.Selection(
        lambda self: (
            self.env["sla.clock"]._fields["metric"]._description_selection(self.env)
        ),
        string="Promise",
        tracking=True,
        help="Charge only this kind of promise. Empty: every kind.",
    )
    category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        string="Service items",
        help="Charge only these service items and those below them. Empty: all.",
    )
    tier_ids = fields.Many2many(
        "vip.tier",
        string="Tiers",
        help="Charge only lateness towards clients of these tiers. Empty: all.",
    )

    @api.depends("date_from", "date_to", "company_id", *SCOPE)
    def _compute_warning(self):
        return super()._compute_warning()

    def _charges(self, promise):
        """Tell whether this rule charges a promise at all (REQUIREMENTS P1).

        :param promise: dict with ``key_client``, ``item_limit``, ``metric``, ``tier_id``
            and ``category_path`` (ids from the root to the service item)
        """
        self.ensure_one()
        return (
            (promise["key_client"] or not self.key_clients_only)
            and (promise["item_limit"] or not self.item_limit_only)
            and self.metric in (False, promise["metric"])
            and (not self.tier_ids or promise["tier_id"] in self.tier_ids.ids)
            and (
                not self.category_ids
                or not promise["category_path"].isdisjoint(self.category_ids.ids)
            )
        )

    def _rank(self):
        """Return how specific this rule is; the highest rank charges."""
        self.ensure_one()
        named = [bool(self[name]) for name in ("company_id", *reversed(ANY))]
        return (*named, self.date_from or date.min, self._origin.id or 0)

    def _for_promise(self, promise, company, day):
        """Return the one rule among these that charges a promise, or none.

        :param day: local date on which the clock stopped
        """
        in_force = self._in_force("overtime", company, day)
        matching = in_force.filtered(lambda rule: rule._charges(promise))
        return max(matching, key=lambda rule: rule._rank(), default=self.browse())

    def _warnings(self):
        return super()._warnings() + self._date_warnings()

    def _date_warnings(self):
        """Return what is to be said about the days before, after and shared."""
        alike = self._alike()
        shown = self._shown_date
        result = []
        for other in alike:
            low = max(self._first_day(), other._first_day())
            high = min(self._last_day(), other._last_day())
            if low <= high:
                newer = max(self | other, key=lambda rule: rule._rank())
                result.append(
                    self.env._(
                        "“%(other)s” charges the same from %(low)s to %(high)s; there, "
                        "“%(newer)s” is applied.",
                        other=other.name,
                        low=shown(low),
                        high=shown(high),
                        newer=newer.name,
                    )
                )
        if self._last_day() != date.max and not self._is_followed(alike):
            result.append(
                self.env._(
                    "After %s no such rule is in force until another one begins.",
                    shown(self._last_day()),
                )
            )
        return result

    def _alike(self):
        """Return the other active rules with the same scope."""
        domain = [
            ("id", "not in", self._origin.ids),
            ("kind", "=", self.kind),
            ("company_id", "=", self._origin.company_id.id or self.company_id.id),
        ]
        return self.search(domain).filtered(
            lambda rule: all(self._scope(name) == rule._scope(name) for name in SCOPE)
        )

    def _scope(self, name):
        value = self[name]
        return set(value.ids) if isinstance(value, models.BaseModel) else value

    def _is_followed(self, others):
        """Tell whether one of other rules is in force on the day after this one."""
        last = self._last_day().toordinal() + 1
        return any(
            other._first_day().toordinal() <= last <= other._last_day().toordinal()
            for other in others
        )

    def _first_day(self):
        return self.date_from or date.min

    def _last_day(self):
        return self.date_to or date.max

    def _shown_date(self, day):
        """Return a day for people; open ends as dots."""
        if day in (date.min, date.max):
            return "…"
        return fields.Date.to_string(day)
