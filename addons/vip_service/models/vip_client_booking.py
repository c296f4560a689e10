from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time

from .vip_client_import import KINDS

#: So many clients are created or changed at a time.
BATCH = 2000


class VipClientImport(models.Model):
    """What an import of clients writes: contacts through the ORM, and opening tiers."""

    _inherit = "vip.client.import"

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
        lowest = self.env["vip.tier"]._lowest(self.company_id)
        at = event_time(self.env)
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
            changes._decide(
                *("proposed", "approved", at, reason),
                effective_date=day,
                decider=self.env.uid,
            )
            changes._apply(at)
            # Nobody is told of a tier that the client has had all along.
            changes.write({"tell_adviser": False, "tell_client": False})
