"""The instant at which a change happened, which history may set and a client may not.

An imported or replayed change carries the time at which it really happened. That time
travels in the context as an :class:`EventTime`. A remote call can put only JSON values
into a context, never an instance of this class, so nobody can back-date from outside.
"""

from dataclasses import dataclass
from datetime import datetime

CONTEXT_KEY = "vip_event_time"


@dataclass(frozen=True)
class EventTime:
    """A naive UTC instant in whole seconds."""

    at: datetime


def at_context(at):
    """Return the context entries that make ``at`` (naive UTC) the event time."""
    return {CONTEXT_KEY: EventTime(at.replace(microsecond=0))}


def event_time(env):
    """Return when the current change happens: naive UTC, whole seconds.

    The transaction's own time unless the code (never a remote client) said otherwise.
    """
    value = env.context.get(CONTEXT_KEY)
    if isinstance(value, EventTime):
        return value.at
    return env.cr.now().replace(microsecond=0)
