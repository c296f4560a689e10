from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import KeptPlan, LooseMany2one

from ...engine.states import HANDLING

#: What was done: all that a step says.
DONE = ("ticket_id", "at", "recorded_at", "kind", "user_id", "message_id")


def note(*, ids, now):
    """Return the SQL of :meth:`SlaStep._note`; the arguments are SQL."""
    return SQL(
        """
        INSERT INTO sla_step (ticket_id, at, recorded_at, kind, user_id,
                              message_id)
        SELECT m.res_id, %(now)s, %(now)s,
               CASE WHEN m.mail_activity_type_id IS NULL THEN 'note'
                    ELSE 'activity' END, u.id, m.id
          FROM mail_message m
          JOIN res_users u ON u.id = m.create_uid AND NOT u.share
           AND u.partner_id = m.author_id AND u.id <> %(robot)s
          LEFT JOIN mail_message_subtype s ON s.id = m.subtype_id
         WHERE m.id = ANY(%(ids)s) AND m.model = 'helpdesk.ticket'
           AND (m.mail_activity_type_id IS NOT NULL
                OR m.message_type = 'comment'
               AND (s.internal OR m.is_internal OR m.subtype_id IS NULL)
               AND regexp_replace(COALESCE(m.body, ''),
                   '<[^>]*>|&nbsp;|[[:space:]\u00a0]', '', 'g') <> '')
         ORDER BY m.id
        RETURNING ticket_id
        """,
        ids=ids,
        now=now,
        robot=SUPERUSER_ID,
    )


NOTE = KeptPlan(
    "sla_step_note", {"ids": "int[]", "now": "timestamp"}, {"ticket_id": "int"}, note
)


class SlaStep(models.Model):
    """A step of work on a ticket that left no trace on its timeline.

    It is copied here when it happens: notes and activities are rewritten and deleted by
    those who are judged by them. Moves are on the timeline, calls and visits among the
    contacts with the client.
    """

    _name = "sla.step"
    _description = "Step of Work"
    _log_access = False
    _order = "at, id"
    _rec_name = "at"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    recorded_at = fields.Datetime(string="Recorded at", required=True, readonly=True)
    kind = fields.Selection(
        [("note", "Internal note"), ("activity", "Finished activity")],
        required=True,
        readonly=True,
    )
    user_id = LooseMany2one("res.users", string="Who", readonly=True)
    message_id = LooseMany2one("mail.message", readonly=True)

    _ticket_idx = models.Index("(ticket_id, at)")

    def init(self):
        """Make the database itself refuse to change a step; it goes with its ticket."""
        frozen_rows.freeze(self.env.cr, self._table, columns=DONE, attached=True)
        NOTE.install(self.env)

    @api.model
    def _note(self, message_ids, now):
        """Keep which of these messages on tickets are steps; let clocks follow.

        An internal note with text, or a finished activity, by an internal user in his
        own name, not by the system.

        :param now: naive UTC
        """
        self.env["mail.message"].flush_model()
        rows = NOTE.rows(self.env, len(message_ids), ids=message_ids, now=now)
        self._follow({row[0] for row in rows}, now)

    @api.model
    def _follow(self, ticket_ids, now):
        """Let the clocks follow that wait for a first step."""
        if not ticket_ids:
            return
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ticket_id FROM sla_clock WHERE ticket_id = ANY(%s)"
                " AND metric = %s AND stopped_at IS NULL",
                list(ticket_ids),
                HANDLING,
            )
        )
        tickets = self.env["helpdesk.ticket"].browse(row[0] for row in rows)
        if not tickets:
            return
        tickets._sla_flush()
        now = to_epoch(now)
        follower = self.env["sla.clock"]._follower(now)
        follower.hear(tickets.ids, tickets._sla_responded(), now)
        tickets._sla_changed()
