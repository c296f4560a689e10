from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

from ...engine.health import overall, score
from ..contact.noting import COUNTS

#: Answers of so many days are looked at.
ANSWERS = timedelta(days=180)
#: Months whose figures are compared with as many before them.
TREND_MONTHS = 3


class ResPartner(models.Model):
    """Health: dated measures of how a client stands with us."""

    _inherit = "res.partner"

    def _client_360_health(self):
        """How the client stands: one number, its state, and why: each measure."""
        measures = self._client_health_measures()
        number, state = overall(measures)
        return {
            "number": number,
            "state": state,
            "measures": [
                {**one, "score": score(one["value"], one["good"], one["red"])}
                for one in sorted(measures, key=lambda one: -one["weight"])
            ],
        }

    # The door

    def _client_health_measures(self):
        """Return what is measured of this client for the present user; a door.

        An addon adds dicts of :meth:`_health_measure`.
        """
        self.ensure_one()
        grade, asked, spoken, known = self._health_answers_and_contacts()
        now = event_time(self.env)
        silent = spoken and (now - spoken).days
        measures = [
            self._health_measure(
                "answers",
                self.env._("Satisfaction"),
                grade and float(grade),
                day=asked,
                weight=20,
                red=3,
                good=5,
                unit="grade",
            ),
            self._health_measure(
                "silence",
                self.env._("Days without contact"),
                silent if known else None,
                day=now,
                weight=15,
                red=60,
                low_is_red=False,
                good=14,
                unit="days",
            ),
        ]
        if self._client_360_money_visible():
            change, month = self._health_activity()
            measures.append(
                self._health_measure(
                    "activity",
                    self.env._("Activity of three months"),
                    change,
                    day=month,
                    weight=30,
                    red=-20,
                    good=5,
                    unit="percent",
                )
            )
        return measures

    def _health_measure(
        self, key, label, value, *, day, weight, red, low_is_red=True, **more
    ):
        """Return one measure.

        :param key: unique among all addons
        :param value: a number; None: not measured, which is never zero
        :param day: date or naive UTC as of which it is known; empty if not measured
        :param weight: of this measure among all, above zero
        :param red: at this value and beyond it the client is in danger
        :param low_is_red: beyond is below; else above
        :param more: ``good``: from this value on all is well (one better than red, if not
            given); ``unit``: ``count``, ``days``, ``percent`` or ``grade``
        """
        beyond = value is not None and (value <= red if low_is_red else value >= red)
        return {
            "key": key,
            "label": label,
            "value": value,
            "day": fields.Date.to_string(day) if day and value is not None else False,
            "weight": weight,
            "red": red,
            "low_is_red": low_is_red,
            "good": more.get("good", red + (1 if low_is_red else -1)),
            "unit": more.get("unit", "count"),
            "is_red": beyond,
        }

    def _health_answers_and_contacts(self):
        """Return (mean grade, last answer, last contact, whether there was one)."""
        self.env["vip.answer"].flush_model()
        self.env["vip.question"].flush_model()
        self.env["vip.contact"].flush_model()
        # As SQL over all: a measure names no record, and counts what all of us did.
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT a.grade, a.at, c.at, c.at IS NOT NULL
                  FROM (SELECT avg(a.grade) AS grade, max(a.answered_at) AS at
                          FROM vip_question q JOIN vip_answer a ON a.question_id = q.id
                         WHERE q.partner_id = %(client)s AND a.counts
                           AND q.purpose = 'closing'
                           AND a.company_id = %(company)s
                           AND a.answered_at > %(since)s AND a.answered_at <= %(now)s) a
                 CROSS JOIN (
                       SELECT max(at) AS at FROM vip_contact
                        WHERE partner_id = %(client)s AND %(counts)s AND at <= %(now)s
                          AND company_id = %(company)s) c
                """,
                client=self.id,
                company=self.env.company.id,
                since=event_time(self.env) - ANSWERS,
                now=event_time(self.env),
                counts=COUNTS,
            )
        )
        return row

    def _health_activity(self):
        """Return how the figures of the last months changed, in per cent, and the month.

        The mean of all metrics that had figures in the months before; None without any.
        """
        last, facts = self._client_360_facts()
        changes = []
        for metric in {metric for metric, _month in facts}:
            recent, before = (
                sum(
                    facts.get((metric, month), 0)
                    for month in _months_back(last, first, TREND_MONTHS)
                )
                for first in (0, TREND_MONTHS)
            )
            if before > 0:
                changes.append(100 * (recent - before) / before)
        return (sum(changes) / len(changes) if changes else None), last


def _months_back(last, first, count):
    """Return ``count`` months, the newest ``first`` months before ``last``."""
    return [
        fields.Date.subtract(last, months=first + number) for number in range(count)
    ]
