"""What the follower does, tried on lives in memory: no database is needed."""

import random
from datetime import timedelta

from odoo.tests import BaseCase

from tests.proof import seeds

from ..engine.matching import Reapply
from ..engine.rounds import begins, end
from ..engine.terms import Level
from .lives import DAY, KEY, OFFICE, TICKET, Life, hours, promise, rule

ANSWERS = rule(promise("first_response", 30), promise("next_response", 20, target=2))


class TestNextResponse(BaseCase):
    def test_each_unanswered_message_of_the_client_is_a_round(self):
        life = Life(ANSWERS).ask(1).answer(5).ask(10).ask(12).answer(20).ask(40)
        lived = life.live(41)
        self.assertEqual(
            lived.rounds("next_response"), [("met", 10, 20), ("running", 40, None)]
        )
        self.assertEqual(lived.due("next_response"), 60)
        self.assertEqual(lived.clocks("next_response")[-1].key.round, 2)

    def test_late_answer_is_a_breach_with_its_overrun(self):
        lived = Life(ANSWERS).answer(1).ask(10).answer(45).live(50)
        self.assertEqual(lived.breaches(), [("next_response", 30, 15)])

    def test_late_evidence_withdraws_the_breach_of_its_round_only(self):
        life = Life(ANSWERS).answer(1).ask(10).answer(35).ask(40)
        life.answer(29, recorded=70)
        lived = life.live(80)
        self.assertEqual(
            lived.rounds("next_response"), [("met", 10, 29), ("missed", 40, None)]
        )
        self.assertEqual(lived.breaches(), [("next_response", 60, None)])

    def test_closing_answers_and_a_closed_ticket_waits_for_reopening(self):
        life = Life(ANSWERS).answer(1).ask(2).change(5, stage="closed").ask(50)
        self.assertEqual(life.live(55).rounds("next_response"), [("met", 2, 5)])
        life.change(60, stage="work")
        self.assertEqual(
            life.live(61).rounds("next_response"),
            [("met", 2, 5), ("running", 60, None)],
        )

    def test_rounds_are_promised_by_the_policy_of_the_day(self):
        day = 24 * 60
        tomorrow = rule(
            promise("next_response", 5, target=3),
            team_ids=frozenset({1}),
            date_from=DAY + timedelta(days=1),
        )
        life = Life(ANSWERS, tomorrow).answer(1).ask(2).answer(3).ask(day)
        clocks = life.live(day).clocks("next_response")
        self.assertEqual([clock.terms.seconds for clock in clocks], [1200, 300])

    def test_a_late_message_begins_a_round_under_the_policy_of_then(self):
        day = 24 * 60
        tomorrow = rule(
            promise("next_response", 5, target=3), date_from=DAY + timedelta(days=1)
        )
        life = Life(tomorrow, ANSWERS).answer(1).ask(day - 5, recorded=day + 5)
        [clock] = life.live(day + 5).clocks("next_response")
        self.assertEqual((clock.key.target_id, clock.terms.seconds), (2, 1200))

    def test_where_no_policy_promises_it_messages_make_no_clock(self):
        lived = Life(rule(promise())).answer(1).ask(2).live(3)
        self.assertEqual(lived.rounds("next_response"), [])


class TestUpdate(BaseCase):
    policy = rule(promise("update", 60))

    def test_each_answer_ends_a_round_and_begins_the_next(self):
        lived = Life(self.policy).answer(30).answer(120).live(121)
        self.assertEqual(
            lived.rounds("update"),
            [("met", 0, 30), ("missed", 30, 120), ("running", 120, None)],
        )
        self.assertEqual(lived.breaches(), [("update", 90, 30)])

    def test_solving_ends_it_without_breach_and_reopening_begins_anew(self):
        life = Life(self.policy).change(30, stage="solved").change(300, stage="work")
        lived = life.live(301)
        self.assertEqual(
            lived.rounds("update"), [("cancelled", 0, 30), ("running", 300, None)]
        )
        self.assertEqual(lived.breaches(), [])

    def test_solving_late_leaves_the_breach(self):
        lived = Life(self.policy).change(90, stage="solved").live(91)
        self.assertEqual(lived.rounds("update"), [("missed", 0, 90)])
        self.assertEqual(lived.breaches(), [("update", 60, 30)])


class TestFeedbackAndReopening(BaseCase):
    def test_feedback_counts_while_solved_until_the_client_is_told(self):
        life = Life(rule(promise("feedback", 60))).answer(5)
        life.change(10, stage="solved")
        self.assertEqual(life.live(11).rounds("feedback"), [("running", 0, None)])
        lived = life.answer(70).live(71)
        self.assertEqual(lived.rounds("feedback"), [("missed", 0, 70)])
        self.assertEqual(lived.breaches(), [("feedback", 60, 10)])

    def test_feedback_from_solving_lapses_when_work_begins_again(self):
        life = Life(rule(promise("feedback", 60, from_solving=True)))
        life.change(10, stage="solved").change(20, stage="work")
        life.change(30, stage="solved")
        self.assertEqual(
            life.live(31).rounds("feedback"),
            [("cancelled", 10, 20), ("running", 30, None)],
        )

    def test_a_reopened_resolution_goes_on(self):
        life = Life(rule(promise())).change(10, stage="solved")
        self.assertEqual(life.live(11).rounds(), [("met", 0, 10)])
        lived = life.change(100, stage="work").live(101)
        self.assertEqual(lived.rounds(), [("running", 0, None)])
        self.assertEqual(lived.due(), 150)

    def test_a_reopened_resolution_begins_anew_where_it_is_so_promised(self):
        life = Life(rule(promise(new_on_reopening=True)))
        life.change(10, stage="solved").change(100, stage="work")
        lived = life.live(101)
        self.assertEqual(lived.rounds(), [("met", 0, 10), ("running", 100, None)])
        self.assertEqual([clock.key.round for clock in lived.clocks()], [1, 2])


class TestHandOver(BaseCase):
    policy = rule(promise("hand_over", 15))

    def test_another_team_must_take_it(self):
        life = Life(self.policy).change(10, team=2, user=None).change(20, user=6)
        self.assertEqual(life.live(21).rounds("hand_over"), [("met", 10, 20)])

    def test_an_answer_of_the_team_takes_it(self):
        life = Life(self.policy).change(10, team=2, user=None).answer(12, team=2)
        self.assertEqual(life.live(13).rounds("hand_over"), [("met", 10, 12)])

    def test_passing_it_on_lapses_and_begins_anew(self):
        life = Life(self.policy).change(10, team=2, user=None)
        life.change(15, team=3).change(40, user=6)
        lived = life.live(41)
        self.assertEqual(
            lived.rounds("hand_over"), [("cancelled", 10, 15), ("missed", 15, 40)]
        )
        self.assertEqual(lived.breaches(), [("hand_over", 30, 10)])


class TestPausing(BaseCase):
    def test_waiting_for_the_client_moves_the_due_time(self):
        life = Life(rule(promise())).change(10, stage="client")
        [clock] = life.live(20).clocks()
        self.assertEqual((clock.state, clock.judged.due_at), ("paused", None))
        lived = life.change(40, stage="work").change(41, user=6).live(45)
        self.assertEqual((lived.rounds(), lived.due()), ([("running", 0, None)], 90))

    def test_what_does_not_wait_for_a_third_party_runs_on(self):
        life = Life(rule(promise())).change(10, stage="third party").change(20, user=6)
        self.assertEqual(life.live(30).due(), 60)
        life = Life(rule(promise(pause_on_third_party=True)))
        life.change(10, stage="third party").change(20, user=6)
        self.assertEqual(life.live(30).clocks()[0].state, "paused")

    def test_pause_after_the_due_time_does_not_undo_the_breach(self):
        life = Life(rule(promise())).change(61, stage="client").change(90, stage="work")
        lived = life.change(95, stage="solved").live(96)
        self.assertEqual(lived.rounds(), [("missed", 0, 95)])
        self.assertEqual(lived.breaches(), [("resolution", 60, 6)])

    def test_cancelling_before_the_due_time_owes_nothing(self):
        life = Life(rule(promise())).change(50, stage="cancelled")
        self.assertEqual(life.live(99).rounds(), [("cancelled", 0, 50)])
        life = Life(rule(promise())).change(70, stage="cancelled")
        self.assertEqual(life.live(99).rounds(), [("missed", 0, 70)])

    def test_a_revived_ticket_is_promised_again(self):
        life = Life(rule(promise())).change(50, stage="cancelled")
        lived = life.change(70, stage="work").live(71)
        self.assertEqual(lived.rounds(), [("cancelled", 0, 50), ("running", 0, None)])


class TestOutages(BaseCase):
    def test_one_declared_afterwards_withdraws_the_breach(self):
        life = Life(rule(promise())).change(70, stage="solved")
        self.assertEqual(life.live(80).breaches(), [("resolution", 60, 10)])
        lived = life.outage(20, 40, approved=90).live(91)
        self.assertEqual(lived.rounds(), [("met", 0, 70)])
        self.assertEqual(lived.breaches(), [])

    def test_one_that_is_revoked_brings_the_breach_back(self):
        life = Life(rule(promise())).outage(20, 40, approved=30, revoked=90)
        lived = life.change(70, stage="solved").live(91)
        self.assertEqual(lived.rounds(), [("missed", 0, 70)])
        self.assertEqual(lived.breaches(), [("resolution", 60, 10)])

    def test_what_does_not_pause_for_outages_stays_late(self):
        life = Life(rule(promise(pause_on_outage=False))).change(70, stage="solved")
        lived = life.outage(20, 40, approved=90).live(91)
        self.assertEqual(lived.breaches(), [("resolution", 60, 10)])


class TestRematching(BaseCase):
    item = {"category_ids": frozenset({4})}

    def life(self, minutes, **more):
        """Return a life under 60 minutes, and under others as item 4 from minute 10."""
        closer = rule(promise(minutes=minutes, target=2, **more), **self.item)
        return Life(rule(promise()), closer).change(10, category=4)

    def test_a_shorter_promise_takes_the_place_from_the_same_start(self):
        lived = self.life(45).live(11)
        old, new = lived.clocks()
        self.assertEqual((old.state, old.judged.stopped_at), ("cancelled", 600))
        self.assertEqual(lived.ledger.replaced_by, {old.id: new.id})
        self.assertEqual((new.terms.started_at, new.key.round), (0, 1))
        self.assertEqual(lived.due(), 45)

    def test_a_longer_promise_does_not_unless_it_starts_again(self):
        self.assertEqual(self.life(90).live(11).rounds(), [("running", 0, None)])
        lived = self.life(90, rematch="restart").live(11)
        self.assertEqual(lived.rounds(), [("cancelled", 0, 10), ("running", 10, None)])
        self.assertEqual((lived.due(), lived.clocks()[-1].terms.began_at), (100, 0))

    def test_a_promise_that_keeps_lets_the_running_one_go_on(self):
        lived = self.life(5, rematch="keep").live(11)
        self.assertEqual((lived.rounds(), lived.due()), ([("running", 0, None)], 60))

    def test_what_was_missed_or_met_never_changes(self):
        closer = rule(promise(minutes=5, target=2), **self.item)
        missed = Life(rule(promise()), closer).change(61, category=4).live(62)
        self.assertEqual([c.key.target_id for c in missed.clocks()], [1])
        met = Life(rule(promise()), closer).change(9, stage="solved")
        met = met.change(10, category=4).live(11)
        self.assertEqual(met.rounds(), [("met", 0, 9)])

    def test_a_tier_change_matches_again(self):
        key = rule(promise(minutes=30, target=2), client_scope="key")
        lived = Life(rule(promise()), key).retier(20, KEY).live(21)
        self.assertEqual([c.key.key_client for c in lived.clocks()], [False, True])
        self.assertEqual(lived.due(), 30)

    def test_a_change_that_brings_a_first_promise_counts_from_the_opening(self):
        lived = Life(rule(promise(), **self.item)).change(10, category=4).live(11)
        self.assertEqual(lived.rounds(), [("running", 0, None)])

    def test_where_a_policy_promises_nothing_that_is_kept(self):
        nothing = rule(promise(target=2, nothing=True), **self.item)
        lived = Life(rule(promise()), nothing, category=4).live(1)
        self.assertEqual(lived.clocks(), [])
        self.assertEqual(list(lived.ledger.waived[TICKET]), ["resolution"])

    def test_nobody_is_told_twice_by_the_same_levels(self):
        levels = (Level(8, "percent", 50), Level(9, "after", 0))
        longer = rule(promise(target=2, levels=levels), **self.item)
        life = Life(rule(promise(levels=levels)), longer)
        lived = life.live(40)
        ledger = lived.ledger
        [clock] = lived.clocks()
        # The due job has told the first level, which is all that is told in memory.
        ledger.clocks[clock.id] = clock._replace(levels_fired=1)
        change = life.past().rematch(0, 2400)._replace(category_path="4/")
        lived.follower.follow([change], {})
        old, new = lived.clocks()
        self.assertEqual((old.state, new.state), ("cancelled", "running"))
        self.assertEqual((new.levels_fired, new.judged.next_event_at), (1, 3600))


class TestUndoing(BaseCase):
    """Nobody buys time, and nothing is missed, by changing a ticket to and fro."""

    def life(self, *changes, minutes=15, **more):
        """Return a life under 60 minutes, and as item 4 under others."""
        urgent = rule(
            promise(minutes=minutes, target=2, **more), category_ids=frozenset({4})
        )
        life = Life(rule(promise()), urgent)
        for at, category in changes:
            life.change(at, category=category)
        return life

    def test_a_successor_is_missed_from_the_re_match_on(self):
        lived = self.life((30, 4)).live(30)
        self.assertEqual((lived.rounds()[-1][0], lived.due()), ("running", 30))
        lived = self.life((30, 4)).live(41)
        self.assertEqual(lived.breaches(), [("resolution", 30, None)])
        solved = self.life((30, 4)).change(40, stage="solved").live(41)
        self.assertEqual(solved.breaches(), [("resolution", 30, 10)])

    def test_what_is_undone_in_the_same_second_leaves_nothing(self):
        lived = self.life((20, 4), (20, 3)).live(61)
        self.assertEqual(lived.rounds(), [("missed", 0, None)])
        self.assertEqual(lived.breaches(), [("resolution", 60, None)])
        self.assertEqual(lived.ledger.replaced_by, {})

    def test_the_first_promise_goes_on_as_if_it_had_never_been_replaced(self):
        lived = self.life((5, 4), (6, 3)).live(59)
        self.assertEqual(lived.rounds(), [("running", 0, None), ("cancelled", 0, 6)])
        self.assertEqual((lived.due_of(0), lived.breaches()), (60, []))

    def test_what_was_missed_in_between_stays_missed(self):
        life = self.life((30, 4), (31, 3)).change(40, stage="solved")
        lived = life.live(41)
        self.assertEqual(lived.rounds(), [("met", 0, 40), ("missed", 0, 31)])
        self.assertEqual(lived.breaches(), [("resolution", 30, 1)])

    def test_nobody_buys_time_by_another_item(self):
        """The promise that is worse for the client starts again; then it is undone."""
        changes = [(10, 4), (70, 3), (75, 4), (80, 3)]
        life = self.life(*changes, minutes=90, rematch="restart")
        lived = life.live(85)
        self.assertEqual(lived.rounds()[0], ("missed", 0, None))
        [(_metric, at, _overrun)] = lived.breaches()
        self.assertEqual(at, 60)
        late = life.change(100, stage="solved").live(101).clocks()[0]
        self.assertEqual(late.judged.overrun_seconds, 40 * 60)

    def test_however_many_lay_between(self):
        other = rule(promise(minutes=40, target=5), category_ids=frozenset({6}))
        life = Life(
            rule(promise()),
            rule(promise(minutes=50, target=2), category_ids=frozenset({4})),
            other,
        )
        life.change(1, category=4).change(2, category=6).change(3, category=3)
        lived = life.live(4)
        states = [clock.state for clock in lived.clocks()]
        self.assertEqual(states, ["running", "cancelled", "cancelled"])


class TestWorkingTime(BaseCase):
    """Four hours in an office; minutes from the opening."""

    def life(self, minutes=240, **more):
        given = {"calendar_mode": "given", "calendar_id": OFFICE}
        return Life(rule(promise(minutes=minutes, **given | more)))

    def test_a_time_off_entered_meanwhile_moves_the_limit(self):
        lived = self.life().reckon(60, hours((120, 600))).live(300)
        self.assertEqual((lived.rounds(), lived.due()), ([("running", 0, None)], 720))

    def test_a_time_off_called_off_moves_it_back_and_not_into_the_past(self):
        life = self.life().reckon(10, hours((20, 600))).reckon(500, hours())
        lived = life.live(500)
        self.assertEqual((lived.rounds()[0][0], lived.due()), ("running", 500))
        self.assertEqual(life.live(501).breaches(), [("resolution", 500, None)])
        late = life.change(530, stage="solved").live(531)
        self.assertEqual(late.breaches(), [("resolution", 500, 30)])

    def test_what_was_missed_before_stays_missed(self):
        lived = self.life().reckon(300, hours((0, 200))).live(301)
        self.assertEqual(lived.breaches(), [("resolution", 240, None)])
        self.assertEqual(lived.due(), 240)

    def test_what_is_late_goes_on_by_the_new_working_time(self):
        life = self.life().reckon(300, hours((310, 400)))
        lived = life.change(410, stage="solved").live(411)
        self.assertEqual(lived.breaches(), [("resolution", 240, 80)])

    def test_what_has_stopped_keeps_its_verdict(self):
        life = self.life().change(100, stage="solved").reckon(200, hours())
        met = life.reckon(300, hours((0, 90))).live(301)
        self.assertEqual(met.rounds(), [("met", 0, 100)])
        life = self.life().change(250, stage="solved").reckon(300, hours((0, 200)))
        late = life.change(310, stage="work").change(320, stage="solved").live(321)
        self.assertEqual(late.breaches(), [("resolution", 240, 10)])

    def test_what_goes_on_again_counts_by_the_working_time_of_now(self):
        life = self.life().change(100, stage="solved").reckon(200, hours((400, 500)))
        lived = life.change(300, stage="work").live(301)
        self.assertEqual((lived.rounds(), lived.due()), ([("running", 0, None)], 540))

    def test_levels_follow_and_are_told_once(self):
        levels = (Level(8, "percent", 50), Level(9, "after", 60))
        lived = self.life(levels=levels).reckon(60, hours((100, 200))).live(61)
        self.assertEqual(lived.clocks()[0].judged.warn_at, 220 * 60)

    def test_another_calendar_counts_from_the_change_on(self):
        life = Life(
            rule(promise(minutes=240, calendar_mode="team")), calendar=OFFICE
        ).reckon(-60, hours((100, 1000)))
        self.assertEqual(life.live(1).due(), 1140)
        lived = life.switch(50, None).live(51)
        self.assertEqual(lived.due(), 240)
        [clock] = lived.clocks()
        self.assertEqual(clock.terms.basis.earlier, (OFFICE * 100 + 2, 3000))

    def test_a_day_off_of_the_calendar_before_still_counts_for_its_time(self):
        life = Life(
            rule(promise(minutes=240, calendar_mode="team")), calendar=OFFICE
        ).switch(50, None)
        lived = life.reckon(60, hours((10, 30))).live(61)
        self.assertEqual(lived.due(), 260)


class TestReapplying(BaseCase):
    """Policies applied again to what is open: only then is an edit another promise."""

    def again(self, minutes, reapply):
        """Edit a promise of 60 minutes at minute 10 and match the ticket again."""
        life = Life(rule(promise()))
        lived = life.live(10)
        edited = rule(promise(minutes=minutes))
        lived.ledger._ruleset = life.ruleset._replace(rules=(edited,))
        follower = type(lived.follower)(lived.ledger, reapply)
        follower.follow([life.past().rematch(0, 600)], {})
        return [clock.terms.seconds // 60 for clock in lived.clocks()]

    def test_an_edited_target_is_the_same_promise_otherwise(self):
        self.assertEqual(self.again(30, None), [60])

    def test_an_earlier_due_time_wins(self):
        self.assertEqual(self.again(30, Reapply()), [60, 30])
        self.assertEqual(self.again(90, Reapply()), [60])

    def test_a_worse_one_is_applied_if_so_decided(self):
        self.assertEqual(self.again(90, Reapply(worse=True)), [60, 90])

    def test_an_unchanged_one_is_left_alone(self):
        self.assertEqual(self.again(60, Reapply(worse=True)), [60])


class TestLiveIsPure(BaseCase):
    """Followed event by event, a ticket has the rounds that its whole story has."""

    #: Long enough not to be missed.
    NEVER = 100_000
    PROMISES = (
        ("next_response", {}),
        ("update", {}),
        ("hand_over", {}),
        ("handling", {}),
        ("feedback", {"from_solving": True}),
        ("feedback", {"new_on_reopening": True}),
        ("resolution", {"new_on_reopening": True}),
    )

    def test_random_lives(self):
        for seed in seeds("lives"):
            for metric, course in self.PROMISES:
                found = promise(metric, self.NEVER, **course)
                life = self.life(random.Random(seed), Life(rule(found)))
                lived = life.live(1_000)
                story = lived.follower.stories[TICKET]
                rounds = [
                    (begin, *end(metric, begin, story, found.course))
                    for begin in begins(metric, story, found.course)
                ]
                # What is over in the second in which it begins is promised to nobody,
                # but on a ticket that is made so.
                expected = {
                    (begin, stop)
                    for begin, stop, lapse in rounds
                    if not lapse and (begin != stop or not begin)
                }
                live = {
                    (clock.terms.began_at, clock.judged.stopped_at)
                    for clock in lived.clocks(metric)
                    if clock.state != "cancelled"
                }
                self.assertEqual(live, expected, (seed, metric, course))

    def life(self, chance, life):
        stages = ("work", "work", "client", "solved", "closed", "third party")
        for at in range(1, chance.randrange(3, 15)):
            kind = chance.randrange(6)
            if kind == 0:
                life.ask(at)
            elif kind == 1:
                life.answer(at, team=chance.choice((None, 1, 2)))
            elif kind == 2:
                life.step(at)
            elif kind == 3:
                holder = chance.choice((None, 5, 6))
                life.change(at, user=holder, of_team=chance.random() < 0.6)
            elif kind == 4:
                holder = chance.choice((None, 5, 6))
                life.change(
                    at,
                    team=chance.choice((1, 2, 3)),
                    user=holder,
                    of_team=chance.random() < 0.5,
                )
            else:
                stage = chance.choice(stages)
                life.change(at, stage=stage, worked=chance.random() < 0.5)
        return life
