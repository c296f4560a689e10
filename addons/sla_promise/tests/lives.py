"""Lives of tickets in memory: told in minutes, followed without a database."""

from datetime import date, timedelta

from odoo.addons.resource_worktime.engine.worktime import (
    ALWAYS,
    JoinedWorkTime,
    WorkTime,
    without,
)

from ..engine.book import Book
from ..engine.ledger import Ledger
from ..engine.matching import Promise, Rule, Ruleset
from ..engine.past import Contact, Past, Reckoned, Stretch, decisions
from ..engine.past_tiers import TierStep
from ..engine.recount import Step
from ..engine.replay import Replay
from ..engine.terms import Course
from ..engine.timeline import Moment, Outage

COMPANY, TICKET = 1, 7
LOWEST, KEY = 10, 11
DAY = date(1970, 1, 1)
#: What a stage means: (active, solved, closed, cancels, waiting on).
STAGES = {
    "work": (True, False, False, False, None),
    "client": (True, False, False, False, "client"),
    "third party": (True, False, False, False, "third_party"),
    "solved": (True, True, False, False, None),
    "closed": (True, True, True, False, None),
    "cancelled": (True, True, True, True, None),
    # Goes on as if it were not.
    "archived": (False, False, False, False, None),
}
#: The calendar of the office.
OFFICE = 3
ANY = Rule(None, None, None, "any", *(frozenset(),) * 3, None, ())


def promise(metric="resolution", minutes=60, target=1, **more):
    """Return a promise around the clock; what a Course has goes into its course."""
    course = {"pause_on_client": True, "pause_on_outage": True}
    course |= {name: more.pop(name) for name in Course._fields if name in more}
    values = {
        "target_id": target,
        "policy_id": target,
        "duration": minutes,
        "unit": "minutes",
        "calendar_mode": "always",
        "calendar_id": None,
        "item_limit": False,
        "levels": (),
        "rematch": "better",
    }
    return Promise(metric=metric, course=Course(**course), **values | more)


def rule(*promises, **scope):
    """Return a rule; it fits every ticket unless the scope says otherwise."""
    return ANY._replace(promises=promises, **scope)


def hours(*off):
    """Return the working time of an office, in minutes: around the clock but for spans.

    It is known for ten days before and after the ticket's opening.
    """
    far = 10 * 86400
    closed = sorted((60 * start, 60 * stop) for start, stop in off)
    return WorkTime(without([(-far, far)], closed), (-far, far))


class World(Book):
    """A world in which everybody works around the clock, in UTC, or as changes say.

    :param hours: {calendar id: [(from when one knew it, its WorkTime)] in order of time};
        the versions of calendar n are n01, n02, …
    """

    def __init__(self, hours=()):
        self.hours = dict(hours)

    def extra_facts(self, ticket_ids, ruleset):
        return {}

    def lowest_tiers(self, company_id, day):
        return {LOWEST}

    def day(self, company_id, at):
        return DAY + timedelta(seconds=at)

    def version(self, company_id, calendar_id, at=None):
        if not calendar_id:
            return None
        known = [since for since, _worktime in self.hours[calendar_id]]
        known = [since for since in known[1:] if at is None or since <= at]
        return calendar_id * 100 + 1 + len(known)

    def steps(self, clocks):
        result = {}
        for clock in clocks:
            basis = clock.terms.basis
            steps = []
            for version in {basis.version_id, *basis.earlier[::2]} - {None, 0}:
                calendar_id, number = divmod(version, 100)
                steps += [
                    Step(since, version + place, version + place + 1)
                    for place, (since, _worktime) in enumerate(
                        self.hours[calendar_id][number:]
                    )
                ]
            if steps:
                result[clock.id] = sorted(steps)
        return result

    def worktime(self, company_id, calendar_id, version_id, earlier, start):
        last = self._of(version_id)
        pairs = zip(earlier[::2], earlier[1::2], strict=True)
        earlier = [(self._of(version), until) for version, until in pairs]
        return JoinedWorkTime(earlier, last) if earlier else last

    def _of(self, version):
        if not version:
            return ALWAYS
        calendar_id, number = divmod(version, 100)
        return self.hours[calendar_id][number - 1][1]


class Life:
    """What happens to one ticket; all instants are minutes from its opening.

    :param rules: the policies in force
    """

    def __init__(self, *rules, stage="work", **facts):
        waives = any(p.nothing for rule in rules for p in rule.promises)
        self.ruleset = Ruleset(rules, waives=waives)
        self._contacts, self._outages = [], []
        self._tiers = [TierStep(0, LOWEST, False)]
        self._facts = {
            **{"team": 1, "user": 5, "category": 3, "priority": "1", "partner": 2},
            **{"stage": stage, "of_team": True, "worked": False, **facts},
        }
        self._steps = [(0, self._facts)]
        self._hours = {OFFICE: [(0, hours())]}
        self._changed = []

    def change(self, at, **facts):
        """Change the ticket: its stage, team, user, category, priority or partner.

        ``of_team``: whether who holds it is of its team; ``worked``: by this a person has
        begun to work on it.
        """
        self._facts = {**self._facts, "worked": False, **facts}
        self._steps.append((60 * at, self._facts))
        return self

    def answer(self, at, recorded=None, team=None):
        """Let us speak to the client; it may become known later."""
        return self._speak(at, recorded, True, team)

    def ask(self, at, recorded=None):
        """Let the client speak to us."""
        return self._speak(at, recorded, False, None)

    def step(self, at, recorded=None):
        """Let a person do a step of work that is no move of the ticket."""
        return self._speak(at, recorded, None, None, True)

    def deed(self, at, deed):
        """Let something happen to an obligation."""
        known = Contact(60 * at, 60 * at, None, None, deed=deed)
        self._contacts.append(known)
        return self

    def _speak(self, at, recorded, outgoing, team, step=False):
        known = at if recorded is None else recorded
        self._contacts.append(Contact(60 * at, 60 * known, outgoing, team, step))
        return self

    def retier(self, at, tier):
        """Let a tier change of the client take effect."""
        self._tiers.append(TierStep(60 * at, tier, True))
        return self

    def outage(self, start, stop, approved, revoked=None):
        """Declare an outage of the whole company."""
        number, companies = 1 + len(self._outages), frozenset({COMPANY})
        outage = Outage(number, 60 * start, 60 * stop, companies, None, None)
        revoked = revoked and 60 * revoked
        self._outages.append((outage, 60 * approved, None, revoked))
        return self

    def reckon(self, at, worktime):
        """Let another working time of the office be known from a minute on."""
        self._hours[OFFICE].append((60 * at, worktime))
        self._changed.append(Reckoned(60 * at))
        return self

    def switch(self, at, calendar=None):
        """Let the team of the ticket have another calendar, or none, from a minute on."""
        self._changed.append(Reckoned(60 * at, True, calendar))
        return self

    def live(self, until=0):
        """Let clocks follow all of it, up to a minute; return the :class:`Lived`."""
        decided = decisions(self._outages)
        world = World(self._hours)
        ledger = Ledger(self.ruleset, [self.past()], decided, world)
        replay = Replay(ledger, decided)
        replay.run(60 * until)
        return Lived(ledger, replay.follower)

    def past(self):
        return Past(
            TICKET,
            COMPANY,
            None,
            tuple(self._tiers),
            tuple(self._stretches()),
            tuple(sorted(self._contacts, key=lambda contact: contact[:2])),
            tuple(sorted(self._changed)),
        )

    def _stretches(self):
        stops = [at for at, _facts in self._steps[1:]] + [None]
        for (start, facts), stop in zip(self._steps, stops, strict=True):
            stage = STAGES[facts["stage"]]
            holder = facts["team"], facts["user"], facts["of_team"], facts["worked"]
            moment = Moment(start, stop, *stage, *holder)
            category = facts["category"]
            path = f"{category}/" if category else None
            yield Stretch(
                *(moment, category, path, facts.get("calendar")),
                *(facts["priority"], facts["partner"]),
            )


class Lived:
    """The clocks of a life."""

    def __init__(self, ledger, follower):
        self.ledger, self.follower = ledger, follower

    def clocks(self, metric="resolution"):
        """Return all clocks of a metric, in the order in which they were made."""
        clocks = self.ledger.clocks_of([TICKET])
        return [clock for clock in clocks if clock.metric == metric]

    def rounds(self, metric="resolution"):
        """Return [(state, started, stopped)] of the clocks of a metric, in minutes."""
        return [
            (clock.state, _minutes(clock.terms.started_at), _minutes(stopped_at))
            for clock in self.clocks(metric)
            for stopped_at in [clock.judged.stopped_at]
        ]

    def due_of(self, place, metric="resolution"):
        """Return when a clock of a metric is due, in minutes."""
        return _minutes(self.clocks(metric)[place].judged.due_at)

    def due(self, metric="resolution"):
        """Return when the last clock of a metric is due, in minutes."""
        return _minutes(self.clocks(metric)[-1].judged.due_at)

    def breaches(self):
        """Return [(metric, breached at, overrun)] that stand, in minutes."""
        return [
            (self.ledger.clocks[id_].metric, _minutes(at), _minutes(overrun))
            for id_, (at, overrun) in sorted(self.ledger.breaches.items())
        ]


def _minutes(seconds):
    return None if seconds is None else seconds // 60
