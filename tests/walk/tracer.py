"""Follows a piece of work through the files of a folder.

What is counted are functions that are entered. A generator is entered once, however
often it goes on; a comprehension belongs to the function that it stands in; what a
module or a class does while it is imported is no step of the work.
"""

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

#: Names that Python gives to the code of a comprehension.
COMPREHENSIONS = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"))
#: Folders (of an addon) that hold nothing of the product.
LEFT_OUT = frozenset(("tests",))


@dataclass
class Steps:
    """Where one piece of work went; files are paths relative to the folder."""

    #: The file of each function that was entered, in order.
    entered: list[str] = field(default_factory=list)
    #: ``{file: {(first line, name) of a function}}``
    functions: dict[str, set[tuple[int, str]]] = field(default_factory=dict)
    #: ``{file: lines of functions that ran}``
    lines: dict[str, set[int]] = field(default_factory=dict)
    #: By how much the counter rose, such as one of database queries.
    counted: int = 0

    @property
    def files(self) -> set[str]:
        return set(self.functions)

    @property
    def hops(self) -> int:
        """How often a function of another file than the last one was entered."""
        return sum(1 for _file in groupby(self.entered))

    @property
    def hops_back(self) -> int:
        """How many hops led into a file that had been left before."""
        return self.hops - len(self.files)

    @property
    def function_count(self) -> int:
        return sum(map(len, self.functions.values()))

    def __add__(self, other: "Steps") -> "Steps":
        """Return the steps of both, one after the other."""
        both = Steps([*self.entered, *other.entered])
        for steps in (self, other):
            for mine, theirs in (
                (both.functions, steps.functions),
                (both.lines, steps.lines),
            ):
                for name, found in theirs.items():
                    mine.setdefault(name, set()).update(found)
        both.counted = self.counted + other.counted
        return both


class Tracer:
    """Collects the :class:`Steps` of what runs in this thread.

    :param folder: the files below it are looked at, but for those of tests
    :param counter: read before and after the work
    """

    def __init__(self, folder: Path, counter: Callable[[], int] = int):
        self.folder = folder.resolve()
        self.counter = counter
        self._names: dict[str, str | None] = {}
        self._generators: set = set()

    def follow(self, work: Callable[[], object]) -> Steps:
        """Run ``work`` and return its steps."""
        self._steps = Steps()
        before, counted = sys.gettrace(), self.counter()
        sys.settrace(self._enter)
        try:
            work()
        finally:
            sys.settrace(before)
            self._generators.clear()
        self._steps.counted = self.counter() - counted
        return self._steps

    def _enter(self, frame, event, arg):
        code = frame.f_code
        name = self._name(code.co_filename)
        if not name or not code.co_flags & inspect.CO_OPTIMIZED:
            return None
        if code.co_name not in COMPREHENSIONS and not self._goes_on(frame):
            self._steps.entered.append(name)
            functions = self._steps.functions.setdefault(name, set())
            functions.add((code.co_firstlineno, code.co_name))
        lines = self._steps.lines.setdefault(name, set())

        def local(frame, event, arg):
            if event == "line":
                lines.add(frame.f_lineno)
            return local

        return local

    def _goes_on(self, frame) -> bool:
        """Tell whether this is a generator that was entered before."""
        if not frame.f_code.co_flags & inspect.CO_GENERATOR:
            return False
        known = frame in self._generators
        self._generators.add(frame)
        return known

    def _name(self, path: str) -> str | None:
        """Return the file as it is told of, None if it is not looked at."""
        if path not in self._names:
            full = Path(path)
            known = full.is_relative_to(self.folder)
            parts = full.relative_to(self.folder).parts if known else ()
            told = parts and LEFT_OUT.isdisjoint(parts)
            self._names[path] = "/".join(parts) if told else None
        return self._names[path]
