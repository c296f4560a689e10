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
        self.by_ticket = {ticket_id: [] for ticket_id in self.pasts}  # ids
        self.breaches = {}  # by clock: (instant, overrun)
        self.replaced = {}  # {id: id of the clock that took its place}
        self.waived = {}  # {ticket id: {metric: Promise}}
        self._extras = None

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
        answers, asks, steps = {}, {}, {}
        for ticket_id in ticket_ids:
            for contact in self.pasts[ticket_id].contacts:
                if contact.recorded > self.now[ticket_id]:
                    continue
                if contact.step:
                    steps.setdefault(ticket_id, []).append(contact.at)
                if contact.outgoing:
                    answer = Answer(contact.at, contact.team_id)
                    answers.setdefault(ticket_id, []).append(answer)
                elif contact.outgoing is False:
                    asks.setdefault(ticket_id, []).append(contact.at)
        return answers, asks, steps

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
                for clock in self.live([ticket_id])
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

    def lowest_tier(self, company_id):
        return self.world.lowest_tier(company_id)

    def day(self, company_id, at):
        return self.world.day(company_id, at)

    def reasons(self, found, waives):
        """Why rules won is not kept."""
        return {facts: promises_of(one, waives) for facts, one in found.items()}

    def worktime(self, company_id, calendar_id, start):
        return self.world.worktime(company_id, calendar_id, start)

    # Clocks and breaches

    def live(self, ticket_ids):
        return [
            clock
            for clock in self.clocks_of(ticket_ids)
            if clock.state != states.CANCELLED
        ]

    def lapsed(self, ticket_ids):
        return [
            clock
            for clock in self.clocks_of(ticket_ids)
            if clock.state == states.CANCELLED and clock.id not in self.replaced
        ]

    def clocks_of(self, ticket_ids):
        """Return all clocks of tickets, in the order in which they were made."""
        return [self.clocks[id_] for key in ticket_ids for id_ in self.by_ticket[key]]

    def update(self, rows):
        for clock_id, judged in rows:
            self.clocks[clock_id] = self.clocks[clock_id]._replace(judged=judged)

    def replace(self, replaced, clocks):
        new = {}
        for clock in clocks:
            id_ = len(self.clocks) + 1
            self.clocks[id_] = clock._replace(id=id_)
            self.by_ticket[clock.ticket_id].append(id_)
            new[clock.which] = id_
            self.record([id_])
        for clock, at in replaced:
            judged = self.clocks[clock.id].judged
            judged = judged._replace(state=states.CANCELLED, stopped_at=at)
            self.update([(clock.id, judged)])
            self.replaced[clock.id] = new[clock.which]

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
