from odoo import models

from ...engine.clock import judge
from ...engine.follower import Follower
from ...engine.verdicts import counted_spans


class SlaClock(models.Model):
    """How much working time clocks that have stopped took."""

    _inherit = "sla.clock"

    def _used_seconds(self):
        """Return {clock id: counted seconds from start to stop}; a few queries for all.

        For clocks that have stopped in time; those of deleted tickets are left out.
        """
        book, result = self._book(), {}
        clocks = self._plain(book)
        timelines = book.timelines({clock.ticket_id for clock in clocks})
        worktime = Follower(book).worktime
        for clock in clocks:
            moments = timelines.get(clock.ticket_id)
            if not moments:
                continue
            terms, stop, key = clock.terms, clock.judged.stopped_at, clock.key
            verdict = judge(
                *(terms.started_at, terms.seconds, counted_spans(terms, moments)),
                *(stop, stop),
                worktime(key.company_id, key.calendar_id, terms.started_at),
            )
            result[clock.id] = terms.seconds - verdict.remaining
        return result
