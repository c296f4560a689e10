"""What an addon says of a number on the home of a role."""

from collections.abc import Callable
from dataclasses import dataclass

#: On whose home a tile stands; see ``ROLES`` in ``models/vip_home.py``.
AGENTS, ADVISERS, MANAGERS = ("agent",), ("adviser",), ("manager",)
CARETAKERS = ("admin", "auditor")


@dataclass(frozen=True)
class Tile:
    """A number on the home of a role: what it counts, and what a press on it opens.

    Its functions are bound methods, so that addons extend them; they are called only when
    the tile is counted or opened, so that what fails in one is shown on that one.

    :param key: unique, ``<addon>/<name>``
    :param label: in the reader's language; also the title of what it opens
    :param roles: on whose homes it stands (``ROLES`` in ``models/vip_home.py``)
    :param model: of which records it counts rows; who may not read it has no such tile
    :param which: returns the domain of the rows
    :param among: returns a domain within which they are, which an index should serve.
        Tiles of one model within the same are counted by one look at them
    :param action: xmlid of the window in which the rows are opened
    :param counted: returns the number, for what no domain can say
    :param opened: returns the action, for the same
    :param oldest: field that says since when a row waits
    :param tone: "late" or "soon" of what is one or the other, if there is any
    :param empty: what a zero says: that all is well, or what to do
    :param card: key of the card in which it is a line, None for a tile of its own
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
    tone: str | None = None
    empty: str = ""
    card: str | None = None
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
