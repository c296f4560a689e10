"""The demo: moved to another day, cut off at now, interrupted, begun again."""

from contextlib import suppress
from datetime import datetime, timedelta
from unittest.mock import patch

from . import demo, oracle
from .common import ReplayCase
from .tickets import _Writer

#: A Friday in the middle of a month; 28 days before, the last incidents arrive.
TODAY = datetime(2025, 5, 16, 14, 30)


class Interrupted(Exception):
    """The power went."""


class TestDemo(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report, cls.found = cls.play(tickets=250, today=TODAY)

    def test_last_review_is_left_to_decide(self):
        tiers = self.found.tiers
        months = list(tiers.after)
        self.assertEqual(str(months[-1]), "2025-04-01")
        self.assertEqual(
            self.report.waiting, tiers.rises[months[-1]] + tiers.falls[months[-1]]
        )
        self.assertEqual(self.tiers_on(TODAY.date()), tiers.after[months[-2]])

    def test_clocks_agree_and_some_tickets_are_open(self):
        self.assert_same_clocks(self.found)
        states = {clock.state for clock in self.found.clocks.values()}
        self.assertIn(oracle.MISSED, states)
        unsolved = [i for i in self.found.incidents if not oracle.solved(i.states[-1])]
        self.assertTrue(unsolved)

    def test_points_agree(self):
        self.assert_same_points(self.found)

    def test_the_agent_has_points_to_look_at(self):
        agent = self.env["res.users"].search([("login", "=", "agent")])
        entries = self.env["score.entry"].with_user(agent).search([])
        self.assertTrue(entries)
        self.assertEqual(entries.user_id, agent)

    def test_requests_of_today_have_live_due_times(self):
        tickets = self.env["helpdesk.ticket"].search([("number", "not like", "INC%")])
        self.assertTrue(tickets)
        self.assertTrue(
            any(due and due > TODAY for due in tickets.mapped("sla_due_at"))
        )

    def test_people_were_told_at_the_time(self):
        notices = self.env["sla.notice"].search([])
        told = notices.filtered(lambda notice: notice.state == "done")
        self.assertTrue(told)
        for notice in told:
            self.assertLessEqual(notice.created_at, notice.handled_at)
            self.assertLessEqual(notice.handled_at, TODAY)
        for notice in notices.filtered(lambda notice: notice.state == "waiting"):
            works = notice.user_id._sla_works_from(notice.created_at)
            self.assertGreater(works, TODAY)

    def test_key_clients_have_an_adviser(self):
        partners = self.env["res.partner"].search([("client_number", "!=", False)])
        tiers = partners._tier_at(TODAY.date(), self.env.company)
        key = partners.filtered(lambda partner: tiers[partner.id].rank > 1)
        self.assertTrue(all(key.mapped("adviser_id")))
        self.assertFalse((partners - key).adviser_id)

    def test_clients_were_heard(self):
        """What was said in time has its answer, a low grade its cause."""
        feedback = self.env["vip.feedback"].search([])
        self.assertTrue(feedback)
        old = feedback.filtered(lambda one: one.opened_at < TODAY - timedelta(days=3))
        self.assertFalse(old.filtered("lacks_cause"))
        self.assertEqual(set(old.mapped("state")), {"answered"})
        answers = self.env["vip.answer"].search([("channel", "=", "mail")])
        self.assertTrue(all(answer.answered_at <= TODAY for answer in answers))

    def test_there_is_something_of_each_kind_at_work(self):
        def states(model):
            return sorted(self.env[model].search([]).mapped("state"))

        self.assertEqual(states("sla.outage"), ["declared", "draft"])
        self.assertEqual(states("sla.whatif"), ["done"])
        self.assertEqual(states("sla.reapply"), ["previewed"])
        self.assertEqual(states("sla.excuse"), ["requested"])
        self.assertEqual(states("score.contribution"), ["claimed"])
        # Whether its team solved anything in that month depends on the day.
        self.assertEqual(len(states("score.review.sample")), 1)
        self.assertEqual(len(self.env["vip.client.group"].search([]).member_ids), 3)
        self.assertTrue(self.env["sla.policy"].search([("is_draft", "=", True)]))
        marks = self.env["vip.client.mark"].search([])
        self.assertEqual(set(marks.mapped("kind")), {"need", "preference", "care"})
        self.assertTrue(self.env["vip.client.hint"].search([]))
        self.assertTrue(self.env["vip.client.check"].search([]))


class Savepoints:
    """Stands for the commits of a load inside the transaction of a test."""

    def __init__(self, env):
        self.env = env
        self.savepoint = env.cr.savepoint()

    def __call__(self):
        self.savepoint.close(rollback=False)
        self.savepoint = self.env.cr.savepoint()

    def crash(self):
        """Lose what was not committed."""
        self.savepoint.close(rollback=True)
        self.env.registry.clear_all_caches()


class TestInterrupted(ReplayCase):
    """A load that dies anywhere and is begun again ends as one left alone."""

    def test_begun_again(self):
        self._dies_in(self.env.registry["vip.tier.review"], "_run", 8)
        self._dies_in(_Writer, "play", 90, today=datetime(2025, 5, 20, 9))
        report, found = self.play(tickets=60, today=datetime(2025, 6, 30, 9))
        self.assertEqual(report.plan.now, TODAY)
        self.assert_same_clocks(found)
        self.assert_same_points(found)
        self.assertEqual(self.tiers_on(TODAY.date()), found.tiers.after[report.month])
        uses = self.env["vip.entitlement.use"].search_count([])
        self.assertEqual(uses, sum(count * times for _xmlid, count, times in demo.USES))
        # What clients said has tickets of its own, of the team that answers them.
        ours = [("number", "like", "HT%"), ("team_id.vip_is_voice", "=", False)]
        requests = self.env["helpdesk.ticket"].search_count(ours)
        self.assertEqual(requests, len(demo.TODAY) + len(demo.OWN))

    def _dies_in(self, owner, name, call, today=TODAY):
        """Load until the ``call``-th call of a method and lose the open transaction."""
        works, calls = getattr(owner, name), []

        def method(*args, **kwargs):
            calls.append(name)
            if len(calls) == call:
                raise Interrupted
            return works(*args, **kwargs)

        commits = Savepoints(self.env)
        with patch.object(owner, name, method), suppress(Interrupted):
            self.play(tickets=60, today=today, commit=commits)
        self.assertEqual(len(calls), call)
        commits.crash()
