from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..engine import attribution

CAPPED = ("ticket", "month")


class ScoreEntryNumber(models.Model):
    """What charges cost given those before them: the n-th error, and the caps."""

    _inherit = "score.entry"

    def _charge(self, drafts):
        """Create the charges whose values are given, numbered and capped.

        One that a cap spares altogether is kept with no points, so that people see it.

        :param drafts: list of dict, in the order in which they are to be charged
        """
        rules = self.env["score.rule"].browse(
            {draft["rule_id"] for draft in drafts if draft["rule_id"]}
        )
        self._number_errors(drafts, rules)
        self._cap(drafts, rules)
        return self.create(
            [draft for draft in drafts if draft["points"] or draft.get("points_capped")]
        )

    def _number_errors(self, drafts, rules):
        """Give each new error its number in the month, and what that number costs.

        Numbers are given once and never change, whatever happens to other errors.
        """
        errors = [draft for draft in drafts if draft["kind"] == "error"]
        if not errors:
            return
        self._lock_months(errors)
        last = self._last_ordinals(errors)
        for draft in errors:
            key = self._bearer(draft)
            last[key] = last.get(key, 0) + 1
            rule = rules.browse(draft["rule_id"])
            band = rule._band_for(last[key]) if rule else None
            draft["ordinal"] = last[key]
            draft["points"] = -band.points if band else 0.0
            if band:
                draft["band_id"] = band.id
                draft["details"]["error"] = band._frozen()

    def _cap(self, drafts, rules):
        """Charge no more than the caps of the rules leave, and say what was spared."""
        by_id = {rule.id: rule for rule in rules if any(rule._caps())}
        drafts = [draft for draft in drafts if draft["rule_id"] in by_id]
        if not drafts:
            return
        self._lock_months(drafts)
        charged = self._charged_so_far(drafts)
        for draft in drafts:
            caps = by_id[draft["rule_id"]]._caps()
            keys = self._cap_keys(draft)
            before = [charged.get(key, Decimal(0)) for key in keys]
            points = Decimal(f"{-draft['points']:.2f}")
            caps = [
                cap if key[2] else None for key, cap in zip(keys, caps, strict=True)
            ]
            left, spared = attribution.capped(points, before, *caps)
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

    def _charged_so_far(self, drafts):
        """Return dict of cap key → Decimal points charged, less what was taken back."""
        result = {}
        for column, values in (
            ("ticket_id", {draft["ticket_id"] for draft in drafts}),
            ("period", {draft["period"] for draft in drafts}),
        ):
            rows = self.env.execute_query(
                SQL(
                    """
        SELECT o.company_id, COALESCE(o.user_id, -o.team_id, 0), o.%(column)s, o.kind,
               SUM(-o.points - COALESCE(r.points, 0))
          FROM score_entry o
     LEFT JOIN score_entry r ON r.reversal_of_id = o.id
         WHERE o.kind IN ('deduction', 'error') AND o.%(column)s = ANY(%(values)s)
      GROUP BY 1, 2, 3, 4
                    """,
                    column=SQL.identifier(column),
                    values=[value for value in values if value],
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

    def _last_ordinals(self, errors):
        """Return dict of bearer → highest number given so far."""
        rows = self.env.execute_query(
            SQL(
                """
        SELECT company_id, COALESCE(user_id, -team_id, 0), period, MAX(ordinal)
          FROM score_entry
         WHERE kind = 'error' AND period = ANY(%s)
      GROUP BY 1, 2, 3
                """,
                list({draft["period"] for draft in errors}),
            )
        )
        return {tuple(key): ordinal for *key, ordinal in rows}
