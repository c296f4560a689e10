"""What the sync hands from the timeline to the clocks. Plain values, no ORM."""

from typing import NamedTuple


class Moment(NamedTuple):
    """A span as it is judged: epoch seconds, what stands the clocks still, who held it.

    ``outage_id``: the declared outage in which it lies; see ``outages.cut``.
    """

    start: int
    stop: int | None
    active: bool
    solved: bool
    closed: bool
    cancels: bool
    waiting_on: str | None
    team_id: int | None = None
    user_id: int | None = None
    outage_id: int | None = None

    @property
    def counting(self):
        """The moment without who held it: all that the time of most clocks needs."""
        return (*self[:7], self.outage_id)


class Change(NamedTuple):
    """A difference between a ticket and its open span, and the facts for matching.

    ``new``: it had no timeline; ``counting``: what stands clocks still has changed;
    ``rematches``: what policies look at has changed; ``taken``: somebody holds what
    nobody held; ``answered``: staff made the ticket while talking to the client.
    """

    ticket_id: int
    at: int
    new: bool
    counting: bool
    rematches: bool
    taken: bool
    company_id: int
    partner_id: int | None
    category_id: int | None
    category_path: str | None
    team_id: int | None
    team_calendar_id: int | None
    priority: str | None
    tier_id: int | None
    first_response_at: int | None
    answered: bool
    moment: Moment


def cancelled_since(timeline):
    """Return when the last, still lasting cancellation began; None if there is none."""
    since = None
    for moment in reversed(timeline):
        if not moment.cancels:
            break
        since = moment.start
    return since
