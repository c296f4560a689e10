"""What an addon puts on the home of a client in the portal."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PortalCard:
    """A card on the client's home.

    :param key: of the addon; where it has several, what the card is about
    :param title: in the client's language
    :param template: xmlid of what stands in it, with the values as ``card``
    :param values: returns what the template shows, nothing if there is no card now; it is
        asked as the client and tells texts only, as the client reads no model of ours.
        ``title`` among them replaces that of the card, ``note`` stands beside it
    :param sequence: its place among others, which is also the order on a phone
    :param aside: at a desk it stands beside the others
    """

    key: str
    title: str
    template: str
    values: Callable
    sequence: int = 50
    aside: bool = False
