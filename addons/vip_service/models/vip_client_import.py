from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP
from odoo.addons.vip_base.tools.times import event_time

from ..tools.client_number_sql import (
    ALIAS,
    CLIENT,
    client_number_joins,
    number_key,
)
from .ladder.vip_ladder_version import version_sql

EMAIL = "^[^@[:space:]]+@[^@[:space:]]+$"
KINDS = {"company": True, "person": False}
#: What people write over the columns; the last one is that of a sample.
WORDS = {
    "client_ref": (
        *("client number", "client no", "client id", "customer number", "account"),
        *("account number", "客户号", "客户代码", "账号", "资金账号", "客户编号"),
    ),
    "name": ("client name", "customer name", "姓名", "名称", "客户姓名", "客户名称"),
    "client_type": ("type", "客户类别", "客户类型"),
    "kind": ("company or person", "主体类型", "公司或个人"),
    "adviser": ("adviser login", "advisor", "客户经理账号", "客户经理"),
    "phone": ("telephone", "mobile", "手机", "手机号", "联系电话", "电话"),
    "email": ("e-mail", "mail", "电子邮件", "电子邮箱", "邮箱"),
    "tier": ("tier code", "客户等级", "等级"),
    "tier_from": ("tier since", "等级日期", "等级生效日"),
}
#: So many clients are created or changed at a time.
BATCH = 2000


class VipClientImport(models.Model):
    """A file of clients: master data, and for new ones the tier they come with.

    Columns: ``client_ref`` (the client number), ``name``, ``client_type`` (end,
    household, group, franchisee, agent), ``kind`` (company, person), ``adviser`` (a
    login), ``phone``, ``email``, ``tier`` (a tier's code) with ``tier_from`` (YYYY-MM-DD). Only
    ``client_ref`` is always needed, a new client needs a name too. An empty cell leaves
    what is known. The same file twice changes nothing.
    """

    _name = "vip.client.import"
    _description = "Client Import"
    _inherit = ["vip.import.mixin", "vip.audited"]
    _cron_xmlid = "vip_service.ir_cron_client_import"

    name = fields.Char(default=lambda self: self.env._("Clients"))
    changed_count = fields.Integer(string="New or changed clients")
    created_count = fields.Integer(string="New clients", readonly=True, copy=False)
    opening_count = fields.Integer(string="Opening tiers", readonly=True, copy=False)

    def _audited_fields(self):
        counts = {"row_count", "accepted_count", "changed_count", "rejected_count"}
        return {"state", "created_count", "opening_count"} | counts

    def _no_result(self):
        return {**super()._no_result(), "created_count": 0, "opening_count": 0}

    def _missing_columns(self, columns):
        return [name for name in ("client_ref",) if name not in columns]

    def _lock_target(self):
        self.company_id._vip_lock_figures()

    def _known_columns(self):
        return [
            *("client_ref", "name", "client_type", "kind", "adviser"),
            *("phone", "email", "tier", "tier_from"),
        ]

    def _heading_words(self):
        return WORDS

    def _kinds(self):
        return {"tier_from": "day"}

    def _column_labels(self):
        return {
            "client_ref": self.env._("Client number"),
            "name": self.env._("Name"),
            "client_type": self.env._("Client type"),
            "kind": self.env._("Company or person"),
            "adviser": self.env._("Adviser"),
            "phone": self.env._("Phone"),
            "email": self.env._("Email"),
            "tier": self.env._("Tier"),
            "tier_from": self.env._("Tier since"),
        }

    def _sample_rows(self, language):
        names = self._known_columns()
        heads = [WORDS[name][-1] for name in names] if language == "zh" else names
        example = {"client_ref": "C-0001", "client_type": "end", "kind": "company"}
        name = "示例公司" if language == "zh" else "Example Ltd"
        return [heads, [{**example, "name": name}.get(one, "") for one in names]]

    # Checking

    def _check_rows(self, columns):
        """Resolve every line into ``vip_import_row``: what it says, or why it is refused.

        ``change`` says what there is to do with the client: new, changed or nothing.
        """
        for model in (
            "res.partner",
            "vip.tier.change",
            "vip.tier.membership",
            "vip.tier",
        ):
            self.env[model].flush_model()
        self.env["vip.ladder.version"]._flush_ladders()
        self.env["res.users"].flush_model(["login", "active", "share"])
        ladder = self.env["vip.tier"]._ladder(self.company_id)
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE vip_import_row ON COMMIT DROP AS
                SELECT r.*, CASE WHEN partner_id IS NULL THEN 'new'
                                 WHEN %(differs)s THEN 'changed' END AS change,
                       tier_id IS NOT NULL AND tier_id <> %(lowest)s
                           AND history IS NULL AS opens,
                       FALSE AS booked, %(reason)s AS reason
                  FROM (%(resolved)s) r
                  LEFT JOIN res_partner old ON old.id = r.partner_id
                """,
                differs=self._differs_sql(),
                lowest=ladder[:1].id or 0,
                reason=self._reason_sql(),
                resolved=self._resolved_sql(columns, ladder),
            )
        )
        self.env.cr.execute(SQL("ANALYZE vip_import_row"))
        self._refuse_near()
        self._reject_duplicates()
        self._leave_doubles()

    def _refuse_near(self):
        """Refuse new clients whose number is a client's but for its spelling."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET reason = 'near_client'
                  FROM res_partner p
                 WHERE r.reason IS NULL AND r.partner_id IS NULL
                   AND %(key)s = %(own)s AND %(own)s <> ''
                   AND p.client_number IS NOT NULL AND p.client_type IS NOT NULL
                   AND (p.company_id IS NULL OR p.company_id = %(company)s)
                """,
                key=number_key(SQL("p.client_number")),
                own=number_key(SQL("r.client_ref")),
                company=self.company_id.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET reason = 'near_rows'
                  FROM (SELECT %(key)s AS key FROM vip_import_row
                         WHERE reason IS NULL AND partner_id IS NULL
                         GROUP BY 1 HAVING count(DISTINCT client_ref) > 1) d
                 WHERE r.reason IS NULL AND r.partner_id IS NULL AND %(key)s = d.key
                """,
                key=number_key(SQL("client_ref")),
            )
        )

    def _resolved_sql(self, columns, ladder):
        """Return the query for each line with the records that it names.

        ``history`` is how the tiers that the client had go with the one in the file:
        NULL when there were none, else ``same`` or ``other``.
        """
        company = self.company_id
        return SQL(
            """
            SELECT s.*, %(client)s AS partner_id, %(alias)s AS alias_id,
                   adviser.id AS adviser_id,
                   tier.id AS tier_id, d.day, had.history
              FROM (SELECT line, flaw, %(cells)s FROM vip_import_line) s
              %(clients)s
              LEFT JOIN res_users adviser
                     ON adviser.login = s.adviser AND adviser.active
                    AND NOT adviser.share
                    AND EXISTS (SELECT FROM res_company_users_rel c
                                 WHERE c.user_id = adviser.id AND c.cid = %(company)s)
              LEFT JOIN vip_tier tier
                     ON tier.code = s.tier AND tier.id = ANY(%(ladder)s)
              LEFT JOIN LATERAL (SELECT %(day)s AS day) d ON TRUE
              LEFT JOIN LATERAL (SELECT %(history)s AS history) had ON TRUE
            """,
            cells=SQL(", ").join(
                SQL("%s AS %s", self._cell(name, columns), SQL.identifier(name))
                for name in self._known_columns()
            ),
            client=CLIENT,
            alias=ALIAS,
            clients=client_number_joins(
                SQL("s.client_ref"), company.id, clients_only=False
            ),
            company=company.id,
            ladder=ladder.ids,
            history=self._history_sql(ladder),
            day=self._day_sql(SQL("s.tier_from"), "tier_from"),
        )

    def _history_sql(self, ladder):
        """Return how the client's tiers so far go with the one in the file."""
        known = SQL(
            "company_id = %s AND partner_id = %s",
            *(self.company_id.id, CLIENT),
        )
        return SQL(
            """
            CASE WHEN tier.id IS NULL OR d.day IS NULL THEN NULL
                 WHEN tier.id = %(lowest)s THEN
                    CASE WHEN EXISTS (
                        SELECT FROM vip_tier_membership
                         WHERE %(known)s AND date_from <= d.day
                           AND (date_to IS NULL OR date_to > d.day))
                    THEN 'other' ELSE 'same' END
                 WHEN EXISTS (
                        SELECT FROM vip_tier_membership
                         WHERE %(known)s AND tier_id = tier.id AND date_from = d.day)
                 THEN 'same'
                 WHEN EXISTS (SELECT FROM vip_tier_membership WHERE %(known)s)
                   OR EXISTS (SELECT FROM vip_tier_change WHERE %(known)s)
                 THEN 'other' END
            """,
            lowest=ladder[:1].id or 0,
            known=known,
        )

    def _differs_sql(self):
        """Return whether the file says something else than what is known."""
        texts = ("name", "client_type", "phone", "email")
        return SQL(
            """
            old.client_type IS NULL OR %s
            OR r.adviser_id IS NOT NULL AND r.adviser_id IS DISTINCT FROM old.adviser_id
            OR r.kind IS NOT NULL
               AND (r.kind = 'company') IS DISTINCT FROM COALESCE(old.is_company, FALSE)
            """,
            SQL(" OR ").join(
                SQL(
                    "r.%(name)s IS NOT NULL AND r.%(name)s IS DISTINCT FROM old.%(name)s",
                    name=SQL.identifier(name),
                )
                for name in texts
            ),
        )

    def _reason_sql(self):
        """Return the expression for the first reason to refuse a line, or NULL."""
        types = [key for key, _label in self._client_types()]
        return SQL(
            """
            CASE WHEN flaw IS NOT NULL THEN flaw
                 WHEN client_ref IS NULL THEN 'no_client'
                 WHEN partner_id IS NULL AND r.name IS NULL THEN 'no_name'
                 WHEN NOT old.active AND old.client_type IS NOT NULL
                      THEN 'archived_client'
                 WHEN old.commercial_partner_id <> old.id THEN 'no_commercial'
                 WHEN r.client_type <> ALL(%(types)s) THEN 'bad_type'
                 WHEN kind <> ALL(%(kinds)s) THEN 'bad_kind'
                 WHEN adviser IS NOT NULL AND r.adviser_id IS NULL THEN 'bad_adviser'
                 WHEN r.email !~ %(email)s THEN 'bad_email'
                 WHEN tier IS NULL AND tier_from IS NOT NULL THEN 'no_tier'
                 WHEN tier IS NOT NULL AND tier_id IS NULL THEN 'bad_tier'
                 WHEN tier IS NOT NULL AND tier_from IS NULL THEN 'no_tier_from'
                 WHEN tier_from IS NOT NULL AND day IS NULL THEN 'bad_day'
                 WHEN day > %(today)s THEN 'future_day'
                 WHEN tier_id IS NOT NULL AND NOT EXISTS (
                      SELECT FROM vip_ladder_rung g
                       WHERE g.tier_id = r.tier_id AND g.version_id = (%(version)s))
                      THEN 'tier_later'
                 WHEN history = 'other' THEN 'tier_known'
                 WHEN tier_id <> %(lowest)s AND history IS NULL AND %(no_tiers)s
                      THEN 'tier_admin' END
            """,
            types=types,
            kinds=list(KINDS),
            email=EMAIL,
            today=self.company_id._vip_local_date(event_time(self.env)),
            version=version_sql(self.company_id.id, SQL("r.day"), SQL("v.id")),
            lowest=self.env["vip.tier"]._lowest(self.company_id).id or 0,
            no_tiers=not (self.env.su or self.env.user.has_group(ADMIN_GROUP)),
        )

    def _client_types(self):
        return self.env["res.partner"]._fields["client_type"].selection

    def _reject_duplicates(self):
        """Refuse all rows of a client that comes more than once."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET reason = 'duplicate'
                  FROM (SELECT client_ref FROM vip_import_row WHERE reason IS NULL
                         GROUP BY client_ref HAVING count(*) > 1) d
                 WHERE r.client_ref = d.client_ref AND r.reason IS NULL
                """
            )
        )

    def _leave_doubles(self):
        """Let one row say what a client is that comes under several of its numbers.

        That of its own number, else the first one: the others change nothing.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET change = NULL, opens = FALSE
                  FROM (SELECT line, row_number() OVER (
                               PARTITION BY partner_id
                               ORDER BY alias_id IS NOT NULL, line) AS place
                          FROM vip_import_row
                         WHERE reason IS NULL AND partner_id IN (
                               SELECT partner_id FROM vip_client_alias)) d
                 WHERE r.line = d.line AND d.place > 1
                """
            )
        )

    def _find_changes(self, columns):
        """Return how many clients are new, changed, or get their opening tier."""
        [[changed]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM vip_import_row"
                " WHERE reason IS NULL AND (change IS NOT NULL OR opens)"
            )
        )
        return changed

    # Booking: contacts through the ORM, and opening tiers

    def _book(self, columns):
        """Create and change clients in batches; return how many."""
        while rows := self._next_rows("change IS NOT NULL AND NOT booked"):
            for change in "new", "changed":
                self._book_batch([row for row in rows if row["change"] == change])
            self.env.cr.execute(
                SQL(
                    "UPDATE vip_import_row SET booked = TRUE WHERE line = ANY(%s)",
                    [row["line"] for row in rows],
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            self._report_progress(50)
        self._report_progress(80)
        self._open_tiers()
        return self._find_changes(columns)

    def _next_rows(self, condition):
        """Return the next accepted rows that meet ``condition`` as dictionaries."""
        self.env.cr.execute(
            SQL(
                "SELECT * FROM vip_import_row WHERE reason IS NULL AND %s"
                " ORDER BY line LIMIT %s",
                SQL(condition),
                BATCH,
            )
        )
        return self.env.cr.dictfetchall()

    def _book_batch(self, rows):
        """Book ``rows``; when contacts refuse one, book one by one and refuse that one."""
        try:
            with self.env.cr.savepoint():
                self._write_clients(rows)
        except UserError as error:
            if len(rows) > 1:
                for row in rows:
                    self._book_batch([row])
            else:
                self._refuse(rows[0], error)

    def _refuse(self, row, error):
        self.env.cr.execute(
            SQL(
                "UPDATE vip_import_row SET reason = %s WHERE line = %s",
                str(error),
                row["line"],
            )
        )

    def _write_clients(self, rows):
        new = [row for row in rows if not row["partner_id"]]
        if new:
            partners = self._create_clients(
                self.company_id, [self._client_values(row) for row in new]
            )
            self._name_partners(new, partners)
        for row in rows:
            if row["partner_id"]:
                partner = self.env["res.partner"].browse(row["partner_id"])
                values = self._client_values(row)
                del values["client_number"]
                if not partner.client_type:
                    values.setdefault("client_type", "end")
                partner.with_context(tracking_disable=True).write(values)
        self.env.flush_all()

    def _client_values(self, row):
        """Return the values of a client that the row says something about."""
        values = {
            "client_number": row["client_ref"],
            "is_company": KINDS.get(row["kind"]),
            "adviser_id": row["adviser_id"],
            **{name: row[name] for name in ("name", "client_type", "phone", "email")},
        }
        return {name: value for name, value in values.items() if value is not None}

    @api.model
    def _create_clients(self, company, vals_list):
        """Create clients of ``company`` in batches and return them."""
        context = {"tracking_disable": True, "mail_create_nosubscribe": True}
        partners = self.env["res.partner"].with_context(**context)
        common = {"client_type": "end", "company_id": company.id}
        ids = []
        for start in range(0, len(vals_list), BATCH):
            batch = vals_list[start : start + BATCH]
            ids += partners.create([{**common, **values} for values in batch]).ids
        return self.env["res.partner"].browse(ids)

    def _name_partners(self, rows, partners):
        """Let the rows of new clients name them, for their opening tiers."""
        self.env.cr.execute(
            SQL(
                "UPDATE vip_import_row r SET partner_id = n.partner_id"
                " FROM unnest(%s::int[], %s::int[]) AS n(line, partner_id)"
                " WHERE r.line = n.line",
                [row["line"] for row in rows],
                partners.ids,
            )
        )

    # Opening tiers

    def _open_tiers(self):
        """Give clients without any history the tier they come with.

        Each is a tier change decided by who imports, dated and with its reason, so that
        it is applied and logged as every other (one writer of memberships).
        """
        # As superuser: an administrator imports, the records say so.
        Change = self.env["vip.tier.change"].sudo()
        at = event_time(self.env)
        self.env["vip.ladder.version"]._take_effect(self.company_id, at)
        reason = self.env._("Opening tier, import “%s”", self.name)
        days = self.env.execute_query(
            SQL(
                "SELECT day, array_agg(partner_id ORDER BY line),"
                " array_agg(tier_id ORDER BY line)"
                " FROM vip_import_row WHERE reason IS NULL AND opens"
                " GROUP BY day ORDER BY day"
            )
        )
        for day, partner_ids, tier_ids in days:
            lowest = self.env["vip.tier"]._lowest(self.company_id, day)
            changes = Change.with_context(tracking_disable=True).create(
                [
                    {
                        "company_id": self.company_id.id,
                        "partner_id": partner_id,
                        "from_tier_id": lowest.id,
                        "to_tier_id": tier_id,
                        "direction": "promotion",
                        "proposed_at": at,
                        "reason": reason,
                    }
                    for partner_id, tier_id in zip(partner_ids, tier_ids, strict=True)
                ]
            )
            changes._change_state(
                *("proposed", "approved", at, reason),
                effective_date=day,
                decider=self.env.uid,
            )
            changes._apply(at)
            # Nobody is told of a tier that the client has had all along.
            changes.write({"tell_adviser": False, "tell_client": False})

    # Result

    def _result(self, columns, changed, check_only):
        [[created, opened]] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (WHERE change = 'new'), count(*) FILTER (WHERE opens)
                  FROM vip_import_row WHERE reason IS NULL
                """
            )
        )
        return {
            **super()._result(columns, changed, check_only),
            "created_count": created,
            "opening_count": opened,
        }

    def _reject_reasons(self):
        types = ", ".join(key for key, _label in self._client_types())
        return {
            **super()._reject_reasons(),
            "no_client": self.env._("The client is missing."),
            "no_name": self.env._("A new client needs a name."),
            "archived_client": self.env._(
                "This client is archived: take it back into use first, or leave the row out."
            ),
            "near_client": self.env._(
                "No client has this number, but one is written nearly so: write it as that "
                "client's."
            ),
            "near_rows": self.env._(
                "No client has this number, and the file writes it in more than one way."
            ),
            "no_commercial": self.env._(
                "This number is of a contact that belongs to another one."
            ),
            "bad_type": self.env._("The client type is none of: %s.", types),
            "bad_kind": self.env._("The kind is none of: %s.", ", ".join(KINDS)),
            "bad_adviser": self.env._("No user of this company has this login."),
            "bad_email": self.env._("This is no e-mail address."),
            "no_tier": self.env._("There is a date but no tier."),
            "bad_tier": self.env._("No tier of the ladder has this code."),
            "tier_later": self.env._("The tier was not in the ladder on that day."),
            "no_tier_from": self.env._("There is a tier but no date."),
            "bad_day": self.env._("The date is not written as YYYY-MM-DD."),
            "future_day": self.env._("The date lies in the future."),
            "tier_known": self.env._(
                "This client already had another tier: changes are proposed and decided."
            ),
            "tier_admin": self.env._("Only an administrator gives opening tiers."),
            "duplicate": self.env._("This client comes more than once in the file."),
        }

    def _cells_at_fault(self):
        client = ("archived_client", "near_client", "near_rows", "no_commercial")
        return {
            **super()._cells_at_fault(),
            **dict.fromkeys((*client, "duplicate"), ["client_ref"]),
            "bad_type": ["client_type"],
            "bad_kind": ["kind"],
            "bad_adviser": ["adviser"],
            "bad_email": ["email"],
            "bad_tier": ["tier"],
            "tier_known": ["tier"],
            "bad_day": ["tier_from"],
            "future_day": ["tier_from"],
        }
