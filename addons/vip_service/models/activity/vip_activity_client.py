from odoo import models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.cell_text import clean

from ...tools.client_number_sql import number_key

#: A spreadsheet keeps fifteen digits of a number, and shows those of long ones so.
ROUNDED = r"^[0-9]([.][0-9]+)?[eE][+][0-9]+$|^[0-9]{13,}0000$"
#: Which currencies a sign may mean; others are their codes.
SIGNS = {
    "¥": ["CNY", "JPY"],
    "$": ["USD", "HKD", "SGD", "TWD", "AUD", "CAD", "NZD", "MOP", "MXN"],
}


class VipActivityImport(models.Model):
    """Which client a row means: what is only nearly a client's number is no client."""

    _inherit = "vip.activity.import"

    def _look_at_clients(self):
        """Refuse the rows whose client is archived, or is not clear."""
        self._refuse_archived()
        self._refuse_lost_zeros()
        if self._has_unknown():
            self._find_unknown()
            self._refuse_held()
            self._refuse_near()
            if self.unknown_clients == "create":
                self._refuse_rounded()
                self._refuse_near_rows()

    def _refuse_archived(self):
        self.env.cr.execute(
            SQL(
                "UPDATE vip_import_row r SET reason = 'archived_client'"
                "  FROM res_partner p WHERE p.id = r.partner_id AND r.reason IS NULL"
                "   AND NOT p.active AND p.client_type IS NOT NULL"
            )
        )

    def _refuse_lost_zeros(self):
        """Refuse 123 where 000123 is a client too, if no number has kept its zeros."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET reason = 'two_clients'
                  FROM res_partner p, res_partner other
                 WHERE p.id = r.partner_id AND r.reason IS NULL
                   AND other.client_number LIKE '0%%' AND other.client_type IS NOT NULL
                   AND ltrim(other.client_number, '0') = p.client_number
                   AND (other.company_id IS NULL OR other.company_id = %(company)s)
                   AND NOT EXISTS (SELECT FROM vip_import_line
                                    WHERE ltrim(c_client_ref, %(blanks)s) LIKE '0%%')
                """,
                company=self.company_id.id,
                blanks=" '\x02",
            )
        )

    def _has_unknown(self):
        [[known]] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM vip_import_row WHERE ref IS NOT NULL)")
        )
        return known

    def _find_unknown(self):
        """Fill ``vip_import_ref``: each number that no client has, and as it is compared.

        Compared are numbers without what is not seen in them, zeros in front, and width
        and case of their letters.
        """
        self.env.cr.execute(
            SQL(
                """
                DROP TABLE IF EXISTS vip_import_ref;
                CREATE TEMP TABLE vip_import_ref ON COMMIT DROP AS
                SELECT ref, %(key)s AS key, NULL::text AS near
                  FROM (SELECT DISTINCT ref FROM vip_import_row
                         WHERE ref IS NOT NULL
                           AND (reason IS NULL OR reason = 'unknown_client')) r;
                ANALYZE vip_import_ref
                """,
                key=number_key(SQL("ref")),
            )
        )

    def _refuse_held(self):
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET reason = 'held_number'
                  FROM res_partner p
                 WHERE p.client_number = r.ref AND p.client_type IS NULL
                   AND (p.company_id IS NULL OR p.company_id = %s)
                   AND (r.reason IS NULL OR r.reason = 'unknown_client')
                """,
                self.company_id.id,
            )
        )

    def _refuse_near(self):
        """Refuse the rows whose number is that of a client but for its spelling."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_ref f SET near = p.client_number
                  FROM res_partner p
                 WHERE %(key)s = f.key AND f.key <> ''
                   AND p.client_number IS NOT NULL AND p.client_type IS NOT NULL
                   AND (p.company_id IS NULL OR p.company_id = %(company)s)
                """,
                key=number_key(SQL("p.client_number")),
                company=self.company_id.id,
            )
        )
        self._refuse_refs("near_client", SQL("f.near IS NOT NULL"))

    def _refuse_rounded(self):
        self._refuse_refs("rounded_client", SQL("f.ref ~ %s", ROUNDED))

    def _refuse_near_rows(self):
        self._refuse_refs(
            "near_rows",
            SQL(
                "f.key IN (SELECT key FROM vip_import_ref GROUP BY key"
                " HAVING count(*) > 1)"
            ),
        )

    def _refuse_refs(self, code, condition):
        self.env.cr.execute(
            SQL(
                "UPDATE vip_import_row r SET reason = %s FROM vip_import_ref f"
                " WHERE f.ref = r.ref AND %s"
                "   AND (r.reason IS NULL OR r.reason = 'unknown_client')",
                code,
                condition,
            )
        )

    def _hints(self):
        if not self._has_unknown():
            return super()._hints()
        rows = self.env.execute_query(
            SQL("SELECT ref, near FROM vip_import_ref WHERE near IS NOT NULL")
        )
        near, text = dict(rows), self.env._("that client's: “%s”")

        def hint(code, cells):
            other = near.get(clean(cells.get("client_ref") or ""))
            return text % other if other and code == "near_client" else ""

        return hint

    # Signs of currencies

    def _look_at_signs(self, columns):
        """Refuse the rows with a sign of another currency than theirs."""
        signs = self.env.execute_query(
            SQL("SELECT DISTINCT sign FROM vip_import_cell WHERE sign <> ''")
        )
        for [sign] in signs:
            # As superuser: names of currencies.
            currencies = (
                self.env["res.currency"]
                .sudo()
                .with_context(active_test=False)
                .search([("name", "in", SIGNS.get(sign, [sign]))])
            )
            for name, metric in self._metrics_by_column(columns).items():
                self._refuse_sign(name, metric, sign, currencies, columns)

    def _refuse_sign(self, name, metric, sign, currencies, columns):
        fits = SQL("r.currency_id = ANY(%s)", currencies.ids)
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET reason = 'other_sign'
                  FROM vip_import_line s, vip_import_cell k
                 WHERE s.line = r.line AND r.reason IS NULL AND k.name = %(name)s
                   AND md5(k.cell) = md5(%(cell)s) AND k.sign = %(sign)s
                   AND NOT %(fits)s
                """,
                name=name,
                cell=self._cell(name, columns),
                sign=sign,
                fits=fits if metric.unit == "money" else SQL("FALSE"),
            )
        )
