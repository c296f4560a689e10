"""B3 and B4: points of people who move, and of months that are closed."""

from datetime import datetime

from .common import APRIL, DUE, LATER, MARCH, PointsCase

#: When March and April are closed, and when something of March comes up in between.
MARCH_CLOSING = datetime(2024, 4, 2, 12)
AFTERWARDS = datetime(2024, 4, 5, 12)
IN_APRIL = datetime(2024, 4, 10, 9)
APRIL_CLOSING = datetime(2024, 5, 2, 12)


class TestPeopleMove(PointsCase):
    """An agent who was late moves to another company, or leaves, before the charge."""

    def moves(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.agent.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})

    def leaves(self):
        self.agent.active = False

    def scored(self, change):
        """Return how the job ends, and whom it charges how much."""
        self.breach(60)
        self.breach(60, [(self.other, 60)])
        change()
        failure = self.failure(lambda: self.score(LATER))
        entries = self.entries.search([], order="id")
        return failure, [(entry.user_id.login, entry.points) for entry in entries]

    def reversed(self, change):
        """Return how taking back a charge ends, and what goes back."""
        entry = self.posted(60)
        change()
        failure = self.failure(lambda: self.take_back(entry))
        return failure, entry.reversal_ids.mapped("points")

    def closed(self, change):
        """Return how closing a month ends whose best agent it was, and its state."""
        star = self.env.ref("sla_scoring.award_star")
        star.write({"min_promises": 0, "excludes_negative": False})
        star.criterion_ids.has_minimum = False
        for _ticket in range(5):
            self.posted(60)
        change()
        failure, close = self.close(MARCH, MARCH_CLOSING)
        return failure, close.state

    def test_the_job_charges_who_has_moved_and_all_others(self):
        self.outcome(
            self.scored(self.moves),
            right=(False, [("score_agent", -0.5), ("score_other", -0.5)]),
            wrong=("UserError", []),
        )

    def test_a_charge_of_who_has_moved_is_taken_back(self):
        self.outcome(
            self.reversed(self.moves), right=(False, [0.5]), wrong=("UserError", [])
        )

    def test_a_month_is_closed_whose_best_agent_has_moved(self):
        self.outcome(
            self.closed(self.moves),
            right=(False, "closed"),
            wrong=("UserError", "closing"),
        )

    def test_the_job_charges_who_has_left_and_all_others(self):
        self.assertEqual(
            self.scored(self.leaves),
            (False, [("score_agent", -0.5), ("score_other", -0.5)]),
        )

    def test_a_charge_of_who_has_left_is_taken_back(self):
        self.assertEqual(self.reversed(self.leaves), (False, [0.5]))

    def test_a_month_is_closed_whose_best_agent_has_left(self):
        self.assertEqual(self.closed(self.leaves), (False, "closed"))


class TestTwoMonths(PointsCase):
    """What is taken back of March once March is closed counts in April."""

    def error(self, due=DUE, posted=LATER):
        """Return the posted entry of an error, 1.5 points, of the month of ``due``."""
        breach = self.breach(900, due=due)
        self.score(posted)
        entry = self.entries.search([("breach_id", "=", breach.id)])
        self.assertEqual((entry.points, entry.state), (-1.5, "posted"))
        return entry

    def close_month(self, month, instant):
        failure, close = self.close(month, instant)
        self.assertEqual((failure, close.state), (False, "closed"))

    def both_months(self):
        """Close April as well and return what the agent has of both months."""
        self.close_month(APRIL, APRIL_CLOSING)
        cards = self.env["score.card"].search([("user_id", "=", self.agent.id)])
        self.assertEqual(cards.sorted("month").mapped("month"), [MARCH, APRIL])
        return round(sum(cards.mapped("total")), 2)

    def test_a_charge_taken_back_gives_back_what_was_lost_after_offsets(self):
        entry = self.error()
        self.gift(1.0)
        self.close_month(MARCH, MARCH_CLOSING)
        self.take_back(entry, AFTERWARDS)
        self.assertEqual(self.both_months(), 0.0)

    def test_an_excused_charge_that_cost_nothing_gives_nothing_back(self):
        entry = self.error()
        self.gift(1.5)
        self.close_month(MARCH, MARCH_CLOSING)
        self.excuse(entry.breach_id, self.agent, self.manager)
        self.score(AFTERWARDS)
        self.assertEqual(self.both_months(), 0.0)

    def test_an_offset_that_gave_nothing_takes_nothing_back(self):
        offset = self.gift(1.0)
        self.close_month(MARCH, MARCH_CLOSING)
        self.take_back(offset, AFTERWARDS)
        self.assertEqual(self.both_months(), 0.0)

    def test_a_charge_taken_back_does_not_use_up_the_offset_of_another(self):
        entry = self.error()
        self.close_month(MARCH, MARCH_CLOSING)
        self.take_back(entry, AFTERWARDS)
        self.error(due=IN_APRIL, posted=APRIL_CLOSING)
        self.gift(1.5, at=IN_APRIL)
        self.assertEqual(self.both_months(), 0.0)
