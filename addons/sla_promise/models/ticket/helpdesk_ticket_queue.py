from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.times import event_time

#: What is due so soon is to be done now, where its policy does not warn earlier.
SOON = timedelta(minutes=20)
#: What to do with a ticket. The database sorts by these words: keep them in their order.
SECTIONS = [
    ("act", "Act now"),
    ("due", "Due today"),
    ("later", "Later"),
    ("on_client", "Waiting for the client"),
    ("on_others", "Waiting for a third party"),
    ("owes_nothing", "Nothing owed"),
]
#: What is still owed on ticket t, and on whom it waits. Where all that is owed stands
#: still, ``left_seconds`` is the least working time left.
OWED = """
    SELECT count(*) AS owed, min(c.due_at) AS due_at,
           min(c.left_seconds) AS left_seconds,
           COALESCE(bool_or(c.due_at <= %(soon)s OR c.warn_at <= %(now)s), FALSE) AS act,
           (SELECT s.waiting_on FROM sla_span s WHERE s.ticket_id = %(ticket)s
             ORDER BY s.start DESC LIMIT 1) AS waiting_on
      FROM sla_clock c
     WHERE c.ticket_id = %(ticket)s AND c.stopped_at IS NULL
"""
SECTION = """
    CASE WHEN o.owed = 0 THEN 'owes_nothing' WHEN o.act THEN 'act'
         WHEN o.waiting_on = 'client' THEN 'on_client'
         WHEN o.waiting_on IS NOT NULL THEN 'on_others'
         WHEN o.due_at < %(tomorrow)s THEN 'due' ELSE 'later' END
"""
#: What comes first within a section: of what is to be done now the higher tier, of the
#: rest what is due earlier; what stands still, as if it went on now. An array is compared
#: number by number.
RANKED = """
    CASE WHEN o.act THEN ARRAY[-r.rank, extract(epoch FROM o.due_at)]
         ELSE ARRAY[COALESCE(extract(epoch FROM o.due_at),
                             extract(epoch FROM %(now)s::timestamp) + o.left_seconds,
                             'infinity'), -r.rank] END
"""


class Section(fields.Selection):
    """What to do with a ticket, read from what is owed on it."""

    def to_sql(self, model, alias):
        return SQL(
            "(SELECT %s FROM (%s) o)",
            SQL(SECTION, **model._sla_moments()),
            model._sla_owed(SQL.identifier(alias, "id")),
        )


class Place(fields.Char):
    """The place of a ticket in its section, to sort by."""

    def to_sql(self, model, alias):
        return SQL(
            """(SELECT %s FROM (%s) o, LATERAL (
                SELECT COALESCE(max(y.rank), 0) AS rank FROM vip_tier y
                 WHERE y.id = COALESCE(%s, %s)) r)""",
            SQL(RANKED, now=model._sla_moments()["now"]),
            model._sla_owed(SQL.identifier(alias, "id")),
            SQL.identifier(alias, "sla_tier_id"),
            SQL.identifier(alias, "vip_tier_id"),
        )


class HelpdeskTicket(models.Model):
    """The queue: tickets in the order in which something must be done."""

    _inherit = "helpdesk.ticket"

    sla_section = Section(
        SECTIONS,
        string="What to do",
        compute="_compute_sla_section",
        search="_search_sla_section",
        groups=STAFF_GROUPS,
        help="Act now: late, near its limit, or warned of. Then what is due today, what "
        "later, what waits for whom, and that on which nothing is owed.",
    )
    sla_place = Place(
        string="Place in the queue", compute="_compute_sla_section", groups=STAFF_GROUPS
    )
    sla_next = fields.Json(
        string="Promise due", compute="_compute_sla_next", groups=STAFF_GROUPS
    )

    @api.model
    def _sla_moments(self):
        """Return now, what is soon and where the reader's day ends: naive UTC."""
        now = event_time(self.env)
        zone = timezone(self.env.context.get("tz") or self.env.user.tz or "UTC")
        day = utc.localize(now).astimezone(zone).date() + timedelta(days=1)
        midnight = zone.localize(datetime.combine(day, time.min))
        tomorrow = midnight.astimezone(utc).replace(tzinfo=None)
        return {"now": now, "soon": now + SOON, "tomorrow": tomorrow}

    @api.model
    def _sla_owed(self, ticket):
        """Return the SQL of one row on what is owed on a ticket.

        :param ticket: SQL of its id
        """
        return SQL(OWED, ticket=ticket, **self._sla_moments())

    @api.depends_context("tz")
    @api.depends("clock_ids")
    def _compute_sla_section(self):
        found = self._sla_sections(self._origin.ids)
        for ticket in self:
            ticket.sla_section = found.get(ticket._origin.id)
            ticket.sla_place = False  # it is there to sort by

    @api.model
    def _sla_sections(self, ticket_ids):
        """Return {ticket id: section}; one query."""
        self.env["sla.clock"].flush_model()
        section = self._fields["sla_section"].to_sql(self, "t")
        rows = self.env.execute_query(
            SQL("SELECT t.id, %s FROM unnest(%s) t (id)", section, list(ticket_ids))
        )
        return dict(rows)

    @api.model
    def _search_sla_section(self, operator, value):
        """Read what is owed, not all tickets."""
        # A field that is not stored is searched without asking who may read it.
        self._check_field_access(self._fields["sla_section"], "read")
        if operator != "in":
            return NotImplemented
        owing = [name for name, _label in SECTIONS[:-1]]
        if "owes_nothing" in value:
            others = [name for name in owing if name not in value]
            return [("id", "not in", self._sla_in_sections(others))]
        return [("id", "in", self._sla_in_sections([n for n in owing if n in value]))]

    @api.model
    def _sla_in_sections(self, names):
        """Return the SQL of the ids of tickets in sections of what is owed."""
        section = self._fields["sla_section"].to_sql(self, "t")
        return SQL(
            "SELECT t.id FROM (SELECT DISTINCT ticket_id AS id FROM sla_clock"
            " WHERE stopped_at IS NULL) t WHERE %s = ANY(%s)",
            section,
            names,
        )

    @api.depends_context("lang", "tz")
    @api.depends("clock_ids")
    def _compute_sla_next(self):
        """What is due next, with the working time that is left of it."""
        moments = self._sla_moments()
        clocks = self.env["sla.clock"]._foremost(self._origin.ids)
        told = clocks._tell_left(moments["now"], moments["soon"])
        for ticket in self:
            ticket.sla_next = told.get(ticket._origin.id, False)
