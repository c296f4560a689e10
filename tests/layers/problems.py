"""How the tests of this folder say what they found."""

from collections.abc import Iterable


def none(problems: Iterable[str], hint: str = ""):
    """Fail with all problems, a line each, and what to do about them."""
    found = sorted(problems)
    assert not found, "\n".join(filter(None, [hint, *found]))
