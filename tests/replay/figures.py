"""Every figure of the replayed log, counted plainly: loops over rows, no SQL of the product.

What happened is found again in the rows of clocks, spans, breaches, answers and reviews;
then it is sorted into heaps by whom and what it belongs to, and each figure is worked out
of its heap as REQUIREMENTS says it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from .oracle import worked

SECOND = timedelta(seconds=1)
#: figure → how it is worked out of a heap: (value, of how many)
FIGURES = {
    "satisfaction": lambda heap: share(heap.sum("rated", 1), heap.number("rated")),
    "timeliness": lambda heap: share(
        heap.number("met"), heap.number("met") + heap.number("missed")
    ),
    "timeliness_gross": lambda heap: share(
        heap.number("met"), heap.number("met") + heap.number("missed gross")
    ),
    "solving": lambda heap: share(
        heap.tickets("solved", 1), heap.tickets("solved", 1) + heap.tickets("open")
    ),
    "volume": lambda heap: (
        heap.tickets("solved") or None,
        heap.tickets("solved"),
    ),
    "quality": lambda heap: mean(heap.values("review")),
    "response": lambda heap: mean(
        [Fraction(seconds, 60) for seconds in heap.values("response")]
    ),
    "voice_asked": lambda heap: (heap.number("asked") or None, heap.number("asked")),
    "voice_reached": lambda heap: (
        heap.number("reached") or None,
        heap.number("reached"),
    ),
    "voice_answer_share": lambda heap: share(
        heap.sum("reached", 1), heap.number("reached")
    ),
    "voice_attitude": lambda heap: mean(heap.values("graded attitude")),
    "voice_efficiency": lambda heap: mean(heap.values("graded efficiency")),
    "voice_professionalism": lambda heap: mean(heap.values("graded professionalism")),
    "voice_held_attitude": lambda heap: mean(heap.values("held attitude")),
    "voice_held_efficiency": lambda heap: mean(heap.values("held efficiency")),
    "voice_held_professionalism": lambda heap: mean(
        heap.values("held professionalism")
    ),
}
#: What the log holds nothing of; their own addons prove them.
APART = {"nps", "recheck", "complaints", "recovered"}


def share(part, of):
    return (Fraction(100 * part, of) if of else None), of


def mean(values):
    return (sum(values, Fraction()) / len(values) if values else None), len(values)


@dataclass
class Heap:
    """Occurrences of one person, team … in one month, by kind: (ticket, value)."""

    rows: dict = field(default_factory=lambda: defaultdict(list))

    def number(self, kind):
        return len(self.rows[kind])

    def values(self, kind):
        return [value for _ticket, value in self.rows[kind]]

    def sum(self, kind, value):
        return sum(one == value for one in self.values(kind))

    def tickets(self, kind, value=None):
        return len({t for t, one in self.rows[kind] if value in (None, one)})


class Plain:
    """All rows, read once; ``heaps[dimension, record id, month]``."""

    def __init__(self, env, company):
        self.env, self.company = env, company
        self.heaps = defaultdict(Heap)
        self._read()
        self._promises()
        self._solving()
        self._answers()
        self._questions()
        self._grades()
        self._reviews()
        self._responses()

    def _rows(self, model, domain=()):
        records = self.env[model].with_context(active_test=False).search(list(domain))
        return records.sorted("id")

    def _read(self):
        self.tickets = {t.id: t for t in self._rows("helpdesk.ticket")}
        self.spans = defaultdict(list)
        for span in self._rows("sla.span"):
            self.spans[span.ticket_id.id].append(span)
        for spans in self.spans.values():
            spans.sort(key=lambda span: span.start)
        self.clients = {
            p.id: (p.head_client_id or p.commercial_partner_id).id
            for p in self._rows("res.partner")
        }
        self.units = defaultdict(list)
        for was in self._rows("vip.unit.team"):
            self.units[was.team_id.id].append(was)
        self.members = defaultdict(list)
        for member in self._rows("vip.tier.membership"):
            self.members[member.partner_id.id].append(member)
        ladder = self.env["vip.tier"]._ladder(self.company)
        self.lowest = ladder.sorted("rank")[0].id

    # Where something belongs

    def _put(self, kind, at, ticket, value, **whose):
        month = at.date().replace(day=1)
        whose["unit_id"] = self._units_of(whose["team_id"], at)
        whose[""] = [0]
        for dimension, ids in whose.items():
            for record in ids if isinstance(ids, list) else [ids]:
                if record is not None and record is not False:
                    self.heaps[dimension, record, month].rows[kind].append(
                        (ticket, value)
                    )

    def _units_of(self, team, at):
        was = [w for w in self.units[team] if not w.start or w.start <= at]
        if not was:
            return []
        unit = max(was, key=lambda w: (w.start or datetime.min, w.id)).unit_id
        found = []
        while unit:
            found.append(unit.id)
            unit = unit.parent_id
        return found

    def _held(self, ticket, at):
        before = [span for span in self.spans[ticket] if span.start <= at]
        return before[-1] if before else None

    def _of_span(self, span, at, tier):
        return {
            "user_id": span.user_id.id,
            "team_id": span.team_id.id,
            "category_id": span.category_id.id,
            "channel_id": self.tickets[span.ticket_id.id].channel_id.id,
            "partner_id": self.clients.get(span.partner_id.id),
            "tier_id": self._tier(span.partner_id.id, at) if tier is None else tier,
        }

    def _tier(self, partner, at):
        client = self.clients.get(partner)
        if not client or not self.env["res.partner"].browse(client).client_type:
            return None
        for member in self.members[client]:
            until = member.date_to
            if member.date_from <= at.date() and (not until or until > at.date()):
                return member.tier_id.id
        return self.lowest

    # What happened

    def _promises(self):
        for clock in self._rows("sla.clock", [("state", "=", "met")]):
            at = clock.stopped_at
            if span := self._held(clock.ticket_id.id, at):
                whose = self._of_span(span, at, clock.tier_id.id)
                whose["partner_id"] = self.clients.get(clock.partner_id.id)
                self._put("met", at, clock.ticket_id.id, None, **whose)
        for breach in self._rows("sla.breach", [("state", "in", ("open", "excused"))]):
            kinds = (
                ("missed", "missed gross")
                if breach.state == "open"
                else ("missed gross",)
            )
            for kind in kinds:
                self._put(
                    *(kind, breach.breached_at, breach.ticket_id.id, None),
                    user_id=breach.user_id.id,
                    team_id=breach.team_id.id,
                    category_id=breach.category_id.id,
                    channel_id=self.tickets[breach.ticket_id.id].channel_id.id,
                    partner_id=self.clients.get(breach.partner_id.id),
                    tier_id=breach.tier_id.id,
                )

    def _solving(self):
        instants = [span.start for spans in self.spans.values() for span in spans]
        ends = []
        end = min(instants).replace(day=1, hour=0, minute=0, second=0)
        while end <= max(instants):
            end = _month_after(end)
            ends.append(end)
        for number, ticket in self.tickets.items():
            self._became_solved(number)
            for end in ends:
                self._left_open(ticket, end)

    def _became_solved(self, ticket):
        solved = False
        for place, span in enumerate(self.spans[ticket]):
            if span.solved and not span.cancels and not solved:
                end = _month_after(span.start)
                later = self.spans[ticket][place + 1 :]
                stayed = not any(s.start < end and not s.solved for s in later)
                whose = self._of_span(span, span.start, None)
                self._put("solved", span.start, ticket, int(stayed), **whose)
            solved = span.solved

    def _left_open(self, ticket, end):
        closed = ticket.closed_date
        is_open = not ticket.stage_id.closed or not closed or closed >= end
        span = self._held(ticket.id, end - SECOND)
        if not span or not is_open or ticket.opened_at >= end:
            return
        if not span.solved and not span.waiting_on:
            whose = self._of_span(span, end - SECOND, None)
            self._put("open", end - SECOND, ticket.id, None, **whose)

    def _answers(self):
        for answer in self._rows("vip.answer", [("counts", "=", True)]):
            question = answer.question_id
            self._put(
                *("rated", answer.counted_at, question.ticket_id.id),
                int(answer.grade in (4, 5)),
                user_id=question.user_id.id,
                team_id=question.team_id.id,
                category_id=question.category_id.id,
                channel_id=question.ticket_id.channel_id.id,
                partner_id=self.clients.get(question.partner_id.id),
                tier_id=question.tier_id.id,
            )

    def _of_question(self, question):
        return {
            "user_id": question.user_id.id,
            "team_id": question.team_id.id,
            "category_id": question.category_id.id,
            "channel_id": question.ticket_id.channel_id.id,
            "partner_id": self.clients.get(question.partner_id.id),
            "tier_id": question.tier_id.id,
        }

    def _questions(self):
        left = {key.question_id for key in self._rows("vip.question.key")}
        for question in self._rows("vip.question"):
            if question.state not in ("asked", "answered"):
                continue
            answered = question.state == "answered"
            told = (question.closed_at, question.ticket_id.id, int(answered))
            self._put("asked", *told, **self._of_question(question))
            if answered or question in left:
                self._put("reached", *told, **self._of_question(question))

    def _grades(self):
        for given in self._rows("vip.answer.grade"):
            answer, question = given.answer_id, given.answer_id.question_id
            if not answer.counts:
                continue
            code = given.dimension_id.code
            told = (answer.counted_at, question.ticket_id.id, Fraction(given.grade))
            whose = self._of_question(question)
            self._put(f"graded {code}", *told, **whose)
            for holder in self._holders(question):
                self._put(f"held {code}", *told, **{**whose, "user_id": holder})

    def _holders(self, question):
        """Return who held a request since work began, or began again; and who closed it."""
        holders = {question.user_id.id} - {False}
        since = set()
        for span in self.spans[question.ticket_id.id]:
            if span.start >= question.closed_at:
                break
            since = set() if span.solved else since | {span.user_id.id}
        return holders | since - {False}

    def _reviews(self):
        shown = ("shown", "signed", "disputed", "settled")
        for review in self._rows("score.review", [("state", "in", shown)]):
            if not review.is_calibration:
                at = datetime.combine(review.month, datetime.min.time())
                self._put(
                    *("review", at, review.ticket_id.id, Fraction(str(review.percent))),
                    user_id=review.user_id.id,
                    team_id=review.team_id.id,
                )

    def _responses(self):
        domain = [("metric", "=", "first_response"), ("state", "in", ("met", "missed"))]
        for clock in self._rows("sla.clock", domain):
            at, ticket = clock.stopped_at, self.tickets[clock.ticket_id.id]
            first = ticket.first_response_at
            span = self._held(ticket.id, at) if at else None
            if span and first and first <= at:
                whose = self._of_span(span, at, clock.tier_id.id)
                whose["partner_id"] = self.clients.get(clock.partner_id.id)
                self._put("response", at, ticket.id, self._used(clock), **whose)

    def _used(self, clock):
        """Return the seconds of working time that a response took."""
        if clock.state == "missed":
            return clock.seconds + clock.overrun_seconds
        count = worked if clock.calendar_id and not clock.around_the_clock else _epoch
        stop = count(clock.stopped_at)
        if not clock.due_at:
            return self._counted(clock, count)
        left = count(clock.due_at) - stop
        return max(0, min(clock.seconds - left, stop - count(clock.started_at)))

    def _counted(self, clock, count):
        """Return what a clock had counted that stopped while it stood still."""
        spans, total = self.spans[clock.ticket_id.id], 0
        ends = [span.start for span in spans[1:]] + [clock.stopped_at]
        for span, end in zip(spans, ends, strict=True):
            begin = max(span.start, clock.started_at)
            end = min(end, clock.stopped_at)
            if begin < end and not span.solved and span.waiting_on != "client":
                total += count(end) - count(begin)
        return total


def _epoch(at):
    return int((at - datetime(1970, 1, 1)).total_seconds())


def _month_after(at):
    first = at.replace(day=1, hour=0, minute=0, second=0)
    return (first + timedelta(days=32)).replace(day=1)
