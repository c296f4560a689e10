from contextlib import contextmanager
from decimal import Decimal

from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..engine import charge
from ..engine.ledger import lowest_free
from .score_entry import CHARGED_ALREADY

CAPPED = ("ticket", "month")
#: What an error that is counted anew has of the one whose place it takes.
KEPT = ("company_id", "user_id", "team_id", "kind", "occurred_at", "period", "month")
KEPT += ("rule_id", "band_id", "breach_id", "clock_id", "ticket_id", "ticket_number")
KEPT += ("source_key", "held_seconds", "overrun_seconds", "needs_review")
KEPT += ("raised_by_id", "reason", "error_report_id", "contribution_id")
#: An error that was not wholly taken back (of ``o``).
STANDS = SQL(
    """NOT EXISTS (
           SELECT FROM score_entry r
            WHERE r.reversal_of_id = o.id
              AND COALESCE(r.undone, r.points) >= -o.points)"""
)


class ScoreEntryPrice(models.Model):
    """What a charge costs given those before it: the n-th error, and the caps."""

    _inherit = "score.entry"

    def _price(self, drafts, rules, apart=()):
        """Number and cap charges whose values are given.

        :param drafts: list of dict, in the order in which they are to be charged
        :param rules: the rules that they name
        :param apart: ids of entries that do not count: those charged anew
        """
        self._number_errors(drafts, rules, apart)
        self._cap(drafts, rules, apart)

    def _number_errors(self, drafts, rules, apart):
        """Give each new error its number in the month, and what that number costs.

        That is the lowest one which no standing error of the month has.
        """
        errors = [draft for draft in drafts if draft["kind"] == "error"]
        if not errors:
            return
        self._lock_months(errors)
        taken = self._taken_ordinals(errors, apart)
        for draft in errors:
            numbers = taken.setdefault(self._bearer(draft), set())
            ordinal = lowest_free(numbers)
            numbers.add(ordinal)
            rule = rules.browse(draft["rule_id"])
            band = rule._band_for(ordinal) if rule else None
            draft["ordinal"] = ordinal
            draft["points"] = -band.points if band else 0.0
            if band:
                draft["band_id"] = band.id
                draft["details"]["error"] = band._frozen()

    @contextmanager
    def _in_turn(self, rows):
        """Give values of entries their places in the order of their company.

        Within, they are written. Of two transactions that take a place at a time the
        database refuses the second: neither has seen what the other one charges or takes
        back.

        :raise ConcurrencyError: that was we; begun anew, we see it
        """
        self._take_turns(rows)
        try:
            yield
            self.env.flush_all()
        except UniqueViolation as error:
            if error.diag.constraint_name == CHARGED_ALREADY:
                raise
            raise ConcurrencyError(str(error)) from error

    def _take_turns(self, rows):
        last = {}
        for row in rows:
            company_id = row["company_id"]
            if company_id not in last:
                [[last[company_id]]] = self.env.execute_query(
                    SQL(
                        "SELECT COALESCE(MAX(turn), 0) FROM score_entry"
                        " WHERE company_id = %s AND turn IS NOT NULL",
                        company_id,
                    )
                )
            last[company_id] += 1
            row["turn"] = last[company_id]

    def _cap(self, drafts, rules, apart):
        """Charge no more than the caps of the rules leave, and say what was spared."""
        by_id = {rule.id: rule for rule in rules if any(rule._caps())}
        drafts = [draft for draft in drafts if draft["rule_id"] in by_id]
        if not drafts:
            return
        self._lock_months(drafts)
        charged = self._charged_so_far(drafts, apart)
        for draft in drafts:
            caps = by_id[draft["rule_id"]]._caps()
            keys = self._cap_keys(draft)
            before = [charged.get(key, Decimal(0)) for key in keys]
            points = Decimal(f"{-draft['points']:.2f}")
            caps = [
                cap if key[2] else None for key, cap in zip(keys, caps, strict=True)
            ]
            left, spared = charge.capped(points, before, *caps)
            for key, done in zip(keys, before, strict=True):
                charged[key] = done + left
            if spared:
                draft["points"] = -float(left) or 0.0
                draft["points_capped"] = float(spared)
                draft["details"]["capped"] = {
                    name: [float(cap), float(done)]
                    for name, cap, done in zip(CAPPED, caps, before, strict=True)
                    if cap and points > cap - done
                }

    def _cap_keys(self, draft):
        """Return the keys under which charges are added up: by ticket, by month."""
        company, bearer, period = self._bearer(draft)
        kind = draft["kind"]
        return (
            (company, bearer, draft["ticket_id"], kind),
            (company, bearer, period, kind),
        )

    def _charged_so_far(self, drafts, apart):
        """Return dict of cap key → Decimal points charged, less what was taken back."""
        self.env.flush_all()
        result = {}
        for column, values in (
            ("ticket_id", {draft["ticket_id"] for draft in drafts}),
            ("period", {draft["period"] for draft in drafts}),
        ):
            rows = self.env.execute_query(
                SQL(
                    """
        SELECT o.company_id, COALESCE(o.user_id, -o.team_id, 0), o.%(column)s, o.kind,
               SUM(-o.points - COALESCE(r.undone, r.points, 0))
          FROM score_entry o
     LEFT JOIN score_entry r ON r.reversal_of_id = o.id
         WHERE o.kind IN ('deduction', 'error') AND o.%(column)s = ANY(%(values)s)
           AND o.id <> ALL(%(apart)s)
      GROUP BY 1, 2, 3, 4
                    """,
                    column=SQL.identifier(column),
                    values=[value for value in values if value],
                    apart=list(apart),
                )
            )
            result.update({tuple(key): total for *key, total in rows})
        return {key: Decimal(f"{total:.2f}") for key, total in result.items()}

    @staticmethod
    def _bearer(draft):
        """Return whose errors are counted together: company, bearer, month."""
        bearer = draft["user_id"] or -(draft["team_id"] or 0)
        return draft["company_id"], bearer, draft["period"]

    def _lock_months(self, drafts):
        """Let no other transaction charge these bearers in these months."""
        keys = sorted({f"score:{self._bearer(draft)}" for draft in drafts})
        for key in keys:
            self.env.cr.execute(
                SQL("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", key)
            )

    def _taken_ordinals(self, errors, apart):
        """Return dict of bearer → numbers of the errors that stand."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
        SELECT o.company_id, COALESCE(o.user_id, -o.team_id, 0), o.period,
               ARRAY_AGG(o.ordinal)
          FROM score_entry o
         WHERE o.kind = 'error' AND o.period = ANY(%s) AND o.id <> ALL(%s) AND %s
      GROUP BY 1, 2, 3
                """,
                list({draft["period"] for draft in errors}),
                list(apart),
                STANDS,
            )
        )
        return {tuple(key): set(ordinals) for *key, ordinals in rows}

    # Counting the other errors of a month anew when one of them does not stand any more.

    def _error_months(self):
        """Return whose errors these are: set of (company id, bearer, month)."""
        return {
            (
                error.company_id.id,
                error.user_id.id or -(error.team_id.id or 0),
                error.period,
            )
            for error in self
            if error.kind == "error"
        }

    def _count_anew(self, months, at, by):
        """Give the errors of months that are open the numbers that they have now.

        A draft is changed; of a posted error whose number costs something else, a
        reversing pair is posted. What somebody has given back in part stays as it was
        decided, and a closed month as it was counted: there it takes an appeal.

        :param months: of which an error does not stand any more, as of `_error_months`
        :param at: naive UTC datetime
        :param by: who decided, None for the job
        """
        self.env.flush_all()
        for company_id, bearer, period in sorted(months):
            rows = self.env.execute_query(
                SQL(
                    """
        SELECT o.id FROM score_entry o
         WHERE o.kind = 'error' AND o.company_id = %s AND o.period = %s
           AND COALESCE(o.user_id, -o.team_id, 0) = %s
           AND NOT EXISTS (SELECT FROM score_entry r WHERE r.reversal_of_id = o.id)
      ORDER BY o.ordinal, o.id
                    """,
                    company_id,
                    period,
                    bearer,
                )
            )
            errors = self.browse(entry_id for (entry_id,) in rows)
            if errors and errors._open_months()[errors[0]] == period:
                errors._renumber(at, by)

    def _renumber(self, at, by):
        """Price these errors anew, in their order, and post or write what changes."""
        priced = [error._kept_values() for error in self]
        self._price(priced, self._rules_of(priced), apart=self.ids)
        for error, values in zip(self, priced, strict=True):
            points = values["points"], values.get("points_capped", 0.0)
            if values["ordinal"] == error.ordinal or not any(points):
                continue
            if error.state == "draft":
                with self._in_turn([values]):
                    error.write({"points_capped": 0.0, **values})
            elif error.points != values["points"]:
                error._recharge(values, at, by)

    def _kept_values(self):
        """Return the values of a charge like this one, not priced yet."""
        values = {
            name: self._fields[name].convert_to_write(self[name], self) for name in KEPT
        }
        details = dict(self.details or {})
        for name in ("capped", "error"):
            details.pop(name, None)
        return {**values, "points": None, "details": details}

    def _recharge(self, values, at, by):
        """Take back this error, and post it as the number that it has now.

        Whoever contests it goes on contesting what it costs now.
        """
        reason = self.env._(
            "Counted anew as error no. %s of the month: one before it was taken back.",
            values["ordinal"],
        )
        self._post_reversal(reason, at, -self.points, by)
        values["details"]["was_ordinal"] = self.ordinal
        values["source_key"] = f"anew:{self.id}"
        with self._in_turn([values]):
            anew = self.create(values)
        anew._post(at, by=by)
        self.appeal_ids._follow(anew)
