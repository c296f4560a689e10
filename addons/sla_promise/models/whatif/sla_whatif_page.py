from odoo import fields, models
from odoo.tools import SQL

#: What breaches are summed by: key → the field of a line.
GROUPS = {"team": "team_id", "tier": "tier_id", "item": "category_id"}
#: Rows of each table; the rest is in the list.
MOST_ROWS = 12


class SlaWhatif(models.Model):
    """The result as the page draws it."""

    _inherit = "sla.whatif"

    def whatif_result(self):
        """Return the result for the page; empty unless it is done.

        ``counts``: by metric and kind; ``groups``: by team, tier and item, those with
        most breaches first; ``months``: by month of the due time, in the company's zone.
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "done":
            return {}
        return {
            "tickets": self.ticket_count,
            "promises": self.promise_count,
            "actual_promises": self.actual_promise_count,
            "breaches": self.breach_count,
            "actual": self.actual_count,
            "risk": self.risk_count,
            "counts": self._page_counts(),
            "groups": {key: self._page_group(key) for key in GROUPS},
            "months": self._page_months(),
        }

    def _page_counts(self):
        counts = {}
        for metric, kind, count in self._page_read(["metric", "kind"]):
            counts.setdefault(metric, _none())[kind] = count
        return counts

    def _page_group(self, key):
        name = GROUPS[key]
        totals = {}
        for record, kind, count in self._page_read([name, "kind"]):
            totals.setdefault(record, _none())[kind] = count
        rows = [
            # As superuser: only names.
            {"id": record.id, "name": record.sudo().display_name or "", **total}
            for record, total in totals.items()
        ]
        rows.sort(key=lambda row: -(row["new"] + row["both"] + row["risk"]))
        return rows[:MOST_ROWS]

    def _page_read(self, groupby):
        lines = self.env["sla.whatif.line"]
        return lines._read_group([("whatif_id", "=", self.id)], groupby, ["__count"])

    def _page_months(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('month', COALESCE(due_at, actual_due_at)
                       AT TIME ZONE 'UTC' AT TIME ZONE %s)::date, kind, count(*)
                  FROM sla_whatif_line
                 WHERE whatif_id = %s AND kind <> 'risk'
                 GROUP BY 1, 2 ORDER BY 1
                """,
                self.company_id._vip_zone(),
                self.id,
            )
        )
        months = {}
        for month, kind, count in rows:
            label = fields.Date.to_string(month)
            months.setdefault(label, {"month": label, **_none()})[kind] = count
        return list(months.values())


def _none():
    return dict.fromkeys(("new", "both", "gone", "risk"), 0)
