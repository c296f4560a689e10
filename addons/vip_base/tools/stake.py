"""What an addon says of what is at stake in a decision, beside the buttons."""

from dataclasses import asdict, dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Line:
    """One line of what is at stake.

    :param text: in the reader's language
    :param at: naive UTC datetime, where it has a time
    :param value: a number or a length that stands at the end, as people write it
    :param note: what stands small below it
    :param tone: "late", "soon" or "done", "" of what is none of them
    :param link: where it leads to (``tools/links.py``); without one it opens nothing
    """

    text: str
    at: datetime | None = None
    value: str = ""
    note: str = ""
    tone: str = ""
    link: dict | None = None

    def told(self):
        """Return it as the web client reads it.

        >>> Line("Missed", value="3").told()["value"]
        '3'
        >>> Line("Call", at=datetime(2026, 11, 26, 6, 14, 9, 5)).told()["at"]
        '2026-11-26 06:14:09'
        """
        at = self.at and self.at.replace(microsecond=0).isoformat(" ")
        return {**asdict(self), "at": at or False, "link": self.link or False}


@dataclass(frozen=True)
class Stake:
    """One part of what is at stake, with its lines.

    :param key: unique, ``<addon>/<name>``
    :param title: in the reader's language
    :param empty: what stands there without lines; without it an empty part is left out
    :param sequence: its place among others
    """

    key: str
    title: str
    lines: list = field(default_factory=list)
    empty: str = ""
    sequence: int = 50

    def told(self):
        """Return it as the web client reads it.

        >>> Stake("x/points", "Points", empty="none").told()["lines"]
        []
        """
        return {
            "key": self.key,
            "title": self.title,
            "lines": [line.told() for line in self.lines],
            "empty": self.empty,
        }
