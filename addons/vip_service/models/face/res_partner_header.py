from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

from ..contact.noting import CONTACTS, COUNTS
from ..res_partner import is_of


class ResPartner(models.Model):
    """Who serves a client, when it was spoken to and when it will be, for the header."""

    _inherit = "res.partner"

    def _client_360_known(self):
        """Return adviser, last and next contact, and whether a tier is proposed.

        By one query. That there was a contact, when and of what kind, is known to whoever
        may read the client; what was said stands in the contact.
        """
        self.ensure_one()
        for name in ("vip.contact", "mail.activity", "vip.tier.change", self._name):
            self.env[name].flush_model()
        now = event_time(self.env)
        [known] = self.env.execute_query_dict(
            SQL(
                """
                SELECT u.id AS adviser_id, person.name AS adviser,
                       said.at, said.kind, said.outgoing,
                       plan.date_deadline, plan.summary, plan.holder, plan.user_id,
                       %(care)s AS care,
                       EXISTS (SELECT FROM vip_tier_change c
                                WHERE c.partner_id = p.id AND c.state = 'proposed'
                                  AND c.company_id = %(company)s) AS proposed
                  FROM res_partner p
                  LEFT JOIN res_users u ON u.id = p.adviser_id
                  LEFT JOIN res_partner person ON person.id = u.partner_id
                  LEFT JOIN LATERAL (
                       SELECT at, kind, outgoing FROM vip_contact
                        WHERE partner_id = p.id AND company_id = %(company)s
                          AND %(counts)s AND at <= %(now)s
                        ORDER BY at DESC, id DESC LIMIT 1) said ON TRUE
                  LEFT JOIN LATERAL (%(planned)s
                        ORDER BY a.date_deadline, a.id LIMIT 1) plan ON TRUE
                 WHERE p.id = %(client)s
                """,
                client=self.id,
                company=self.env.company.id,
                counts=COUNTS,
                now=now,
                planned=self._planned_contacts_sql(SQL("p.id")),
                care=self._care_columns(self._client_360_today(), now),
            )
        )
        return {
            "adviser": bool(known["adviser_id"])
            and {"id": known["adviser_id"], "name": known["adviser"]},
            "last_contact": bool(known["at"]) and self._client_360_last(known, now),
            "next_contact": bool(known["date_deadline"])
            and {
                "date": fields.Date.to_string(known["date_deadline"]),
                "text": known["summary"] or False,
                "by": known["holder"] or False,
                "mine": known["user_id"] == self.env.uid,
                "late": known["date_deadline"] < self._client_360_today(),
            },
            "proposed": known["proposed"],
            "care": self._care_told(known["care"]),
        }

    def _client_360_last(self, known, now):
        kinds = self.env["vip.contact"]._fields["kind"]
        labels = dict(kinds._description_selection(self.env))
        return {
            "at": fields.Datetime.to_string(known["at"]),
            "kind": labels[known["kind"]],
            "days": (now - known["at"]).days,
        }

    def _planned_contacts_sql(self, client):
        """Return the query of open contacts that are planned with ``client`` (SQL)."""
        types = self.env["mail.activity"]._vip_planned_types()
        return SQL(
            """
            SELECT a.id, a.date_deadline, a.summary, a.user_id, holder.name AS holder
              FROM mail_activity a
              JOIN mail_activity_type y ON y.id = a.activity_type_id
              LEFT JOIN res_users w ON w.id = a.user_id
              LEFT JOIN res_partner holder ON holder.id = w.partner_id
             WHERE a.active AND a.res_model = 'res.partner'
               AND a.res_id IN (SELECT o.id FROM res_partner o WHERE %s)
               AND (y.id = ANY(%s) OR y.category = ANY(%s))
            """,
            is_of("o", client),
            list(types.values()),
            list(CONTACTS),
        )
