"""What an addon says of setting up the service, and of how it runs."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One step from an empty database to the first judged month.

    Whether it is done says the data, never a tick.

    :param key: unique, ``<addon>/<name>``
    :param title: in the reader's language
    :param done: whether the data say that it is done
    :param text: what the data say: what is there, or what is missing
    :param needs: titles of steps that come before, empty if it can be done now
    :param why: what it is for, shown where the step is open
    :param buttons: pairs of label and action: a dict, the xmlid of one, or
        ``{"method": name}`` of a public method of ``vip.first.hour``
    :param heads: titles of the columns of a table that is shown where the step is open
    :param rows: its rows, tuples of texts
    :param minutes: how long it takes
    :param sequence: its place
    """

    key: str
    title: str
    done: bool
    text: str
    needs: tuple = ()
    why: str = ""
    buttons: tuple = ()
    heads: tuple = ()
    rows: tuple = ()
    minutes: int = 5
    sequence: int = 50


@dataclass(frozen=True)
class Check:
    """One thing about how the service runs, and what to do about it.

    :param key: unique, ``<addon>/<name>``
    :param part: key of the part of the page (``_watch_parts`` of ``vip.operations``)
    :param title: what is looked at
    :param text: what is found
    :param wrong: whether somebody has to act
    :param todo: what to do, where it is wrong
    :param action: where that is done (a dict, or the xmlid of an action)
    :param first: whether it concerns the first hour, too
    :param rows: further lines, pairs of text and value
    """

    key: str
    part: str
    title: str
    text: str
    wrong: bool = False
    todo: str = ""
    action: dict | str | None = None
    first: bool = False
    rows: tuple = field(default_factory=tuple)
    sequence: int = 50
