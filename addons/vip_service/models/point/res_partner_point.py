from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_amount, written_day

from ..ladder.vip_ladder_version import version_sql


class ResPartner(models.Model):
    """Key points of rules and of what people wrote, and which of all are retired."""

    _inherit = "res.partner"

    @api.model
    def _key_point_kinds(self):
        """Return {kind: label} of the key points that come from the data; a door."""
        return {
            "tier_proposed": self.env._("A tier is proposed"),
            "dissatisfied": self.env._("A bad answer"),
            "adviser": self.env._("Has an adviser"),
        }

    # What is looked up with the rest of what key points are made of

    def _point_columns(self):
        """Return ({name: SQL}, measures by column) over this client ``p``."""
        rules = self._point_rules()
        asked = {one for rule in rules for one, *_rest in rule["conditions"]}
        measures = [
            one
            for one in (self._client_measures(self._now()) if asked else ())
            if one.key in asked and (not one.secret or self._client_360_money_visible())
        ]
        self._flush_measures(measures)
        self._flush_points()
        columns = {f"measure_{one.key}": one.value for one in measures}
        today = self._client_360_today()
        columns["hints"] = self._hints_sql(today)
        columns["said"] = self._said_sql()
        columns["retired"] = self._retired_sql(event_time(self.env))
        ladder = any(rule["tier_id"] for rule in rules)
        columns["ladder"] = self._ladder_sql(today) if ladder else SQL("NULL")
        return columns, {one.key: one for one in measures}

    @api.model
    def _point_rules(self):
        return self.env["vip.key.point.rule"]._rules(
            self.env.company.id, self.env.lang or "en_US"
        )

    @api.model
    def _flush_points(self):
        for name in (
            "vip.client.hint",
            "vip.key.point.outcome",
            "vip.key.point.retired",
            "vip.tier.membership",
        ):
            self.env[name].flush_model()
        self.env["vip.ladder.version"]._flush_ladders()

    @api.model
    def _hints_sql(self, today):
        return SQL(
            """
            (SELECT jsonb_agg(jsonb_build_object(
                        'id', h.id, 'text', h.text, 'until', h.valid_until,
                        'at', h.recorded_at, 'by', person.name) ORDER BY h.id DESC)
               FROM vip_client_hint h
               LEFT JOIN res_users u ON u.id = h.author_id
               LEFT JOIN res_partner person ON person.id = u.partner_id
              WHERE h.partner_id = p.id AND h.company_id = %s
                AND (h.valid_until IS NULL OR h.valid_until >= %s))
            """,
            self.env.company.id,
            today,
        )

    @api.model
    def _ladder_sql(self, today):
        company = self.env.company
        return SQL(
            """
            (SELECT jsonb_build_object('ranks', jsonb_object_agg(g.tier_id, g.rank),
                        'own', max(g.rank) FILTER (WHERE g.tier_id = %(tier)s))
               FROM vip_ladder_rung g JOIN (%(version)s) v ON v.id = g.version_id)
            """,
            tier=self._tier_of_sql(company, today),
            version=version_sql(company.id, today, SQL("v.id")),
        )

    @api.model
    def _said_sql(self):
        return SQL(
            """
            (SELECT jsonb_object_agg(o.key, o.useful)
               FROM (SELECT key, count(*) AS useful FROM vip_key_point_outcome
                      WHERE partner_id = p.id AND company_id = %s
                        AND outcome = 'useful' GROUP BY key) o)
            """,
            self.env.company.id,
        )

    @api.model
    def _retired_sql(self, at):
        retired = self.env["vip.key.point.retired"]
        return SQL(
            """
            (SELECT jsonb_agg(r.key) FROM vip_key_point_retired r
              WHERE r.partner_id = p.id AND r.company_id = %s AND %s)
            """,
            self.env.company.id,
            retired._hides_sql(at),
        )

    # What they say

    def _key_points_of_rules(self, known, measures):
        ladder = known["ladder"] or {"ranks": {}, "own": None}
        rank = {int(tier): rank for tier, rank in (ladder["ranks"] or {}).items()}
        values = {
            key: None
            if known[f"measure_{key}"] is None
            else float(known[f"measure_{key}"])
            for key in measures
        }
        holding = self.env["vip.key.point.rule"]._holding(
            self._point_rules(), values, {**rank, None: ladder["own"]}
        )
        for rule, found in holding:
            yield self._key_point(
                "rule",
                rule["text"],
                rule["priority"],
                about=("vip.key.point.rule", rule["id"]),
                level=rule["level"],
                source=", ".join(
                    f"{measures[key].label}: {written_amount(self.env, value)}"
                    for key, value in found.items()
                    if value is not None
                ),
                made=True,
            )

    def _key_points_of_hints(self, known):
        for hint in known["hints"] or ():
            written = fields.Datetime.to_datetime(
                hint["at"].replace("T", " ").split(".")[0]
            )
            local = fields.Datetime.context_timestamp(self, written)
            source = f"{hint['by']}, {written_day(self.env, local.date())}"
            if hint["until"]:
                until = written_day(self.env, fields.Date.to_date(hint["until"]))
                source = self.env._("%(who)s, until %(day)s", who=source, day=until)
            about = "vip.client.hint", hint["id"]
            yield self._key_point(
                "hint",
                hint["text"],
                45,
                about=about,
                link=record_link(*about),
                source=source,
                made=True,
            )
