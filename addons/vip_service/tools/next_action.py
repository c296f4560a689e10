"""What is to be done next, as a ticket's form and a client's page show it."""

from odoo import fields

#: What is done before what with one ticket.
TAKE, REPLY, DECIDE, TELL, UPDATE, REMIND, BEGIN, SOLVE = range(10, 90, 10)
#: What may be said of an action beside its key, verb, text, link and who does it.
TEXTS = ("button", "method", "note", "promise")
TIMES = ("since", "until")


def next_action(about, verb, text, *, rank, by, mine, link, ticket=False, **more):
    """Return one action, as JSON.

    :param about: (model, id) of what it is about
    :param verb: what is done, one word
    :param text: what is to be done, a short sentence
    :param rank: of what is to be done with one ticket the lowest is done first
    :param by: who does it, in words
    :param mine: whether the present user may
    :param link: where it is done (``vip_base/tools/links.py``)
    :param ticket: {id, number, name} of the ticket that it is about
    :param more: ``button`` (its text), ``method`` (of the ticket, that does it), ``note``
        and ``since`` (why, and since when: naive UTC), ``promise`` (what was promised) and
        ``until`` (when it is due: naive UTC); ``promise_id``: which one; ``pressing``:
        whether it is late or near its limit
    """
    model, record_id = about
    return {
        "key": f"{verb}:{model},{record_id}",
        "verb": verb,
        "text": text,
        "rank": rank,
        "by": by or False,
        "mine": bool(mine),
        "link": link,
        "ticket": ticket,
        "promise_id": more.get("promise_id") or False,
        "pressing": bool(more.get("pressing")),
        **{name: more.get(name) or False for name in TEXTS},
        **{name: fields.Datetime.to_string(more.get(name) or False) for name in TIMES},
    }


def due_first(action):
    """Sort what the reader may do before the rest, and what is due first first.

    >>> mine = {"mine": True, "until": False}
    >>> late = {"mine": True, "until": "2024-03-04 09:00:00"}
    >>> others = {"mine": False, "until": "2024-03-01 09:00:00"}
    >>> sorted([others, mine, late], key=due_first) == [late, mine, others]
    True
    """
    return not action["mine"], action["until"] or "9"


def ours_first(action):
    """Sort what the reader may do before the rest, and by what is done before what.

    What keeps a promise that presses is done first, once somebody has the request.

    >>> take = {"mine": True, "rank": TAKE, "until": "2024-03-04 12:00:00"}
    >>> write = {"mine": True, "rank": UPDATE, "until": "2024-03-04 11:00:00"}
    >>> solve = {"mine": True, "rank": SOLVE, "until": "2024-03-04 09:00:00"}
    >>> sorted([solve, write, take], key=ours_first) == [take, write, solve]
    True
    >>> solve["pressing"] = True
    >>> sorted([solve, write, take], key=ours_first) == [take, solve, write]
    True
    """
    until, pressing = action["until"] or "9", action.get("pressing")
    return (
        not action["mine"],
        action["rank"] != TAKE,
        until if pressing else "9",
        action["rank"],
        until,
    )
