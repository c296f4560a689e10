"""C5: decisions about tiers."""

from datetime import datetime

from .common import TierCase

#: The first days of February, when January is reviewed.
PROPOSED = datetime(2024, 2, 1, 1)
REVIEWED = datetime(2024, 2, 1, 3)


class TestDecisions(TierCase):
    """A manager proposes a tier for a client in January."""

    def setUp(self):
        super().setUp()
        manager = self.users["manager"]
        self.proposal = self.propose(self.client("1"), self.platinum, manager, PROPOSED)

    def test_an_approved_proposal_of_a_person_is_in_the_audit_log(self):
        second = self.new_user("manager", login="second_manager")
        self.ticking(self.proposal.with_user(second), REVIEWED).action_approve()
        self.assertIn("approved", self.audited(self.proposal))

    def test_a_proposal_of_a_person_that_a_review_ends_is_in_the_audit_log(self):
        self.review(at=REVIEWED)
        self.proposal.invalidate_recordset()
        self.assertEqual(self.proposal.state, "expired")
        self.assertEqual(self.audited(self.proposal), ["expired"])
