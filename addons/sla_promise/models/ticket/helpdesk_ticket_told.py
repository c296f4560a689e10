from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import array
from odoo.addons.vip_service.models.portal.helpdesk_ticket import DONE, IN_WORK

from ...engine import states

#: What is taken only after so long, has lain.
LAY = timedelta(minutes=5)
#: Promises whose keeping is news to the client.
NEWS = (states.NEXT_RESPONSE, states.UPDATE, states.FEEDBACK)


class HelpdeskTicket(models.Model):
    """What a client is told of its requests: by when, and if late why and what follows."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _client_awaits(self):
        """Leave out what is solved or cancelled."""
        # As superuser: what a stage means is not for the portal to read.
        found = self.env["helpdesk.ticket.stage"].sudo()
        over = found.search(Domain("solved", "=", True) | Domain("cancels", "=", True))
        return super()._client_awaits() & Domain("stage_id", "not in", over.ids)

    def _client_told(self, at):
        told = super()._client_told(at)
        promises = self._client_promises(at)
        late = []
        for ticket in self:
            foremost = self._client_foremost(promises[ticket.id])
            if not foremost or foremost["stopped"]:
                continue
            told[ticket.id]["state"] = foremost["state"]
            told[ticket.id]["what"] = foremost["label"]
            if foremost["due"]:
                told[ticket.id]["by"] = self._client_by(foremost)
            if foremost["state"] == "late":
                late.append(ticket.id)
        causes = self.browse(late)._client_causes(at) if late else {}
        for ticket_id, cause in causes.items():
            follows = self._client_follows(promises[ticket_id], cause)
            told[ticket_id]["late"] = self.env._(
                "We are late: %(cause)s. %(follows)s",
                cause=cause["text"],
                follows=follows,
            )
        return told

    @api.model
    def _client_by(self, promise):
        """Return until when something is promised, in words."""
        due = promise["due"]
        if promise["metric"] == states.RESOLUTION:
            return self.env._("done by %s", due)
        if promise["metric"] == states.FIRST_RESPONSE:
            return self.env._("answer by %s", due)
        if promise["metric"] in NEWS:
            return self.env._("news by %s", due)
        return self.env._("%(what)s by %(due)s", what=promise["label"], due=due)

    def _client_step(self):
        stage = self.stage_id
        if stage.solved or stage.cancels:
            return DONE
        step = super()._client_step()
        return IN_WORK if step < DONE and (stage.works or stage.waiting_on) else step

    def _client_now(self, standing, at):
        stage = self.stage_id
        if stage.cancels:
            return self.env._("It was cancelled.")
        if stage.solved:
            return self.env._("It is solved. Write to us if it is not.")
        if stage.waiting_on == "client":
            return self.env._("We wait for your answer.")
        who = self._client_holder()
        if stage.waiting_on == "third_party":
            if who:
                return self.env._("We wait for somebody outside; %s stays with it", who)
            return self.env._("We wait for somebody outside.")
        return super()._client_now(standing, at)

    # Late

    def _client_causes(self, at):
        """Return ``{ticket id: why it is late}`` of these, in words for their clients.

        ``text``, and ``told``: whether those above have been told; two queries.
        """
        self.env["sla.span"].flush_model()
        self.env["sla.notice"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id,
                       (SELECT min(s.start) FROM sla_span s
                         WHERE s.ticket_id = t.id AND s.user_id IS NOT NULL),
                       EXISTS (SELECT FROM sla_notice n
                                WHERE n.ticket_id = t.id AND n.kind = 'breach'
                                  AND n.state = 'done' AND n.action = 'notify'
                                  AND n.user_id IS DISTINCT FROM t.user_id)
                  FROM unnest(%s) t0 (id) JOIN helpdesk_ticket t ON t.id = t0.id
                """,
                array(self.ids),
            )
        )
        away = self._sla_on_leave(self.user_id, at)
        known = {row[0]: row[1:] for row in rows}
        return {
            ticket.id: {
                "text": ticket._client_cause(known[ticket.id][0], away),
                "told": known[ticket.id][1],
            }
            for ticket in self
        }

    def _client_cause(self, taken_at, away):
        if not self.user_id:
            return self.env._("nobody was free to take it yet")
        if self.user_id.id in away:
            return self.env._("who works on it is not here")
        if self.stage_id.waiting_on == "third_party":
            return self.env._("we still wait for somebody outside")
        if taken_at and taken_at - self.opened_at > LAY:
            return self.env._("it lay too long before somebody took it")
        return self.env._("it takes longer than we thought")

    @api.model
    def _client_follows(self, promises, cause):
        """Return what the client can count on now that a promise was missed."""
        ahead = [one for one in promises if one["state"] == "promised" and one["due"]]
        if ahead:
            soonest = min(ahead, key=lambda one: one["rank"])
            return self.env._("Next: %s.", self._client_by(soonest))
        if cause["told"]:
            return self.env._("Whoever leads our service has been told.")
        return self.env._("It comes first with us now.")
