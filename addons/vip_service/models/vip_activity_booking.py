from odoo import models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time

#: So many facts between two signs of life of an import by the job.
SLICE_ROWS = 100_000


class VipActivityImport(models.Model):
    """What an import writes: the facts that differ from the current ones."""

    _inherit = "vip.activity.import"

    def _find_changes(self, columns):
        """Find what differs from the current facts; return how many facts that is."""
        self.env["vip.activity"].flush_model()
        self.env["vip.tier.review"].flush_model(["company_id", "month", "state"])
        self._find_differences(self._metrics_by_column(columns))
        [[changed]] = self.env.execute_query(
            SQL("SELECT count(*) FROM vip_import_fact")
        )
        return changed

    def _book(self, columns):
        """Write what differs from the current facts; return how many facts that is."""
        if self.unknown_clients == "create":
            self._create_unknown_clients()
        changed = self._find_changes(columns)
        self._report_progress(50)
        if changed:
            self._overwrite_open_months()
            self._supersede_closed_months()
            self._insert_all_facts(changed)
            self.env["vip.activity"].invalidate_model()
        return changed

    def _create_unknown_clients(self):
        """Create the clients whose number nobody has yet, and let the rows name them."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT btrim(s.c_client_ref) FROM vip_import_row r"
                " JOIN vip_import_line s ON s.line = r.line"
                " WHERE r.reason IS NULL AND r.partner_id IS NULL ORDER BY 1"
            )
        )
        if not rows:
            return
        self.env["vip.client.import"]._create_clients(
            self.company_id,
            [{"name": ref, "client_number": ref} for [ref] in rows],
        )
        self.env["res.partner"].flush_model(["client_number", "company_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET partner_id = p.id
                  FROM vip_import_line s, res_partner p
                 WHERE s.line = r.line AND r.reason IS NULL AND r.partner_id IS NULL
                   AND p.client_number = btrim(s.c_client_ref) AND p.company_id = %s
                """,
                self.company_id.id,
            )
        )

    def _find_differences(self, metrics):
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE vip_import_fact ON COMMIT DROP AS
                SELECT r.partner_id, v.metric_id, r.month, v.value,
                       CASE WHEN v.money THEN r.currency_id END AS currency_id,
                       CASE WHEN v.money THEN r.rate ELSE 1 END AS rate,
                       old.id AS old_id, COALESCE(old.version, 0) AS old_version,
                       closed.month IS NOT NULL AS closed
                  FROM vip_import_row r
                 CROSS JOIN LATERAL (VALUES %(values)s) v(metric_id, money, value)
                  LEFT JOIN vip_activity old
                         ON old.company_id = %(company)s
                        AND old.partner_id = r.partner_id
                        AND old.metric_id = v.metric_id
                        AND old.month = r.month
                        AND old.superseded_at IS NULL
                  LEFT JOIN (SELECT max(month) AS month FROM vip_tier_review
                              WHERE company_id = %(company)s
                                AND state IN ('running', 'done')) closed
                         ON r.month <= closed.month
                 WHERE r.reason IS NULL AND v.value IS NOT NULL
                   AND (old.id IS NULL OR old.value <> v.value
                        OR (v.money AND old.currency_id IS DISTINCT FROM r.currency_id)
                        OR (v.money AND closed.month IS NULL AND old.rate <> r.rate))
                """,
                values=SQL(", ").join(
                    SQL(
                        "(%s::int, %s, r.%s)",
                        metric.id,
                        metric.unit == "money",
                        SQL.identifier(f"v_{metric.id}"),
                    )
                    for metric in metrics.values()
                ),
                company=self.company_id.id,
            )
        )

    def _overwrite_open_months(self):
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_activity a
                   SET value = f.value, currency_id = f.currency_id, rate = f.rate,
                       value_company = round(f.value * f.rate, 4),
                       recorded_at = %s, recorded_by_id = %s, import_id = %s
                  FROM vip_import_fact f
                 WHERE a.id = f.old_id AND NOT f.closed
                """,
                *self._origin_of_facts(),
            )
        )

    def _supersede_closed_months(self):
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_activity a SET superseded_at = %s
                  FROM vip_import_fact f WHERE a.id = f.old_id AND f.closed
                """,
                event_time(self.env),
            )
        )

    def _insert_all_facts(self, count):
        """Insert at once, or in slices when somebody watches the job."""
        slices = 1
        if self.env.context.get("vip_job"):
            slices += count // SLICE_ROWS
        for place in range(slices):
            self._report_progress(50 + 45 * place // slices)
            self._insert_facts(
                SQL("partner_id %% %s = %s", slices, place)
                if slices > 1
                else SQL("TRUE")
            )

    def _insert_facts(self, condition):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_activity (
                       company_id, partner_id, metric_id, month, value, currency_id, rate,
                       value_company, version, recorded_at, recorded_by_id, import_id)
                SELECT %s, partner_id, metric_id, month, value, currency_id, rate,
                       round(value * rate, 4), old_version + 1, %s, %s, %s
                  FROM vip_import_fact
                 WHERE (old_id IS NULL OR closed) AND %s
                """,
                self.company_id.id,
                *self._origin_of_facts(),
                condition,
            )
        )

    def _origin_of_facts(self):
        return event_time(self.env), self.env.uid, self.id
