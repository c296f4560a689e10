"""What waits keeps how much working time is left of it: the queue sorts by that."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

BATCH = 1000


def migrate(cr, _version):
    clocks = api.Environment(cr, SUPERUSER_ID, {})["sla.clock"]
    waiting = SQL(
        "SELECT id FROM sla_clock WHERE state = 'paused' AND stopped_at IS NULL"
        " AND left_seconds IS NULL ORDER BY id"
    )
    ids = [row[0] for row in clocks.env.execute_query(waiting)]
    for first in range(0, len(ids), BATCH):
        left = clocks.browse(ids[first : first + BATCH])._paused_left()
        cr.execute(
            SQL(
                "UPDATE sla_clock c SET left_seconds = v.seconds"
                " FROM unnest(%s, %s) v (id, seconds) WHERE c.id = v.id",
                list(left),
                list(left.values()),
            )
        )
    clocks.invalidate_model(["left_seconds"], flush=False)
