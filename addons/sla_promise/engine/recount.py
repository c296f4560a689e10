"""What a change of working time does to a clock that runs. Plain Python, no ORM.

A change has an instant. Until then a clock counted by the working time that was known,
from then on by the new one. What was missed by then keeps its limit; what was not cannot
be missed before the change: a limit that the change moves into the past is due with it.
"""

from typing import NamedTuple

from .clock import counted_spans, judge
from .states import MISSED
from .terms import Basis


class Step(NamedTuple):
    """A version of working time that takes the place of another, ``at`` an instant."""

    at: int
    old: int
    new: int


class Switch(NamedTuple):
    """Another calendar for some clocks, ``at`` an instant.

    ``version``: by which it counts; both None: around the clock.
    """

    at: int
    calendar_id: int | None
    version: int | None
    clock_ids: frozenset


def stepped(basis, step):
    """Return a basis after a step.

    >>> stepped(Basis(3, None, (5, 900)), Step(1000, 5, 6))
    Basis(version_id=3, binds_at=1000, earlier=(6, 900))
    >>> stepped(Basis(3), Step(1000, 3, 4))
    Basis(version_id=4, binds_at=1000, earlier=())
    """
    versions = [step.new if id_ == step.old else id_ for id_ in basis.earlier[::2]]
    pairs = zip(versions, basis.earlier[1::2], strict=True)
    return Basis(
        step.new if basis.version_id == step.old else basis.version_id,
        step.at,
        tuple(value for pair in pairs for value in pair),
    )


def recounted(clock, moments, steps, worktime, switches=()):
    """Return the Clock with the basis and calendar that count after changes.

    The same object if it was missed before, or nothing concerns it.

    :param moments: the timeline of its ticket
    :param steps: :class:`Step` in order of time
    :param worktime: function of a Key, a Course, a Basis and an instant: a ``WorkTime``
    :param switches: :class:`Switch` that come after the steps, in order of time
    """
    for step in steps:
        if _missed_by(clock, moments, step.at, worktime):
            return clock
        basis = stepped(clock.terms.basis, step)
        clock = clock._replace(terms=clock.terms._replace(basis=basis))
    for switch in switches:
        if clock.id not in switch.clock_ids:
            continue
        if _missed_by(clock, moments, switch.at, worktime):
            return clock
        basis = clock.terms.basis
        # Around the clock has no version: its number here is 0.
        earlier = (*basis.earlier, basis.version_id or 0, switch.at)
        clock = clock._replace(
            key=clock.key._replace(calendar_id=switch.calendar_id),
            terms=clock.terms._replace(basis=Basis(switch.version, switch.at, earlier)),
        )
    return clock


def renewed(clock, steps, now):
    """Return a Clock that had been kept and goes on, after all steps since.

    It was kept so far: whatever has changed, it is not late before it goes on.
    """
    basis = clock.terms.basis
    for step in steps:
        basis = stepped(basis, step)
    basis = basis._replace(binds_at=now)
    return clock._replace(terms=clock.terms._replace(basis=basis))


def _missed_by(clock, moments, at, worktime):
    """Tell whether a clock that had not stopped was missed by an instant."""
    terms = clock.terms
    verdict = judge(
        *(terms.started_at, terms.seconds, counted_spans(terms, moments)),
        *(None, at),
        worktime(clock.key, terms.course, terms.basis, terms.started_at),
        terms.basis.binds_at,
    )
    return verdict.state == MISSED
