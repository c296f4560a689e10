from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import CONTEXT_KEY, add_months, event_time
from odoo.addons.vip_base.tools.written import written_moment

from .score_entry import CHARGES

#: So many months stand in the trend of one's own points, the last one with entries last.
TREND = 12
DAY = timedelta(days=1)


class ScoreEntry(models.Model):
    """One's own points: the last month that has any, and what can be done about them."""

    _inherit = "score.entry"

    of_last_month = fields.Boolean(
        string="Of the last month with entries",
        compute="_compute_of_last_month",
        search="_search_of_last_month",
        help="Counted in the last month in which the reader has entries.",
    )
    may_be_contested = fields.Boolean(
        compute="_compute_may_be_contested",
        search="_search_may_be_contested",
        help="An own charge whose time to be contested is not over.",
    )
    appeal_note = fields.Char(
        string="Contesting",
        compute="_compute_appeal_note",
        help="What became of an appeal, or until when one may be made.",
    )

    @api.depends_context("uid")
    @api.depends("month")
    def _compute_of_last_month(self):
        last = self._my_last_month()
        for entry in self:
            entry.of_last_month = bool(last) and entry.month == last

    @api.model
    def _search_of_last_month(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [("month", "=", self._my_last_month())]

    def _compute_may_be_contested(self):
        for entry in self:
            entry.may_be_contested = entry.can_appeal

    @api.model
    def _search_may_be_contested(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._to_contest()

    @api.depends_context("uid", "lang", CONTEXT_KEY)
    @api.depends("appeal_ids.state", "posted_at", "kind")
    def _compute_appeal_note(self):
        now = event_time(self.env)
        for entry in self:
            entry.appeal_note = entry._appeal_words(now)

    def _appeal_words(self, now):
        """Return the state of the appeal and its time, or how long one may be made."""
        if appeal := self.appeal_ids[:1]:
            states = dict(appeal._fields["state"]._description_selection(self.env))
            if appeal.state != "submitted":
                return states[appeal.state]
            return self.env._(
                "%(state)s, answer by %(moment)s",
                state=states[appeal.state],
                moment=written_moment(self.env, appeal.due_at, now=now),
            )
        if not self.can_appeal:
            return False
        if not self.appeal_until:
            return self.env._("can be contested")
        days = (self.appeal_until - now) // DAY
        if days:
            return self.env._("can be contested, days left: %s", days)
        return self.env._("can be contested for the last day")

    @api.model
    def _contest_count(self):
        """Return how many own charges may be contested, and the days left for the first.

        :return: (number, whole days; None where no time runs yet)
        """
        [(count, first)] = self._read_group(
            self._to_contest(), [], ["__count", "posted_at:min"]
        )
        # As superuser: the company's setting, which agents do not read.
        days = timedelta(days=self.env.company.sudo().score_appeal_days)
        left = first and (first + days - event_time(self.env)) // DAY
        return count, left if first else None

    @api.model
    def _my_last_month(self):
        """Return the last month in which the present user has entries, None without."""
        self.flush_model(["user_id", "month", "company_id"])
        [[month]] = self.env.execute_query(
            SQL(
                "SELECT max(month) FROM score_entry"
                " WHERE user_id = %s AND company_id = ANY(%s)",
                self.env.uid,
                self.env.companies.ids,
            )
        )
        return month

    @api.model
    def _to_contest(self):
        """Return the domain of own charges that may still be contested."""
        # As superuser: the company's setting, which agents do not read.
        days = self.env.company.sudo().score_appeal_days
        since = event_time(self.env) - timedelta(days=days)
        return (
            Domain("user_id", "=", self.env.uid)
            & Domain("kind", "in", sorted(CHARGES))
            & Domain("points", "<", 0)
            # The time to contest a draft has not begun to run.
            & (Domain("posted_at", "=", False) | Domain("posted_at", ">=", since))
            & Domain("appeal_ids", "=", False)
            & Domain("reversal_ids", "=", False)
        )

    @api.model
    def my_points(self):
        """Return what stands above one's own points; as the present user reads them.

        ``month`` (the last with entries, False without any), its ``total`` and how much
        of it is not posted yet, ``drafts``; ``trend``: the totals of the last months, from
        the first with entries on; ``contest``: how many entries may be contested;
        ``appeals``: own ones that wait; ``hints``: what would raise the last scorecard
        most.
        """
        month = self._my_last_month()
        if not month:
            return {"month": False}
        return {
            "month": fields.Date.to_string(month),
            **self._my_sums(month),
            "contest": self.search_count(self._to_contest()),
            "appeals": self.env["score.appeal"].search_count(
                [("user_id", "=", self.env.uid), ("state", "=", "submitted")]
            ),
            **self._my_hints(),
        }

    @api.model
    def _my_sums(self, month):
        first = add_months(month, 1 - TREND)
        rows = self._read_group(
            [
                ("user_id", "=", self.env.uid),
                ("month", ">=", first),
                ("month", "<=", month),
            ],
            ["month:month", "state"],
            ["points:sum"],
        )
        sums = {(day, state): points for day, state, points in rows}
        begun = min(day for day, _state in sums)

        def total(day):
            found = (sums.get((day, state), 0.0) for state in ("posted", "draft"))
            return sum(found) if day >= begun else None

        months = [add_months(first, place) for place in range(TREND)]
        return {
            "total": total(month),
            "drafts": sums.get((month, "draft"), 0.0),
            "trend": [
                {"month": fields.Date.to_string(day), "value": total(day)}
                for day in months
            ],
        }

    @api.model
    def _my_hints(self):
        cards = self.env["score.card"]
        card = cards.search(
            [("user_id", "=", self.env.uid)], order="month DESC, id DESC", limit=1
        )
        if not card:
            return {"card": False, "hints": []}
        page = card.card_page()
        names = ("key", "name", "value", "target", "gain")
        return {
            "card": {"id": card.id, "name": card.month_name, "score": page["score"]},
            "hints": [{name: hint[name] for name in names} for hint in page["hints"]],
        }

    @api.model
    def action_my_appeals(self):
        """Open one's own appeals."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_scoring.score_appeal_action"
        )
        return {**action, "domain": [("user_id", "=", self.env.uid)], "context": {}}
