from odoo import api, models

from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import (
    MINUTE,
    reader_zone,
    written_length,
    written_moment,
)
from odoo.addons.vip_service.tools.portal_card import PortalCard

from ...engine import states
from ...engine.matching import SECONDS

#: So many open requests are on the client's home; the others are in the list.
MOST = 5
#: An answer within this time is one at once (REQUIREMENTS S1).
AT_ONCE = 3 * MINUTE


class ResPartner(models.Model):
    """What the client's home in the portal says of promises: by when, and before asking."""

    _inherit = "res.partner"

    @api.model
    def _portal_cards(self):
        return [
            *super()._portal_cards(),
            PortalCard(
                key="sla_promise",
                title=self.env._("My open requests"),
                template="sla_promise.portal_card_requests",
                values=self._portal_requests,
                sequence=10,
            ),
        ]

    @api.model
    def _portal_requests(self):
        """Return the open requests that the current user may read, next due first."""
        # Read as the client; only the ids of the open stages are asked for it.
        tickets = self.env["helpdesk.ticket"]
        tickets = tickets.search(tickets._client_awaits())
        # As superuser: whether it is a client's.
        client = self.env.user.partner_id.sudo()._vip_client()
        if not tickets and not client.client_type:
            return False
        promises = tickets._client_promises()
        ranks = {}
        for ticket in tickets:
            foremost = ticket._client_foremost(promises[ticket.id])
            ranks[ticket] = foremost["rank"] if foremost else (True, ticket.opened_at)
        shown = tickets.sorted(lambda ticket: (ranks[ticket], ticket.id))[:MOST]
        # As superuser: texts about requests that the client may read.
        told = shown.sudo()._client_told(event_time(self.env))
        return {
            "note": self.env._("by promised time"),
            "requests": [
                {**told[ticket.id], "link": f"/my/ticket/{ticket.id}"}
                for ticket in shown
            ],
            "count": len(tickets),
        }

    # Before anything is sent

    def _portal_items(self, categories, at):
        """Say what is promised for each service item, and when that is if sent now."""
        items = super()._portal_items(categories, at)
        # As superuser: the client reads no policy, it is told this much.
        policies = self.env["sla.policy"].sudo()
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web", False)
        channel = (channel or self.env["helpdesk.ticket.channel"]).sudo()
        found = policies._would_promise(self.sudo(), categories, channel, at)
        zone = reader_zone(self.env)
        for item in items:
            promises = found[item["id"]]
            item["promise"] = self._portal_promise(promises)
            due = self._portal_promised_by(promises)
            if due:
                moment = written_moment(self.env, due, zone, at)
                item["by"] = self.env._("if sent now: by %s", moment)
        return items

    @api.model
    def _portal_promise(self, promises):
        """Return what is promised to the client, in words; empty if nothing is."""
        texts = []
        answer, _due = promises.get(states.FIRST_RESPONSE, (None, None))
        done, _due = promises.get(states.RESOLUTION, (None, None))
        if answer and self._portal_is_at_once(answer):
            texts.append(self.env._("answered at once"))
        elif answer and not done:
            length = self._portal_length(answer)
            texts.append(self.env._("answered within %s", length))
        if done:
            texts.append(self.env._("done within %s", self._portal_length(done)))
        return " · ".join(texts)

    @api.model
    def _portal_promised_by(self, promises):
        for metric in (states.RESOLUTION, states.FIRST_RESPONSE):
            if metric in promises:
                return promises[metric][1]

    @api.model
    def _portal_is_at_once(self, promise):
        return promise.unit in SECONDS and promise.shortest <= AT_ONCE

    @api.model
    def _portal_length(self, promise):
        if promise.unit in SECONDS:
            return written_length(self.env, promise.shortest)
        count = promise.duration
        if promise.unit == "weeks":
            return self.env._("%s weeks", count) if count > 1 else self.env._("1 week")
        if promise.unit == "calendar_days":
            return self.env._("%s days", count) if count > 1 else self.env._("1 day")
        return (
            self.env._("%s working days", count)
            if count > 1
            else self.env._("1 working day")
        )

    # Afterwards

    def _portal_told_of_finished(self, tickets):
        """Say of finished requests until when they were promised, and whether kept."""
        told = super()._portal_told_of_finished(tickets)
        for ticket_id, promises in tickets._client_promises().items():
            done = [
                promise
                for promise in promises
                if promise["metric"] == states.RESOLUTION and promise["stopped"]
            ]
            if done:
                told[ticket_id] = self.env._(
                    "promised by %(due)s, done %(stopped)s: %(state_label)s", **done[-1]
                )
        return told
