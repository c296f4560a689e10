"""Lives of tickets in memory: told in minutes, followed without a database."""

from datetime import date, timedelta

from odoo.addons.resource_worktime.engine.worktime import ALWAYS

from ..engine.book import Book
from ..engine.ledger import Ledger
from ..engine.matching import Promise, Rule, Ruleset
from ..engine.past import Contact, Past, Stretch, decisions
from ..engine.past_tiers import TierStep
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


class Always(Book):
    """A world in which everybody works around the clock, in UTC."""

    def extra_facts(self, ticket_ids, ruleset):
        return {}

    def lowest_tier(self, company_id):
        return LOWEST

    def day(self, company_id, at):
        return DAY + timedelta(seconds=at)

    def worktime(self, company_id, calendar_id, start):
        return ALWAYS


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
            **{"stage": stage, **facts},
        }
        self._steps = [(0, self._facts)]

    def change(self, at, **facts):
        """Change the ticket: its stage, team, user, category, priority or partner."""
        self._facts = {**self._facts, **facts}
        self._steps.append((60 * at, self._facts))
        return self

    def answer(self, at, recorded=None, team=None):
        """Let us speak to the client; it may become known later."""
        return self._speak(at, recorded, True, team)

    def ask(self, at, recorded=None):
        """Let the client speak to us."""
        return self._speak(at, recorded, False, None)

    def _speak(self, at, recorded, outgoing, team):
        known = at if recorded is None else recorded
        self._contacts.append(Contact(60 * at, 60 * known, outgoing, team))
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

    def live(self, until=0):
        """Let clocks follow all of it, up to a minute; return the :class:`Lived`."""
        decided = decisions(self._outages)
        ledger = Ledger(self.ruleset, [self.past()], decided, Always())
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
            tuple(sorted(self._contacts)),
        )

    def _stretches(self):
        stops = [at for at, _facts in self._steps[1:]] + [None]
        for (start, facts), stop in zip(self._steps, stops, strict=True):
            stage = STAGES[facts["stage"]]
            moment = Moment(start, stop, *stage, facts["team"], facts["user"])
            category = facts["category"]
            path = f"{category}/" if category else None
            yield Stretch(
                *(moment, category, path, None, facts["priority"], facts["partner"])
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
