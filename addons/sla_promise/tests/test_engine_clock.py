from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.resource_worktime.engine.worktime import ALWAYS, WorkTime, merged

from tests.proof import proven

from ..engine.clock import Span, explain, judge
from ..engine.states import MET, MISSED, PAUSED, RUNNING

#: Everything drawn lies before; from here on every second is worked.
BUSY = 120
HORIZON = (0, 1000)

instants = st.integers(0, BUSY - 1)


@st.composite
def worktimes(draw):
    pairs = draw(st.lists(st.tuples(instants, instants), max_size=5))
    return WorkTime(merged([*pairs, (BUSY, HORIZON[1])]), HORIZON)


@st.composite
def timelines(draw):
    """Consecutive spans, mostly without a gap, mostly with an open end."""
    edges = sorted(draw(st.lists(instants, min_size=1, max_size=6)))
    spans = []
    for start, stop in zip(edges, [*edges[1:], None], strict=True):
        shape = draw(st.sampled_from(["counted", "counted", "waiting", "gap"]))
        if shape != "gap":
            spans.append(Span(start, stop, shape == "counted"))
    if spans and spans[-1].stop is None and draw(st.integers(0, 4)) == 0:
        spans[-1] = spans[-1]._replace(stop=draw(st.integers(spans[-1].start, BUSY)))
    return spans


questions = st.tuples(
    instants,
    st.integers(1, 90),
    timelines(),
    st.none() | instants,
    instants,
    worktimes(),
)


class Naive:
    """The same judgement made by walking through it second by second."""

    def __init__(self, start, seconds, spans, stopped_at, now, worktime):
        self.spans = spans
        self.start = start
        self.worked = {
            second for low, high in worktime.intervals for second in range(low, high)
        }
        self.end = max(start, now if stopped_at is None else stopped_at)
        # What goes on after the end is what was going on at the stop, or is now.
        after = self.end if stopped_at is None or self.end == start else self.end - 1
        self.after = self._span(after)
        self.due, done = None, 0
        for second in range(start, HORIZON[1]):
            if done == seconds and self.runs(second):
                self.due = second
                break
            done += self.counts(second)
        self.done = sum(self.counts(second) for second in range(start, self.end))
        late = self.due is not None and self.due < self.end
        if late:
            self.state = MISSED
        elif stopped_at is not None:
            self.state = MET
        else:
            self.state = RUNNING if self.after and self.after.counted else PAUSED
        self.overrun = None
        if late and stopped_at is not None:
            self.overrun = sum(self.counts(s) for s in range(self.due, self.end))
        self.remaining = max(0, seconds - self.done)

    def runs(self, second):
        span = self._span(second) if second < self.end else self.after
        return bool(span and span.counted)

    def counts(self, second):
        return second in self.worked and self.runs(second)

    def _span(self, second):
        for span in self.spans:
            if span.start <= second and (span.stop is None or second < span.stop):
                return span
        return None


class TestEngineClock(BaseCase):
    @proven("engine")
    @given(questions)
    def test_verdict_is_that_of_a_walk_second_by_second(self, question):
        naive = Naive(*question)
        verdict = judge(*question)
        self.assertEqual(
            verdict,
            (naive.state, naive.due, question[3], naive.remaining, naive.overrun),
        )

    @proven("engine")
    @given(questions)
    def test_explanation_sums_exactly(self, question):
        start, seconds, _spans, stopped_at, _now, _worktime = question
        naive = Naive(*question)
        verdict = judge(*question)
        parts = explain(*question)
        used = seconds if verdict.due is not None else naive.done
        self.assertEqual(sum(part.seconds for part in parts), used)
        if verdict.due is not None:
            self.assertEqual(parts[-1].stop, verdict.due)
        elif stopped_at is None:
            self.assertEqual(used, seconds - verdict.remaining)
        reached = start
        for part in parts:
            self.assertGreaterEqual(part.start, reached)
            stop = HORIZON[1] if part.stop is None else part.stop
            counted = sum(naive.counts(second) for second in range(part.start, stop))
            self.assertEqual(part.seconds, counted)
            reached = stop

    @proven("engine")
    @given(questions, instants)
    def test_when_a_stopped_clock_is_asked_changes_nothing(self, question, now):
        start, seconds, spans, stopped_at, _now, worktime = question
        if stopped_at is not None:
            self.assertEqual(
                judge(*question),
                judge(start, seconds, spans, stopped_at, now, worktime),
            )

    @proven("engine")
    @given(questions, instants)
    def test_what_happens_after_the_stop_changes_nothing(self, question, later):
        start, seconds, spans, stopped_at, now, worktime = question
        if stopped_at is None:
            return
        end = max(start, stopped_at)
        # A span that begins at the stop is not known yet, unless the start does too.
        later = max(later, 1) if end == start else later
        known = [span for span in spans if span.start <= end]
        if known and (known[-1].stop is None or known[-1].stop > end):
            known[-1] = known[-1]._replace(stop=end + later)
            known.append(Span(end + later, None, not known[-1].counted))
            self.assertEqual(
                judge(start, seconds, spans, stopped_at, now, worktime),
                judge(start, seconds, known, stopped_at, now, worktime),
            )

    def test_stop_exactly_at_the_due_time_keeps_the_promise(self):
        spans = [Span(0, None, True)]
        self.assertEqual(judge(0, 60, spans, 60, 99, ALWAYS).state, MET)
        self.assertEqual(judge(0, 60, spans, 61, 99, ALWAYS).state, MISSED)

    def test_running_clock_is_missed_from_the_second_after_its_due_time(self):
        spans = [Span(0, None, True)]
        self.assertEqual(judge(0, 60, spans, None, 60, ALWAYS).state, RUNNING)
        self.assertEqual(judge(0, 60, spans, None, 61, ALWAYS).state, MISSED)

    def test_pause_after_the_due_time_does_not_undo_it(self):
        spans = [Span(0, 70, True), Span(70, None, False)]
        verdict = judge(0, 60, spans, None, 900, ALWAYS)
        self.assertEqual((verdict.state, verdict.due), (MISSED, 60))

    def test_overrun_counts_neither_pauses_nor_closed_hours(self):
        work = WorkTime([(0, 100), (200, 300)], (0, 400))
        spans = [Span(0, 220, True), Span(220, 250, False), Span(250, None, True)]
        verdict = judge(0, 90, spans, 260, 260, work)
        self.assertEqual((verdict.due, verdict.overrun), (90, 10 + 20 + 10))

    def test_stop_after_closing_time_is_late_without_overrun(self):
        work = WorkTime([(0, 100), (200, 300)], (0, 400))
        verdict = judge(0, 100, [Span(0, None, True)], 150, 150, work)
        self.assertEqual((verdict.state, verdict.due), (MISSED, 100))
        self.assertEqual(verdict.overrun, 0)

    def test_promise_made_after_hours_counts_from_the_opening(self):
        work = WorkTime([(0, 100), (200, 300)], (0, 400))
        verdict = judge(150, 30, [Span(150, None, True)], None, 150, work)
        self.assertEqual((verdict.due, verdict.remaining), (230, 30))

    def test_reopened_clock_resumes_without_the_solved_time(self):
        spans = [Span(0, 40, True), Span(40, 140, False), Span(140, None, True)]
        met = judge(0, 60, spans[:2], 40, 50, ALWAYS)
        self.assertEqual((met.state, met.due), (MET, 60))
        again = judge(0, 60, spans, None, 150, ALWAYS)
        self.assertEqual((again.state, again.due), (RUNNING, 160))

    def test_stop_before_the_start_is_met_with_everything_left(self):
        verdict = judge(50, 60, [Span(0, None, True)], 20, 99, ALWAYS)
        self.assertEqual(verdict, (MET, 110, 20, 60, None))

    def test_promise_needs_a_duration(self):
        with self.assertRaises(ValueError):
            judge(0, 0, [Span(0, None, True)], None, 10, ALWAYS)
