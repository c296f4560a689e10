from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.health import overall, score
from ...tools.measure import overall_sql, score_sql


class ResPartner(models.Model):
    """Health: one number of dated measures, its state, and who says otherwise."""

    _inherit = "res.partner"

    def _client_360_health(self):
        """How the client stands: one number, its state, and why: each measure."""
        may = self.active and bool(self._vip_served())
        return {
            **self._health_told(self._now(), self._client_360_today()),
            "may_override": may,
        }

    def _health_told(self, when, day):
        """Return the health as of ``when``, a moment of ``day``, as JSON."""
        measures = self._health_of(when)
        number, state = overall(measures)
        override = self._health_override(day, when.at)
        return {
            "number": number,
            "state": override["state"] if override else state,
            "measured": state,
            "override": override,
            "measures": [
                {**one, "score": score(one["value"], one["good"], one["red"])}
                for one in sorted(measures, key=lambda one: -one["weight"])
            ],
        }

    def _health_of(self, when):
        """Return what is measured of this client, as dicts; by one query.

        ``value`` is a number; None: not measured, which is never zero.
        """
        self.ensure_one()
        measures = self._health_lines(when)
        if not self._client_360_money_visible():
            measures = [one for one in measures if not one.secret]
        if not measures:
            return []
        [row] = self.env.execute_query(
            SQL(
                "SELECT %s FROM res_partner p WHERE p.id = %s",
                SQL(", ").join(
                    SQL("%s, %s", one.value, one.day or SQL("%s", when.at))
                    for one in measures
                ),
                self.id,
            )
        )
        return [
            self._health_measured(one, value, day)
            for one, value, day in zip(measures, row[::2], row[1::2], strict=True)
        ]

    @api.model
    def _health_lines(self, when):
        """Return the measures of health with the weights and lines that are set."""
        lines = self.env["vip.health.measure"]._lines()
        measures = [
            one._replace(**lines[one.key]) if one.key in lines else one
            for one in self._client_health_measures(when)
        ]
        self._flush_measures(measures)
        return [one for one in measures if one.weight > 0]

    @api.model
    def _health_measured(self, measure, value, day):
        value = None if value is None else float(value)
        low = measure.low_is_red
        beyond = value is not None and (
            value <= measure.red if low else value >= measure.red
        )
        return {
            "key": measure.key,
            "label": measure.label,
            "value": value,
            "day": fields.Date.to_string(day) if day and value is not None else False,
            "weight": measure.weight,
            "red": measure.red,
            "good": measure.good,
            "low_is_red": low,
            "unit": measure.unit,
            "is_red": beyond,
        }

    # As SQL, for lists and for the past

    @api.model
    def _health_rows_sql(self, when, visible, condition):
        """Return the query of (id, number, state): the health of the clients ``p``.

        :param visible: SQL of whether its figures may be told
        :param condition: SQL of which clients
        """
        measures = self._health_lines(when)
        values, scores = [SQL("1 AS one")], [SQL("1 AS one")]
        for place, one in enumerate(measures):
            value, name = one.value, SQL.identifier(f"m{place}")
            if one.secret:
                value = SQL("CASE WHEN %s THEN %s END", visible, value)
            values.append(SQL("%s AS %s", value, name))
            score = score_sql(SQL("v.%s", name), one.good, one.red)
            scores.append(SQL("%s AS %s", score, name))
        return SQL(
            """
            SELECT p.id, %s AS number, %s AS state
              FROM res_partner p
             CROSS JOIN LATERAL (SELECT %s OFFSET 0) v
             CROSS JOIN LATERAL (SELECT %s OFFSET 0) h
             WHERE %s
            """,
            *overall_sql(
                [
                    (SQL("h.%s", SQL.identifier(f"m{place}")), one.weight)
                    for place, one in enumerate(measures)
                ]
            ),
            SQL(", ").join(values),
            SQL(", ").join(scores),
            condition,
        )

    # Who says otherwise

    def _health_override(self, day, at):
        """Return what a person said of this client's health on a day, False if nobody did.

        :param at: naive UTC: what was said or ended later is not known
        """
        overrides = self.env["vip.health.override"]
        overrides.flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT o.id, o.state, o.reason, o.date_to AS until,
                       o.recorded_at AS at, person.name AS by
                  FROM vip_health_override o
                  LEFT JOIN res_users u ON u.id = o.user_id
                  LEFT JOIN res_partner person ON person.id = u.partner_id
                 WHERE o.partner_id = %s AND %s ORDER BY o.id DESC LIMIT 1
                """,
                self.id,
                overrides._holds_sql(day, at),
            )
        )
        if not rows:
            return False
        [row] = rows
        return {
            **row,
            "until": fields.Date.to_string(row["until"]),
            "at": fields.Datetime.to_string(row["at"]),
        }
