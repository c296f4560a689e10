"""The rounds of a promise: when each begins, and what ends it. Plain Python, no ORM.

A promise that comes again is kept in *rounds*. Where a round begins and how it ends
follows from the ticket's story alone: its timeline and its contacts with the client. All
instants are epoch seconds (UTC).

The end of a round depends only on where it began. So evidence that arrives late may
shorten a round that is known or begin another one; it lengthens none.
"""

from typing import NamedTuple

from .obligations import is_obligation, obligation_begins, obligation_end
from .states import (
    FEEDBACK,
    FIRST_RESPONSE,
    HAND_OVER,
    HANDLING,
    NEXT_RESPONSE,
    RESOLUTION,
    UPDATE,
)


class Answer(NamedTuple):
    """A contact towards the client; ``team_id``: the ticket's, if one of it spoke."""

    at: int
    team_id: int | None = None


class Story(NamedTuple):
    """What the clocks of a ticket are judged by.

    ``moments``: its timeline; ``answers``: :class:`Answer` in order of time, closings
    and the first response included; ``asks``: when the client spoke, in order of time;
    ``counting``: the moments without who held the ticket; ``steps``: when a person did a
    step of work that is no move of the ticket, in order of time; ``deeds``: what happened
    to obligations, :class:`~.obligations.Deed` in order of time.
    """

    moments: tuple
    answers: tuple = ()
    asks: tuple = ()
    counting: tuple = ()
    steps: tuple = ()
    deeds: tuple = ()

    @property
    def opening(self):
        return self.moments[0].start


class End(NamedTuple):
    """``stop``: when the promised thing happened; ``lapse``: when it was owed no more.

    Both None: the round goes on.
    """

    stop: int | None = None
    lapse: int | None = None

    @property
    def open(self):
        return self == OPEN


OPEN = End()


def begins(metric, story, course):
    """Return when the rounds of a metric begin, in order.

    >>> from .terms import Course
    >>> story = _story("0 work, 50 solved, 70 work", answers=[10, 30], asks=[5, 20, 25])
    >>> begins("first_response", story, Course())
    [0]
    >>> begins("next_response", story, Course())
    [20]
    >>> begins("update", story, Course())
    [0, 10, 30, 70]
    >>> begins("feedback", story, Course(from_solving=True))
    [50]
    >>> begins("resolution", story, Course(new_on_reopening=True))
    [0, 70]
    """
    if is_obligation(metric):
        return obligation_begins(metric, story)
    return BEGINS[metric](story, course)


def end(metric, begin, story, course):
    """Return the :class:`End` of the round that began at ``begin``.

    >>> from .terms import Course
    >>> story = _story("0 work, 50 solved, 70 work", answers=[10, 30, 60])
    >>> end("update", 0, story, Course())
    End(stop=10, lapse=None)
    >>> end("update", 30, story, Course())
    End(stop=None, lapse=50)
    >>> end("feedback", 0, story, Course())
    End(stop=60, lapse=None)
    >>> end("resolution", 0, story, Course()).open
    True
    >>> end("resolution", 0, story, Course(new_on_reopening=True))
    End(stop=50, lapse=None)
    """
    if is_obligation(metric):
        return End(*obligation_end(metric, begin, story))
    return ENDS[metric](begin, story, course)


def open_round(metric, story, course):
    """Return (number, begin) of the round that goes on now, None if none does.

    >>> from .terms import Course
    >>> story = _story("0 work", answers=[10], asks=[20])
    >>> open_round("next_response", story, Course())
    (1, 20)
    >>> open_round("next_response", story._replace(asks=()), Course())
    """
    starts = begins(metric, story, course)
    if starts and end(metric, starts[-1], story, course).open:
        return len(starts), starts[-1]
    return None


# ------------------------------------------------------------------ first response


def _opening(story, _course):
    return [story.opening]


def _first_response_end(_begin, story, _course):
    return End(story.answers[0].at) if story.answers else OPEN


# ------------------------------------------------------------------- next response


def _next_response_begins(story, _course):
    """A round begins with the first word of the client after an answer.

    What is said in the second of an answer is taken to be answered by it. What the
    client writes to a closed ticket waits until it is opened again.
    """
    result = []
    for place, answer in enumerate(story.answers):
        stop = next((later.at for later in story.answers[place + 1 :]), None)
        ask = next((at for at in story.asks if at > answer.at), None)
        begin = None if ask is None else _not_closed_from(story, ask)
        if begin is not None and (stop is None or ask < stop and begin < stop):
            result.append(begin)
    return result


def _not_closed_from(story, at):
    """Return the first instant from ``at`` on at which the ticket is not closed."""
    for moment in story.moments:
        if not moment.closed and (moment.stop is None or moment.stop > at):
            return max(at, moment.start)
    return None


def _next_response_end(begin, story, _course):
    return next((End(a.at) for a in story.answers if a.at >= begin), OPEN)


# -------------------------------------------------------------------------- update


def _update_begins(story, _course):
    """A round begins with each stretch of work and with each answer in it."""
    result = []
    for start, stop in _stretches(story, lambda moment: not moment.solved):
        result.append(start)
        inside = (a.at for a in story.answers if start < a.at)
        result += [at for at in inside if stop is None or at < stop]
    return sorted(set(result))


def _update_end(begin, story, _course):
    done = next((m.start for m in story.moments if m.solved and m.start >= begin), None)
    told = next((a.at for a in story.answers if a.at > begin), None)
    if told is not None and (done is None or told <= done):
        return End(told)
    return End(lapse=done)


# ------------------------------------------------------------------------ feedback


def _feedback_begins(story, course):
    if course.from_solving:
        return [start for start, _stop in _stretches(story, _is_done)]
    result = [story.opening]
    if course.new_on_reopening:
        for again in _reopenings(story):
            told = _feedback_end(result[-1], story, course).stop
            if told is not None and told <= again:
                result.append(again)
    return result


def _feedback_end(begin, story, course):
    """The client is told at or after solving, before the work is taken up again."""
    for start, stop in _stretches(story, _is_done):
        if stop is not None and stop <= begin:
            continue
        if course.from_solving and start > begin:
            break
        since = max(begin, start)
        told = next((a.at for a in story.answers if a.at >= since), None)
        if told is not None and (stop is None or told < stop):
            return End(told)
        if course.from_solving:
            return End(lapse=stop)
    return End(lapse=begin) if course.from_solving else OPEN


# ---------------------------------------------------------------------- resolution


def _resolution_begins(story, course):
    if not course.new_on_reopening:
        return [story.opening]
    return [story.opening, *_reopenings(story)]


def _resolution_end(begin, story, course):
    stretches = _stretches(story, _is_done)
    if course.new_on_reopening:
        done = (start for start, stop in stretches if stop is None or stop > begin)
        return next((End(max(begin, start)) for start in done), OPEN)
    if stretches and stretches[-1][1] is None:
        return End(stretches[-1][0])
    return OPEN


# ----------------------------------------------------------------------- hand-over


def _hand_over_begins(story, _course):
    """A round begins when another team has the ticket and nobody of it holds it.

    Whoever else holds it, the team has not taken it over.
    """
    result = []
    team, waits, known = None, False, False
    for moment in story.moments:
        if moment.team_id is not None and moment.team_id != team:
            waits, known = team is not None, False
            team = moment.team_id
        if moment.team_id is None:
            known = False
        if not waits or moment.team_id is None:
            continue
        if moment.taken or known and _is_done(moment):
            waits = False
        elif not known and not moment.solved:
            result.append(moment.start)
            known = True
    return result


def _hand_over_end(begin, story, _course):
    """Somebody of the team takes it, answers or solves; or it passes on again."""
    team, stop, lapse = None, None, None
    for moment in story.moments:
        if moment.stop is not None and moment.stop <= begin:
            continue
        team = moment.team_id if team is None else team
        if moment.team_id != team:
            lapse = moment.start
            break
        if moment.taken or _is_done(moment):
            stop = max(begin, moment.start)
            break
    for answer in story.answers:
        if answer.at >= begin and answer.team_id is not None and answer.team_id == team:
            if all(at is None or answer.at <= at for at in (stop, lapse)):
                return End(answer.at)
            break
    return End(stop, lapse)


# ---------------------------------------------------------------- handling started


def _handling_end(_begin, story, _course):
    """Somebody holds it, and then a person does a first step; or it is done.

    A move to a stage that means work is a step, and so is what was recorded as one. A
    message to the client is none.

    >>> from .terms import Course
    >>> story = _story("0 work, 50 solved, 70 work")._replace(steps=(20,))
    >>> end("handling", 0, story, Course()).stop  # nobody held it at 20
    50
    """
    moves = [moment.start for moment in story.moments if moment.worked]
    found = (
        at
        for at in sorted({*moves, *story.steps})
        if at >= story.opening and _at(story, at).user_id is not None
    )
    done = (start for start, _stop in _stretches(story, _is_done))
    ends = [at for at in (next(found, None), next(done, None)) if at is not None]
    return End(min(ends)) if ends else OPEN


# ------------------------------------------------------------------------ timeline


def turns(before, moment):
    """Tell whether going from one moment to another may begin a round, of any metric.

    Rounds begin by nothing else than this, contacts with the client and the opening.

    >>> work, closed, solved = _story("0 work, 5 closed, 9 solved").moments
    >>> turns(work, closed), turns(closed, solved), turns(work, work)
    (True, True, False)
    """
    return _stands(before) != _stands(moment)


def _stands(moment):
    return moment.solved, moment.closed, moment.cancels, moment.team_id, moment.taken


def _at(story, instant):
    """Return the moment in which the ticket was at an instant."""
    found = story.moments[0]
    for moment in story.moments:
        if moment.start > instant:
            break
        found = moment
    return found


def _is_done(moment):
    return moment.solved and not moment.cancels


def _stretches(story, wanted):
    """Return (start, stop or None) of each unbroken stretch of wanted moments."""
    result = []
    for moment in story.moments:
        if not wanted(moment):
            continue
        if result and result[-1][1] == moment.start:
            result[-1] = result[-1][0], moment.stop
        else:
            result.append((moment.start, moment.stop))
    return result


def _reopenings(story):
    """Return when work began again on a ticket that was done."""
    pairs = zip(story.moments, story.moments[1:], strict=False)
    return [new.start for old, new in pairs if _is_done(old) and not new.solved]


BEGINS = {
    FIRST_RESPONSE: _opening,
    NEXT_RESPONSE: _next_response_begins,
    UPDATE: _update_begins,
    FEEDBACK: _feedback_begins,
    RESOLUTION: _resolution_begins,
    HAND_OVER: _hand_over_begins,
    HANDLING: _opening,
}
ENDS = {
    FIRST_RESPONSE: _first_response_end,
    NEXT_RESPONSE: _next_response_end,
    UPDATE: _update_end,
    FEEDBACK: _feedback_end,
    RESOLUTION: _resolution_end,
    HAND_OVER: _hand_over_end,
    HANDLING: _handling_end,
}


def _story(text, answers=(), asks=()):
    """Return a story from text such as "0 work, 50 solved" for examples and tests.

    >>> [(m.start, m.stop, m.solved) for m in _story("0 work, 50 solved").moments]
    [(0, 50, False), (50, None, True)]
    """
    from .timeline import Moment

    parts = [part.split() for part in text.split(",")]
    stops = [int(part[0]) for part in parts[1:]] + [None]
    moments = tuple(
        Moment(int(at), stop, True, kind != "work", kind == "closed", False, None)
        for (at, kind), stop in zip(parts, stops, strict=True)
    )
    return Story(moments, tuple(Answer(at) for at in answers), tuple(asks))


def tell(moments, responded=None, answers=(), asks=(), steps=(), deeds=()):
    """Return the :class:`~.rounds.Story` of a ticket.

    Closing tells the client, and so does the first response, which may be older than
    any recorded contact: a ticket made while talking to the client.

    :param responded: epoch seconds of the first response, None if there was none
    :param answers: the recorded :class:`~.rounds.Answer`, in order of time
    :param asks: when the client spoke, in order of time
    :param steps: when a person did a step of work, in order of time
    :param deeds: what happened to obligations, in order of time

    >>> from .rounds import _story
    >>> work, closed = _story("0 work, 50 closed").moments
    >>> [answer.at for answer in tell((work, closed), 3, [Answer(9)]).answers]
    [3, 9, 50]
    """
    found = list(answers)
    if responded is not None and not any(a.at == responded for a in found):
        found.append(Answer(responded))
    found += [Answer(at) for at in _closings(moments)]
    found.sort(key=lambda answer: answer.at)
    counting = tuple(moment.counting for moment in moments)
    return Story(
        moments, tuple(found), tuple(asks), counting, tuple(steps), tuple(deeds)
    )


def _closings(moments):
    """Return when the ticket was closed, not by cancelling it."""
    before = False
    for moment in moments:
        closed = moment.closed and not moment.cancels
        if closed and not before:
            yield moment.start
        before = closed
