"""What an addon shows on the home of a role beside its numbers."""

from collections.abc import Callable
from dataclasses import dataclass

#: Where it stands: above all, in the broad column, beside it.
TOP, MAIN, SIDE = "top", "main", "side"


@dataclass(frozen=True)
class Panel:
    """A part of a home that a component of its addon shows.

    :param key: unique, ``<addon>/<name>``
    :param label: its title, in the reader's language
    :param roles: on whose homes it stands (``ROLES`` in ``models/home/vip_home.py``)
    :param component: key in the registry ``vip_home_panels`` of the web client
    :param load: bound method that returns what it shows, as JSON; nothing: it is not shown
    :param place: ``TOP``, ``MAIN`` or ``SIDE``
    :param model: who may not read it has no such panel
    :param later: loaded by a call of its own, once the page is there: it reads much
    :param sequence: its place among others
    """

    key: str
    label: str
    roles: tuple
    component: str
    load: Callable
    place: str = MAIN
    model: str | None = None
    later: bool = False
    sequence: int = 50
