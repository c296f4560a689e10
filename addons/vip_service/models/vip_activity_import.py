import base64
import csv
import io

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ..tools import activity_csv
from ..tools.event_time import event_time
from ..tools.months import month_end

NUMBER = r"^[+-]?[0-9]{1,15}([.][0-9]+)?$"
MONTH = "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"


class VipActivityImport(models.Model):
    """A file of activity facts.

    The file is copied into a temporary table; checking and booking are a few statements
    over the whole of it. What is wrong with a row is said per row and stops no other.
    """

    _name = "vip.activity.import"
    _description = "Activity Import"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char(required=True, default=lambda self: self.env._("Activity"))
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(string="File name", copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        help="Failed: not one row of the file could be accepted.",
    )
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    accepted_count = fields.Integer(string="Accepted rows", readonly=True, copy=False)
    changed_count = fields.Integer(string="Changed facts", readonly=True, copy=False)
    rejected_count = fields.Integer(string="Rejected rows", readonly=True, copy=False)
    month_from = fields.Date(string="Earliest month", readonly=True, copy=False)
    month_to = fields.Date(string="Latest month", readonly=True, copy=False)
    reject_file = fields.Binary(
        string="Rejected rows file", attachment=True, readonly=True, copy=False
    )
    reject_file_name = fields.Char(
        string="Rejected rows file name", readonly=True, copy=False
    )
    user_id = fields.Many2one(
        "res.users", string="Imported by", readonly=True, copy=False
    )
    done_at = fields.Datetime(string="Imported at", readonly=True, copy=False)

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Guard the result of an import, also when it comes as a default."""
        if self.env.su:
            return super().create(vals_list)
        for vals in vals_list:
            self._check_hands_off(vals)
        imports = self.with_context(clean_context(self.env.context))
        return super(VipActivityImport, imports).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Guard the result of an import, and what was imported once it is done."""
        if not self.env.su:
            self._check_hands_off(vals)
            if {"file", "company_id"} & vals.keys() and "done" in self.mapped("state"):
                raise UserError(self.env._("This file is already imported."))
        return super().write(vals)

    def _check_hands_off(self, vals):
        if self._result_fields() & vals.keys():
            raise UserError(self.env._("The result of an import is not edited."))

    def _result_fields(self):
        return {
            *("state", "row_count", "accepted_count", "changed_count"),
            *("rejected_count", "month_from", "month_to", "reject_file", "user_id"),
            *("done_at", "reject_file_name"),
        }

    # Actions

    def action_import(self):
        """Import the file. Raises UserError when it cannot be read as a whole."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "done":
            raise UserError(self.env._("This file is already imported."))
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        content = base64.b64decode(self.with_context(bin_size=False).file)
        self._import_csv(io.BytesIO(content))
        return True

    # Business

    def _fixed_columns(self):
        """Return the headings that are no metric."""
        return ("client_ref", "month", "currency")

    def _import_csv(self, stream):
        """Check and book the rows of a seekable binary ``stream``; keep the result here.

        Columns: ``client_ref`` (the client number), ``month`` (YYYY-MM), one per metric
        code and optionally ``currency`` (ISO code, for money). An empty cell says
        nothing about its metric. Raises UserError when nothing of the file can be used.
        """
        self.ensure_one()
        self.company_id._vip_lock_figures()
        columns, metrics = self._stage(stream)
        self._check_rows(columns, metrics)
        self._reject_duplicates()
        self._set_rates(metrics)
        changed = self._book(metrics)
        self.sudo().write(self._result(columns, changed))

    # Staging: the file as it is

    def _stage(self, stream):
        """Copy the file into a temporary table; return (columns, metric by column)."""
        encoding = activity_csv.encoding_of(stream)
        try:
            delimiter, columns = activity_csv.read_header(stream, encoding)
            metrics = self._metrics_by_column(columns)
            self._create_stage(columns)
            self._copy(stream, encoding, delimiter, columns)
        except activity_csv.UnreadableFile as error:
            raise UserError(self._unreadable_text(*error.args)) from error
        self.env.execute_query(SQL("ANALYZE vip_import_line"))
        return columns, metrics

    def _unreadable_text(self, code, detail):
        if code == "quote":
            return self.env._("A quote that begins in line %s is never closed.", detail)
        if code == "header":
            return self.env._("The first line cannot be read as a header.")
        return self.env._("The file is empty.")

    def _metrics_by_column(self, columns):
        """Return the metric of each metric column; UserError on a wrong header."""
        metrics = {m.code: m for m in self.env["vip.metric"].sudo().search([])}
        wanted = [name for name in columns if name not in self._fixed_columns()]
        unknown = [name for name in wanted if name not in metrics]
        double = sorted({name for name in columns if columns.count(name) > 1})
        missing = [name for name in ("client_ref", "month") if name not in columns]
        if unknown:
            raise UserError(
                self.env._(
                    "The header has unknown columns: %(unknown)s. Known columns: %(known)s.",
                    unknown=", ".join(f"“{name}”" for name in unknown),
                    known=", ".join([*self._fixed_columns(), *metrics]),
                )
            )
        if double:
            raise UserError(
                self.env._("The header names a column twice: %s.", ", ".join(double))
            )
        if missing or not wanted:
            raise UserError(
                self.env._(
                    "The header lacks: %s.",
                    ", ".join(missing or [self.env._("a metric")]),
                )
            )
        return {name: metrics[name] for name in wanted}

    def _create_stage(self, columns):
        names = SQL(", ").join(SQL("%s text", self._column(name)) for name in columns)
        for table in ("line", "row", "rate", "fact"):
            self.env.cr.execute(
                SQL("DROP TABLE IF EXISTS %s", SQL.identifier(f"vip_import_{table}"))
            )
        self.env.cr.execute(
            SQL(
                "CREATE TEMP TABLE vip_import_line (line serial, flaw text, %s)"
                " ON COMMIT DROP",
                names,
            )
        )
        # Line 1 is the header.
        self.env.cr.execute("ALTER SEQUENCE vip_import_line_line_seq RESTART 2")

    def _column(self, name):
        return SQL.identifier(f"c_{name}")

    def _copy(self, stream, encoding, delimiter, columns):
        """Copy the clean file as it is; a dirty one line by line made regular."""
        names = ", ".join(f'"c_{name}"' for name in columns)
        stream.seek(0)
        if encoding.startswith("utf-8"):
            command = (
                f"COPY vip_import_line ({names}) FROM STDIN"
                f" (FORMAT csv, HEADER, DELIMITER '{delimiter}', ENCODING 'UTF8')"
            )
            try:
                with self.env.cr.savepoint(flush=False):
                    self.env.cr.copy_expert(command, stream)
                return
            except psycopg2.DataError:
                self.env.cr.execute("ALTER SEQUENCE vip_import_line_line_seq RESTART 2")
        rows = activity_csv.regular_rows(stream, encoding, delimiter, len(columns))
        regular = activity_csv.CsvStream(
            (line, flaw, *cells) for line, flaw, cells in rows
        )
        command = (
            f"COPY vip_import_line (line, flaw, {names}) FROM STDIN"
            " (FORMAT csv, ENCODING 'UTF8')"
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.copy_expert(command, regular)
        except psycopg2.Error:
            if regular.error:
                raise regular.error from None
            raise

    # Checking

    def _check_rows(self, columns, metrics):
        """Resolve every line into ``vip_import_row``: what it says, or why it is refused."""
        self.env["res.partner"].flush_model(
            ["client_number", "client_type", "company_id"]
        )
        values = {m: SQL.identifier(f"v_{m.id}") for m in metrics.values()}
        has_currency = "currency" in columns
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
                                THEN (s.month_text || '-01')::date END AS month,
                           %(currency_id)s AS currency_id,
                           %(parsed)s
                      FROM (SELECT line, flaw, NULLIF(btrim(c_client_ref), '') AS ref,
                                   btrim(c_month) AS month_text,
                                   %(currency_text)s AS currency_text, %(texts)s
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
                currency_text=SQL("NULLIF(upper(btrim(c_currency)), '')")
                if has_currency
                else SQL("NULL::text"),
                texts=SQL(", ").join(
                    SQL(
                        "NULLIF(btrim(%s), '') AS %s",
                        self._column(name),
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
                 WHEN partner_id IS NULL THEN 'unknown_client'
                 WHEN month IS NULL THEN 'bad_month'
                 WHEN month > %s THEN 'future_month'
                 WHEN %s THEN 'bad_number'
                 WHEN %s THEN 'negative'
                 WHEN %s THEN 'no_value'
                 WHEN currency_id IS NULL THEN 'unknown_currency' END
            """,
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
        self.env.cr.execute("ANALYZE vip_import_row")

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

    # Booking

    def _book(self, metrics):
        """Write what differs from the current facts; return how many facts that is."""
        self.env["vip.activity"].flush_model()
        self.env["vip.tier.review"].flush_model(["company_id", "month", "state"])
        self._find_differences(metrics)
        [[changed]] = self.env.execute_query(
            SQL("SELECT count(*) FROM vip_import_fact")
        )
        if changed:
            self._overwrite_open_months()
            self._supersede_closed_months()
            self._insert_facts()
            self.env["vip.activity"].invalidate_model()
        return changed

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
                              WHERE company_id = %(company)s AND state = 'done') closed
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

    def _insert_facts(self):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_activity (
                       company_id, partner_id, metric_id, month, value, currency_id, rate,
                       value_company, version, recorded_at, recorded_by_id, import_id)
                SELECT %s, partner_id, metric_id, month, value, currency_id, rate,
                       round(value * rate, 4), old_version + 1, %s, %s, %s
                  FROM vip_import_fact
                 WHERE old_id IS NULL OR closed
                """,
                self.company_id.id,
                *self._origin_of_facts(),
            )
        )

    def _origin_of_facts(self):
        return event_time(self.env), self.env.uid, self.id

    # Result

    def _result(self, columns, changed):
        [[rows, accepted, month_from, month_to]] = self.env.execute_query(
            SQL(
                """
                SELECT count(*), count(*) FILTER (WHERE reason IS NULL),
                       min(month) FILTER (WHERE reason IS NULL),
                       max(month) FILTER (WHERE reason IS NULL)
                  FROM vip_import_row
                """
            )
        )
        if not rows:
            raise UserError(self.env._("The file has no rows below its header."))
        result = {
            "state": "done" if accepted else "failed",
            "row_count": rows,
            "accepted_count": accepted,
            "changed_count": changed,
            "rejected_count": rows - accepted,
            "month_from": month_from,
            "month_to": month_to,
            "user_id": self.env.uid,
            "done_at": event_time(self.env),
            "reject_file": False,
        }
        if rows > accepted:
            result["reject_file"] = base64.b64encode(self._reject_csv(columns))
            result["reject_file_name"] = f"rejected-{self.file_name or 'activity.csv'}"
        return result

    def _reject_csv(self, columns):
        """Return the refused rows as CSV: line, reason, and the row as it came."""
        reasons = self._reject_reasons()
        self.env.cr.execute(
            SQL(
                "SELECT r.line, r.reason, %s FROM vip_import_row r"
                " JOIN vip_import_line s ON s.line = r.line"
                " WHERE r.reason IS NOT NULL ORDER BY r.line",
                SQL(", ").join(SQL("s.%s", self._column(name)) for name in columns),
            )
        )
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["line", "reason", *columns])
        while rows := self.env.cr.fetchmany(1000):
            writer.writerows((line, reasons[why], *cells) for line, why, *cells in rows)
        return out.getvalue().encode("utf-8-sig")

    def _reject_reasons(self):
        """Return why a row is refused, in words, by code."""
        return {
            activity_csv.WRONG_COLUMNS: self.env._(
                "The row has another number of cells."
            ),
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
