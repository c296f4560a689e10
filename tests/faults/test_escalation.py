"""A10: nobody is left whom a level could tell."""

from .common import PromiseCase, known_fault, minutes


class TestNobodyLeft(PromiseCase):
    """One hour: at 80 % the handler is warned, at the limit the leader told as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # People work at any time.
        cls.env.company.resource_calendar_id = False

    def setUp(self):
        super().setUp()
        self.promise_only(resolution=60)

    def test_the_handler_is_warned_before_the_limit(self):
        ticket = self.ticket()
        self.due(minutes(49))
        self.assertEqual(self.told(ticket, minutes(48)), ["ann"])

    @known_fault("A10 the handler is archived")
    def test_the_leader_is_warned_where_the_handler_has_left(self):
        ticket = self.ticket()
        self.ann.active = False
        self.env.flush_all()
        self.due(minutes(49))
        self.outcome(self.told(ticket, minutes(48)), right=["boss"], wrong=[])

    def test_the_leader_is_told_at_the_limit(self):
        self.plan_telling(tell_leader=True)
        ticket = self.ticket()
        self.due(minutes(61))
        self.assertEqual(self.told(ticket, minutes(60)), ["boss"])

    @known_fault("A10 no leader")
    def test_the_next_is_told_at_the_limit_where_there_is_no_leader(self):
        self.plan_telling(tell_leader=True)
        self.team.user_id = False
        self.env.flush_all()
        ticket = self.ticket()
        self.due(minutes(61))
        # The service managers come next; the boss is one of them.
        told = [login for login in self.told(ticket, minutes(60)) if login == "boss"]
        self.outcome(told, right=["boss"], wrong=[])
