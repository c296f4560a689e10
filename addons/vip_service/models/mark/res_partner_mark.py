from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

from ...tools.measure import Measure
from ..res_partner import is_of
from .vip_client_mark import CARE


class ResPartner(models.Model):
    """What is to be minded with a client: special care, needs, preferences, its check."""

    _inherit = "res.partner"

    # The section

    def _client_360_needs(self):
        """Needs, preferences and special care of today, and the last check."""
        now = event_time(self.env)
        return {
            **self._needs_at(self._client_360_today(), now),
            "may_write": self.active and bool(self._vip_served()),
        }

    def _needs_at(self, day, at):
        """Return what was known at an instant to be minded on a day; one query.

        :param at: naive UTC
        """
        marks, checks = self.env["vip.client.mark"], self.env["vip.client.check"]
        marks.flush_model()
        checks.flush_model()
        [(found, check)] = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT jsonb_agg(jsonb_build_object(
                                   'id', k.id, 'kind', k.kind, 'care', k.care,
                                   'text', k.text, 'since', k.date_from,
                                   'until', k.date_to,
                                   'whom', CASE WHEN whom.id <> %(client)s
                                                THEN whom.name END,
                                   'by', person.name)
                               ORDER BY k.kind, k.date_from DESC, k.id DESC)
                          FROM vip_client_mark k
                          JOIN res_partner whom ON whom.id = k.partner_id
                          LEFT JOIN res_users u ON u.id = k.author_id
                          LEFT JOIN res_partner person ON person.id = u.partner_id
                         WHERE %(is_of)s AND %(holds)s),
                       (SELECT jsonb_build_object(
                                   'on', c.checked_on, 'next', c.next_on,
                                   'late', c.next_on < %(day)s)
                          FROM vip_client_check c
                         WHERE c.partner_id = %(client)s AND c.company_id = %(company)s
                           AND c.checked_on <= %(day)s AND c.recorded_at <= %(at)s
                         ORDER BY c.checked_on DESC, c.id DESC LIMIT 1)
                """,
                client=self.id,
                company=self.env.company.id,
                day=day,
                at=at,
                is_of=is_of("whom", SQL("%s", self.id)),
                holds=marks._holds_sql(day, at),
            )
        )
        kinds = dict(marks._fields["kind"]._description_selection(self.env))
        cares = dict(marks._fields["care"]._description_selection(self.env))
        return {
            "marks": [
                {
                    **one,
                    "label": cares[one["care"]] if one["care"] else kinds[one["kind"]],
                }
                for one in found or ()
            ],
            "check": check or False,
        }

    # Special care, wherever the client is met

    def _care_columns(self, day, at):
        """Return the SQL of a JSON list: what special care this client ``p`` asks for."""
        marks = self.env["vip.client.mark"]
        marks.flush_model()
        return SQL(
            """
            (SELECT jsonb_agg(jsonb_build_object('text', k.text, 'care', k.care,
                        'whom', CASE WHEN whom.id <> p.id
                                     THEN whom.name END) ORDER BY k.id)
               FROM vip_client_mark k JOIN res_partner whom ON whom.id = k.partner_id
              WHERE %s AND k.kind = %s AND %s)
            """,
            is_of("whom", SQL("p.id")),
            CARE,
            marks._holds_sql(day, at),
        )

    @api.model
    def _care_told(self, found):
        """Return what is shown of :meth:`_care_columns`."""
        cares = dict(
            self.env["vip.client.mark"]._fields["care"]._description_selection(self.env)
        )
        return [
            {
                "text": one["text"],
                "label": cares[one["care"]],
                "whom": one["whom"] or False,
            }
            for one in found or ()
        ]

    # The check, as a measure

    @api.model
    def _measure_of_check(self, when):
        today = self.env.company._vip_local_date(when.at)
        return Measure(
            "check_days",
            self.env._("Days until the know-your-client review"),
            SQL(
                """
                (SELECT c.next_on - %s FROM vip_client_check c
                  WHERE c.partner_id = p.id AND c.company_id = %s
                  ORDER BY c.checked_on DESC, c.id DESC LIMIT 1)
                """,
                today,
                self.env.company.id,
            ),
            ("vip.client.check",),
            unit="days",
        )
