"""Clocks of past tickets in memory: a book that nothing of the database is written to.

A what-if tells past tickets once more, under other policies, with the follower that works
on the database; here it reads what was known by then, and here are its clocks.
"""

from . import states
from .book import Book
from .matching import promises_of
from .rounds import Answer
from .timeline import Place, cut, meets, opening


class Ledger(Book):
    """The clocks and breaches of some past tickets, as far as their story is told.

    :param ruleset: the policies that hold
    :param pasts: :class:`~.past.Past` of each ticket
    :param decisions: on outages, :class:`~.past.Decision` in order of time
    :param world: :class:`~.book.Book` of what stays while the story is told: working
        time, dates, lowest tiers, and what of tickets is taken as it is today
    """

    def __init__(self, ruleset, pasts, decisions=(), world=None):
        self._ruleset = ruleset
        self.world = world
        self.pasts = {past.ticket_id: past for past in pasts}
        self.told = dict.fromkeys(self.pasts, 0)  # how many stretches are known
        self.now = {}
        self.outages = {
            past.ticket_id: known_outages(decisions, past.stretches[0].moment.start)
            for past in pasts
        }
        self.clocks = {}  # by id
        self._last = 0
        self.by_ticket = {ticket_id: [] for ticket_id in self.pasts}  # ids
        self.breaches = {}  # by clock: (instant, overrun)
        self.broke = set()  # clocks that have, or had, a breach
        self.replaced_by = {}  # {id: id of the clock that took its place}
        self.waived = {}  # {ticket id: {metric: Promise}}
        self._extras = None
        self.at = None  # of the event that is told
        self._versions = {}

    # Tickets, as they were known by now

    def stretch(self, ticket_id):
        """Return the stretch in which a ticket is by now."""
        return self.pasts[ticket_id].stretches[self.told[ticket_id] - 1]

    def timelines(self, ticket_ids):
        return {
            ticket_id: tuple(
                piece
                for stretch in self._known(ticket_id)
                for piece in self._pieces(ticket_id, stretch)
            )
            for ticket_id in ticket_ids
            if self.told[ticket_id]
        }

    def _known(self, ticket_id):
        """Return the stretches known by now: the last one goes on."""
        known = list(self.pasts[ticket_id].stretches[: self.told[ticket_id]])
        last = known[-1].moment._replace(stop=None)
        known[-1] = known[-1]._replace(moment=last)
        return known

    def _pieces(self, ticket_id, stretch):
        outages = self.outages[ticket_id]
        if not outages:
            return (stretch.moment,)
        return cut(stretch.moment, self._place(ticket_id, stretch), outages)

    def _place(self, ticket_id, stretch):
        company_id = self.pasts[ticket_id].company_id
        return Place(company_id, stretch.moment.team_id, stretch.category_id)

    def opening(self, change):
        place = Place(change.company_id, change.team_id, change.category_id)
        outages = self.outages[change.ticket_id]
        return opening(change.moment, place, outages, change.at)

    def present(self, ticket_ids, at):
        return [
            self.pasts[ticket_id].present(self.told[ticket_id] - 1, at)
            for ticket_id in ticket_ids
        ]

    def contacts(self, ticket_ids):
        answers, asks, steps, deeds = {}, {}, {}, {}
        for ticket_id in ticket_ids:
            for contact in self.pasts[ticket_id].contacts:
                if not contact.counts(self.now[ticket_id]):
                    continue
                if contact.step:
                    steps.setdefault(ticket_id, []).append(contact.at)
                if contact.deed:
                    deeds.setdefault(ticket_id, []).append(contact.deed)
                if contact.outgoing:
                    answer = Answer(contact.at, contact.team_id)
                    answers.setdefault(ticket_id, []).append(answer)
                elif contact.outgoing is False:
                    asks.setdefault(ticket_id, []).append(contact.at)
        return answers, asks, steps, deeds

    def responded(self, ticket_ids):
        found = {
            ticket_id: self.pasts[ticket_id].responded(self.now[ticket_id])
            for ticket_id in ticket_ids
        }
        return {ticket_id: at for ticket_id, at in found.items() if at is not None}

    def stands_still(self, ticket_id, outage):
        """Tell whether a decision on an outage concerns clocks of a ticket."""
        return self.told[ticket_id] and (
            any(
                clock.terms.course.pause_on_outage
                and _after(clock.judged.stopped_at, outage.start)
                for clock in self._judged_anew([ticket_id])
            )
            and any(
                meets(outage, self._place(ticket_id, stretch), stretch.moment)
                for stretch in self._known(ticket_id)
            )
        )

    # Policies and calendars

    def ruleset(self):
        return self._ruleset

    def extra_facts(self, ticket_ids, ruleset):
        """As they are today, read once; the type is that of the client of by now."""
        if self._extras is None:
            self._extras = self.world.extra_facts(list(self.pasts), ruleset)
        if "client_type" not in ruleset.uses:
            return self._extras
        return {
            ticket_id: (self.stretch(ticket_id).client_type, *facts[1:])
            for ticket_id in ticket_ids
            if (facts := self._extras.get(ticket_id))
        }

    def lowest_tiers(self, company_id, day):
        return self.world.lowest_tiers(company_id, day)

    def day(self, company_id, at):
        return self.world.day(company_id, at)

    def reasons(self, found, waives):
        """Why rules won is not kept."""
        return {facts: promises_of(one, waives) for facts, one in found.items()}

    def version(self, company_id, calendar_id, at=None):
        """As it was known by now, or by ``at`` if that is earlier."""
        if not calendar_id:
            return None
        at = self.at if at is None or self.at is None else min(at, self.at)
        question = company_id, calendar_id, at
        if question not in self._versions:
            self._versions[question] = self.world.version(*question)
        return self._versions[question]

    def steps(self, clocks):
        known = {}
        for clock_id, steps in self.world.steps(clocks).items():
            steps = [step for step in steps if self.at is None or step.at <= self.at]
            if steps:
                known[clock_id] = steps
        return known

    def switches(self, clocks):
        """Told by events."""
        return ()

    def worktime(self, company_id, calendar_id, version_id, earlier, start):
        return self.world.worktime(company_id, calendar_id, version_id, earlier, start)

    # Clocks and breaches

    def live(self, ticket_ids):
        return [
            clock
            for clock in self.clocks_of(ticket_ids)
            if clock.state != states.CANCELLED and clock.id not in self.replaced_by
        ]

    def replaced(self, ticket_ids):
        return [
            clock
            for clock in self.clocks_of(ticket_ids)
            if clock.id in self.replaced_by
        ]

    def lapsed(self, ticket_ids):
        return [
            clock
            for clock in self.clocks_of(ticket_ids)
            if clock.state == states.CANCELLED and clock.id not in self.replaced_by
        ]

    def _judged_anew(self, ticket_ids):
        for read in (self.live, self.lapsed, self.broken):
            yield from read(ticket_ids)

    def broken(self, ticket_ids):
        return [clock for clock in self.replaced(ticket_ids) if clock.id in self.broke]

    def clocks_of(self, ticket_ids):
        """Return all clocks of tickets, in the order in which they were made."""
        return [self.clocks[id_] for key in ticket_ids for id_ in self.by_ticket[key]]

    def update(self, rows):
        for clock_id, judged in rows:
            self.clocks[clock_id] = self.clocks[clock_id]._replace(judged=judged)

    def extend(self, ticket_id, metric, seconds):
        """Extend the limit of what is owed in a metric, as far as it is owed in time."""
        for clock in self.live([ticket_id]):
            if clock.metric == metric and clock.open:
                self.clocks[clock.id] = clock._replace(
                    terms=clock.terms.longer(seconds),
                    extended_seconds=clock.extended_seconds + seconds,
                )

    def rebase(self, clocks):
        for clock in clocks:
            old = self.clocks[clock.id]
            self.clocks[clock.id] = clock._replace(
                judged=old.judged, levels_fired=old.levels_fired
            )

    def replace(self, replaced, clocks):
        undone = [old.id for old, at, _new in replaced if self._is_undone(old, at)]
        for old, at, _new in replaced:
            if old.state != states.MISSED:
                judged = self.clocks[old.id].judged
                judged = judged._replace(state=states.CANCELLED, stopped_at=at)
                self.update([(old.id, judged)])
        for old, _at, new in replaced:
            self.replaced_by[old.id] = self._put(new)
        for clock in clocks:
            self._put(clock)
        for id_ in undone:
            self._remove(id_)

    def _is_undone(self, clock, at):
        missed = clock.state == states.MISSED or clock.id in self.breaches
        return clock.terms.basis.binds_at == at and not missed

    def _put(self, clock):
        """Let a clock be, or go on; return its id."""
        if clock.id is None:
            self._last += 1
            clock = clock._replace(id=self._last)
            self.by_ticket[clock.ticket_id].append(clock.id)
        self.clocks[clock.id] = clock
        self.replaced_by.pop(clock.id, None)
        self.record([clock.id])
        return clock.id

    def _remove(self, id_):
        """Forget a clock; what it had taken the place of is replaced by what follows."""
        clock, follower = self.clocks.pop(id_), self.replaced_by.pop(id_)
        self.by_ticket[clock.ticket_id].remove(id_)
        for other, new in self.replaced_by.items():
            if new == id_:
                self.replaced_by[other] = follower

    def waive(self, nothing):
        self.waived.update(nothing)

    def record(self, clock_ids):
        """Keep the instant of a breach as first seen, and its first overrun."""
        for clock_id in clock_ids:
            judged = self.clocks[clock_id].judged
            at, overrun = self.breaches.get(clock_id, (judged.due_at, None))
            if overrun is None:
                overrun = judged.overrun_seconds
            if judged.state == states.MISSED or clock_id in self.breaches:
                self.breaches[clock_id] = (at, overrun)
                self.broke.add(clock_id)

    def withdraw(self, clock_ids):
        for clock_id in clock_ids:
            self.breaches.pop(clock_id, None)

    def spare(self, clock_ids):
        """Of a breach only the gross overrun is kept here."""


def known_outages(decisions, at):
    """Return the approved outages that were known at an instant."""
    known = ()
    for decision in decisions:
        if decision.at > at:
            break
        known = decision.known
    return known


def _after(stopped_at, at):
    """Tell whether what stopped at an instant, None if it goes on, lasted longer."""
    return stopped_at is None or stopped_at > at
