"""What the escalations of the replayed weeks came to: told at their own time.

The load judges every clock once, now; the job that tells people then finds only notices
that are long stale. In the weeks themselves it ran every minute: each person was told at
once, or when their working time began, unless the warning was overtaken by then.
"""


def tell_of_the_past(replay):
    """Close each notice as of when its person could be told; leave those still to come."""
    # The loader is imported before Odoo knows where our addons are.
    from odoo.addons.sla_promise.models.escalation.sla_notice import DONE, DROPPED

    for notice in replay.env["sla.notice"].search([("state", "=", "waiting")]):
        told_at = notice.user_id._sla_works_from(notice.created_at)
        if told_at <= replay.plan.now:
            dropped = notice.kind == "warning" and _overtaken(notice.clock_id, told_at)
            notice._close(DROPPED if dropped else DONE, told_at)


def _overtaken(clock, at):
    """Tell whether a warning came too late: the clock had stopped or run out."""
    ends = (clock.stopped_at, clock.due_at)
    return any(end and end <= at for end in ends)
