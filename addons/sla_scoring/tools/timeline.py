"""What the sync hands from the timeline to the clocks. Plain values, no ORM."""

from typing import NamedTuple


class Moment(NamedTuple):
    """A span as it is judged: epoch seconds and what stands the clocks still.

    ``outage_id``: the declared outage in which it lies; see ``outages.cut``.
    """

    start: int
    stop: int | None
    active: bool
    solved: bool
    closed: bool
    cancels: bool
    waiting_on: str | None
    outage_id: int | None = None


class Change(NamedTuple):
    """A difference between a ticket and its open span, and the facts for matching.

    ``new``: it had no timeline; ``counting``: what stands clocks still has changed;
    ``facts``: what policies look at has changed; ``answered``: staff made the ticket
    while talking to the client.
    """

    ticket_id: int
    at: int
    new: bool
    counting: bool
    facts: bool
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


def counts(moment, pause_on_client, pause_on_third_party, pause_on_outage=False):
    """Tell whether a clock runs in this span.

    Archived, cancelled and solved tickets are not worked on.

    >>> waiting = Moment(0, None, True, False, False, False, "client")
    >>> counts(waiting, True, False)
    False
    >>> counts(waiting, False, True)
    True
    >>> counts(waiting._replace(solved=True), False, False)
    False
    >>> counts(Moment(0, None, True, False, False, False, None, 7), True, True, True)
    False
    """
    if not moment.active or moment.cancels or moment.solved:
        return False
    if pause_on_outage and moment.outage_id is not None:
        return False
    if moment.waiting_on == "client":
        return not pause_on_client
    if moment.waiting_on == "third_party":
        return not pause_on_third_party
    return True


def solved_since(timeline):
    """Return when the last, still lasting solution began; None if it is not solved.

    >>> work, done = (Moment(0, 5, True, False, False, False, None),
    ...               Moment(5, 9, True, True, False, False, None))
    >>> solved_since([work, done, Moment(9, None, True, True, True, False, None)])
    5
    >>> solved_since([work, done, Moment(9, None, True, False, False, False, None)])
    """
    since = None
    for moment in reversed(timeline):
        if not moment.solved or moment.cancels:
            break
        since = moment.start
    return since


def cancelled_since(timeline):
    """Return when the last, still lasting cancellation began; None if there is none."""
    since = None
    for moment in reversed(timeline):
        if not moment.cancels:
            break
        since = moment.start
    return since
