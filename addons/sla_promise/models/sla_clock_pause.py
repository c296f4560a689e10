from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql_array import array

from ..engine import states
from .sla_clock_store import JUDGED


class SlaClock(models.Model):
    """The usual pause, without reading timelines.

    A ticket that begins to wait, and nothing else, stops the clocks that wait with it:
    what is running and not yet due loses its due time, all else stays as it is. This
    must leave what judging by the timeline leaves; a property test compares the two.
    """

    _inherit = "sla.clock"

    @api.model
    def _pause(self, noticed):
        """Pause the clocks of tickets that merely began to wait.

        :param noticed: list of :class:`~.sla_span_follow.Noticed`
        :return: the others, and those on which a clock needs to be judged
        """
        waits = {change.ticket_id: change for change in noticed if change.waits}
        for ticket_id in self._unusual(waits.values()):
            del waits[ticket_id]
        if not waits:
            return noticed
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c SET state = %s, level_at = level_at[1:levels_fired], %s
                  FROM unnest(%s, %s) w (ticket_id, waits)
                 WHERE c.ticket_id = w.ticket_id AND c.state = %s
                   AND c.stopped_at IS NULL
                   AND CASE w.waits WHEN 'client' THEN c.pause_on_client
                                    ELSE c.pause_on_third_party END
                """,
                states.PAUSED,
                SQL(", ").join(
                    SQL("%s = NULL", SQL.identifier(name))
                    for name in JUDGED
                    if name not in ("state", "level_at")
                ),
                array(waits),
                array((change.waits for change in waits.values()), "varchar"),
                states.RUNNING,
            )
        )
        return [change for change in noticed if change.ticket_id not in waits]

    @api.model
    def _unusual(self, waits):
        """Return the ids of waiting tickets with a clock that needs to be judged.

        Not needed: what runs without a level until after the event, has been missed and
        escalates no further, or was met and cannot be reopened.
        """
        if not waits:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT w.ticket_id
                  FROM unnest(%s, %s) w (ticket_id, at)
                  JOIN sla_clock c ON c.ticket_id = w.ticket_id
                 WHERE c.state = 'paused'
                    OR c.state = 'met' AND c.metric = 'resolution'
                    OR c.state = 'missed' AND c.next_event_at IS NOT NULL
                    OR c.state = 'running'
                       AND (least(c.due_at, c.next_event_at)
                            > to_timestamp(w.at) AT TIME ZONE 'UTC') IS NOT TRUE
                """,
                array(change.ticket_id for change in waits),
                array((change.at for change in waits), "bigint"),
            )
        )
        return [row[0] for row in rows]
