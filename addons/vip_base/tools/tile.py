"""What an addon says of a number on the home of a role."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from odoo import fields

#: On whose home a tile stands; see ``ROLES`` in ``models/home/vip_home.py``.
AGENTS, ADVISERS, MANAGERS = ("agent",), ("adviser",), ("manager",)
CARETAKERS = ("admin", "auditor")


@dataclass(frozen=True)
class Part:
    """Some of the rows of a number, said below it: "1 late · 3 soon".

    :param text: returns what is said of so many, or of their sum
    :param which: returns the domain of these among the rows
    :param total: stored number of the model that is summed; else the rows are counted
    :param tone: "late" or "soon" of what is one or the other
    """

    text: Callable
    which: Callable
    total: str | None = None
    tone: str | None = None


class Counted(NamedTuple):
    """What is told of a tile that no domain can say."""

    #: How many rows it opens.
    count: int
    #: What is written instead of that number.
    text: str | None = None
    #: What is said below it: see :func:`note`.
    notes: tuple = ()
    tone: str | None = None


def note(text, tone=None, at=None):
    """Return what is said below a number, as the web client takes it.

    :param at: when that is (naive UTC), written before it in the reader's manner

    >>> note("1 late", "late")
    {'text': '1 late', 'tone': 'late', 'at': False}
    """
    return {
        "text": text,
        "tone": tone or False,
        "at": fields.Datetime.to_string(at) if at else False,
    }


@dataclass(frozen=True)
class Tile:
    """A number on the home of a role: what it counts, and what a press on it opens.

    Its functions are bound methods, so that addons extend them; they are called only when
    the tile is counted or opened, so that what fails in one is shown on that one.

    :param key: unique, ``<addon>/<name>``
    :param label: in the reader's language; also the title of what it opens
    :param roles: on whose homes it stands (``ROLES`` in ``models/home/vip_home.py``)
    :param model: of which records it counts rows; who may not read it has no such tile
    :param which: returns the domain of the rows
    :param among: returns a domain within which they are, which an index should serve.
        Tiles of one model within the same are counted by one look at them
    :param action: xmlid of the window in which the rows are opened
    :param counted: returns the number, or a :class:`Counted`, for what no domain can say
    :param opened: returns the action, for the same
    :param oldest: field that says since when a row waits
    :param total: stored number of the model whose sum is written instead of the number
    :param parts: :class:`Part` of the rows that are said below the number
    :param tone: "late" or "soon" of what is one or the other, if there is any
    :param empty: what a zero says: that all is well, or what to do
    :param card: key of the card in which it is a line, None for a tile of its own
    :param later: counted by a call of its own, once the page is there: it reads much
    :param sequence: its place among others
    """

    key: str
    label: str
    roles: tuple
    model: str
    which: Callable | None = None
    among: Callable | None = None
    action: str | None = None
    counted: Callable | None = None
    opened: Callable | None = None
    oldest: str | None = None
    total: str | None = None
    parts: tuple = ()
    tone: str | None = None
    empty: str = ""
    card: str | None = None
    later: bool = False
    sequence: int = 50

    @property
    def part(self):
        """What is counted by one statement: tiles of one model within the same.

        >>> late = Tile("a", "A", (), "t", among=list)
        >>> soon = Tile("b", "B", (), "t", among=list)
        >>> late.part == soon.part, Tile("c", "C", (), "t").part == soon.part
        (True, False)
        """
        return (self.model, self.among) if self.among else (self.key,)


def rows_tile(key, label, model, which, roles=MANAGERS, **terms):
    """Return a tile that counts rows of a model of its addon, and opens them in its window.

    :param key: ``<addon>/<name>``; the window is ``<addon>.<model>_action``
    :param terms: further ones of :class:`Tile`

    >>> tile = rows_tile("vip_care/due", "Care due", "vip.care.plan", list, sequence=20)
    >>> tile.action, tile.roles, tile.sequence
    ('vip_care.vip_care_plan_action', ('manager',), 20)
    """
    addon, _name = key.split("/")
    action = f"{addon}.{model.replace('.', '_')}_action"
    return Tile(key, label, roles, model, which=which, action=action, **terms)
