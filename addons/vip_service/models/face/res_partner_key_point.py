from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL, format_date

from odoo.addons.vip_base.tools.groups import AGENT_GROUP
from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.times import event_time

from ..answer.vip_answer import SATISFIED

#: For so long a client who was not satisfied is met with that in mind.
REMEMBERED = timedelta(days=30)

#: In the context: a :class:`Known`, so that it is read once for a page.
KNOWN = "vip_points_known"


class Known(NamedTuple):
    """What key points of one client are made of.

    ``values``: of the query, by name; ``measures``: {key: Measure} that rules ask for.
    """

    values: dict
    measures: dict


class ResPartner(models.Model):
    """Key points: short hints for whoever meets a client now (REQUIREMENTS C2)."""

    _inherit = "res.partner"

    def _client_360_key_points(self):
        points, retired = self._key_points_held()
        return {
            "items": points,
            "retired": len(retired),
            "may_say": self.env.user.has_group(AGENT_GROUP),
        }

    def _key_points_now(self):
        """Return the key points that hold now, the most pressing first, as JSON."""
        return self._key_points_held()[0]

    def _key_points_held(self):
        """Return (key points that hold now and are shown, keys of those retired)."""
        now, known = event_time(self.env), self._known_for_key_points()
        useful, retired = known.values["said"] or {}, set(known.values["retired"] or ())
        client = self.with_context(**{KNOWN: known})
        points = [
            {
                **point,
                "useful": useful.get(point["key"], 0),
                "valid_until": fields.Datetime.to_string(point["valid_until"]),
            }
            for point in client._client_key_points()
            if not point["valid_until"] or point["valid_until"] > now
            if point["level"] == "danger" or point["key"] not in retired
        ]
        return sorted(points, key=lambda point: point["priority"]), retired

    # The door

    def _client_key_points(self):
        """Return the key points of this client for the present user; a door.

        An addon adds lists of :meth:`_key_point`. What it looks up may be more than the
        user may read, where a hint names no record of it and its source says so.
        """
        self.ensure_one()
        found = self.env.context.get(KNOWN)
        if not isinstance(found, Known):
            found = self._known_for_key_points()
        known = found.values
        return [
            *self._key_point_proposal(known),
            *self._key_point_answer(known),
            *self._key_points_of_rules(known, found.measures),
            *self._key_points_of_hints(known),
            *self._key_point_adviser(known),
        ]

    def _key_point(
        self,
        kind,
        text,
        priority,
        *,
        about=None,
        level="info",
        link=None,
        source="",
        valid_until=None,
        made=False,
    ):
        """Return one key point. What people say of it hangs on its key.

        :param kind: of this hint, unique among all addons
        :param priority: 0 is shown first, 100 last
        :param about: (model, id) of what it is about; this client if not given
        :param level: ``danger``, ``warning`` or ``info``
        :param link: of ``vip_base/tools/links.py``: the rows behind it
        :param source: where it comes from, in a few words
        :param valid_until: naive UTC; not shown from then on
        :param made: people wrote or configured it: it retires, if nobody acts on it
        """
        model, record_id = about or (self._name, self.id)
        return {
            "key": f"{kind}:{model},{record_id}",
            "priority": priority,
            "level": level,
            "text": text,
            "link": link or False,
            "source": source,
            "valid_until": valid_until or False,
            "made": made,
        }

    # What we know of it here

    def _key_point_proposal(self, known):
        if not known["change_id"]:
            return
        text = self.env._("Proposed: %s", known["tier"])
        if known["direction"] == "demotion":
            text = self.env._("Proposed to fall to %s", known["tier"])
        elif known["direction"] == "promotion":
            text = self.env._("Proposed to rise to %s", known["tier"])
        change = "vip.tier.change", known["change_id"]
        yield self._key_point(
            "tier_proposed",
            text,
            20,
            about=change,
            level="warning",
            link=self.env[change[0]].has_access("read") and record_link(*change),
            source=self.env._("not decided yet"),
        )

    def _key_point_answer(self, known):
        if not known["answer_id"]:
            return
        at, ticket_id = known["answered_at"], known["ticket_id"]
        local = fields.Datetime.context_timestamp(self, at)
        yield self._key_point(
            "dissatisfied",
            self.env._("Answered %s of 5", known["grade"]),
            30,
            about=("vip.answer", known["answer_id"]),
            level="warning",
            link=ticket_id and record_link("helpdesk.ticket", ticket_id),
            source=self.env._("the client, %s", format_date(self.env, local)),
            valid_until=at + REMEMBERED,
        )

    def _key_point_adviser(self, known):
        if known["adviser_id"] and known["adviser_id"] != self.env.uid:
            yield self._key_point(
                "adviser",
                self.env._("Has a dedicated adviser: %s", known["adviser"]),
                90,
                about=("res.users", known["adviser_id"]),
            )

    def _known_for_key_points(self):
        """Return what waits for a decision, a last bad answer, the adviser, what rules and
        hints ask for, and what people said of key points: :class:`Known`; one query.
        """
        columns, measures = self._point_columns()
        for name in ("vip.tier.change", "vip.answer", "vip.question", self._name):
            self.env[name].flush_model()
        now = event_time(self.env)
        # Whoever serves the client must know: no evidence, and no words of the client.
        [known] = self.env.execute_query_dict(
            SQL(
                """
                SELECT c.id AS change_id, c.direction, c.tier,
                       a.id AS answer_id, a.grade, a.answered_at, a.ticket_id,
                       p.adviser_id, person.name AS adviser, %(columns)s
                  FROM res_partner p
                  LEFT JOIN res_users u ON u.id = p.adviser_id
                  LEFT JOIN res_partner person ON person.id = u.partner_id
                  LEFT JOIN LATERAL (
                       SELECT c.id, c.direction, %(tier)s AS tier
                         FROM vip_tier_change c JOIN vip_tier t ON t.id = c.to_tier_id
                        WHERE c.partner_id = p.id AND c.company_id = %(company)s
                          AND c.state = 'proposed'
                        ORDER BY c.id DESC LIMIT 1) c ON TRUE
                  LEFT JOIN LATERAL (
                       SELECT a.id, a.grade, a.answered_at,
                              CASE WHEN q.ticket_id IN %(readable)s
                                   THEN q.ticket_id END AS ticket_id
                         FROM vip_question q
                         JOIN vip_answer a ON a.question_id = q.id AND a.counts
                        WHERE q.partner_id = p.id AND a.company_id = %(company)s
                          AND q.purpose = 'closing'
                          AND a.answered_at > %(since)s AND a.answered_at <= %(now)s
                        ORDER BY a.answered_at DESC, a.id DESC LIMIT 1) a
                    ON a.grade < %(satisfied)s
                 WHERE p.id = %(client)s
                """,
                tier=self.env["vip.tier"]._field_to_sql("t", "name"),
                client=self.id,
                company=self.env.company.id,
                readable=self.env["helpdesk.ticket"]
                ._search([("commercial_partner_id", "=", self.id)])
                .subselect(),
                since=now - REMEMBERED,
                now=now,
                satisfied=SATISFIED,
                columns=SQL(", ").join(
                    SQL("%s AS %s", sql, SQL.identifier(name))
                    for name, sql in columns.items()
                ),
            )
        )
        return Known(known, measures)
