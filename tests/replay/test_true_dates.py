"""The product against the oracle, over all of both logs at their true dates."""

from . import log
from .common import ReplayCase


class TestTrueDates(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report, cls.found = cls.play(shift=False)

    def test_every_client_has_the_tier_of_each_month(self):
        for month, expected in self.found.tiers.after.items():
            with self.subTest(month=month):
                self.assertEqual(self.tiers_on(log.add_months(month, 1)), expected)

    def test_reviews_propose_the_rises_and_falls(self):
        tiers = self.found.tiers
        expected = {m: (tiers.rises[m], tiers.falls[m]) for m in tiers.after}
        self.assertEqual(self.report.changes, expected)
        self.assertEqual(self.report.waiting, 0)

    def test_report_shows_the_ladder_of_the_last_month(self):
        ladder = self.found.tiers.ladder(max(self.found.tiers.after))
        self.assertEqual(
            list(self.report.ladder.values()), [ladder[3], ladder[2], ladder[1]]
        )

    def test_timeline_is_what_the_log_says(self):
        expected = {
            incident.number: [
                (
                    state.at,
                    state.stage,
                    state.team,
                    state.user and state.user.lower().replace(" ", "."),
                    state.item,
                    state.priority,
                )
                for state in incident.states
            ]
            for incident in self.found.incidents
        }
        actual = self.timeline()
        different = [n for n, states in expected.items() if actual.get(n) != states]
        self.assertFalse(different)
        self.assertEqual(actual.keys(), expected.keys())

    def test_promises_are_kept_and_broken_to_the_second(self):
        self.assert_same_clocks(self.found)

    def test_clients_are_told_to_the_second(self):
        self.assert_same_rounds("feedback", self.found.feedback)

    def test_teams_take_over_to_the_second(self):
        self.assertGreater(len(self.found.hand_overs), 100)
        self.assert_same_rounds("hand_over", self.found.hand_overs)

    def test_requests_by_phone_are_answered_when_they_are_taken(self):
        clocks = self.clocks("first_response")
        self.assertEqual(clocks.keys(), self.found.clocks.keys())
        for row in clocks.values():
            self.assertEqual((row[1], row[3]), ("met", row[5]))

    def test_each_missed_promise_has_one_breach(self):
        rows = self.rows(
            """
            SELECT ticket_number, breached_at, overrun_seconds, u.login, key_client
              FROM sla_breach b LEFT JOIN res_users u ON u.id = b.user_id
             WHERE ticket_number LIKE 'INC%%' AND metric = 'resolution'
             ORDER BY ticket_number
            """
        )
        expected = sorted(
            (
                clock.number,
                clock.due,
                clock.overrun,
                clock.holder.user and clock.holder.user.lower().replace(" ", "."),
                clock.key,
            )
            for clock in self.found.clocks.values()
            if clock.state == "missed"
        )
        self.assertEqual(rows, expected)
        for metric, rounds in (
            ("feedback", self.found.feedback),
            ("hand_over", self.found.hand_overs),
        ):
            rows = self.rows(
                "SELECT ticket_number, breached_at, overrun_seconds FROM sla_breach"
                " WHERE ticket_number LIKE 'INC%%' AND metric = %s",
                metric,
            )
            missed = [
                (r.number, r.due, r.overrun) for r in rounds if r.state == "missed"
            ]
            self.assertCountEqual(rows, missed)

    def test_points_of_every_agent(self):
        self.assert_same_points(self.found)

    def test_report_adds_up_the_same(self):
        self.assertEqual(self.report.tickets.total(), len(self.found.incidents))
        resolution = {
            state: sum(
                states[state]
                for (_policy, metric), states in self.report.clocks.items()
                if metric == "Resolution"
            )
            for state in ("met", "missed", "running", "paused")
        }
        expected = dict.fromkeys(resolution, 0)
        for states in self.found.verdicts().values():
            for state, count in states.items():
                expected[state] += count
        self.assertEqual(resolution, expected)
        lost = sum(points for _name, points in self.report.points)
        self.assertAlmostEqual(lost, float(sum(self.found.points().values())), 2)

    def test_a_second_load_changes_nothing(self):
        before = self.checksums()
        report, _found = self.play(shift=False)
        self.assertEqual(self.checksums(), before)
        self.assertEqual(report.clocks, self.report.clocks)

    def test_a_second_due_job_changes_nothing(self):
        before = self.checksums()
        self.env["sla.clock"]._process_due(at=self.report.plan.now)
        self.env["score.entry"]._draft_from_breaches(at=self.report.plan.now)
        self.assertEqual(self.checksums(), before)
