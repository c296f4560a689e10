from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.engine.import_source import PushSource
from odoo.addons.vip_base.tools.times import event_time, month_name

#: So many are booked at a time.
BATCH = 50_000


class VipActivityWaiting(models.Model):
    """A figure in a currency that had no exchange rate by the end of its month.

    It counts for nothing until there is one, and whatever is judged meanwhile says so.
    Written by imports only; once a rate is there the figure is booked by an import.
    """

    _name = "vip.activity.waiting"
    _description = "Figure without Exchange Rate"
    _log_access = False
    _order = "month desc, partner_id, id"
    _rec_name = "month"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="cascade"
    )
    alias_id = fields.Many2one(
        "vip.client.alias", string="Booked under", ondelete="cascade"
    )
    metric_id = fields.Many2one("vip.metric", required=True, ondelete="cascade")
    month = fields.Date(required=True)
    value = fields.Float(digits=(20, 4), required=True)
    currency_id = fields.Many2one("res.currency", required=True, ondelete="cascade")
    recorded_at = fields.Datetime(string="Recorded at", required=True)
    import_id = fields.Many2one("vip.activity.import", ondelete="cascade")

    _one_each = models.UniqueIndex(
        "(company_id, partner_id, metric_id, month, COALESCE(alias_id, 0))"
    )

    # Booking, once there is a rate

    @api.model
    def _cron_book(self):
        """Book what has got its rate, one commit per company."""
        companies = self.env["res.company"].search(Domain.TRUE)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                self._book(company)
            except UserError:
                # Another import or review is at work: later.
                self.env.cr.rollback()
            if not cron._commit_progress(1):
                break

    @api.model
    def _book(self, company):
        """Book the figures of a company that have got their rate; return the import."""
        rows = [
            row
            for pair, rows in self._rows_by_rate(company).items()
            if company._vip_rate(*pair)
            for row in rows
        ][:BATCH]
        # As superuser: what people have imported is booked as it was sent.
        record = self.env["vip.activity.import"].sudo()
        if rows:
            name = self.env._("Figures that have got their exchange rate")
            record = record.create({"name": name, "company_id": company.id})
            record._import_source(PushSource(rows))
        return record

    @api.model
    def _rows_by_rate(self, company):
        """Return {(currency id, month): rows as a program would send them}."""
        # As superuser: as above.
        waiting = self.sudo().search([("company_id", "=", company.id)])
        rows = defaultdict(list)
        for figure in waiting.filtered("metric_id.active"):
            number = figure.alias_id.number or figure.partner_id.client_number
            if number:
                row = {
                    "client_ref": number,
                    "month": f"{figure.month:%Y-%m}",
                    "currency": figure.currency_id.name,
                    figure.metric_id.code: repr(figure.value),
                }
                rows[figure.currency_id.id, figure.month].append(row)
        return rows


class VipActivityImport(models.Model):
    """What an import books, and what waits for its rate."""

    _inherit = "vip.activity.import"

    def _keep_waiting(self, metrics):
        """Keep what had no rate; what was said anew of a client and month waits no more."""
        said = SQL(
            """
            SELECT r.partner_id, r.alias_id, v.metric_id, r.month, v.value, r.currency_id,
                   r.reason
              FROM vip_import_row r
             CROSS JOIN LATERAL (VALUES %s) v(metric_id, value)
             WHERE r.partner_id IS NOT NULL AND v.value IS NOT NULL
               AND (r.reason IS NULL OR r.reason = 'no_rate')
            """,
            SQL(", ").join(
                SQL("(%s::int, r.%s)", metric.id, SQL.identifier(f"v_{metric.id}"))
                for metric in metrics.values()
            ),
        )
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM vip_activity_waiting w USING (%s) s
                 WHERE w.company_id = %s AND w.partner_id = s.partner_id
                   AND w.metric_id = s.metric_id AND w.month = s.month
                   AND w.alias_id IS NOT DISTINCT FROM s.alias_id
                """,
                said,
                self.company_id.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_activity_waiting (
                       company_id, partner_id, alias_id, metric_id, month, value,
                       currency_id, recorded_at, import_id)
                SELECT %s, partner_id, alias_id, metric_id, month, value, currency_id,
                       %s, %s
                  FROM (%s) s WHERE reason = 'no_rate'
                """,
                self.company_id.id,
                event_time(self.env),
                self.id,
                said,
            )
        )
        self.env["vip.activity.waiting"].invalidate_model(flush=False)


class ResCurrencyRate(models.Model):
    """A new rate lets figures be booked that wait for it."""

    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._vip_wake()
        return rates

    def write(self, vals):
        result = super().write(vals)
        self._vip_wake()
        return result

    def _vip_wake(self):
        # As superuser: the job books what people have imported.
        if self.env["vip.activity.waiting"].sudo().search_count([], limit=1):
            self.env.ref("vip_service.ir_cron_activity_waiting").sudo()._trigger()


class VipTierOutlook(models.Model):
    """Which figures are missing for want of a rate."""

    _inherit = "vip.tier.outlook"

    missing = fields.Char(
        string="Without exchange rate",
        compute="_compute_missing",
        help="Figures that count for nothing until there is an exchange rate.",
    )

    @api.depends("partner_id", "company_id", "month")
    def _compute_missing(self):
        # As superuser: who reads a client's outlook may know what it lacks.
        waiting = self.env["vip.activity.waiting"].sudo()
        domain = [
            ("company_id", "in", self.company_id.ids),
            ("partner_id", "in", self.partner_id.ids),
        ]
        found = waiting.search(domain).grouped("partner_id")
        for line in self:
            months = found.get(line.partner_id, waiting).filtered(
                lambda w, line=line: w.month <= line.month
            )
            texts = {
                f"{w.metric_id.name} {month_name(self.env, w.month)} ({w.currency_id.name})"
                for w in months
            }
            line.missing = ", ".join(sorted(texts)) or False
