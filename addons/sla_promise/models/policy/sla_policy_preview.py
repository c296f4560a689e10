from odoo import api, models

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch

from ...engine.follower import Follower
from ...engine.matching import explain, promised
from ...engine.terms import Key
from ...engine.timeline import Change, Moment
from ..clock.book import SqlBook

#: Of a request that its client makes: the host's default.
PRIORITY = "1"
#: A request that has just been made: nobody holds it, and nothing stands it still.
FRESH = Moment(0, None, True, False, False, False, None)


class SlaPolicy(models.Model):
    """What would be promised on requests that nobody has made yet."""

    _inherit = "sla.policy"

    @api.model
    def _would_promise(self, partner, items, channel, at):
        """Return ``{item id: {metric: (Promise, due)}}`` of requests made at ``at``.

        As a new ticket without team is matched; a condition counts as met where it is
        by what is known before anything is written. A few queries for any number.

        :param partner: who would ask, as superuser
        :param items: service items
        :param channel: by which it would come
        :param at: naive UTC, as is ``due``
        """
        company, client = self.env.company.sudo(), partner._vip_client()
        day = company._vip_local_date(at)
        follower = Follower(SqlBook(self.env(su=True)))
        ruleset, start = follower.matcher.ruleset, to_epoch(at)
        tier = client._tier_at(day, company)[client.id]
        found = {}
        # As superuser: where an item stands among others, for matching.
        for item in items.sudo():
            request = self._request_of(partner, item, channel, tier)
            facts = follower.matcher.facts(
                Change(
                    *(None, start, True, False, False, False, company.id, partner.id),
                    *(item.id, item.parent_path, None, company.resource_calendar_id.id),
                    *(PRIORITY, tier.id or None, None, False, FRESH),
                ),
                start,
                self._facts_beyond(request, client, channel, ruleset),
            )
            promises = promised(explain(ruleset.rules, facts))
            found[item.id] = {
                metric: (promise, self._would_be_due(follower, promise, company, start))
                for metric, promise in promises.items()
            }
        return found

    @api.model
    def _would_be_due(self, follower, promise, company, start):
        """Return when a promise made at ``start`` (epoch seconds) runs out."""
        calendar_id = promise.calendar(company.resource_calendar_id.id)
        unknown = dict.fromkeys(Key._fields)
        key = Key(**{**unknown, "company_id": company.id, "calendar_id": calendar_id})
        basis = follower.basis(key)
        worktime = follower.counting(key, promise.course, basis, start)
        seconds = promise.seconds(start, worktime)
        return to_datetime(worktime.add(start, seconds))

    @api.model
    def _request_of(self, partner, item, channel, tier):
        """Return a request of this kind that is not made."""
        # As superuser: conditions ask for whatever a ticket has.
        return (
            self.env["helpdesk.ticket"]
            .sudo()
            .new(
                {
                    "partner_id": partner.id,
                    "category_id": item.id,
                    "channel_id": channel.id,
                    "company_id": self.env.company.id,
                    "priority": PRIORITY,
                    "vip_tier_id": tier.id,
                }
            )
        )

    @api.model
    def _facts_beyond(self, request, client, channel, ruleset):
        """Return the last values of Facts, of which a timeline knows nothing."""
        if not ruleset.uses:
            return ()
        return (
            client.client_type if "client_type" in ruleset.uses else None,
            channel.id if "channel" in ruleset.uses else None,
            frozenset(),
            frozenset(text for text in ruleset.domains if self._meets(text, request)),
        )

    def _meets(self, text, request):
        try:
            domain = self.new({"domain": text})._parsed_domain()
            return bool(request.filtered_domain(domain))
        except (ValueError, SyntaxError, TypeError, AttributeError):
            return False
