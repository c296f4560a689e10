"""What an addon puts on the home of a client in the portal."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PortalCard:
    """A card on the client's home; each addon has one.

    :param key: of the addon
    :param title: in the client's language
    :param template: xmlid of what stands in it, with the values as ``card``
    :param values: returns what the template shows, nothing if there is no card now; it is
        asked as the client and tells texts only, as the client reads no model of ours
    :param sequence: its place among others
    """

    key: str
    title: str
    template: str
    values: Callable
    sequence: int = 50
