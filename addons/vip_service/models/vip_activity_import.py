from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

from ..tools.client_number_sql import ALIAS, CLIENT, client_number_joins

#: So many facts between two signs of life of an import by the job.
SLICE_ROWS = 100_000


class VipActivityImport(models.Model):
    """A file of activity facts.

    Columns: ``client_ref`` (the client number), ``month`` (YYYY-MM), one per metric code
    and optionally ``currency`` (ISO code, for money). An empty cell says nothing about
    its metric. The same file twice changes nothing.
    """

    _name = "vip.activity.import"
    _description = "Activity Import"
    _inherit = ["vip.import.mixin", "vip.audited"]
    _cron_xmlid = "vip_service.ir_cron_activity_import"
    _check_company_auto = True

    name = fields.Char(default=lambda self: self.env._("Activity"))
    unknown_clients = fields.Selection(
        [("reject", "Refuse the row"), ("create", "Create the client")],
        string="Unknown clients",
        required=True,
        default="reject",
        help="A client that is created has its number as name, until it is known better.",
    )
    source_id = fields.Many2one(
        "vip.source",
        compute="_compute_source_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Where the file comes from: what arrives completes its months.",
    )
    control_total = fields.Float(
        string="Control total",
        digits=(20, 4),
        copy=False,
        help="The sum that the sender gives beside the file, in the file's currency.",
    )
    asks_total = fields.Boolean(compute="_compute_asks_total")
    changed_count = fields.Integer(string="Changed facts")
    month_from = fields.Date(string="Earliest month", readonly=True, copy=False)
    month_to = fields.Date(string="Latest month", readonly=True, copy=False)

    @api.depends("company_id")
    def _compute_source_id(self):
        # As superuser: which sources there are is no secret of who may import.
        sources = (
            self.env["vip.source"]
            .sudo()
            .search([("company_id", "in", self.company_id.ids)])
        )
        for record in self:
            own = sources.filtered(lambda s, c=record.company_id: s.company_id == c)
            if record.state == "draft" and record.source_id not in own:
                record.source_id = own if len(own) == 1 else False

    @api.depends("source_id.completed_by")
    def _compute_asks_total(self):
        for record in self:
            record.asks_total = record.source_id.completed_by == "total"

    def _input_fields(self):
        names = {"unknown_clients", "source_id", "control_total"}
        return super()._input_fields() | names

    def _audited_fields(self):
        return {
            *("state", "row_count", "accepted_count", "changed_count"),
            *("rejected_count", "undone_by_id", "undone_at"),
        }

    def _no_result(self):
        names = (
            *("month_from", "month_to", "push_key", "push_digest", "push_answer"),
            *("file_date", "undone_by_id", "undone_at", "restored_count"),
        )
        return {**super()._no_result(), **dict.fromkeys(names, False)}

    # Header

    def _fixed_columns(self):
        """Return the headings that are no metric."""
        return ["client_ref", "month", "currency"]

    def _metrics(self):
        # As superuser: names and units, for whoever may import.
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
        self._look_at_clients()
        self._look_at_signs(columns)
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
                SELECT r.line, r.partner_id, r.alias_id, r.month, r.currency_id,
                       1::numeric AS rate,
                       CASE WHEN r.partner_id IS NULL THEN r.ref END AS ref,
                       %(values)s, %(reason)s AS reason
                  FROM (
                    SELECT s.line, s.flaw, s.ref, s.month_text, s.currency_text,
                           %(client)s AS partner_id, %(alias)s AS alias_id,
                           %(month)s AS month,
                           %(currency_id)s AS currency_id,
                           %(parsed)s
                      FROM (SELECT line, flaw, %(ref)s AS ref,
                                   %(month_text)s AS month_text,
                                   upper(%(currency_text)s) AS currency_text, %(texts)s
                              FROM vip_import_line) s
                      %(clients)s
                      LEFT JOIN res_currency cur ON cur.name = s.currency_text
                  ) r
                """,
                values=SQL(", ").join(values.values()),
                reason=self._reason_sql(metrics),
                month=self._month_sql(SQL("s.month_text"), "month"),
                client=CLIENT,
                alias=ALIAS,
                clients=client_number_joins(SQL("s.ref"), self.company_id.id),
                currency_id=SQL(
                    "CASE WHEN s.currency_text IS NULL THEN %s ELSE cur.id END",
                    self.company_id._vip_currency_sql(
                        self._month_sql(SQL("s.month_text"), "month")
                    ),
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
                        "%(text)s, round(%(number)s, 4) AS %(value)s",
                        text=SQL.identifier(f"t_{metric.id}"),
                        number=self._number_sql(
                            SQL.identifier(f"t_{metric.id}"), metric.code
                        ),
                        value=value,
                    )
                    for metric, value in values.items()
                ),
            )
        )
        self.env.cr.execute(SQL("ANALYZE vip_import_row"))

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
                 WHEN month_text IS NULL THEN 'no_month'
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
            SQL(" OR ").join(
                SQL("COALESCE(%s < 0, FALSE)", SQL.identifier(f"v_{metric.id}"))
                for metric in metrics.values()
                if not metric.below_zero
            )
            or SQL("FALSE"),
            SQL(" AND ").join(SQL("%s IS NULL", text) for text in texts),
        )

    def _reject_duplicates(self):
        """Refuse all rows of a client's number and month that come more than once.

        Nobody knows which of them is right, and the outcome must not hang on their order.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET reason = 'duplicate'
                  FROM (SELECT partner_id, alias_id, month FROM vip_import_row
                         WHERE reason IS NULL
                         GROUP BY partner_id, alias_id, month HAVING count(*) > 1) d
                 WHERE r.partner_id = d.partner_id AND r.month = d.month
                   AND r.alias_id IS NOT DISTINCT FROM d.alias_id AND r.reason IS NULL
                """
            )
        )
        if self.unknown_clients == "create":
            self._reject_unknown_duplicates()
        self.env.cr.execute(SQL("ANALYZE vip_import_row"))

    def _reject_unknown_duplicates(self):
        """Refuse the same of clients that are to be created: only their number is known."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET reason = 'duplicate'
                  FROM (SELECT ref, month FROM vip_import_row
                         WHERE reason IS NULL AND partner_id IS NULL
                         GROUP BY ref, month HAVING count(*) > 1) d
                 WHERE r.ref = d.ref AND r.month = d.month
                   AND r.reason IS NULL AND r.partner_id IS NULL
                """
            )
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
                company._vip_currency_sql(SQL("month")),
            )
        )
        for currency_id, month in pairs:
            self._set_rate(company, currency_id, month)

    def _set_rate(self, company, currency_id, month):
        rate = company._vip_rate(currency_id, month)
        if not rate:
            change = SQL("reason = 'no_rate'")
        else:
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

    # Booking: the facts that differ from the current ones

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
            self._supersede_replaced()
            self._insert_all_facts(changed)
            self.env["vip.activity"].invalidate_model()
        self._keep_delivery(columns)
        if self._is_any_waiting():
            self._keep_waiting(self._metrics_by_column(columns))
        if self._is_anything_judged():
            self._let_reviews_look()
        self._propose_entries()
        return changed

    def _keep_delivery(self, columns):
        if self.source_id:
            metrics = self._metrics_by_column(columns).values()
            # As superuser: what arrived is written here only.
            self.env["vip.source.delivery"].sudo()._keep(self, metrics)

    def _is_anything_judged(self):
        """Tell whether a review, or a proposal of entry, may rest on figures."""
        self.env["vip.tier.review"].flush_model(["company_id"])
        self.env["vip.tier.change"].flush_model(["company_id", "state"])
        [[judged]] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM vip_tier_review WHERE company_id = %s)"
                " OR EXISTS (SELECT FROM vip_tier_change"
                "             WHERE company_id = %s AND state = 'proposed')",
                *(self.company_id.id, self.company_id.id),
            )
        )
        return judged

    def _let_reviews_look(self):
        """Let reviews be judged anew that rest on what changed, or waited for it."""
        [[first, last]] = self.env.execute_query(
            SQL("SELECT min(month), max(month) FROM vip_import_fact")
        )
        # As superuser: which month was reviewed is no secret in the service.
        reviews = self.env["vip.tier.review"].sudo()
        reviews._wake_waiting(self.company_id)
        if first:
            reviews._figures_changed(self.company_id, first, last)

    def _is_any_waiting(self):
        """Tell whether a figure has no exchange rate, or had none and may have been said
        anew."""
        [[waits]] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM vip_import_row WHERE reason = 'no_rate')"
                " OR EXISTS (SELECT FROM vip_activity_waiting WHERE company_id = %s)",
                self.company_id.id,
            )
        )
        return waits

    def _propose_entries(self):
        """Propose at once who enters a tier by the first deposit, if set so."""
        # As superuser: a setting of the company decides, whoever imports.
        if self.company_id.sudo().vip_entry_auto:
            self.env["vip.tier.change"]._propose_entries(
                self.company_id, import_ids=self.ids
            )

    def _create_unknown_clients(self):
        """Create the clients whose number nobody has yet, and let the rows name them."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ref FROM vip_import_row"
                " WHERE reason IS NULL AND partner_id IS NULL ORDER BY 1"
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
                  FROM res_partner p
                 WHERE r.reason IS NULL AND r.partner_id IS NULL
                   AND p.client_number = r.ref AND p.company_id = %s
                """,
                self.company_id.id,
            )
        )

    def _find_differences(self, metrics):
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE vip_import_fact ON COMMIT DROP AS
                SELECT r.partner_id, r.alias_id, v.metric_id, r.month, v.value,
                       CASE WHEN v.money THEN r.currency_id END AS currency_id,
                       CASE WHEN v.money THEN r.rate ELSE 1 END AS rate,
                       old.id AS old_id,
                       CASE WHEN closed.month IS NULL THEN COALESCE(old.version, 1)
                            ELSE COALESCE(old.version, 0) + 1 END AS version
                  FROM vip_import_row r
                 CROSS JOIN LATERAL (VALUES %(values)s) v(metric_id, money, value)
                  LEFT JOIN vip_activity old
                         ON old.company_id = %(company)s
                        AND old.partner_id = r.partner_id
                        AND old.metric_id = v.metric_id
                        AND old.month = r.month
                        AND COALESCE(old.alias_id, 0) = COALESCE(r.alias_id, 0)
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

    def _supersede_replaced(self):
        """Let what another value replaces count no more; it is kept as it was."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_activity a SET superseded_at = %s, superseded_by_id = %s
                  FROM vip_import_fact f WHERE a.id = f.old_id
                """,
                event_time(self.env),
                self.env.uid,
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
                       company_id, partner_id, alias_id, metric_id, month, value,
                       currency_id, rate, value_company, version, recorded_at,
                       recorded_by_id, import_id)
                SELECT %s, partner_id, alias_id, metric_id, month, value, currency_id, rate,
                       round(value * rate, 4), version, %s, %s, %s
                  FROM vip_import_fact
                 WHERE %s
                """,
                self.company_id.id,
                *self._origin_of_facts(),
                condition,
            )
        )

    def _origin_of_facts(self):
        return event_time(self.env), self.env.uid, self.id

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
            "near_client": self.env._(
                "No client has this number, but one is written nearly so: write it as that "
                "client's."
            ),
            "near_rows": self.env._(
                "No client has this number, and the file writes it in more than one way."
            ),
            "two_clients": self.env._(
                "Two clients may be meant: a spreadsheet drops zeros in front. Show the "
                "column as text and write the number in full."
            ),
            "held_number": self.env._(
                "This number is of a contact that is no client: make it a client first."
            ),
            "archived_client": self.env._(
                "This client is archived: take it back into use first, or leave the row out."
            ),
            "rounded_client": self.env._(
                "A spreadsheet has rounded this number: show the column as text and write "
                "it in full."
            ),
            "no_month": self.env._(
                "The month is missing: write it in each row, also where cells are merged."
            ),
            "bad_month": self.env._("The month is not written as YYYY-MM."),
            "future_month": self.env._("The month lies in the future."),
            "bad_number": self.env._("A value is not a plain number such as 1234.56."),
            "negative": self.env._(
                "A value is below zero, which its metric does not allow."
            ),
            "no_value": self.env._("The row has no value."),
            "unknown_currency": self.env._("This currency is not known."),
            "other_sign": self.env._(
                "The sign of a value is of another currency than the row."
            ),
            "duplicate": self.env._(
                "This client and month come more than once in the file."
            ),
            "no_rate": self.env._(
                "There is no exchange rate for this currency up to the end of the "
                "month. The figure waits for one and is booked then."
            ),
        }

    def _cells_at_fault(self):
        client = dict.fromkeys(
            (
                *("unknown_client", "near_client", "near_rows", "two_clients"),
                *("held_number", "archived_client", "rounded_client"),
            ),
            ["client_ref"],
        )
        numbers = dict.fromkeys(
            ("bad_number", "negative", "other_sign"), self._metrics().mapped("code")
        )
        return {
            **super()._cells_at_fault(),
            **client,
            **numbers,
            "bad_month": ["month"],
            "future_month": ["month"],
            "unknown_currency": ["currency"],
            "no_rate": ["currency", "month"],
            "duplicate": ["client_ref", "month"],
        }
