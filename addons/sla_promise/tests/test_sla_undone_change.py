from odoo.tests import tagged

from .common import minutes
from .test_sla_rounds import RoundsCase


@tagged("post_install", "-at_install")
class TestUndoneChange(RoundsCase):
    """What is changed and set back within one second leaves nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quick = cls.make_policy("Quick", priority="2", resolution=20)

    def setUp(self):
        super().setUp()
        self.slip = self.ticket(priority="1")
        self.prioritise(5, "2")

    def prioritise(self, at, *priorities):
        for priority in priorities:
            self.slip._at(minutes(at)).priority = priority
            self.env.flush_all()

    def resolutions(self):
        return [
            (clock.policy_id.name, clock.state, clock.stopped_at)
            for clock in self.slip.clock_ids.sorted("id")
            if clock.metric == "resolution"
        ]

    def test_what_had_been_replaced_stopped_when_it_was(self):
        before = self.resolutions()
        self.assertEqual(before[0], (self.policy.name, "cancelled", minutes(5)))
        self.prioritise(8, "1", "2")
        self.assertEqual(self.resolutions(), before)

    def test_it_is_missed_by_no_promise_that_was_not_made(self):
        """The first promise was due while another one stood in its place."""
        self.due(minutes(30))
        [breach] = self.breaches(self.slip).filtered(lambda b: b.metric == "resolution")
        self.assertEqual(breach.breached_at, minutes(20))
        self.prioritise(70, "1", "2")
        self.assertEqual(
            self.resolutions(),
            [
                (self.policy.name, "cancelled", minutes(5)),
                ("Quick", "missed", False),
            ],
        )
        kept = self.breaches(self.slip).filtered(
            lambda b: b.metric == "resolution" and b.state != "withdrawn"
        )
        self.assertEqual(kept, breach)

    def test_what_was_missed_before_stays_missed(self):
        """Set back for good it was missed; a slip later takes nothing of it away."""
        self.prioritise(70, "1")
        self.prioritise(75, "2")
        missed = self.breaches(self.slip).filtered(lambda b: b.metric == "resolution")
        self.assertEqual(
            sorted(missed.mapped("breached_at")), [minutes(20), minutes(60)]
        )
        before = self.resolutions()
        self.prioritise(80, "1", "2")
        self.assertEqual(self.resolutions(), before)
        self.assertEqual(set(missed.mapped("state")), {"open"})
