from datetime import datetime
from functools import partial
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.panel import Panel
from odoo.addons.vip_base.tools.shared import shared
from odoo.addons.vip_base.tools.tile import AGENTS, Counted, note

from ..ticket.helpdesk_ticket_queue import SECTIONS, SOON

#: So many rows of the queue stand on a home.
SHOWN = 10
#: Which sections have rows there: who waits, or has time, is a number.
IN_ROWS = ("act", "due")
#: Tickets on which something is owed.
OWED = "(SELECT ticket_id FROM sla_clock WHERE stopped_at IS NULL)"
#: The promise that is due first on a ticket, else one that waits.
FIRST_CLOCK = """
    LATERAL (SELECT c.id AS clock_id, c.due_at, c.metric, c.round,
                    min(c.warn_at) OVER () AS warn_at
               FROM sla_clock c
              WHERE c.ticket_id = %(ticket)s AND c.stopped_at IS NULL
              ORDER BY c.due_at, c.seconds, c.id LIMIT 1)
"""
#: The one ticket of some that comes first in the queue, read from what is owed.
OF_NOBODY = """
    (SELECT t.id FROM helpdesk_ticket t
       LEFT JOIN vip_tier y ON y.id = COALESCE(t.sla_tier_id, t.vip_tier_id)
       LEFT JOIN LATERAL (
            SELECT min(c.due_at) AS due_at,
                   COALESCE(min(c.due_at) <= %(soon)s OR min(c.warn_at) <= %(now)s, FALSE)
                   AS act
              FROM sla_clock c
             WHERE c.ticket_id = t.id AND c.stopped_at IS NULL) c ON TRUE
      WHERE t.id IN %(ids)s
      ORDER BY c.act DESC, CASE WHEN c.act THEN -COALESCE(y.rank, 0) END, c.due_at, t.id
      LIMIT 1)
"""
OF_CLOCK = ("clock_id", "due_at", "warn_at", "metric", "round")


class Row(NamedTuple):
    """A ticket on which something is owed, in the order of the queue; naive UTC."""

    id: int
    section: str
    due_at: datetime | None
    warn_at: datetime | None
    metric: str
    round: int
    clock_id: int
    user_id: int | None


class VipHome(models.AbstractModel):
    """The first rows of an agent's own queue, and the numbers of its sections."""

    _inherit = "vip.home"

    @api.model
    def _queue_panels(self):
        return [
            Panel(
                key="sla_promise/queue",
                label=self.env._("My queue"),
                roles=AGENTS,
                component="sla_promise/queue",
                load=self._queue_shown,
                model="sla.clock",
                sequence=30,
            ),
        ]

    # What is owed on own tickets: read once for tiles, rows, day and next action

    @api.model
    def _my_queue(self):
        """Return [Row] of own tickets on which something is owed, in order."""
        return [row for row in self._desk() if row.user_id]

    @api.model
    def _desk(self):
        """Return [Row] of own tickets, and of the first that nobody has; one query."""
        return shared(self.env, "sla_promise/desk", self._read_desk)

    @api.model
    def _read_desk(self):
        """Read them, and what is shown of each."""
        tickets = self.env["helpdesk.ticket"]
        own = tickets._search(self._mine() & Domain("id", "in", SQL(OWED)))
        # Together by their ids: a condition on either reads all tickets.
        both = SQL("(%s UNION ALL %s)", own.select(), self._of_nobody_sql())
        query = tickets._search(Domain("id", "in", both))
        self.env["sla.clock"].flush_model()
        ticket = SQL.identifier(query.table, "id")
        query.add_join("LEFT JOIN", "due", SQL(FIRST_CLOCK, ticket=ticket), SQL("TRUE"))
        due = {name: SQL.identifier("due", name) for name in OF_CLOCK}
        section = tickets._fields["sla_section"].to_sql(tickets, query.table)
        query.order = SQL(
            "section, %s, %s",
            tickets._fields["sla_place"].to_sql(tickets, query.table),
            ticket,
        )
        rows = self.env.execute_query_dict(
            tickets._faces_query(query, {"section": section, **due})
        )
        self._known_faces().update((row["id"], tickets._face(row)) for row in rows)
        return [
            Row(
                *(row["id"], row["section"], row["due_at"], row["warn_at"]),
                *(row["metric"], row["round"], row["clock_id"], row["user_id"]),
            )
            for row in rows
        ]

    @api.model
    def _of_nobody_sql(self):
        """Return the SQL of the id of what somebody of the own teams is to take first.

        In the order of the queue: of what is to be done now the higher tier, then what is
        due earlier.
        """
        tickets = self.env["helpdesk.ticket"]
        query = tickets._search(self._open_requests() & self._unassigned_in_my_teams())
        return SQL(OF_NOBODY, ids=query.subselect(), **self._moments())

    # The numbers

    @api.model
    def _section_domain(self, *names):
        return self._mine() & Domain("sla_section", "in", list(names))

    @api.model
    def _of_sections(self, *names):
        return [row for row in self._my_queue() if row.section in names]

    @api.model
    def _count_act(self):
        """Return how much is to be done now, and how much of it is late."""
        rows = self._of_sections("act")
        late = sum(self._is_late(row) for row in rows)
        soon = len(rows) - late
        notes = []
        if late:
            notes.append(note(self.env._("%s late", late), "late"))
        if soon:
            notes.append(note(self.env._("%s soon", soon), "soon"))
        tone = "late" if late else "soon"
        return Counted(len(rows), notes=tuple(notes), tone=tone)

    @api.model
    def _is_late(self, row):
        return bool(row.due_at) and row.due_at < self._moments()["now"]

    @api.model
    def _moments(self):
        return self.env["helpdesk.ticket"]._sla_moments()

    @api.model
    def _count_due(self):
        """Return how much is due today, and what is first."""
        rows = self._of_sections("due")
        notes = [note(self._metric(row), at=row.due_at) for row in rows[:1]]
        return Counted(len(rows), notes=tuple(notes))

    @api.model
    def _count_on_client(self):
        rows = self._of_sections("on_client")
        notes = [note(self.env._("clocks stand still"))] if rows else []
        return Counted(len(rows), notes=tuple(notes))

    @api.model
    def _metric(self, row):
        return self.env["sla.clock"]._label_of(row.metric, row.round)

    # The rows

    @api.model
    def _queue_shown(self):
        """Return the first rows, the sections that they are in, and what is below them."""
        sections = {name: self._of_sections(name) for name, _label in SECTIONS}
        shown = self._first_rows()
        if not shown:
            return None
        labels = dict(
            self.env["helpdesk.ticket"]
            ._fields["sla_section"]
            ._description_selection(self.env)
        )
        told = self._rows_told()
        return {
            "sections": [
                {
                    "key": name,
                    "label": labels[name],
                    "count": len(sections[name]),
                    "rows": [told[row.id] for row in shown if row.section == name],
                    "link": self._section_link(labels[name], name),
                }
                for name in IN_ROWS
                if sections[name]
            ],
            "below": [
                {
                    "key": name,
                    "label": labels[name],
                    "count": len(rows),
                    "link": self._section_link(labels[name], name),
                }
                for name, rows in sections.items()
                if rows and name not in IN_ROWS
            ],
        }

    @api.model
    def _section_link(self, label, *names):
        return {
            "model": "helpdesk.ticket",
            "name": label,
            "domain": list(self._section_domain(*names)),
        }

    @api.model
    def _first_rows(self):
        return [row for name in IN_ROWS for row in self._of_sections(name)][:SHOWN]

    @api.model
    def _rows_told(self):
        """Return ``{ticket id: JSON}`` of a ticket and of the promise that is due.

        Of the first rows and of what may be done next.
        """
        return shared(self.env, "sla_promise/told", self._tell_rows)

    @api.model
    def _tell_rows(self):
        rows = self._rows_to_tell()
        faces = self._faces_of(list(rows))
        left = self._clocks_told()
        return {
            each: {**faces[each], "promise": left.get(row.clock_id, False)}
            for each, row in rows.items()
        }

    @api.model
    def _rows_to_tell(self):
        next_ids = self._to_do_of_agent()
        rows = {row.id: row for row in self._desk() if row.id in next_ids}
        return rows | {row.id: row for row in self._first_rows()}

    @api.model
    def _clocks_told(self, also=False):
        """Return {clock id: JSON} of promises of those rows.

        :param also: id of a further one, where this is asked first
        """
        return shared(self.env, "sla_promise/clocks", partial(self._tell_clocks, also))

    @api.model
    def _tell_clocks(self, also):
        moments = self._moments()
        ids = {row.clock_id for row in self._rows_to_tell().values()} | {also}
        clocks = self.env["sla.clock"].browse(sorted(filter(None, ids)))
        return clocks._tell_each_left(moments["now"], moments["soon"])

    @api.model
    def _known_faces(self):
        return shared(self.env, "sla_promise/faces", dict)

    @api.model
    def _faces_of(self, ticket_ids):
        """Return what is shown of tickets; each is read once for a page."""
        known = self._known_faces()
        lacking = [each for each in ticket_ids if each not in known]
        found = self.env["helpdesk.ticket"]._faces(lacking)
        known.update(found)
        return {**found, **known}

    # What is to be done next

    @api.model
    def _face_of(self, ticket_id, among):
        return self._faces_of(among)[ticket_id]

    @api.model
    def _next_side(self, ticket_id, action):
        """Return what is left of the promise that the action keeps.

        Where it keeps none: of the one that is due first.
        """
        told = None
        if self._desk():
            clocks = self._clocks_told(action["promise_id"])
            row = self._rows_to_tell().get(ticket_id)
            told = clocks.get(action["promise_id"] or (row and row.clock_id))
        if not told:
            return super()._next_side(ticket_id, action)
        return {"component": "sla_promise/next_left", "data": told}

    @api.model
    def _to_do_of_agent(self):
        """Return what is to be done, own requests and the first one that nobody has.

        That comes where its own place in the queue is.
        """
        sections = ("act", "due", "later", "on_client", "on_others", "owes_nothing")
        rows = sorted(self._desk(), key=lambda row: sections.index(row.section))
        return [row.id for row in rows][:SHOWN]

    @api.model
    def _changes_at(self, role):
        """Return when an own promise is the next to be soon, or late."""
        found = [super()._changes_at(role)]
        if role == "agent":
            now = self._moments()["now"]
            times = [
                at
                for row in self._my_queue()
                for at in (row.due_at, row.due_at and row.due_at - SOON, row.warn_at)
            ]
            found += [min((at for at in times if at and at > now), default=None)]
        return min(filter(None, found), default=None)
