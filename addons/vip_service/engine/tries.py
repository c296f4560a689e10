"""How often somebody may try: a window that slides, in the memory of one process."""

from collections import OrderedDict, deque


class Tries:
    """Counts the tries of each caller and says when there were too many.

    :param most: tries in a window
    :param seconds: length of the window
    :param callers: so many callers are remembered, those of late

    >>> tries = Tries(most=2, seconds=60)
    >>> [tries.allowed("a", at) for at in (0, 1, 2)], tries.allowed("b", 2)
    ([True, True, False], True)
    >>> tries.allowed("a", 60.5)
    True
    """

    def __init__(self, most, seconds, callers=10_000):
        self.most, self.seconds, self.callers = most, seconds, callers
        self._known = OrderedDict()

    def allowed(self, caller, at):
        """Count a try and tell whether it is allowed.

        :param caller: who tries, such as an address
        :param at: seconds on any clock that only goes forward
        """
        times = self._known.setdefault(caller, deque(maxlen=self.most))
        self._known.move_to_end(caller)
        if len(self._known) > self.callers:
            self._known.popitem(last=False)
        if len(times) == self.most and at - times[0] < self.seconds:
            return False
        times.append(at)
        return True
