from odoo import models

from odoo.addons.resource_worktime.engine.worktime import to_epoch

from ..engine.clock import judge
from ..engine.verdicts import counted_spans


class SlaClock(models.Model):
    """How much working time clocks that have stopped took."""

    _inherit = "sla.clock"

    def _used_seconds(self):
        """Return {clock id: counted seconds from start to stop}; a few queries for all.

        For clocks that have stopped in time; those of deleted tickets are left out.
        """
        timelines = self.env["sla.span"]._timelines(self.ticket_id.ids) if self else {}
        result, known = {}, {}
        for clock in self:
            timeline = timelines.get(clock.ticket_id.id)
            if not timeline:
                continue
            terms, stop = clock._terms(), to_epoch(clock.stopped_at)
            worktime = self._worktime_of(
                clock.company_id.id, clock.calendar_id.id, terms.started, known
            )
            spans = counted_spans(terms, timeline)
            verdict = judge(terms.started, terms.seconds, spans, stop, stop, worktime)
            result[clock.id] = terms.seconds - verdict.remaining
        return result
