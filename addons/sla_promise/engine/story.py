"""Putting together the story of a ticket from what the database knows. Plain Python."""

from .rounds import Answer, Story


def tell(moments, responded=None, answers=(), asks=()):
    """Return the :class:`~.rounds.Story` of a ticket.

    Closing tells the client, and so does the first response, which may be older than
    any recorded contact: a ticket made while talking to the client.

    :param responded: epoch seconds of the first response, None if there was none
    :param answers: the recorded :class:`~.rounds.Answer`, in order of time
    :param asks: when the client spoke, in order of time

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
    return Story(moments, tuple(found), tuple(asks), counting)


def _closings(moments):
    """Return when the ticket was closed, not by cancelling it."""
    before = False
    for moment in moments:
        closed = moment.closed and not moment.cancels
        if closed and not before:
            yield moment.start
        before = closed
