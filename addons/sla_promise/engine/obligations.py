"""Promises of an addon's own on a ticket, such as to answer a complaint. Plain Python.

An *obligation* is a metric that another addon declares. Its key has a dot: the addon, and
what is owed. What happens to it are *deeds*: it comes to be owed, it is met, it is owed no
more. They are recorded with the ticket, so a round follows from the story like any other.
"""

from typing import NamedTuple

OWED, MET, RELEASED = "owed", "met", "released"


class Deed(NamedTuple):
    """Something that happened to an obligation.

    ``kind``: :data:`OWED`, :data:`MET` or :data:`RELEASED`; ``by_answer``: what is owed
    is also met by the next contact towards the client.
    """

    at: int
    metric: str
    kind: str
    by_answer: bool = False


class Obligation(NamedTuple):
    """What an addon declares.

    ``key``: ``<addon>.<name>``, the metric of its targets and clocks; ``label`` and
    ``to``: what is owed and to whom, in the reader's language; ``for_client``: the client
    is told of it; ``by_answer``: a contact towards the client meets it; ``duration`` and
    ``unit``: the limit that a target has unless it says another.
    """

    key: str
    label: str
    to: str
    for_client: bool = False
    by_answer: bool = False
    duration: int = 1
    unit: str = "days"


def is_obligation(metric):
    """Tell whether a metric is one that an addon declares.

    >>> is_obligation("vip_voice.reply"), is_obligation("resolution")
    (True, False)
    """
    return "." in metric


def obligation_begins(metric, story):
    """Return when the rounds of an obligation begin: what is owed again goes on.

    >>> from .rounds import _story
    >>> deeds = [Deed(5, "a.b", OWED), Deed(9, "a.b", OWED), Deed(20, "a.b", MET),
    ...          Deed(30, "a.b", OWED), Deed(30, "a.c", OWED)]
    >>> obligation_begins("a.b", _story("0 work")._replace(deeds=tuple(deeds)))
    [5, 30]
    """
    result = []
    for deed in story.deeds:
        if deed.metric != metric or deed.kind != OWED:
            continue
        if result:
            stop, lapse = obligation_end(metric, result[-1], story)
            until = stop if lapse is None else lapse
            if until is None or until > deed.at:
                continue
        if not result or deed.at > result[-1]:
            result.append(deed.at)
    return result


def obligation_end(metric, begin, story):
    """Return (stop, lapse) of the round of an obligation that began at ``begin``.

    >>> from .rounds import _story
    >>> story = _story("0 work", answers=[12])
    >>> owed = Deed(5, "a.b", OWED)
    >>> obligation_end("a.b", 5, story._replace(deeds=(owed, Deed(20, "a.b", MET))))
    (20, None)
    >>> obligation_end("a.b", 5, story._replace(deeds=(owed, Deed(9, "a.b", RELEASED))))
    (None, 9)
    >>> obligation_end("a.b", 5, story._replace(deeds=(owed._replace(by_answer=True),)))
    (12, None)
    """
    found, by_answer = None, False
    for deed in story.deeds:
        if deed.metric != metric or deed.at < begin:
            continue
        if deed.kind == OWED:
            by_answer = by_answer or (deed.at == begin and deed.by_answer)
        elif found is None:
            found = deed
    told = None
    if by_answer:
        told = next((a.at for a in story.answers if a.at >= begin), None)
    if told is not None and (found is None or told <= found.at):
        return told, None
    if found is None:
        return None, None
    return (found.at, None) if found.kind == MET else (None, found.at)
