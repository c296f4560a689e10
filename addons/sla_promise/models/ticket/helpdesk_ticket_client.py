from odoo import api, models

from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import reader_zone, written_moment

from ...engine import states

#: What was promised to the client, in the order it is told; how the service works
#: inside is not its business.
CLIENT_METRICS = (
    states.FIRST_RESPONSE,
    states.NEXT_RESPONSE,
    states.UPDATE,
    states.RESOLUTION,
    states.FEEDBACK,
)


class HelpdeskTicket(models.Model):
    """What the client sees of its tickets: what was promised until when, and kept.

    No model of ours is readable in the portal. Its pages ask here, and get texts in
    the client's language and time zone: no policy, target, agent or point.
    """

    _inherit = "helpdesk.ticket"

    def _client_promises(self, at=None):
        """Return ``{ticket id: promises}`` of these tickets for their client.

        ``promises`` are dicts of texts: ``metric``, ``label`` (what), ``state`` (promised, waiting,
        on_hold, kept, late), ``state_label``, ``due`` and ``stopped`` (local times, empty
        if there is none); in the order of CLIENT_METRICS, obligations last, without what
        was cancelled.
        As many queries for one ticket as for many.

        :param at: naive UTC as of which open promises are judged; the event time of the
            environment if not given
        :raise AccessError: the user may not read one of the tickets
        """
        self.check_access("read")
        at = at or event_time(self.env)
        metrics = [*CLIENT_METRICS, *self._client_obligations()]
        # As superuser: only the texts below leave here, of tickets the user may read.
        clocks = self.env["sla.clock"].sudo()
        clocks = clocks.search(
            [
                ("ticket_id", "in", self.ids),
                ("state", "!=", states.CANCELLED),
                ("metric", "in", metrics),
            ],
            order="started_at, id",
        )
        promises = {ticket_id: [] for ticket_id in self.ids}
        shown = clocks._shown()
        for clock in shown.sorted(lambda clock: metrics.index(clock.metric)):
            promises[clock.ticket_id.id].append(clock._client_promise(at))
        return promises

    @api.model
    def _client_obligations(self):
        """Return the keys of what addons say is owed to the client."""
        declared = self.env["sla.obligation"]._declared().values()
        return [one.key for one in declared if one.for_client]

    def _client_zone(self):
        """Return the name of the zone of the times that the client is told."""
        # As superuser: the portal does not read the company's working hours.
        return reader_zone(self.env, self.sudo().company_id[:1])

    def _client_time(self, time, at):
        """Return a naive UTC time as the client reads it at ``at``, in its zone."""
        return written_moment(self.env, time, self._client_zone(), at)

    @staticmethod
    def _client_foremost(promises):
        """Return the promise that a list of tickets shows, None if there is none.

        The first one that is still owed; without one the last that was late, else kept.
        """
        owed = [promise for promise in promises if not promise["stopped"]]
        if owed:
            return min(owed, key=lambda promise: promise["rank"])
        late = [promise for promise in promises if promise["state"] == "late"]
        return (late or promises or [None])[-1]
