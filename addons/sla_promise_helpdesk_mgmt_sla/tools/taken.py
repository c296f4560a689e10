"""What an open state of the other addon becomes. Plain Python, no ORM."""

from typing import NamedTuple

from odoo.addons.sla_promise.engine.clock import counted_spans, ending, outcome
from odoo.addons.sla_promise.engine.terms import Clock, Key, Terms, compiled

HOUR = 3600


class Open(NamedTuple):
    """An open state of the other addon; times in epoch seconds.

    ``deadline``: when it is due as things stand; ``held``: since when it stands still,
    None while it runs; ``hours``, ``consumed``: working hours promised, and used up
    before it was held.
    """

    ticket_id: int
    sla_id: int
    opened: int
    deadline: int | None
    held: int | None
    hours: float
    consumed: float


class Ticket(NamedTuple):
    """What a clock keeps of its ticket; ``calendar_id``: the team's or company's."""

    company_id: int
    partner_id: int | None
    team_id: int | None
    tier_id: int | None
    calendar_id: int | None
    first_response_at: int | None


def taken(state, ticket, promise, story, now, worktime):
    """Return the new clock of a ticket that is due when ``state`` is.

    Lateness from before the taking over costs nobody points, and is told to nobody now.

    :param promise: :class:`~odoo.addons.sla_promise.engine.matching.Promise` of the
        target under which it comes
    :param story: :class:`~odoo.addons.sla_promise.engine.rounds.Story` of the ticket
    :param now: epoch seconds
    """
    moments, start = story.moments, story.opening
    terms = Terms(promise.metric, start, 1, start, course=promise.course)
    promised = seconds(state, counted_spans(terms, moments), now, worktime)
    level_ids, offsets = compiled(promise.levels, promised)
    terms = terms._replace(seconds=promised, level_ids=level_ids, level_offsets=offsets)
    out = outcome(terms, moments, *ending(terms, story), now, worktime)
    fired = sum(at < now for at in out.levels)
    key = Key(
        ticket_id=state.ticket_id,
        company_id=ticket.company_id,
        policy_id=promise.policy_id,
        target_id=promise.target_id,
        match_id=None,
        round=1,
        tier_id=ticket.tier_id,
        partner_id=ticket.partner_id,
        calendar_id=ticket.calendar_id,
        item_limit=False,
        key_client=False,
    )
    return Clock(None, key, terms, out.judged(fired), fired)


def seconds(state, spans, now, worktime):
    """Return the promise in working seconds by which a clock is due as the state is.

    The clock starts at the opening of the ticket and reads this timeline. Pauses that
    the other addon took off earlier are part of the promise: it keeps no record of when
    they were. What stands still has what was left of it when it was held.

    :param spans: :class:`~odoo.addons.sla_promise.engine.clock.Span` of the ticket
    :param now: epoch seconds

    >>> from odoo.addons.sla_promise.engine.clock import Span
    >>> from odoo.addons.resource_worktime.engine.worktime import ALWAYS
    >>> running = Open(1, 1, 0, 7200, None, 2, 0)
    >>> seconds(running, [Span(0, 100, True), Span(100, None, True)], 100, ALWAYS)
    7200
    >>> held = Open(1, 1, 0, None, 600, 2, 0.5)
    >>> seconds(held, [Span(0, 600, True), Span(600, None, False)], 900, ALWAYS)
    6000
    """
    if state.held is None:
        total = _counted(spans, max(state.deadline, state.opened), worktime)
    else:
        left = max(0, round((state.hours - state.consumed) * HOUR))
        total = _counted(spans, now, worktime) + left
    return max(1, total)


def foremost(states):
    """Return the state that is due first; one that stands still by what is left of it.

    >>> first, second = Open(1, 1, 0, 50, None, 1, 0), Open(1, 2, 0, 40, None, 1, 0)
    >>> foremost([first, second]).sla_id
    2
    """
    return min(states, key=lambda state: (_until(state), state.sla_id))


def duration(hours):
    """Return (duration, unit) of a target that promises so many working hours.

    >>> duration(8.0), duration(0.5), duration(0)
    ((8, 'hours'), (30, 'minutes'), (0, 'minutes'))
    """
    minutes = round(hours * 60)
    if minutes and minutes % 60 == 0:
        return minutes // 60, "hours"
    return minutes, "minutes"


def _until(state):
    if state.held is None:
        return state.deadline
    return state.held + round((state.hours - state.consumed) * HOUR)


def _counted(spans, end, worktime):
    return sum(
        worktime.between(span.start, end if span.stop is None else min(span.stop, end))
        for span in spans
        if span.counted and span.start < end
    )
