from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

from ..engine import ledger
from .score_entry import CHARGES

#: Of whose sums the worth of a reversal is told: who bears the entry, and the team.
BEARER = SQL("COALESCE(o.user_id, -o.team_id, 0)")
TEAM = SQL("o.team_id")


class ScoreEntryReversal(models.Model):
    """How an entry is taken back: once, and by exactly what it has cost or given.

    As long as its month is open, the line that takes it back counts there, and the card
    adds up anew. A closed month stays as it was paid: what it would have counted more,
    or less, without the entry is counted in the first month that is open.
    """

    _inherit = "score.entry"

    undone = fields.Float(
        string="Takes back",
        digits=(8, 2),
        readonly=True,
        help="Points of the original that do not stand any more. Where its month was "
        "closed, what goes back is what they had cost or given after offsets.",
    )
    corrected_month = fields.Date(
        string="Month corrected",
        readonly=True,
        help="The closed month whose sum this line corrects.",
    )
    team_points = fields.Float(
        string="Points of the team",
        digits=(8, 2),
        readonly=True,
        help="What the correction is worth on the scorecard of the team.",
    )

    def _reverse(self, reason, at, points=None, by=None):
        """Post the line that takes back an entry, wholly or partly, and return it.

        The other errors of a month that is open are counted anew.

        :param reason: why, for people
        :param at: naive UTC datetime
        :param points: how many of its points do not stand any more, above zero; None:
            all of them
        :param by: who decided, None for the job
        :raise UserError: not posted, a reversal itself, already reversed, or too much
        """
        self.ensure_one()
        whole = abs(self.points)
        amount = whole if points is None else round(points, 2)
        if self.state != "posted" or self.kind == "reversal" or self.reversal_ids:
            raise UserError(
                self.env._("Only a posted entry is reversed, and only once.")
            )
        if not (0 < amount <= whole or amount == whole == 0):
            raise UserError(
                self.env._("Between 0 and %s points can go back.", f"{whole:.2f}")
            )
        # As superuser: only jobs and checked decisions come here.
        entry = self.sudo()
        back = amount if self.points <= 0 else -amount
        reversal = entry._post_reversal(reason, at, back, by)
        if amount == whole:
            entry._count_anew(entry._error_months(), at, by)
        return reversal

    def _post_reversal(self, reason, at, back, by):
        """Post the line that takes back so much of this entry.

        :param back: the change of the entry's points
        :raise ConcurrencyError: somebody took back something at the same time
        """
        month = self._open_months()[self]
        values = self._reversal_values(reason, at, by)
        values |= {"month": month, "points": back, "undone": back}
        if month != self.month and self.kind != "award":
            values |= self._corrected(Decimal(f"{back:.2f}"))
        with self._in_turn([values]):
            reversal = self.create(values)
        reversal._tell_cards()
        return reversal

    def _corrected(self, back):
        """Return the values that a correction of a closed month has.

        :param back: the change of the entry's points
        """
        bearer = self.user_id.id or -(self.team_id.id or 0)
        lost, given = self._standing(BEARER, bearer)
        is_offset = self.kind not in CHARGES
        points = ledger.worth(lost, given, back, is_offset)
        team_points = points
        if self.team_id:
            standing = self._standing(TEAM, self.team_id.id)
            team_points = ledger.worth(*standing, back, is_offset)
        return {
            "points": float(points),
            "team_points": float(team_points),
            "corrected_month": self.month,
            "details": {
                "corrects": {
                    "paid": float(ledger.total(lost, given)),
                    "due": float(ledger.total(lost, given) + points),
                }
            },
        }

    def _standing(self, whose, bearer):
        """Return what stands of what a month took and gave, as two Decimals.

        Of the month in which it happened, whatever months count it.

        :param whose: SQL of whose entries they are
        :param bearer: its value
        """
        self.env.flush_all()
        [sums] = self.env.execute_query(
            SQL(
                """
        SELECT COALESCE(SUM(points) FILTER (WHERE kind <> 'offset'), 0),
               COALESCE(SUM(points) FILTER (WHERE kind = 'offset'), 0)
          FROM (SELECT o.kind, o.points + COALESCE(r.undone, r.points, 0) AS points
                  FROM score_entry o
             LEFT JOIN score_entry r ON r.reversal_of_id = o.id
                 WHERE o.company_id = %s AND o.period = %s AND o.state = 'posted'
                   AND o.kind IN ('deduction', 'error', 'offset') AND %s = %s) standing
                """,
                self.company_id.id,
                self.period,
                whose,
                bearer,
            )
        )
        return tuple(Decimal(f"{points:.2f}") for points in sums)

    def _reversal_values(self, reason, at, by):
        return {
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "kind": "reversal",
            "occurred_at": at,
            # As superuser: the company's zone, nothing else.
            "period": self.company_id.sudo()._vip_month(at),
            "rule_id": self.rule_id.id,
            "breach_id": self.breach_id.id,
            "clock_id": self.clock_id.id,
            "ticket_id": self.ticket_id.id,
            "ticket_number": self.ticket_number,
            "state": "posted",
            "posted_at": at,
            "posted_by_id": by and by.id,
            "reversal_of_id": self.id,
            "reason": reason,
        }

    def _take_back(self, reason, at, by):
        """Drop drafts nobody has contested; reverse everything else, settling appeals.

        :param reason: why, for people
        :param at: naive UTC datetime
        :param by: who decided
        """
        # As superuser: only jobs and checked decisions come here.
        entries = self.sudo().filtered(lambda entry: not entry.reversal_ids)
        months = entries._error_months()
        unseen = entries.filtered(
            lambda entry: entry.state == "draft" and not entry.appeal_ids
        )
        unseen.unlink()
        entries -= unseen
        # A draft under appeal goes through the ledger, so that the answer stays there.
        entries._post(at)
        for entry in entries:
            entry._post_reversal(reason, at, -entry.points, by)
            entry.appeal_ids._settle(reason, at, by=by)
        entries._count_anew(months, at, by)


class ScoreEntryReversalWizard(models.TransientModel):
    """A manager takes back a posted entry, with a reason."""

    _name = "score.entry.reversal"
    _description = "Reverse a Point Entry"

    entry_id = fields.Many2one(
        "score.entry",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Text(required=True)

    def action_reverse(self):
        """Post the reversing entry.

        :raise AccessError: the user is no manager, or it is about own points
        """
        self.ensure_one()
        self.entry_id._check_decider()
        self.entry_id._reverse(self.reason, event_time(self.env), by=self.env.user)
        return {"type": "ir.actions.act_window_close"}
