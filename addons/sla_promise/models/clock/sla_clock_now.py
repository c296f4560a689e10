from odoo import models

from odoo.addons.resource_worktime.engine.worktime import to_epoch

from ...engine import states
from ...engine.follower import Follower

#: So many stretches of working time are told one by one, what comes after as a sum.
MOST_STRETCHES = 12


class SlaClock(models.Model):
    """How much working time is left of promises, and when it passes."""

    _inherit = "sla.clock"

    def _stretches(self, now):
        """Return {clock id: what is left of it} of the running and waiting ones.

        ``left``: working seconds, of one that waits. ``stretches``: from when to when
        somebody works until a running one is due, in epoch seconds; ``later``: the
        working seconds after those. A few queries for all.

        :param now: naive UTC
        """
        result = {
            clock.id: {"left": clock.left_seconds}
            for clock in self
            if clock.state == states.PAUSED
        }
        running = self.filtered(
            lambda clock: clock.state == states.RUNNING and clock.due_at > now
        )
        if not running:
            return result
        book, at = running._book(), to_epoch(now)  # as who may read the clocks
        counting = Follower(book).counting
        for clock in running._plain(book):
            terms, due = clock.terms, clock.judged.due_at
            worktime = counting(clock.key, terms.course, terms.basis, terms.started_at)
            stretches = worktime.spans(at, due)
            told = stretches[:MOST_STRETCHES]
            result[clock.id] = {
                "stretches": told,
                "later": sum(
                    stop - start for start, stop in stretches[MOST_STRETCHES:]
                ),
            }
        return result
