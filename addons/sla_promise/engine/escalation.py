"""When the levels of an escalation are reached. Plain Python, no ORM."""

from typing import NamedTuple


class Level(NamedTuple):
    """A level as it is promised: ``moment`` is percent, before or after."""

    id: int
    moment: str
    amount: int

    def offset(self, seconds):
        """Return after how many seconds of a promise of ``seconds`` it is reached.

        >>> Level(1, "percent", 80).offset(900)
        720
        >>> Level(1, "before", 10).offset(900), Level(1, "after", 15).offset(900)
        (300, 1800)
        """
        if self.moment == "percent":
            return max(1, seconds * self.amount // 100)
        minutes = -self.amount if self.moment == "before" else self.amount
        return seconds + 60 * minutes


class Fired(NamedTuple):
    """A clock whose levels number ``was`` + 1 to ``now`` came true."""

    clock_id: int
    was: int
    now: int
    company_id: int
    level_ids: list


def compiled(levels, seconds):
    """Return ``(ids, offsets)`` of a promise of ``seconds``, in order of time.

    A level that would come before the promise begins, such as an hour before the limit
    of half an hour, does not apply.

    >>> plan = [Level(7, "after", 0), Level(8, "percent", 80), Level(9, "before", 60)]
    >>> compiled(plan, 1800)
    ((8, 7), (1440, 1800))
    >>> compiled([], 1800)
    ((), ())
    """
    pairs = [
        (level.offset(seconds), place, level.id) for place, level in enumerate(levels)
    ]
    pairs = sorted(pair for pair in pairs if pair[0] > 0)
    return tuple(pair[2] for pair in pairs), tuple(pair[0] for pair in pairs)
