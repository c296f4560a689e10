"""What clients answered: the log holds nothing of it, so a rule with a seed says it.

At each closing of an incident (the event that first resolves it, and each that does so
again after it was taken up) a number is drawn by a hash of the seed, the incident and how
many-eth closing it is:

- three of ten clients answer, by SMS, one to 48 hours later;
- of 100 answers 46 are a 5, 31 a 4, 11 a 3, 7 a 2 and 5 a 1;
- attitude is graded as the whole, efficiency one lower where the client says a word,
  professionalism one higher.

The answers come as a file that the service manager imports, as those of an SMS service do.
Who held the incident is not said: the product has to find it out.
"""

import hashlib
from datetime import timedelta

from . import log

SEED = "answers-1"
ANSWERING, OF = 3, 10
#: Grade → up to which of 100 it is drawn.
GRADES = {5: 46, 4: 77, 3: 88, 2: 95, 1: 100}


def given(incidents, now):
    """Return [(when, number, grade)] of the answers up to ``now``, in order of time."""
    found = []
    for incident in incidents:
        for place, closing in enumerate(closings(incident)):
            dice = hashlib.sha256(f"{SEED}:{incident.number}:{place}".encode()).digest()
            if dice[0] % OF >= ANSWERING:
                continue
            hours = 1 + dice[1] % 48
            drawn = int.from_bytes(dice[2:6]) % 100
            grade = next(grade for grade, upto in GRADES.items() if drawn < upto)
            at = closing.at + timedelta(hours=hours)
            if at <= now:
                found.append((at, incident.number, grade))
    return sorted(found)


def closings(incident):
    """Return the states with which an incident is resolved, again after each reopening."""
    done = (log.RESOLVED, log.CLOSED)
    return [
        state
        for before, state in zip(
            (None, *incident.states), incident.states, strict=False
        )
        if state.stage in done and (before is None or before.stage not in done)
    ]
