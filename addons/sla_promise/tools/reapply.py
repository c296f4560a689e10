"""What the code says to the matching when policies are applied again to open tickets.

It travels in the context as an object, which a remote call cannot send.
"""

from dataclasses import dataclass

CONTEXT_KEY = "sla_reapply"


@dataclass(frozen=True)
class Reapply:
    """``worse``: the promise is replaced even if the client loses time by it."""

    worse: bool = False


def again(worse=False):
    """Return the context entries under which policies are applied again."""
    return {CONTEXT_KEY: Reapply(worse)}


def asked_again(env):
    """Return the :class:`Reapply` under which ``env`` works, None if there is none."""
    value = env.context.get(CONTEXT_KEY)
    return value if isinstance(value, Reapply) else None
