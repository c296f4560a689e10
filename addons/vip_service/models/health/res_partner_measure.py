from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time, first_day

from ...tools.figures_sql import known_sql
from ...tools.measure import Measure, When
from ..contact.noting import COUNTS
from ..ladder.vip_ladder_version import version_sql

#: Answers of so many days are looked at.
ANSWERS = timedelta(days=180)
#: Contacts of so many days are counted.
COUNTED = timedelta(days=90)
#: Months whose figures are compared with as many before them.
TREND_MONTHS = 3


class ResPartner(models.Model):
    """What is measured of clients: for health, and for the conditions of key points.

    Each measure is one SQL expression over a partner ``p``: the page, lists and the
    back-test read the same.
    """

    _inherit = "res.partner"

    # The doors

    @api.model
    def _client_health_measures(self, when):
        """Return the measures that make the health of a client; a door.

        An addon adds :class:`~...tools.measure.Measure` with weight, good and red line.

        :param when: :class:`~...tools.measure.When` as of which
        """
        answers = self._answers_sql(when)
        return [
            Measure(
                "answers",
                self.env._("Satisfaction"),
                SQL("(SELECT avg(a.grade) %s)", answers),
                ("vip.answer", "vip.question"),
                unit="grade",
                day=SQL("(SELECT max(a.answered_at) %s)", answers),
                weight=20,
                red=3,
                good=5,
            ),
            Measure(
                "silence",
                self.env._("Days without contact"),
                SQL(
                    "(SELECT extract(day FROM %s - max(c.at)) %s)",
                    when.at,
                    self._contacts_sql(when),
                ),
                ("vip.contact",),
                unit="days",
                weight=15,
                red=60,
                good=14,
            ),
            Measure(
                "activity",
                self.env._("Activity of three months"),
                self._activity_sql(when),
                ("vip.activity", "vip.metric"),
                unit="percent",
                day=self._last_month_sql(when),
                secret=True,
                weight=30,
                red=-20,
                good=5,
            ),
        ]

    @api.model
    def _client_measures(self, when):
        """Return all that conditions of key points may ask for; a door.

        Those of health are among them.
        """
        planned = SQL(
            "(SELECT count(*) FROM (%s) n)", self._planned_contacts_sql(SQL("p.id"))
        )
        return [
            *self._client_health_measures(when),
            Measure(
                "contacts",
                self.env._("Contacts of 90 days"),
                SQL(
                    "(SELECT count(*) %s AND c.at > %s)",
                    self._contacts_sql(when),
                    when.at - COUNTED,
                ),
                ("vip.contact",),
            ),
            Measure(
                "planned",
                self.env._("Planned contacts"),
                planned,
                ("mail.activity", "res.partner"),
            ),
            *self._measures_of_requests(when),
            *self._measures_of_tier(when),
            self._measure_of_check(when),
        ]

    # Contacts and answers

    @api.model
    def _answers_sql(self, when):
        return SQL(
            """
            FROM vip_question q JOIN vip_answer a ON a.question_id = q.id
           WHERE q.partner_id = p.id AND a.counts AND q.purpose = 'closing'
             AND a.company_id = %s AND a.answered_at > %s AND a.answered_at <= %s
             AND %s
            """,
            self.env.company.id,
            when.at - ANSWERS,
            when.at,
            when.known(SQL("a.recorded_at")),
        )

    @api.model
    def _contacts_sql(self, when):
        return SQL(
            "FROM vip_contact c WHERE c.partner_id = p.id AND c.company_id = %s"
            " AND %s AND c.at <= %s AND %s",
            self.env.company.id,
            COUNTS,
            when.at,
            when.known(SQL("GREATEST(c.recorded_at, c.counts_since)")),
        )

    # Figures

    @api.model
    def _last_month_sql(self, when):
        """Return the SQL of the newest month with figures, as it was known."""
        if not when.past:
            return self._client_360_month_sql()
        return SQL(
            "(SELECT max(f.month) FROM vip_activity f"
            " WHERE f.company_id = %s AND f.month <= %s AND %s)",
            self.env.company.id,
            first_day(self.env.company._vip_local_date(when.at)),
            known_sql(when.at),
        )

    @api.model
    def _activity_sql(self, when):
        """Return the SQL of how the figures of three months changed, in per cent.

        The mean of all metrics that had figures in the months before; NULL without any.
        """
        return SQL(
            """
            (SELECT avg(100 * (c.recent - c.before) / c.before)
               FROM (SELECT COALESCE(sum(f.value)
                                     FILTER (WHERE f.month > f.middle), 0) AS recent,
                            sum(f.value) FILTER (WHERE f.month <= f.middle) AS before
                       FROM (SELECT f.metric_id, f.month, %(counted)s AS value,
                                    l.month - make_interval(months => %(months)s)
                                        AS middle
                               FROM (SELECT %(last)s AS month) l
                               JOIN vip_activity f
                                 ON f.month <= l.month AND f.month > l.month
                                    - make_interval(months => 2 * %(months)s)
                               JOIN vip_metric k ON k.id = f.metric_id
                              WHERE f.company_id = %(company)s
                                AND f.partner_id = p.id AND %(known)s) f
                      GROUP BY f.metric_id) c
              WHERE c.before > 0)
            """,
            counted=self._today_money_sql(),
            months=TREND_MONTHS,
            last=self._last_month_sql(when),
            company=self.env.company.id,
            known=known_sql(when.at if when.past else None),
        )

    @api.model
    def _today_money_sql(self):
        """Return what a fact ``f`` of metric ``k`` counts in the currency of today."""
        value, steps = SQL("f.value_company"), self.env.company._vip_currency_steps()
        for month, rate in steps:
            value = SQL(
                "%s * CASE WHEN k.unit = 'money' AND f.month < %s"
                " THEN %s::numeric ELSE 1 END",
                *(value, date.fromisoformat(month), rate),
            )
        return value

    # Requests, tier and rights

    @api.model
    def _measures_of_requests(self, when):
        requests = SQL(
            "FROM helpdesk_ticket t WHERE t.commercial_partner_id = p.id AND t.active"
            " AND t.company_id = %s AND t.stage_id = ANY(%s)",
            self.env.company.id,
            list(self.env["helpdesk.ticket.stage"]._open_ids()),
        )
        yield Measure(
            "open",
            self.env._("Open requests"),
            SQL("(SELECT count(*) %s)", requests),
            ("helpdesk.ticket",),
        )
        yield Measure(
            "oldest",
            self.env._("Days since the oldest open request"),
            SQL(
                "(SELECT extract(day FROM %s - min(t.opened_at)) %s)",
                when.at,
                requests,
            ),
            ("helpdesk.ticket",),
            unit="days",
        )

    @api.model
    def _measures_of_tier(self, when):
        company = self.env.company
        today = company._vip_local_date(when.at)
        yield Measure(
            "tier_days",
            self.env._("Days in the present tier"),
            SQL(
                "(SELECT %s - m.date_from FROM vip_tier_membership m"
                " WHERE m.partner_id = p.id AND m.company_id = %s AND m.date_from <= %s"
                " AND (m.date_to IS NULL OR m.date_to > %s))",
                *(today, company.id, today, today),
            ),
            ("vip.tier.membership",),
            unit="days",
        )
        yield Measure(
            "right_days",
            self.env._("Days until an unused right lapses"),
            self.env["vip.entitlement"]._lapses_sql(
                company.id, today, SQL("p.id"), self._tier_of_sql(company, today)
            ),
            ("vip.entitlement", "vip.entitlement.use", "vip.tier.membership"),
            unit="days",
        )

    @api.model
    def _tier_of_sql(self, company, day):
        """Return the SQL of the tier of a client ``p`` on a day."""
        return SQL(
            "COALESCE((SELECT m.tier_id FROM vip_tier_membership m"
            " WHERE m.partner_id = p.id AND m.company_id = %s AND m.date_from <= %s"
            " AND (m.date_to IS NULL OR m.date_to > %s)), (%s))",
            *(company.id, day, day),
            version_sql(company.id, day, SQL("v.lowest_id")),
        )

    # Reading them

    @api.model
    def _now(self):
        """Return as of when things are measured now."""
        return When(event_time(self.env))

    @api.model
    def _flush_measures(self, measures):
        for name in dict.fromkeys(name for one in measures for name in one.reads):
            self.env[name].flush_model()
