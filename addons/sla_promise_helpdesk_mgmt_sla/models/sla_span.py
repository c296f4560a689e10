from odoo import api, models

from odoo.addons.sla_promise.models.clock.sla_span import WATCHED


class SlaSpan(models.Model):
    _inherit = "sla.span"

    @api.model
    def _begin_taken_over(self, opened, held, now):
        """Begin the timelines of tickets that have none, from their opening.

        Who held them before is not known, so nobody is said to have; what they are now
        they are since they were held, else since now.

        :param opened: {ticket id: epoch seconds of its opening}
        :param held: {ticket id: epoch seconds since when it waits}
        :param now: epoch seconds
        """
        past, present = [], []
        for ticket_id, *watched in self._unseen(opened):
            values = dict(zip(WATCHED, watched, strict=True))
            begin = max(opened[ticket_id], min(held.get(ticket_id, now), now))
            if begin > opened[ticket_id]:
                before = {
                    **values,
                    "user_id": None,
                    "stage_id": None,
                    "waiting_on": None,
                    "active": True,
                    **dict.fromkeys(("solved", "closed", "cancels"), False),
                }
                past.append([ticket_id, opened[ticket_id], *before.values()])
            present.append([ticket_id, begin, *values.values()])
        self._append(past)
        self._append(present)
