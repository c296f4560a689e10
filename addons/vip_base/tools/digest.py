"""What a mail to our own people says, row by row."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One thing to do in a mail.

    :param title: what it is about: the promise, the change
    :param client: whose it is
    :param tier: pair of the tier's name and shade
    :param due: when, as people write it in the reader's zone
    :param late: whether it is late
    :param holder: who holds it
    :param note: what else is to be known
    :param todo: what to do; it stands on the button
    :param url: what the button opens
    """

    title: str
    client: str = ""
    tier: tuple | None = None
    due: str = ""
    late: bool = False
    holder: str = ""
    note: str = ""
    todo: str = ""
    url: str = ""
