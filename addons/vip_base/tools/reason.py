"""Why something is written, where the code that writes it knows.

It travels in the context as a :class:`Reason`. A remote call can put only JSON values
into a context, never an instance of this class, so nobody gives a reason from outside.
"""

from dataclasses import dataclass

CONTEXT_KEY = "vip_reason"


@dataclass(frozen=True)
class Reason:
    """Words for people; the audit log keeps them."""

    text: str


def said(words):
    """Return words as a person typed them, without what the database cannot keep.

    >>> said("  Too late\\0 "), said(False), said(["x"])
    ('Too late', '', '')
    """
    return words.replace("\0", "").strip() if isinstance(words, str) else ""


def because(text):
    """Return the context entries under which what is written is written for a reason."""
    return {CONTEXT_KEY: Reason(text)}


def reason_of(env):
    """Return why the current change is made, False where nobody said."""
    value = env.context.get(CONTEXT_KEY)
    return value.text if isinstance(value, Reason) else False
