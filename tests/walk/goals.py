"""How many files of ours the two roads may enter."""

from dataclasses import dataclass

ROW, TICKET = "row", "ticket"


@dataclass(frozen=True)
class Goal:
    """Bounds on the files that a road enters, walked for the first time in a process.

    ``files`` is what is wanted, ``today`` what must hold now. It is lowered when a road
    gets shorter, and raised only when a station is added to it: a file row is read as people
    write it, a month waits for its sources and is judged anew, the ladder is that of the day;
    the form of a ticket says what to do next, and its key points come by a call of their own;
    others are told that it changed, are asked who may own it, and may owe something on it;
    days and money are written in one place; who approves a tier hears the adviser's opinion;
    an addon above that owes something on tickets is asked for it; who decides on a tier,
    brings it into force, lets it expire and writes it down are files of their own; key
    points are told by rules over measures, by needs and by what people said of them, and a
    day that was counted is counted anew when a breach of it is recorded; teams of the
    client's voice are known without asking.
    """

    title: str
    files: int
    today: int


GOALS = {
    ROW: Goal("file row to badge", files=20, today=39),
    TICKET: Goal("creation to posted entry", files=40, today=75),
}
