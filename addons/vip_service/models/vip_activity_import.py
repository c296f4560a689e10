from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.months import month_end

NUMBER = r"^[+-]?[0-9]{1,15}([.][0-9]+)?$"
#: A month; a spreadsheet makes its first day of it.
MONTH = "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])(-01)?$"


class VipActivityImport(models.Model):
    """A file of activity facts.

    Columns: ``client_ref`` (the client number), ``month`` (YYYY-MM), one per metric code
    and optionally ``currency`` (ISO code, for money). An empty cell says nothing about
    its metric. The same file twice changes nothing.
    """

    _name = "vip.activity.import"
    _description = "Activity Import"
    _inherit = ["vip.import.mixin"]
    _cron_xmlid = "vip_service.ir_cron_activity_import"

    name = fields.Char(default=lambda self: self.env._("Activity"))
    unknown_clients = fields.Selection(
        [("reject", "Refuse the row"), ("create", "Create the client")],
        string="Unknown clients",
        required=True,
        default="reject",
        help="A client that is created has its number as name, until it is known better.",
    )
    changed_count = fields.Integer(string="Changed facts")
    month_from = fields.Date(string="Earliest month", readonly=True, copy=False)
    month_to = fields.Date(string="Latest month", readonly=True, copy=False)

    def _input_fields(self):
        return super()._input_fields() | {"unknown_clients"}

    def _no_result(self):
        return {**super()._no_result(), "month_from": False, "month_to": False}

    # Header

    def _fixed_columns(self):
        """Return the headings that are no metric."""
        return ["client_ref", "month", "currency"]

    def _metrics(self):
        return self.env["vip.metric"].sudo().search(Domain.TRUE)

    def _lock_target(self):
        self.company_id._vip_lock_figures()

    def _known_columns(self):
        return [*self._fixed_columns(), *self._metrics().mapped("code")]

    def _missing_columns(self, columns):
        missing = [name for name in ("client_ref", "month") if name not in columns]
        if not missing and not set(columns) - set(self._fixed_columns()):
            missing = [self.env._("a metric")]
        return missing

    def _metrics_by_column(self, columns):
        """Return the metric of each metric column."""
        metrics = {metric.code: metric for metric in self._metrics()}
        return {name: metrics[name] for name in columns if name in metrics}

    # Checking

    def _check_rows(self, columns):
        """Resolve every line into ``vip_import_row``: what it says, or why it is refused."""
        metrics = self._metrics_by_column(columns)
        self._resolve_rows(columns, metrics)
        self._reject_duplicates()
        self._set_rates(metrics)

    def _resolve_rows(self, columns, metrics):
        self.env["res.partner"].flush_model(
            ["client_number", "client_type", "company_id"]
        )
        values = {m: SQL.identifier(f"v_{m.id}") for m in metrics.values()}
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE vip_import_row ON COMMIT DROP AS
                SELECT r.line, r.partner_id, r.month, r.currency_id, 1::numeric AS rate,
                       %(values)s, %(reason)s AS reason
                  FROM (
                    SELECT s.line, s.flaw, s.ref, s.month_text, s.currency_text,
                           COALESCE(own.id, shared.id) AS partner_id,
                           CASE WHEN s.month_text ~ %(month)s
                                THEN (left(s.month_text, 7) || '-01')::date END AS month,
                           %(currency_id)s AS currency_id,
                           %(parsed)s
                      FROM (SELECT line, flaw, %(ref)s AS ref,
                                   %(month_text)s AS month_text,
                                   upper(%(currency_text)s) AS currency_text, %(texts)s
                              FROM vip_import_line) s
                      LEFT JOIN res_partner own
                             ON own.client_number = s.ref AND own.company_id = %(company)s
                            AND own.client_type IS NOT NULL
                      LEFT JOIN res_partner shared
                             ON shared.client_number = s.ref
                            AND shared.company_id IS NULL
                            AND shared.client_type IS NOT NULL
                      LEFT JOIN res_currency cur ON cur.name = s.currency_text
                  ) r
                """,
                values=SQL(", ").join(values.values()),
                reason=self._reason_sql(metrics),
                month=MONTH,
                company=self.company_id.id,
                currency_id=SQL(
                    "CASE WHEN s.currency_text IS NULL THEN %s ELSE cur.id END",
                    self.company_id.currency_id.id,
                ),
                ref=self._cell("client_ref", columns),
                month_text=self._cell("month", columns),
                currency_text=self._cell("currency", columns),
                texts=SQL(", ").join(
                    SQL(
                        "%s AS %s",
                        self._cell(name, columns),
                        SQL.identifier(f"t_{metric.id}"),
                    )
                    for name, metric in metrics.items()
                ),
                parsed=SQL(", ").join(
                    SQL(
                        "%(text)s, CASE WHEN %(text)s ~ %(number)s "
                        "THEN round(%(text)s::numeric, 4) END AS %(value)s",
                        text=SQL.identifier(f"t_{metric.id}"),
                        number=NUMBER,
                        value=value,
                    )
                    for metric, value in values.items()
                ),
            )
        )

    def _reason_sql(self, metrics):
        """Return the expression for the first reason to refuse a line, or NULL."""
        texts = [SQL.identifier(f"t_{metric.id}") for metric in metrics.values()]
        numbers = [SQL.identifier(f"v_{metric.id}") for metric in metrics.values()]
        this_month = self.company_id._vip_month(event_time(self.env))
        return SQL(
            """
            CASE WHEN flaw IS NOT NULL THEN flaw
                 WHEN ref IS NULL THEN 'no_client'
                 WHEN partner_id IS NULL AND %s THEN 'unknown_client'
                 WHEN month IS NULL THEN 'bad_month'
                 WHEN month > %s THEN 'future_month'
                 WHEN %s THEN 'bad_number'
                 WHEN %s THEN 'negative'
                 WHEN %s THEN 'no_value'
                 WHEN currency_id IS NULL THEN 'unknown_currency' END
            """,
            self.unknown_clients == "reject",
            this_month,
            SQL(" OR ").join(
                SQL("(%s IS NOT NULL AND %s IS NULL)", text, number)
                for text, number in zip(texts, numbers, strict=True)
            ),
            SQL(" OR ").join(SQL("COALESCE(%s < 0, FALSE)", n) for n in numbers),
            SQL(" AND ").join(SQL("%s IS NULL", text) for text in texts),
        )

    def _reject_duplicates(self):
        """Refuse all rows of a client and month that come more than once.

        Nobody knows which of them is right, and the outcome must not hang on their order.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET reason = 'duplicate'
                  FROM (SELECT partner_id, month FROM vip_import_row
                         WHERE reason IS NULL
                         GROUP BY partner_id, month HAVING count(*) > 1) d
                 WHERE r.partner_id = d.partner_id AND r.month = d.month
                   AND r.reason IS NULL
                """
            )
        )
        if self.unknown_clients == "create":
            self._reject_unknown_duplicates()
        self.env.cr.execute("ANALYZE vip_import_row")

    def _reject_unknown_duplicates(self):
        """Refuse the same of clients that are to be created: only their number is known."""
        self.env.cr.execute(
            """
            UPDATE vip_import_row r SET reason = 'duplicate'
              FROM vip_import_line s, (
                   SELECT btrim(l.c_client_ref) AS ref, u.month
                     FROM vip_import_row u JOIN vip_import_line l ON l.line = u.line
                    WHERE u.reason IS NULL AND u.partner_id IS NULL
                    GROUP BY 1, 2 HAVING count(*) > 1) d
             WHERE s.line = r.line AND btrim(s.c_client_ref) = d.ref
               AND r.month = d.month AND r.reason IS NULL AND r.partner_id IS NULL
            """
        )

    def _set_rates(self, metrics):
        """Put the rate of the month's end on rows in a foreign currency."""
        if not any(metric.unit == "money" for metric in metrics.values()):
            return
        company = self.company_id
        pairs = self.env.execute_query(
            SQL(
                "SELECT DISTINCT currency_id, month FROM vip_import_row"
                " WHERE reason IS NULL AND currency_id <> %s",
                company.currency_id.id,
            )
        )
        for currency_id, month in pairs:
            self._set_rate(company, currency_id, month)

    def _set_rate(self, company, currency_id, month):
        # As superuser: rates are no secret and need no rights of their own.
        currency = self.env["res.currency"].sudo().browse(currency_id)
        if not currency.rate_ids.filtered(
            lambda rate: not rate.company_id or rate.company_id == company.root_id
        ):
            change = SQL("reason = 'no_rate'")
        else:
            rate = currency._get_conversion_rate(
                currency, company.currency_id, company, month_end(month)
            )
            change = SQL("rate = %s::float8::numeric", rate)
        self.env.cr.execute(
            SQL(
                "UPDATE vip_import_row SET %s"
                " WHERE reason IS NULL AND currency_id = %s AND month = %s",
                change,
                currency_id,
                month,
            )
        )

    # Result

    def _result(self, columns, changed, check_only):
        [[month_from, month_to]] = self.env.execute_query(
            SQL(
                "SELECT min(month), max(month) FROM vip_import_row WHERE reason IS NULL"
            )
        )
        return {
            **super()._result(columns, changed, check_only),
            "month_from": month_from,
            "month_to": month_to,
        }

    def _reject_reasons(self):
        return {
            **super()._reject_reasons(),
            "no_client": self.env._("The client is missing."),
            "unknown_client": self.env._("No client has this number."),
            "bad_month": self.env._("The month is not written as YYYY-MM."),
            "future_month": self.env._("The month lies in the future."),
            "bad_number": self.env._("A value is not a plain number such as 1234.56."),
            "negative": self.env._("A value is below zero."),
            "no_value": self.env._("The row has no value."),
            "unknown_currency": self.env._("This currency is not known."),
            "duplicate": self.env._(
                "This client and month come more than once in the file."
            ),
            "no_rate": self.env._("There is no exchange rate for this currency."),
        }
