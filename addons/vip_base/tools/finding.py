"""Where the command palette looks for records."""

from collections.abc import Callable
from typing import NamedTuple

#: So many of each kind are shown: whoever sees more types more.
MOST = 8


class Place(NamedTuple):
    """A kind of records that people look for by a word.

    ``kind``: its name, by which the palette heads it; ``model``; ``action``: xmlid of
    the window in whose form one opens; ``find``: function of the text that returns
    records, as the user; ``tell``: function of a record that returns its name, what
    else to know it by, and the id that is opened.
    """

    kind: str
    model: str
    action: str
    find: Callable
    tell: Callable


def digits(text):
    """Return the digits of a phone number, however it is written.

    >>> digits("+420 (222) 33-44"), digits("Novak")
    ('4202223344', '')
    """
    return "".join(char for char in text if char.isdecimal() and char.isascii())
