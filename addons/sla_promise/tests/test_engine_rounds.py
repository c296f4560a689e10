import random

from odoo.tests import BaseCase

from odoo.addons.resource_worktime.engine.worktime import ALWAYS

from tests.proof import seeds

from ..engine import states
from ..engine.clock import ending, outcome
from ..engine.rounds import Answer, begins, end, open_round, tell
from ..engine.terms import Course, Terms
from ..engine.timeline import Moment

#: (active, solved, closed, cancels, waiting on) of the stages that tickets pass.
WORK = (True, False, False, False, None)
STAGES = (
    WORK,
    WORK,
    (True, False, False, False, "client"),
    (True, True, False, False, None),
    (True, True, True, False, None),
    (True, True, True, True, None),
    (False, False, False, False, None),
)
#: Seconds that a story lasts.
LENGTH = 60


def make_story(chance):
    """Return a story of random events, one second or more apart."""
    starts = sorted({0, *(chance.randrange(1, LENGTH) for _ in range(6))})
    stops = [*starts[1:], None]
    moments, stage, holder = [], WORK, (1, 7)
    for start, stop in zip(starts, stops, strict=True):
        moments.append(Moment(start, stop, *stage, *holder, chance.random() < 0.7))
        if chance.random() < 0.6:
            stage = chance.choice(STAGES)
        if chance.random() < 0.5:
            holder = (chance.choice((None, 1, 2, 3)), chance.choice((None, None, 7)))
    answers = [
        Answer(chance.randrange(LENGTH), chance.choice((None, 1, 2)))
        for _ in range(chance.randrange(6))
    ]
    answers.sort(key=lambda answer: answer.at)
    asks = sorted(chance.randrange(LENGTH) for _ in range(chance.randrange(6)))
    return tell(tuple(moments), answers=answers, asks=asks)


class Naive:
    """Second by second: what happens to the rounds of a story."""

    def __init__(self, story):
        self.story = story
        self.answers = {answer.at for answer in story.answers}
        self.asks = set(story.asks)

    def at(self, second):
        return next(
            moment
            for moment in self.story.moments
            if moment.start <= second and (moment.stop is None or second < moment.stop)
        )

    def done(self, second):
        moment = self.at(second)
        return moment.solved and not moment.cancels

    def seconds(self):
        """Yield (second, its moment, the moment of the second before)."""
        before = None
        for second in range(LENGTH):
            now = self.at(second)
            yield second, now, before
            before = now

    def next_response(self, _course):
        rounds, begin, answered, asked = [], None, False, False
        for second, now, _before in self.seconds():
            if second in self.answers:
                if begin is not None:
                    rounds.append((begin, second, None))
                begin, answered, asked = None, True, False
            elif answered and second in self.asks:
                asked = True
            if asked and begin is None and not now.closed:
                begin, asked = second, False
            elif begin is not None:
                asked = False
        return rounds if begin is None else [*rounds, (begin, None, None)]

    def update(self, _course):
        rounds, begin = [], None
        for second, now, before in self.seconds():
            if begin is not None and now.solved:
                told = second if second in self.answers else None
                rounds.append((begin, told, None if told else second))
                begin = None
            elif not now.solved and (before is None or before.solved):
                begin = second
            elif begin is not None and second in self.answers:
                rounds.append((begin, second, None))
                begin = second
        return rounds if begin is None else [*rounds, (begin, None, None)]

    def feedback(self, course):
        rounds, begin = [], None if course.from_solving else 0
        for second, now, before in self.seconds():
            done = now.solved and not now.cancels
            was = before is not None and before.solved and not before.cancels
            if course.from_solving and was and not done and begin is not None:
                rounds.append((begin, None, second))
                begin = None
            if course.from_solving and done and not was:
                begin = second
            if course.new_on_reopening and not course.from_solving and begin is None:
                if was and not now.solved:
                    begin = second
            if done and begin is not None and second in self.answers:
                rounds.append((begin, second, None))
                begin = None
        return rounds if begin is None else [*rounds, (begin, None, None)]

    def resolution(self, course):
        if not course.new_on_reopening:
            stop = None
            for second, _now, _before in self.seconds():
                if not self.done(second):
                    stop = None
                elif stop is None:
                    stop = second
            return [(0, stop, None)]
        rounds, begin = [], 0
        for second, now, before in self.seconds():
            was = before is not None and before.solved and not before.cancels
            if was and not now.solved:
                begin = second
            if begin is not None and now.solved and not now.cancels:
                rounds.append((begin, second, None))
                begin = None
        return rounds if begin is None else [*rounds, (begin, None, None)]

    def hand_over(self, _course):
        rounds, begin, team, waits = [], None, None, False
        spoke = {(answer.at, answer.team_id) for answer in self.story.answers}
        for second, now, _before in self.seconds():
            done = now.solved and not now.cancels
            if begin is not None:
                told = (second, team) in spoke
                if now.team_id != team and not told:
                    rounds.append((begin, None, second))
                    begin = None
                elif told or now.taken or done:
                    rounds.append((begin, second, None))
                    begin = None
                if begin is None and now.team_id == team:
                    waits = False
            if now.team_id is not None and now.team_id != team:
                waits, team = team is not None, now.team_id
            if waits and now.team_id is not None and now.taken:
                waits = False
            if waits and begin is None and now.team_id is not None and not now.solved:
                begin = second
                if (second, team) in spoke:
                    rounds.append((begin, second, None))
                    begin, waits = None, False
        return rounds if begin is None else [*rounds, (begin, None, None)]


class TestEngineRounds(BaseCase):
    def test_rounds_are_what_second_by_second_finds(self):
        courses = (Course(), Course(True), Course(False, True))
        for seed in seeds("rounds"):
            story = make_story(random.Random(seed))
            naive = Naive(story)
            for metric, course in (
                (states.NEXT_RESPONSE, Course()),
                (states.UPDATE, Course()),
                *((states.FEEDBACK, course) for course in courses),
                (states.RESOLUTION, Course()),
                (states.RESOLUTION, Course(False, True)),
            ):
                found = [
                    (begin, *end(metric, begin, story, course))
                    for begin in begins(metric, story, course)
                ]
                expected = getattr(naive, metric)(course)
                self.assertEqual(found, expected, (seed, metric, course, story))

    def test_hand_overs_are_what_second_by_second_finds(self):
        seen = 0
        for seed in seeds("rounds"):
            story = make_story(random.Random(seed))
            if any(moment.cancels for moment in story.moments):
                continue
            for told in (story, story._replace(answers=())):
                found = {
                    begin: (begin, *end(states.HAND_OVER, begin, told, Course()))
                    for begin in begins(states.HAND_OVER, told, Course())
                }
                expected = Naive(told).hand_over(Course())
                seen += len(expected)
                # An answer of the team ends a round; that it also keeps another one
                # from beginning the timeline alone does not know.
                self.assertEqual(
                    [found[one[0]] for one in expected], expected, (seed, told)
                )
                if not told.answers:
                    self.assertEqual(list(found.values()), expected, seed)
        self.assertGreater(seen, 1000)

    def test_late_evidence_keeps_the_beginnings_and_lengthens_nothing(self):
        for seed in seeds("rounds"):
            chance = random.Random(seed)
            story = make_story(chance)
            late = Answer(chance.randrange(LENGTH))
            answers = sorted((*story.answers, late), key=lambda answer: answer.at)
            known = story._replace(answers=tuple(answers))
            for metric in (states.FIRST_RESPONSE, states.UPDATE, states.FEEDBACK):
                before = begins(metric, story, Course())
                self.assertLessEqual(set(before), set(begins(metric, known, Course())))
                for begin in before:
                    old = end(metric, begin, story, Course())
                    new = end(metric, begin, known, Course())
                    self.assertLessEqual(_over(new), _over(old), (seed, metric))

    def test_at_most_the_last_round_is_open(self):
        for seed in seeds("rounds"):
            story = make_story(random.Random(seed))
            for metric in states_of_rounds():
                for course in (Course(), Course(False, True)):
                    starts = begins(metric, story, course)
                    open_ones = [
                        begin
                        for begin in starts
                        if end(metric, begin, story, course).open
                    ]
                    self.assertLessEqual(len(open_ones), 1, (seed, metric))
                    found = open_round(metric, story, course)
                    self.assertEqual([found[1]] if found else [], open_ones)

    def test_an_answer_in_time_is_never_charged(self):
        for seed in seeds("rounds"):
            chance = random.Random(seed)
            story = make_story(chance)
            seconds = chance.randrange(1, LENGTH)
            for metric in states_of_rounds():
                for begin in begins(metric, story, Course()):
                    course = Course(pause_on_client=True)
                    terms = Terms(metric, begin, seconds, begin, course=course)
                    stop, lapse = ending(terms, story)
                    out = outcome(terms, story.moments, stop, lapse, LENGTH, ALWAYS)
                    if stop is not None and stop <= begin + seconds:
                        self.assertEqual(out.state, states.MET, (seed, metric))
                    if out.state == states.MISSED and out.stop is not None:
                        self.assertGreater(out.stop, out.due)
                    if lapse is not None and lapse <= begin + seconds:
                        self.assertEqual(out.state, states.CANCELLED, (seed, metric))


def states_of_rounds():
    return (
        states.FIRST_RESPONSE,
        states.NEXT_RESPONSE,
        states.UPDATE,
        states.FEEDBACK,
        states.RESOLUTION,
        states.HAND_OVER,
    )


def _over(found):
    at = found.lapse if found.stop is None else found.stop
    return float("inf") if at is None else at
