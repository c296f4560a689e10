"""What the sync hands from the timeline to the clocks. Plain values, no ORM."""

from typing import NamedTuple

from .states import FEEDBACK, RESOLUTION


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
    ``facts``: what policies look at has changed; ``taken``: somebody holds what
    nobody held; ``answered``: staff made the ticket while talking to the client.
    """

    ticket_id: int
    at: int
    new: bool
    counting: bool
    facts: bool
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


def counts(
    moment,
    pause_on_client,
    pause_on_third_party,
    metric=RESOLUTION,
    pause_on_outage=False,
):
    """Tell whether a clock of this metric runs in this span.

    Archived and cancelled tickets are not worked on. Neither are solved ones, but the
    client has to be told of the result: feedback goes on.

    >>> waiting = Moment(0, None, True, False, False, False, "client")
    >>> counts(waiting, True, False)
    False
    >>> counts(waiting, False, True)
    True
    >>> counts(waiting._replace(solved=True), False, False)
    False
    >>> counts(waiting._replace(solved=True), False, False, "feedback")
    True
    >>> working = waiting._replace(waiting_on=None, outage_id=7)
    >>> counts(working, True, True), counts(working, True, True, pause_on_outage=True)
    (True, False)
    """
    if not moment.active or moment.cancels:
        return False
    if moment.solved and metric != FEEDBACK:
        return False
    if pause_on_outage and moment.outage_id is not None:
        return False
    if moment.waiting_on == "client":
        return not pause_on_client
    if moment.waiting_on == "third_party":
        return not pause_on_third_party
    return True


def cancelled_since(timeline):
    """Return when the last, still lasting cancellation began; None if there is none."""
    since = None
    for moment in reversed(timeline):
        if not moment.cancels:
            break
        since = moment.start
    return since
