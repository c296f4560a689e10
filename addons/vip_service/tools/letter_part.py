"""What an addon puts into the service record of a client."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Period:
    """Days of a service record, both included, and the naive UTC instants of them.

    ``start`` is the first instant of the period, ``stop`` the first one after it.
    """

    first: date
    last: date
    start: datetime
    stop: datetime


@dataclass(frozen=True)
class LetterPart:
    """A part of a service record.

    :param key: unique among all addons
    :param title: in the client's language
    :param template: xmlid of what stands in it, with the values as ``part``
    :param values: of a :class:`Period` returns what the template shows, nothing if there
        is nothing to tell; it is asked as who makes the letter, in the client's language
    :param sequence: its place among others
    """

    key: str
    title: str
    template: str
    values: Callable
    sequence: int = 50
