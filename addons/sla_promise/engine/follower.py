"""The conductor: it lets clocks follow what happens to tickets. Plain Python, no ORM.

A :class:`Follower` hears of events (tickets changed, somebody spoke, an outage was decided
on), tells the stories of the tickets, judges their clocks, begins rounds and replaces what
is bettered. It reads and writes a :class:`~.book.Book`; what it has found it keeps, so that
equal questions are answered once.
"""

from odoo.addons.resource_worktime.engine.worktime import around_the_clock

from . import states
from .clock import ending, outcome, outcome_of_stopped
from .matching import Matcher
from .obligations import is_obligation
from .recount import recounted, renewed
from .rounds import Answer, begins, open_round, tell, turns
from .terms import Basis, Clock, Key, Terms, compiled
from .timeline import last_turn

#: Metrics of which a contact may begin a round.
BEGUN_BY_CONTACT = frozenset((states.NEXT_RESPONSE, states.UPDATE))
#: Metrics of which solving or reopening may begin one, whatever their course.
BEGUN_BY_TURNS = BEGUN_BY_CONTACT | {states.HAND_OVER}
#: What a ticket is matched to where it is not matched: (key client, {metric: Promise}).
NOTHING = (False, {})


class Follower:
    """Follows events of many tickets at a time, each call a fixed number of statements.

    :param book: :class:`~.book.Book` in which the clocks are
    :param reapply: :class:`~.matching.Reapply` if policies are applied again to what is
        open, else None
    :param tells: whether anybody is told; else of the levels only the first one counts,
        which warns
    """

    def __init__(self, book, reapply=None, tells=True):
        self.book = book
        self.matcher = Matcher(book, reapply)
        self.reapply = reapply
        self.tells = tells
        self._worktimes = {}
        self._begin()

    def _begin(self):
        """Forget what was found for the event before."""
        self.stories = {}  # by ticket
        self.judged = {}  # (ticket id, metric): [(Clock, Outcome or None)]
        self._replaced = None  # by ticket, once somebody asks
        self._outcomes, self._terms = {}, {}

    # ---------------------------------------------------------------- events

    def follow(self, changes, responded):
        """Bring the clocks of changed tickets up to date with their timelines.

        :param changes: list of :class:`~.timeline.Change`
        :param responded: {ticket id: instant of the first response} of all of these
            tickets that have been answered
        """
        self._begin()
        old = [
            change.ticket_id
            for change in changes
            if not change.new and (change.counting or change.rematches or change.taken)
        ]
        timelines = self.book.timelines(old) if old else {}
        live = self.book.live(old) if old else []
        again, heard = self._concerned(changes, timelines, live)
        for change in changes:
            if change.new:
                timelines[change.ticket_id] = self.book.opening(change)
        self._tell(timelines, responded, heard)
        live = self._up_to_date(live)
        self._judge(live, {change.ticket_id: change.at for change in changes})
        matched = [change for change in changes if change.new or change.rematches]
        if matched or again:
            self._promise([*matched, *again])

    def hear(self, ticket_ids, responded, now):
        """Bring clocks up to date with contacts that became known at ``now``.

        :param responded: as :meth:`follow`
        """
        self._begin()
        promised = {
            promise.metric
            for promise in self.matcher.ruleset.promises()
            if promise.metric in BEGUN_BY_CONTACT or is_obligation(promise.metric)
        }
        live = self.book.live(ticket_ids)
        # A contact concerns all but the resolution.
        live = [clock for clock in live if clock.metric != states.RESOLUTION]
        if not live and not promised:
            return
        self._tell(self.book.timelines(ticket_ids), responded, ticket_ids)
        live = self._up_to_date(live)
        self._judge(live, dict.fromkeys(self.stories, now))
        if not any(story.deeds for story in self.stories.values()):
            promised &= BEGUN_BY_CONTACT
        if promised:
            self._promise(self.book.present(list(self.stories), now), promised)

    def unhear(self, taken, responded, now):
        """Bring clocks up to date where something that was said never arrived.

        What was kept by it is owed again, from when it was owed; a round that began only
        because of it is owed no more. What anything else ended stays as it is.

        :param taken: {ticket id: set of instants of contacts that count no more}
        :param responded: as :meth:`follow`, without them
        :param now: when that became known
        """
        self._begin()
        live = self.book.live(taken)
        self._tell(self.book.timelines(taken), responded, taken)
        reopened, begun = [], []
        for clock in live:
            story, instants = self.stories[clock.ticket_id], taken[clock.ticket_id]
            was_ended = clock.judged.stopped_at in instants
            if was_ended and not _has_begun(clock, story):
                begun.append(clock)
            elif was_ended:
                out = self.outcome(clock.key, clock.terms, story, now)
                if out.stop != clock.judged.stopped_at:
                    reopened.append((clock, out))
            elif clock.owed and _has_begun_by(clock, instants, story):
                begun.append(clock)
        self._write(reopened)
        self.book.spare([clock.id for clock, _out in reopened])
        self.book.update([(clock.id, _lapsed(clock, now)) for clock in begun])
        self.book.withdraw([c.id for c in begun if c.state == states.MISSED])

    def miss(self, ticket_ids, now):
        """Judge what is still owed at an instant, as the due job would."""
        self._begin()
        live = [clock for clock in self.book.live(ticket_ids) if clock.owed]
        timelines = self.book.timelines(ticket_ids)
        self._tell(timelines, self.book.responded(ticket_ids), ticket_ids)
        live = self._up_to_date(live)
        self._judge(live, dict.fromkeys(ticket_ids, now))

    def rejudge(self, ticket_ids, now):
        """Judge anew the clocks that pause for outages, stopped ones too.

        What has stopped keeps its stop, also where another one took its place: only its
        due time and overrun are found anew.
        A breach keeps its instant; it is withdrawn if the promise was kept after all,
        and one is recorded if a revoked outage was all that kept it, or all that let it
        lapse before it was due.

        :param now: until then the timelines are read
        """
        self._begin()
        replaced = self.book.broken(ticket_ids)
        clocks = [*self.book.live(ticket_ids), *self.book.lapsed(ticket_ids), *replaced]
        clocks = [clock for clock in clocks if clock.terms.course.pause_on_outage]
        if not clocks:
            return
        timelines = self.book.timelines(ticket_ids)
        responded = self.book.responded({clock.ticket_id for clock in clocks})
        self._tell(timelines, responded, ticket_ids)
        clocks = self._up_to_date(clocks)
        gone = {clock.id for clock in replaced}
        found = [
            (clock, self._outcome_anew(clock, now, clock.id in gone))
            for clock in clocks
        ]
        changed = [pair for pair in found if self._differs_anew(*pair, gone)]
        self._write(changed, anew=True)
        self.book.spare([clock.id for clock, _out in changed])

    def recount(self, ticket_ids, now, switch=None):
        """Judge anew what is owed, after working time has changed.

        What was missed by then keeps its due time; what comes after that is counted by
        the new working time.

        :param now: as of when; a ticket that has changed since is judged as of then
        :param switch: :class:`~.recount.Switch` if tickets have got another calendar
        :return: pairs of a :class:`~.terms.Clock` as it was and what is
            :class:`~.terms.Judged` of it now, of all that are owed
        """
        self._begin()
        live = [
            clock
            for clock in self.book.live(ticket_ids)
            if clock.owed and (clock.key.calendar_id or switch)
        ]
        concerned = {clock.ticket_id for clock in live}
        self._tell(
            self.book.timelines(concerned), self.book.responded(concerned), concerned
        )
        renewed = self._up_to_date(live, switch)
        self._judge(
            renewed,
            {
                ticket_id: max(now, last_turn(story.moments))
                for ticket_id, story in self.stories.items()
            },
        )
        found = {
            clock.id: out.judged(clock.levels_fired) if out else clock.judged
            for pairs in self.judged.values()
            for clock, out in pairs
        }
        return [(clock, found[clock.id]) for clock in live]

    # --------------------------------------------------------------- stories

    def _tell(self, timelines, responded, heard):
        """Put the stories together; contacts are read for the tickets in ``heard``."""
        none = {}, {}, {}, {}
        answers, asks, steps, deeds = self.book.contacts(heard) if heard else none
        self.stories = {
            ticket_id: tell(
                moments,
                responded.get(ticket_id),
                answers.get(ticket_id, ()),
                asks.get(ticket_id, ()),
                steps.get(ticket_id, ()),
                deeds.get(ticket_id, ()),
            )
            for ticket_id, moments in timelines.items()
        }

    def _concerned(self, changes, timelines, live):
        """Return (changes that may begin a round beside those that match anew, ids of
        the tickets whose contacts must be known).

        Contacts cost nothing where no promise depends on them.
        """
        again = [change for change in changes if _turns(change, timelines)]
        matched = [change for change in changes if change.rematches and not change.new]
        promises = []
        if again or matched:
            promises = list(self.matcher.ruleset.promises())
        if not any(_recurs(promise) for promise in promises):
            again = []
        if not any(_by_contact(promise.metric) for promise in promises):
            matched = []
        heard = {
            clock.ticket_id
            for clock in live
            if _by_contact(clock.metric) and clock.owed
        }
        return again, heard.union(change.ticket_id for change in (*again, *matched))

    # --------------------------------------------------------------- judging

    def _judge(self, clocks, now):
        """Judge clocks by the stories of their tickets and write what has changed.

        :param now: {ticket id: instant as of which it is judged}
        """
        changed = []
        for clock in clocks:
            ticket_id = clock.ticket_id
            story, out = self.stories[ticket_id], None
            if _may_change(clock, story.moments):
                if clock.state == states.MET:
                    clock = self._goes_on(clock, now[ticket_id])
                out = self.outcome(clock.key, clock.terms, story, now[ticket_id])
                if _differs(clock, out):
                    changed.append((clock, out))
                else:
                    out = None
            self.judged.setdefault((ticket_id, clock.metric), []).append((clock, out))
        self._write(changed)

    def _write(self, changed, anew=False):
        """Write (Clock, its Outcome); breaches come and go with what is missed.

        :param anew: what is missed has its breach already, and keeps its gross overrun
        """
        rows, missed, kept = [], [], []
        for clock, out in changed:
            rows.append((clock.id, out.judged(clock.levels_fired)))
            was = clock.state == states.MISSED
            if out.state != states.MISSED:
                kept += [clock.id] if was else []
            elif not (was and anew):
                missed.append(clock.id)
        self.book.update(rows)
        self.book.withdraw(kept)
        self.book.record(missed)

    def outcome(self, key, terms, story, now):
        """Return the outcome of terms; equal questions are answered once."""
        stop, lapse = ending(terms, story)
        question = (
            *(key.company_id, key.calendar_id, terms),
            *(story.counting, stop, lapse, now),
        )
        if question not in self._outcomes:
            self._outcomes[question] = outcome(
                *(terms, story.moments, stop, lapse, now),
                self.counting(key, terms.course, terms.basis, terms.started_at),
                self._late(key, terms, lapse if stop is None else stop),
            )
        return self._outcomes[question]

    def _outcome_anew(self, clock, now, replaced):
        """Return the outcome of a clock after an outage.

        :param replaced: another one is in its place: it is met or owed no more
        """
        story, key, terms = self.stories[clock.ticket_id], clock.key, clock.terms
        stopped_at = clock.judged.stopped_at
        if stopped_at is None:
            return self.outcome(key, terms, story, now)
        worktime = self.counting(key, terms.course, terms.basis, terms.started_at)
        late = self._late(key, terms, stopped_at)
        out = outcome_of_stopped(clock, story, now, worktime, late)
        if not replaced:
            return out
        told = clock.judged.level_at[: clock.levels_fired]
        state = states.CANCELLED if out.state == states.MET else out.state
        return out._replace(state=state, levels=told)

    def _differs_anew(self, clock, out, replaced):
        """Tell whether this outcome after an outage is to be written.

        :param replaced: ids of the clocks in whose places others are
        """
        judged = clock.judged
        if clock.state == states.CANCELLED and clock.id in replaced:
            if out.state != states.MISSED:
                return False
        elif clock.state == states.CANCELLED:
            # It lapsed, and was not begun again: was it late by then?
            lapsed = ending(clock.terms, self.stories[clock.ticket_id])
            if lapsed != (None, judged.stopped_at) or out.state != states.MISSED:
                return False
        return (out.state, out.due, out.overrun, out.levels, out.left) != (
            *(judged.state, judged.due_at, judged.overrun_seconds, judged.level_at),
            judged.left_seconds,
        )

    # ---------------------------------------------------------- working time

    def worktime(self, key, basis, start):
        """Return the working time by which a clock counts, known from ``start`` on."""
        question = (key.company_id, key.calendar_id, basis.version_id, basis.earlier)
        if question not in self._worktimes:
            self._worktimes[question] = self.book.worktime(*question, start)
        return self._worktimes[question]

    def counting(self, key, course, basis, start):
        """Return the working time that counts for a clock; see :meth:`worktime`."""
        worktime = self.worktime(key, basis, start)
        return around_the_clock(worktime.zone) if course.around_the_clock else worktime

    def basis(self, key, binds_at=None, earlier=()):
        """Return the Basis of a promise that is made now."""
        version = self.book.version(key.company_id, key.calendar_id)
        return Basis(version, binds_at, earlier)

    def _late(self, key, terms, stop):
        """Return a function that gives the working time of what comes after the limit.

        None where it is the same as before the limit, as nearly always: what was missed
        keeps its limit when working time changes, and goes on by the new one.
        """
        basis = terms.basis
        if basis.version_id in (
            None,
            self.book.version(key.company_id, key.calendar_id),
        ):
            return None
        version = self.book.version(key.company_id, key.calendar_id, stop)
        basis = basis._replace(version_id=version)
        return lambda: self.counting(key, terms.course, basis, terms.started_at)

    def _up_to_date(self, clocks, switch=None):
        """Return clocks, those that go on with the working time that counts by now."""
        going_on = [clock for clock in clocks if clock.open]
        steps = self.book.steps(going_on)
        switches = self.book.switches(going_on) if switch is None else (switch,)
        if not steps and not switches:
            return clocks
        result, rebased = [], []
        for clock in clocks:
            new = clock
            if clock.open:
                new = self._recounted(clock, steps.get(clock.id, ()), switches)
            if new is not clock:
                rebased.append(new)
            result.append(new)
        self.book.rebase(rebased)
        return result

    def _recounted(self, clock, steps, switches=()):
        moments = self.stories[clock.ticket_id].moments
        return recounted(clock, moments, steps, self.counting, switches)

    def _goes_on(self, clock, now):
        """Return a clock that had stopped with the working time that counts by now."""
        steps = self.book.steps([clock])
        if not steps:
            return clock
        new = renewed(clock, steps[clock.id], now)
        self.book.rebase([new])
        return new

    # ------------------------------------------------------------- promising

    def _promise(self, changes, metrics=None):
        """Match tickets: make clocks of rounds that begin, replace what is bettered.

        What counts from the opening is promised under the policies of that day, a later
        round under those of the day on which it begins.

        :param metrics: only rounds of these begin; None: of all
        """
        match = self.matcher.match
        fresh = [change for change in changes if change.new or change.rematches]
        first = match([(c, self.stories[c.ticket_id].opening) for c in fresh])
        later = match([(c, c.at) for c in changes if not c.new])
        replaced, clocks = [], []  # (Clock, instant, the Clock in its place); new ones
        undone = []
        for change in changes:
            at_first = first.get(change.ticket_id, NOTHING)
            at_last = later.get(change.ticket_id, at_first)
            ticket = _Ticket(self, change, at_first, at_last)
            if ticket.story.moments[-1].cancels:
                continue
            replaced += ticket.replacements()
            undone += ticket.undone()
            clocks += ticket.beginnings(metrics)
        self.book.update([(clock.id, _lapsed(clock, at)) for clock, at in undone])
        self._replace(replaced, clocks)
        self._waive(first)

    def _replace(self, replaced, clocks):
        """Put clocks in the places of others, and add new ones.

        What was missed already keeps its verdict: it stops where another one goes on.
        """
        stopped = [
            (old, self._stopped(old, at))
            for old, at, _new in replaced
            if old.state == states.MISSED
        ]
        self._write(stopped)
        self.book.replace(replaced, clocks)

    def _stopped(self, clock, at):
        """Return the outcome of a missed clock that is stopped at an instant."""
        key, terms = clock.key, clock.terms
        return outcome(
            *(terms, self.stories[clock.ticket_id].moments, at, None, at),
            self.counting(key, terms.course, terms.basis, terms.started_at),
            self._late(key, terms, at),
        )

    def replaced(self, ticket_id):
        """Return the clocks of a changed ticket in whose places others are."""
        if self._replaced is None:
            self._replaced = {}
            for clock in self.book.replaced(list(self.stories)):
                self._replaced.setdefault(clock.ticket_id, []).append(clock)
        return self._replaced.get(ticket_id, ())

    def _waive(self, matches):
        """Keep where nothing is promised; costs nothing unless a policy says so."""
        nothing = {
            ticket_id: promises.nothing
            for ticket_id, (_key_client, promises) in matches.items()
            if promises.nothing is not None
        }
        if nothing:
            self.book.waive(nothing)

    def terms(self, key, promise, start, began, binds=None, earlier=()):
        """Return the Terms of a promise that counts from ``start``.

        :param binds: from when on it can be missed; None: always
        :param earlier: as of :class:`~.terms.Basis`
        """
        question = (key.company_id, key.calendar_id, promise, start, began)
        question += (binds, earlier)
        if question not in self._terms:
            basis = self.basis(key, binds, earlier)
            seconds = self.seconds(key, promise, start)
            level_ids, offsets = compiled(promise.levels, seconds)
            if not self.tells:
                level_ids, offsets = level_ids[:1], offsets[:1]
            self._terms[question] = Terms(
                *(promise.metric, start, seconds, began),
                *(level_ids, offsets, promise.course, basis),
            )
        return self._terms[question]

    def seconds(self, key, promise, start):
        """Return how many seconds of working time a promise is, made from ``start``."""
        worktime = self.counting(key, promise.course, self.basis(key), start)
        return promise.seconds(start, worktime)


class _Ticket:
    """A changed ticket and what it is matched to, while clocks of it are made.

    ``first``, ``later``: (is a key client, Promises) by the policies of the day of its
    opening, and of the day of the change.
    """

    def __init__(self, follower, change, first, later):
        self.follower = follower
        self.change = change
        self.first, self.later = first, later
        self.story = follower.stories[change.ticket_id]

    def judged(self, metric):
        """Return [(Clock, Outcome or None)] of its clocks of a metric."""
        return self.follower.judged.get((self.change.ticket_id, metric), ())

    # Replacing

    def replacements(self):
        """Return [(Clock, at, the Clock that takes its place)]."""
        result = []
        for metric in self.first[1]:
            clock, out = _going_on(self.judged(metric))
            if clock is None:
                continue
            opened = clock.terms.began_at == self.story.opening
            key_client, promises = self.first if opened else self.later
            if metric in promises:
                new = self._successor(clock, out, key_client, promises[metric])
                if new:
                    judged = out.judged(clock.levels_fired) if out else clock.judged
                    old = clock._replace(judged=judged)
                    result.append((old, self.change.at, new))
        return result

    def _successor(self, clock, out, key_client, promise):
        """Return the clock that takes the place of this one, or None.

        A promise that was replaced and is given again goes on as if it had never been:
        nobody buys time by changing a ticket to and fro.
        """
        change, follower = self.change, self.follower
        key = self._key(promise, key_client, clock.key.round)
        if self._is_same(clock, key, promise):
            return None
        former = self._former(clock, key)
        if former:
            return self._resumed(former, key)
        if promise.rematch == "keep" or out is None or not out.open:
            return None
        old = clock.terms
        start = change.at if promise.rematch == "restart" else old.started_at
        moved = clock.key.calendar_id == key.calendar_id
        earlier = old.basis.earlier if moved else ()
        # A promise that was not made yet cannot have been broken.
        terms = follower.terms(key, promise, start, old.began_at, change.at, earlier)
        if extended := clock.extended_seconds:
            terms = terms.longer(extended)
        new = follower.outcome(key, terms, self.story, change.at)
        if promise.rematch == "better" and (
            # What this one promises has happened, or is owed no more: it is no better.
            new.until is None or out.until < new.until
        ):
            return None
        # Nobody is told a second time by the same levels counted from the same start.
        same = (old.started_at, old.level_ids) == (start, terms.level_ids)
        fired = clock.levels_fired if same else 0
        return Clock(None, key, terms, new.judged(fired), fired, extended)

    def _former(self, clock, key):
        """Return the replaced clock of the same round that promised this, or None."""
        if self.follower.reapply is not None:
            return None
        wanted = (clock.metric, *_promised(key), key.calendar_id)
        found = None
        for former in self.follower.replaced(self.change.ticket_id):
            if (
                former.metric,
                *_promised(former.key),
                former.key.calendar_id,
            ) == wanted:
                found = former
        return found

    def _resumed(self, former, key):
        """Return a replaced clock as it goes on, for whom the ticket is now."""
        follower = self.follower
        steps = follower.book.steps([former]).get(former.id, ())
        terms = follower._recounted(former, steps).terms
        new = follower.outcome(key, terms, self.story, self.change.at)
        fired = former.levels_fired
        same = former.key._replace(match_id=key.match_id) == key
        return former._replace(
            id=former.id if same else None,
            key=key,
            terms=terms,
            judged=new.judged(fired),
        )

    def _is_same(self, clock, key, promise):
        """Tell whether a clock keeps this promise already.

        An edited target is another promise only when policies are applied again.
        """
        old = clock.key
        if (
            *(old.target_id, old.calendar_id, old.tier_id),
            *(old.partner_id, old.key_client),
        ) != (
            *(key.target_id, key.calendar_id, key.tier_id),
            *(key.partner_id, key.key_client),
        ):
            return False
        if self.follower.reapply is None:
            return True
        promised = self.follower.seconds(key, promise, clock.terms.started_at)
        return (clock.terms.seconds - clock.extended_seconds, clock.terms.course) == (
            promised,
            promise.course,
        )

    def undone(self):
        """Return [(Clock, at)] of what the same second promised and takes back."""
        change, judged = self.change, self.follower.judged
        if change.new or not change.rematches:
            return []
        promised = self.first[1].keys() | self.later[1].keys()
        return [
            (clock, change.at)
            for (ticket_id, metric), pairs in judged.items()
            if ticket_id == change.ticket_id and metric not in promised
            for clock, out in pairs
            if clock.terms.basis.binds_at == change.at
            and clock.terms.began_at < change.at
            and (clock if out is None else out).open
        ]

    # Beginning

    def beginnings(self, metrics):
        """Return the clocks of the rounds to be promised.

        A new ticket is promised all of its rounds, also those that are over with its
        making; another one what goes on now and no clock of it covers.
        """
        result = []
        for metric in self.first[1].keys() | self.later[1].keys():
            clocks = self.judged(metric)
            if metrics is not None and metric not in metrics or _owed(clocks):
                continue
            if self.change.new:
                key_client, promises = self.first
                starts = begins(metric, self.story, promises[metric].course)
                for number, begin in enumerate(starts, 1):
                    result += self._new(promises[metric], key_client, number, begin)
            else:
                result += self._next_round(metric, clocks)
        return result

    def _next_round(self, metric, clocks):
        """Return the clock of the round that goes on and has none, as a list."""
        (key_client, promises), change = self.first, self.change
        course = (promises.get(metric) or self.later[1][metric]).course
        found = open_round(metric, self.story, course)
        if found is None or any(c.terms.began_at == found[1] for c, _out in clocks):
            return []
        number, begin = found
        # What an addon says is owed may be so from the opening on, but is said after it.
        if begin > self.story.opening or is_obligation(metric):
            key_client, promises = self.later
            if begin < change.at:
                # Late evidence: the round began some time ago.
                match = self.follower.matcher.match([(change, begin)])
                key_client, promises = match[change.ticket_id]
        if metric not in promises:
            return []
        last = max((clock.key.round for clock, _out in clocks), default=0)
        # What a change is the first to promise cannot have been broken before it.
        binds = change.at if change.rematches and begin < change.at else None
        number = max(number, last + 1)
        return self._new(promises[metric], key_client, number, begin, binds)

    def _new(self, promise, key_client, number, begin, binds=None):
        """Return the clock of a round as a list; empty if it has lapsed.

        :param binds: as of :meth:`Follower.terms`
        """
        key = self._key(promise, key_client, number)
        terms = self.follower.terms(key, promise, begin, begin, binds)
        # A new ticket is judged as of its opening, or after outages since.
        moment, change = self.story.moments[-1], self.change
        now = moment.start if change.new else change.at
        out = self.follower.outcome(key, terms, self.story, now)
        if out.state == states.CANCELLED:
            return []
        return [Clock(None, key, terms, out.judged(0))]

    def _key(self, promise, key_client, number):
        change = self.change
        return Key(
            ticket_id=change.ticket_id,
            company_id=change.company_id,
            policy_id=promise.policy_id,
            target_id=promise.target_id,
            match_id=promise.match_id,
            round=number,
            tier_id=change.tier_id,
            partner_id=change.partner_id,
            calendar_id=promise.calendar(change.team_calendar_id),
            item_limit=promise.item_limit,
            key_client=key_client,
        )


def _lapsed(clock, now):
    """Return what is true of a clock of which nothing is owed from ``now`` on."""
    return clock.judged._replace(
        state=states.CANCELLED, stopped_at=now, next_event_at=None, left_seconds=None
    )


def _has_begun(clock, story):
    """Tell whether a round still begins when this one did, where contacts begin them."""
    if clock.metric not in BEGUN_BY_CONTACT:
        return True
    begun = begins(clock.metric, story, clock.terms.course)
    return clock.terms.began_at in begun


def _has_begun_by(clock, instants, story):
    """Tell whether a round began only because of answers that count no more.

    One of them began it, or answered what the client has only asked again since.
    """
    if _has_begun(clock, story):
        return False
    answers = (*story.answers, *map(Answer, instants))
    before = story._replace(answers=tuple(sorted(answers, key=lambda a: a.at)))
    return _has_begun(clock, before)


def _may_change(clock, timeline):
    """Tell whether events can still change this clock.

    Solving again what was reopened is the same promise, unless each reopening is
    promised anew; the rest that is met stays met. What was missed and has stopped
    changes only by late evidence.
    """
    if clock.state == states.MET:
        last = timeline[-1]
        return (
            clock.metric == states.RESOLUTION
            and not clock.terms.course.new_on_reopening
            and not (last.solved or last.cancels)
        )
    return True


def _differs(clock, out):
    """Tell whether this outcome is to be written."""
    judged = clock.judged
    if judged.state != states.MISSED:
        return True
    if judged.stopped_at is not None:
        return out.state == states.MET
    if out.state == states.CANCELLED:
        return False
    return (
        out.state != states.MISSED
        or out.stop is not None
        or out.levels != judged.level_at
    )


def _turns(change, timelines):
    """Tell whether a change, without matching anew, may begin a round."""
    if not change.counting or change.new or change.rematches:
        return False
    moments = reversed(timelines[change.ticket_id])
    before = next((moment for moment in moments if moment.start < change.at), None)
    return before is not None and turns(before, change.moment)


def _recurs(promise):
    """Tell whether solving or reopening may begin a round of a promise."""
    return promise.metric in BEGUN_BY_TURNS or promise.course.recurs


def _by_contact(metric):
    """Tell whether rounds of a metric end by contacts, steps or deeds."""
    return metric in states.BY_CONTACT or is_obligation(metric)


def _owed(clocks):
    """Tell whether one of the judged clocks still owes what it promised."""
    return any((clock if out is None else out).owed for clock, out in clocks)


def _going_on(clocks):
    """Return the (Clock, Outcome or None) among these that is owed, else two Nones."""
    for clock, out in clocks:
        if (clock if out is None else out).owed:
            return clock, out
    return None, None


def _promised(key):
    """Return which promise of which version, for the how-manieth time, a key is of."""
    return key.policy_id, key.target_id, key.round
