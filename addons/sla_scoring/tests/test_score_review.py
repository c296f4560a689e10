from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import DUE, LATER, MARCH, ScoreCase


@tagged("post_install", "-at_install")
class TestScoreReview(ScoreCase):
    """Quality reviews: scored, compared, signed or disputed (REQUIREMENTS P4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env.ref("sla_scoring.review_card")
        cls.second = cls.new_user("score_second", "helpdesk_mgmt.group_helpdesk_user")
        cls.team.user_ids += cls.second
        cls.at = at_context(LATER)

    def review(self, reviewer=None, **values):
        ticket, _stop = self.ticket([(self.agent, 60)])
        return self.env["score.review"].create(
            {
                "card_id": self.card.id,
                "ticket_id": ticket.id,
                "user_id": self.agent.id,
                "reviewer_id": (reviewer or self.other).id,
                "month": MARCH,
                **values,
            }
        )

    def pair(self):
        first = self.review()
        twin = self.review(
            self.second,
            ticket_id=first.ticket_id.id,
            is_calibration=True,
            twin_id=first.id,
        )
        first.twin_id = twin
        first._keep_blind()
        return first, twin

    def score(self, review, **missed):
        """Score all items as met, except those named by the end of their XML id."""
        own = review.with_user(review.reviewer_id).with_context(**self.at)
        special = {
            self.env.ref(f"sla_scoring.review_item_{name}"): score
            for name, score in missed.items()
        }
        for line in own.line_ids:
            line.score = special.get(line.item_id, "met")
        own.action_submit()
        return review

    def test_the_result_is_weighted(self):
        review = self.score(self.review(), right="partly", polite="na")
        # Of 14 that apply, 1.5 of the weight of 3 is lost.
        self.assertEqual(review.percent, 89.29)
        self.assertTrue(review.passed)
        self.assertEqual((review.state, review.scored_at), ("shown", LATER))

    def test_a_missed_critical_item_fails_the_review(self):
        review = self.score(self.review(), identity="missed")
        self.assertTrue(review.critical_missed)
        self.assertEqual((review.percent, review.reached_percent), (0.0, 80.0))
        self.assertFalse(review.passed)

    def test_below_the_limit_fails(self):
        review = self.score(self.review(), right="missed", steps="missed")
        self.assertFalse(review.passed)

    def test_every_item_is_scored(self):
        own = self.review().with_user(self.other)
        own.line_ids[0].score = "met"
        with self.assertRaises(UserError):
            own.action_submit()
        own.line_ids.write({"score": "na"})
        with self.assertRaises(UserError):
            own.action_submit()

    def test_the_form_scores(self):
        review = self.review().with_user(self.other)
        with Form(review) as form:
            for position in range(len(review.line_ids)):
                with form.line_ids.edit(position) as line:
                    line.score = "met"
            form.comment = "Well done"
        review.action_submit()
        self.assertEqual((review.percent, review.comment), (100, "Well done"))

    def test_weights_are_those_of_the_day_of_the_draw(self):
        review = self.review()
        self.card.item_ids.weight = 5
        self.assertEqual(self.score(review, right="partly").percent, 90.0)

    def test_two_reviewers_are_blind_until_both_are_done(self):
        first, twin = self.pair()
        self.score(first, right="partly")
        self.assertEqual(first.state, "scored")
        for one, stranger in (first, self.second), (twin, self.other):
            hidden = one.with_user(stranger)
            self.assertNotIn(one, hidden.search([]))
            with self.assertRaises(AccessError):
                hidden.read(["percent"])
            with self.assertRaises(AccessError):
                one.line_ids.with_user(stranger).read(["score"])
            self.assertFalse(hidden.with_user(one.reviewer_id).twin_percent)
        self.score(twin)
        self.assertEqual((first.state, twin.state), ("shown", "scored"))
        own = first.with_user(self.other)
        self.assertEqual((own.twin_percent, own.difference), (100, -10))
        self.assertIn("Partly met", str(own.comparison_html))
        other = twin.with_user(self.second)
        self.assertEqual((other.twin_percent, other.difference), (90, 10))

    def test_a_manager_who_scores_is_blind_too(self):
        first, twin = self.pair()
        twin.reviewer_id = self.manager
        self.score(first)
        with self.assertRaises(AccessError):
            first.with_user(self.manager).read(["percent"])
        self.assertEqual(first.with_user(self.boss).percent, 100)

    def test_the_agent_sees_the_first_review_only_and_when_it_is_shown(self):
        first, twin = self.pair()
        both = first | twin
        reviews = self.env["score.review"].with_user(self.agent)
        self.score(first)
        self.assertFalse(reviews.search([("id", "in", both.ids)]))
        self.score(twin)
        self.assertEqual(reviews.search([("id", "in", both.ids)]), first)
        seen = first.with_user(self.agent)
        self.assertFalse(seen.twin_percent or seen.comparison_html)

    def test_a_manager_does_not_see_a_review_of_own_work_early(self):
        review = self.review(user_id=self.manager.id)
        self.assertNotIn(review, review.with_user(self.manager).search([]))
        self.score(review)
        self.assertIn(review, review.with_user(self.manager).search([]))

    def test_two_different_people_score_twice(self):
        first, twin = self.pair()
        with self.assertRaises(UserError):
            twin.with_user(self.manager).reviewer_id = first.reviewer_id

    def test_without_its_twin_a_review_goes_on(self):
        first, twin = self.pair()
        self.score(first)
        twin.with_user(self.manager).unlink()
        self.assertEqual(first.state, "shown")
        with self.assertRaises(UserError):
            first.with_user(self.manager).unlink()

    def test_the_agent_signs(self):
        review = self.score(self.review()).with_user(self.agent)
        review.with_context(**self.at).action_sign()
        self.assertEqual((review.state, review.answered_at), ("signed", LATER))
        with self.assertRaises(UserError):
            review.action_dispute()

    def dispute(self, review):
        own = review.with_user(self.agent)
        with self.assertRaises(UserError):
            own.action_dispute()
        own.agent_comment = "Identity was checked by phone"
        own.action_dispute()
        return review

    def test_a_dispute_is_settled_by_another_manager(self):
        review = self.dispute(self.score(self.review(self.boss)))
        self.assertEqual(review.state, "disputed")
        with self.assertRaises(AccessError):
            review.with_user(self.boss).action_keep()
        decider = review.with_user(self.manager)
        with self.assertRaises(UserError):
            decider.action_annul()
        decider.settlement = "The recording shows it"
        decider.action_annul()
        self.assertEqual(
            (review.state, review.settled_by_id), ("annulled", self.manager)
        )

    def test_nobody_else_scores_signs_or_settles(self):
        review = self.review()
        line = review.line_ids[0]
        for user in self.manager, self.agent, self.second:
            with self.subTest(user.login), self.assertRaises(AccessError):
                line.with_user(user).score = "met"
        with self.assertRaises(AccessError):
            line.with_user(self.other).weight = 9
        with self.assertRaises(AccessError):
            review.with_user(self.other).percent = 100
        self.score(review)
        with self.assertRaises(UserError):
            line.with_user(self.other).score = "missed"
        with self.assertRaises(AccessError):
            review.with_user(self.other).action_sign()
        with self.assertRaises(UserError):
            review.with_user(self.manager).action_annul()

    def test_a_manager_gives_a_review_to_somebody_else(self):
        review = self.review()
        with self.assertRaises(AccessError):
            review.with_user(self.other).reviewer_id = self.second
        review.with_user(self.manager).reviewer_id = self.second
        with self.assertRaises(AccessError):
            review.line_ids[0].with_user(self.other).score = "met"

    def test_the_reviewer_reads_the_ticket_in_the_review(self):
        own = self.new_user("score_own", "helpdesk_mgmt.group_helpdesk_user_own")
        review = self.review(own)
        review.ticket_id.user_id = self.agent
        review.ticket_id.message_post(body="We call you back", message_type="comment")
        with self.assertRaises(AccessError):
            review.ticket_id.with_user(own).read(["name"])
        self.assertIn("We call you back", str(review.with_user(own).transcript_html))

    def test_an_error_is_reported_from_the_review(self):
        review = self.review().with_user(self.other)
        with self.assertRaises(AccessError):
            review.action_report_error()
        self.score(review)
        action = review.action_report_error()
        reports = self.env["score.error.report"].with_user(self.other)
        form = Form(reports.with_context(**action["context"]))
        form.category_id = self.env.ref("sla_scoring.error_procedure")
        form.evidence = "No question was asked"
        report = form.save()
        self.assertEqual(
            (report.review_id, report.user_id, report.raised_by_id),
            (review, self.agent, self.other),
        )
        self.assertEqual(report.sudo().entry_ids.ordinal, 1)
        self.assertEqual(review.error_count, 1)
        with self.assertRaises(AccessError):
            reports.create(
                {
                    "review_id": review.id,
                    "user_id": self.second.id,
                    "category_id": report.category_id.id,
                    "evidence": "Somebody else",
                }
            )

    def quality(self):
        """Return average and number of reviews on the agent's card of the month."""
        cards = self.env["score.card"]
        cards._refresh(self.company, MARCH)
        card = cards.search([("user_id", "=", self.agent.id), ("month", "=", MARCH)])
        return round(card.quality, 2), card.review_count

    def test_the_card_averages_the_reviews_of_its_month(self):
        self.score(self.review())
        self.score(self.review(), identity="missed")
        first, twin = self.pair()
        self.score(first, right="partly")
        self.assertEqual(self.quality(), (50.0, 2))
        self.score(twin)
        self.assertEqual(self.quality(), (63.33, 3))
        disputed = self.dispute(first)
        self.assertEqual(self.quality(), (63.33, 3))
        decider = disputed.with_user(self.manager)
        decider.settlement = "Wrongly scored"
        decider.action_annul()
        self.assertEqual(self.quality(), (50.0, 2))


@tagged("post_install", "-at_install")
class TestScoreReviewSample(ScoreCase):
    """Which tickets are reviewed, and by whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Tickets of demo data are not of this company's sample.
        cls.company = cls.env["res.company"].create({"name": "Sampled"})
        people = cls.agent | cls.other | cls.manager | cls.boss
        people.write({"company_ids": cls.company.ids, "company_id": cls.company.id})
        cls.team = cls.team.copy(
            {"name": "Sampled", "company_id": cls.company.id, "user_ids": people.ids}
        )

    def solved(self, user, count, due=DUE):
        return [
            self.ticket([(user, 60)], due + timedelta(minutes=n), self.company)[0].id
            for n in range(count)
        ]

    def sample(self, **values):
        samples = self.env["score.review.sample"].with_user(self.manager)
        return samples.create(
            {
                "card_id": self.env.ref("sla_scoring.review_card").id,
                "company_id": self.company.id,
                "month": DUE.date(),
                "reviewer_ids": (self.other | self.boss).ids,
                "per_agent": 2,
                "double_percent": 0,
                "seed": 7,
                **values,
            }
        )

    def draw(self, **values):
        sample = self.sample(**values)
        sample.with_context(**at_context(LATER)).action_draw()
        return sample

    def test_so_many_of_each_agent_are_drawn(self):
        tickets = self.solved(self.agent, 5)
        self.solved(self.other, 1)
        self.solved(self.agent, 3, due=LATER.replace(month=4))
        sample = self.draw()
        reviews = sample.review_ids
        self.assertEqual(sample.month, MARCH)
        self.assertEqual(len(reviews.filtered(lambda r: r.user_id == self.agent)), 2)
        self.assertEqual(len(reviews.filtered(lambda r: r.user_id == self.other)), 1)
        mine = reviews.filtered(lambda r: r.user_id == self.agent)
        self.assertLessEqual(set(mine.ticket_id.ids), set(tickets))
        self.assertEqual((sample.state, sample.drawn_by_id), ("drawn", self.manager))
        self.assertEqual(len(mine.line_ids), 16)

    def test_the_same_seed_draws_the_same_tickets(self):
        self.solved(self.agent, 9)
        drawn = [self.sample(seed=seed).sudo()._drawn() for seed in (7, 7, 8, 9, 10)]
        self.assertEqual(drawn[0], drawn[1])
        self.assertTrue(any(one != drawn[0] for one in drawn[2:]))

    def test_what_was_drawn_before_counts(self):
        self.solved(self.agent, 5)
        first = self.draw()
        with self.assertRaises(UserError):
            self.draw(seed=8)
        more = self.draw(seed=8, per_agent=3)
        self.assertEqual(len(more.review_ids), 1)
        self.assertFalse(more.review_ids.ticket_id & first.review_ids.ticket_id)

    def test_a_team_has_a_quota_too(self):
        self.solved(self.agent, 3)
        self.solved(self.other, 3)
        self.env.cr.execute(
            "UPDATE sla_span s SET team_id = %s FROM helpdesk_ticket t"
            " WHERE t.id = s.ticket_id AND t.company_id = %s",
            [self.team.id, self.company.id],
        )
        reviews = self.draw(per_team=3, reviewer_ids=self.boss.ids).review_ids
        self.assertEqual(len(reviews), 3)
        self.assertEqual(reviews.user_id, self.agent | self.other)
        with self.assertRaises(UserError):
            self.draw(team_ids=self.team.ids, per_team=3)

    def test_nobody_reviews_their_own_work(self):
        self.solved(self.other, 3)
        reviews = self.draw().review_ids
        self.assertEqual(reviews.reviewer_id, self.boss)
        self.solved(self.boss, 1)
        with self.assertRaises(UserError):
            self.draw(reviewer_ids=self.boss.ids)

    def test_some_are_scored_twice(self):
        self.solved(self.agent, 4)
        reviews = self.draw(per_agent=4, double_percent=50).review_ids
        twins = reviews.filtered("is_calibration")
        self.assertEqual((len(reviews), len(twins)), (6, 2))
        for twin in twins:
            first = twin.twin_id
            self.assertEqual((first.twin_id, first.ticket_id), (twin, twin.ticket_id))
            self.assertNotEqual(first.reviewer_id, twin.reviewer_id)
            self.assertEqual(first.blind_for_id, twin.reviewer_id)

    def test_a_drawn_sample_stays_as_it_is(self):
        self.solved(self.agent, 2)
        sample = self.draw()
        with self.assertRaises(UserError):
            sample.seed = 9
        with self.assertRaises(UserError):
            sample.action_draw()
        with self.assertRaises(UserError):
            sample.unlink()

    def test_agents_draw_nothing(self):
        with self.assertRaises(AccessError):
            self.sample().with_user(self.agent).action_draw()
