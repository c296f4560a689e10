from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.models.resource_calendar_leaves import APPROVED
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.panel import SIDE, Panel
from odoo.addons.vip_base.tools.shared import shared
from odoo.addons.vip_base.tools.sql import array
from odoo.addons.vip_base.tools.tile import AGENTS, MANAGERS

from ..ticket.helpdesk_ticket_queue import SECTION

#: So many people stand in a load picture; the number beside its title opens all.
SHOWN = 12
#: The parts of a load, what is to be done first first.
LATE, SOON, TODAY, LATER, WAITING = PARTS = (
    *("late", "soon", "today", "later", "waiting"),
)
#: Open tickets by holder and part. What waits is asked of the timeline, as in the queue.
LOADS = """
    WITH owed AS MATERIALIZED (
         SELECT c.ticket_id, count(*) AS owed, min(c.due_at) AS due_at,
                COALESCE(bool_or(c.due_at <= %(soon)s OR c.warn_at <= %(now)s), FALSE)
                AS act
           FROM sla_clock c WHERE c.stopped_at IS NULL GROUP BY c.ticket_id
    ), found AS (
         SELECT o.user_id, o.due_at, %(section)s AS section
           FROM (SELECT t.user_id, COALESCE(owed.owed, 0) AS owed, owed.due_at,
                        COALESCE(owed.act, FALSE) AS act,
                        CASE WHEN g.waiting_on IS NOT NULL THEN (
                             SELECT s.waiting_on FROM sla_span s
                              WHERE s.ticket_id = t.id
                              ORDER BY s.start DESC LIMIT 1) END AS waiting_on
                   FROM (%(tickets)s) t
                   JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
                   LEFT JOIN owed ON owed.ticket_id = t.id
                  WHERE t.user_id IS NOT NULL) o
    ), load AS (
         SELECT f.user_id, %(counts)s FROM found f GROUP BY f.user_id
    )
    SELECT u.id, p.name, COALESCE(NULLIF(u.sla_load_limit, 0), %(limit)s, 0),
           (SELECT max(l.date_to) FROM (%(approved)s) l
             WHERE l.user_id = u.id AND l.date_from <= %(now)s AND l.date_to > %(now)s),
           %(parts)s
      FROM res_users u
      JOIN res_partner p ON p.id = u.partner_id
      LEFT JOIN load ON load.user_id = u.id
     WHERE u.active AND NOT u.share
       AND (load.user_id IS NOT NULL
            OR EXISTS (SELECT FROM %(members)s r WHERE %(member)s = u.id AND %(of_teams)s))
"""
COUNTED = {
    LATE: "f.section = 'act' AND f.due_at < %(now)s",
    SOON: "f.section = 'act' AND NOT COALESCE(f.due_at < %(now)s, FALSE)",
    TODAY: "f.section = 'due'",
    LATER: "f.section IN ('later', 'owes_nothing')",
    WAITING: "f.section IN ('on_client', 'on_others')",
}


class VipHome(models.AbstractModel):
    """Who has how much to do, and how much of it is late or soon."""

    _inherit = "vip.home"

    @api.model
    def _load_panels(self):
        return [
            Panel(
                key="sla_promise/load",
                label=self.env._("Load per agent"),
                roles=MANAGERS,
                component="sla_promise/load",
                load=self._load_shown,
                model="sla.clock",
                sequence=40,
            ),
            Panel(
                key="sla_promise/team",
                label=self.env._("My team now"),
                roles=AGENTS,
                component="sla_promise/team",
                load=self._team_shown,
                place=SIDE,
                later=True,
                model="sla.clock",
                sequence=40,
            ),
        ]

    @api.model
    def _load_shown(self):
        rows = [row for row in self._loads() if row["open"]]
        if not rows:
            return None
        return {
            "rows": [self._load_row(row) for row in rows[:SHOWN]],
            "more": max(len(rows) - SHOWN, 0),
            "all": self._load_link(
                self.env._("Load per agent"), Domain("user_id", "!=", False)
            ),
        }

    @api.model
    def _team_shown(self):
        """Return how much the colleagues of one's own teams have; oneself first."""
        rows = self._loads()
        if len(rows) < 2:
            return None
        rows = sorted(rows, key=lambda row: row["id"] != self.env.uid)
        return {"rows": [self._load_row(row) for row in rows[:6]], "me": self.env.uid}

    @api.model
    def _loads(self):
        """Return the load of each holder, whoever has most that is late first.

        Of a manager: of all whose tickets may be seen. Of others: of the own teams. One
        query.
        """
        return shared(self.env, "sla_promise/loads", self._read_loads)

    @api.model
    def _read_loads(self):
        """Return ``[{id, name, limit, away_until, open, late, soon, …}]``.

        Members of the teams stand there also without a ticket.
        """
        whole = self._sees_whole_load()
        own = [] if whole else self.env["helpdesk.ticket"]._own_team_ids()
        domain = self._open_requests()
        if not whole:
            domain &= Domain("team_id", "in", own)
        tickets, moments = self.env["helpdesk.ticket"], self._moments()
        members = self.env["helpdesk.ticket.team"]._fields["user_ids"]
        self.env["sla.clock"].flush_model()
        counts = [
            SQL(
                "count(*) FILTER (WHERE %s) AS %s",
                SQL(COUNTED[part], **moments),
                SQL.identifier(part),
            )
            for part in PARTS
        ]
        # Whoever may read tickets may know who holds them, and how many.
        rows = self.env.execute_query(
            SQL(
                LOADS,
                section=SQL(SECTION, **moments),
                tickets=tickets._search(domain).select("id", "user_id", "stage_id"),
                approved=APPROVED,
                counts=SQL(", ").join(counts),
                parts=SQL(", ").join(
                    SQL("COALESCE(load.%s, 0)", SQL.identifier(part)) for part in PARTS
                ),
                members=SQL.identifier(members.relation),
                member=SQL.identifier("r", members.column2),
                of_teams=SQL("TRUE")
                if whole
                else SQL(
                    "%s = ANY(%s)", SQL.identifier("r", members.column1), array(own)
                ),
                limit=SQL(
                    "(SELECT sla_load_limit FROM res_company WHERE id = %s)",
                    self.env.company.id,
                ),
                **moments,
            )
        )
        found = [self._load(row) for row in rows]
        found.sort(
            key=lambda load: (
                *(-load["late"], -load["soon"], -load["open"]),
                *(load["name"], load["id"]),
            )
        )
        return found

    @api.model
    def _sees_whole_load(self):
        return self.env.user.has_group(MANAGER_GROUP)

    @api.model
    def _load(self, row):
        user_id, name, limit, away_until, *counts = row
        parts = dict(zip(PARTS, counts, strict=True))
        return {
            "id": user_id,
            "name": name,
            "limit": limit,
            "away_until": away_until,
            "open": sum(counts),
            **parts,
        }

    # As the page shows it

    @api.model
    def _load_row(self, load):
        mine = Domain("user_id", "=", load["id"])
        return {
            **load,
            "away_until": fields.Datetime.to_string(load["away_until"] or False),
            "over": bool(load["limit"]) and load["open"] > load["limit"],
            "parts": [
                {
                    "key": part,
                    "count": load[part],
                    "link": self._load_link(load["name"], mine & domain),
                }
                for part, domain in self._part_domains().items()
                if load[part]
            ],
            "link": self._load_link(load["name"], mine),
        }

    @api.model
    def _part_domains(self):
        late = Domain(
            "sla_due_at", "<", fields.Datetime.to_string(self._moments()["now"])
        )

        def sections(*names):
            return Domain("sla_section", "in", list(names))

        return {
            LATE: sections("act") & late,
            SOON: sections("act") & ~late,
            TODAY: sections("due"),
            LATER: sections("later", "owes_nothing"),
            WAITING: sections("on_client", "on_others"),
        }

    @api.model
    def _load_link(self, name, domain):
        return {
            "model": "helpdesk.ticket",
            "name": name,
            "domain": list(self._open_requests() & domain),
        }
