from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import (
    AccessError,
    ConcurrencyError,
    UserError,
    ValidationError,
)
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.times import at_context

from .common import LATER, MARCH, ScoreCase

CLOSING = datetime(2024, 4, 2, 12)
ASIDE = "odoo.addons.sla_scoring.models.score_aside"


class MovedCase(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})

    def move(self, user):
        company = self.elsewhere
        user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )

    def let_qualify(self):
        """Let anybody get the award of the month, whatever they lost."""
        star = self.env.ref("sla_scoring.award_star")
        star.write({"min_promises": 0, "excludes_negative": False})
        star.excludes_measured = False
        star.criterion_ids.has_minimum = False

    def close(self, month=MARCH, at=CLOSING):
        close = self.env["score.close"].create({"month": month})
        with patch.object(type(close), "_commit_batch", lambda _self: None):
            close._run(at, self.manager)
        return close


@tagged("post_install", "-at_install")
class TestScoreMoved(MovedCase):
    """Who held a ticket bears it in its company, wherever that person works now."""

    def gift_by(self, user, **values):
        entries = self.entries.with_user(self.manager).with_context(**at_context(LATER))
        values = {"user_id": user.id, "points": 1, "reason": "Idea", **values}
        return entries.create(values)

    def test_an_award_is_proposed_to_who_has_moved(self):
        self.let_qualify()
        for _ in range(5):
            self.posted(60)
        self.move(self.agent)
        self.assertEqual(self.close().state, "closed")
        award = self.entries.search([("kind", "=", "award")])
        self.assertEqual((award.user_id, award.company_id), (self.agent, self.company))
        award._post(CLOSING)

    def test_who_has_worked_here_may_still_be_given_points(self):
        self.posted(60)
        self.move(self.agent)
        self.assertEqual(self.gift_by(self.agent).company_id, self.company)

    def test_who_has_never_worked_here_is_given_none(self):
        stranger = self.new_user(
            "stranger",
            "helpdesk_mgmt.group_helpdesk_user",
            company_id=self.elsewhere.id,
            company_ids=[Command.set(self.elsewhere.ids)],
        )
        with self.assertRaises(ValidationError):
            self.gift_by(stranger)
        draft = self.gift_by(self.agent)
        with self.assertRaises(ValidationError):
            draft.user_id = stranger
        report = {
            "user_id": stranger.id,
            "category_id": self.env.ref("sla_scoring.error_entry").id,
            "evidence": "Seen",
        }
        reports = self.env["score.error.report"].with_user(self.manager)
        with self.assertRaises(ValidationError):
            reports.create(report)

    def test_errors_and_contributions_of_who_has_moved_are_decided(self):
        self.posted(60)
        claim = self.env["score.contribution"].with_user(self.agent)
        claim = claim.create(
            {
                "kind_id": self.env.ref("sla_scoring.contribution_case").id,
                "description": "Done",
                "occurred_at": LATER,
            }
        )
        self.move(self.agent)
        claim.with_user(self.manager).action_approve()
        self.assertEqual(claim.sudo().entry_ids.user_id, self.agent)
        reports = self.env["score.error.report"].with_user(self.manager)
        report = reports.create(
            {
                "user_id": self.agent.id,
                "category_id": self.env.ref("sla_scoring.error_entry").id,
                "severity": "major",
                "evidence": "Seen",
                "occurred_at": LATER,
            }
        )
        self.assertEqual(report.sudo().entry_ids.points, -1.5)

    def test_the_appeal_of_who_has_moved_is_decided(self):
        appeals = self.env["score.appeal"].with_user(self.agent)
        appeal = appeals.with_context(**at_context(LATER)).create(
            {"entry_id": self.posted().id, "reason": "No"}
        )
        self.move(self.agent)
        appeal = appeal.with_user(self.manager)
        appeal.comment = "Right"
        appeal.action_uphold()
        self.assertEqual(appeal.sudo().entry_id.reversal_ids.points, 0.5)

    def test_who_has_moved_reads_and_contests_own_points(self):
        self.move(self.agent)
        entry = self.posted(60).with_user(self.agent)
        entry = entry.with_context(
            allowed_company_ids=self.elsewhere.ids, **at_context(LATER)
        )
        self.assertEqual(entry.points, -0.5)
        self.assertTrue(entry.can_appeal)
        appeal = self.env["score.appeal"].with_env(entry.env)
        appeal = appeal.create({"entry_id": entry.id, "reason": "No"})
        self.assertEqual(appeal.points, -0.5)
        self.assertFalse(
            self.entries.with_env(entry.env).search_count(
                [("user_id", "!=", self.agent.id)]
            )
        )

    def test_a_company_that_is_archived_keeps_its_points(self):
        other = self.env["res.company"].create({"name": "Given up"})
        breach = self.breach(60, company=other)
        other.active = False
        entry = self.charge(breach)
        self.assertEqual((entry.company_id, entry.points), (other, -0.5))
        entry._post(LATER)
        self.assertEqual(entry._reverse("Wrong", LATER).points, 0.5)

    def test_a_login_that_was_renamed_is_the_same_agent(self):
        self.posted(60)
        self.agent.login = "renamed"
        self.posted(60)
        close = self.close()
        [card] = self.env["score.card"].search([("user_id", "=", self.agent.id)])
        self.assertEqual(card.total, -1)
        self.assertTrue(close._workbook())

    def test_who_closed_may_have_moved_before_it_is_gone_on_with(self):
        rule = self.env.ref("sla_scoring.measure_coaching")
        rule.threshold = 0.5
        self.posted(60)
        self.move(self.manager)
        self.assertEqual(self.close().state, "closed")
        measure = self.env["score.measure"].search([])
        self.assertNotEqual(measure.owner_id, self.manager)


@tagged("post_install", "-at_install")
class TestPutAside(MovedCase):
    """One record with which the work cannot be done stands aside; the others are done."""

    def asides(self):
        return self.env["score.aside"].search([("state", "=", "open")])

    def score(self, at=LATER):
        cron = self.env.registry["ir.cron"]
        entries = self.entries.with_context(**at_context(at))
        with patch.object(cron, "_commit_progress", lambda *_args, **_more: 1):
            entries._cron_score()

    def failing(self, name, is_bad):
        """Let a step of the points fail for some records."""
        entries = type(self.entries)
        work = getattr(entries, name)

        def step(entries, *args, **more):
            if is_bad(entries, *args):
                raise ValueError("Cannot be done")
            return work(entries, *args, **more)

        return patch.object(entries, name, step)

    def failing_draft(self, breach):
        return self.failing(
            "_draft_rows",
            lambda _self, rows, _at: breach.id in [row["id"] for row in rows],
        )

    @mute_logger(ASIDE)
    def test_one_breach_is_put_aside_with_its_reason(self):
        breaches = [self.breach(60) for _ in range(5)]
        with self.failing_draft(breaches[2]):
            self.score()
        charged = self.entries.search([]).breach_id
        self.assertEqual(charged | breaches[2], self.env["sla.breach"].union(*breaches))
        self.assertFalse(breaches[2].scored_at)
        aside = self.asides()
        self.assertEqual(
            (aside.step, aside.res_id, aside.user_id, aside.reason, aside.put_at),
            ("draft", breaches[2].id, self.agent, "Cannot be done", LATER),
        )
        self.assertEqual(aside.subject, breaches[2].display_name)
        # The job leaves it alone until somebody wants it tried again.
        self.score()
        self.assertFalse(breaches[2].scored_at)

    @mute_logger(ASIDE)
    def test_a_manager_lets_it_be_tried_again(self):
        breach = self.breach(60)
        with self.failing_draft(breach):
            self.score()
            aside = self.asides().with_user(self.manager)
            aside = aside.with_context(**at_context(CLOSING))
            told = aside.action_retry()
            self.assertIn("Cannot be done", told["params"]["message"])
            self.assertEqual((aside.state, aside.tries), ("open", 2))
        self.assertIs(aside.action_retry(), True)
        self.assertEqual((aside.state, aside.tries), ("done", 3))
        self.assertEqual((aside.tried_by_id, aside.tried_at), (self.manager, CLOSING))
        self.assertEqual(self.entries.search([]).breach_id, breach)
        logs = self.env["vip.audit.log"].search([("model", "=", "score.aside")])
        self.assertEqual(logs.mapped("user_id"), [self.manager.id] * 2)
        with self.assertRaises(UserError):
            aside.action_retry()

    @mute_logger(ASIDE)
    def test_nobody_else_lets_it_be_tried_again_or_edits_it(self):
        breach = self.breach(60)
        with self.failing_draft(breach):
            self.score()
        for user in self.agent, self.other:
            with self.assertRaises(AccessError):
                self.asides().with_user(user).action_retry()
        with self.assertRaises(AccessError):
            self.asides().with_user(self.manager).write({"state": "done"})

    @mute_logger(ASIDE, "odoo.sql_db")
    def test_what_is_charged_already_is_put_aside_not_charged_twice(self):
        breach, other = self.breach(60), self.breach(60)
        self.charge(breach)
        breach.scored_at = False
        self.score()
        self.assertEqual(self.asides().reason, "This was already charged.")
        self.assertEqual(self.entries.search_count([("breach_id", "=", breach.id)]), 1)
        self.assertTrue(other.scored_at)

    @mute_logger(ASIDE)
    def test_one_entry_that_cannot_be_posted_is_put_aside(self):
        entries = self.charge(*[self.breach(60) for _ in range(4)])
        bad = entries[1]
        with self.failing("_post", lambda entries, *_args: bad in entries):
            self.score()
        self.assertEqual(bad.state, "draft")
        self.assertEqual(set((entries - bad).mapped("state")), {"posted"})
        self.assertEqual((self.asides().step, self.asides().res_id), ("post", bad.id))
        self.asides().with_user(self.manager).action_retry()
        self.assertEqual(bad.state, "posted")

    @mute_logger(ASIDE)
    def test_one_excuse_that_cannot_be_carried_out_is_put_aside(self):
        first, second = self.posted(60), self.posted(60)
        for entry in first, second:
            self.excuse(entry.breach_id, self.boss, self.manager)
        with self.failing(
            "_undo", lambda _self, breaches, _at: first.breach_id in breaches
        ):
            self.score()
        self.assertFalse(first.reversal_ids)
        self.assertTrue(second.reversal_ids)
        self.assertEqual(self.asides().res_id, first.breach_id.id)
        self.asides().with_user(self.manager).action_retry()
        self.assertTrue(first.reversal_ids)

    @mute_logger(ASIDE)
    def test_an_award_and_a_measure_that_fail_do_not_stop_the_close(self):
        self.let_qualify()
        self.env.ref("sla_scoring.measure_coaching").threshold = 0.5
        for _ in range(5):
            self.posted(60)

        def fails(*_args):
            raise ValueError("Cannot be done")

        awards, measures = self.env["score.award.rule"], self.env["score.measure"]
        with (
            patch.object(type(awards), "_award_values", fails),
            patch.object(type(measures), "_proposed_values", fails),
        ):
            close = self.close()
        self.assertEqual(close.state, "closed")
        self.assertEqual(set(self.asides().mapped("step")), {"award", "measure"})
        asides = close.close_rows("asides", "asides")
        asides = self.env["score.aside"].search(asides["domain"])
        self.assertEqual(asides, self.asides())
        self.assertEqual(set(asides.mapped("month")), {MARCH})
        asides.with_user(self.manager).action_retry()
        self.assertFalse(self.asides())
        self.assertEqual(measures.search([]).user_id, self.agent)
        self.assertTrue(self.entries.search([("kind", "=", "award")]))

    @mute_logger(ASIDE)
    def test_two_people_at_once_are_no_fault_of_the_record(self):
        breach = self.breach(60)
        collision = ConcurrencyError("Somebody else")
        with (
            patch.object(type(self.entries), "_draft_rows", side_effect=collision),
            self.assertRaises(ConcurrencyError),
        ):
            self.entries._draft_from_breaches(at=LATER)
        self.assertFalse(self.asides())
        self.assertFalse(breach.scored_at)


@tagged("post_install", "-at_install")
class TestTwoLogins(MovedCase):
    """Two logins of one person: by one of them nobody decides on the other's points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.vip_same_person_id = cls.agent

    def test_nobody_posts_own_points(self):
        entry = self.charge(self.breach(60))
        self.assertFalse(entry.with_user(self.manager).can_decide)
        with self.assertRaises(AccessError):
            entry.with_user(self.manager).action_post()
        self.assertTrue(entry.with_user(self.boss).can_decide)
        self.assertEqual(
            entry._eligible_deciders() & self.manager, self.env["res.users"]
        )

    def test_nobody_excuses_own_breaches(self):
        breach = self.breach(60)
        with self.assertRaises(AccessError):
            self.excuse(breach, self.boss, self.manager)

    def test_nobody_reverses_own_points_or_decides_own_appeals(self):
        entry = self.posted()
        wizard = self.env["score.entry.reversal"].with_user(self.manager)
        wizard = wizard.create({"entry_id": entry.id, "reason": "Mine"})
        with self.assertRaises(AccessError):
            wizard.action_reverse()
        appeals = self.env["score.appeal"].with_user(self.agent)
        appeal = appeals.with_context(**at_context(LATER)).create(
            {"entry_id": entry.id, "reason": "No"}
        )
        with self.assertRaises(AccessError):
            appeal.with_user(self.manager).action_reject()

    def test_nobody_gives_points_to_themselves(self):
        entries = self.entries.with_user(self.manager).with_context(**at_context(LATER))
        gift = {"user_id": self.agent.id, "points": 1, "reason": "Me"}
        with self.assertRaises(AccessError):
            entries.create(gift)
        draft = entries.create({**gift, "user_id": self.other.id})
        with self.assertRaises(AccessError):
            draft.user_id = self.agent
        self.boss.vip_same_person_id = self.other
        with self.assertRaises(AccessError):
            draft.with_user(self.boss).action_post()

    def test_a_first_login_is_not_itself_a_further_one(self):
        for user, first in (
            (self.agent, self.other),
            (self.boss, self.manager),
            (self.boss, self.boss),
        ):
            with self.assertRaises(ValidationError):
                user.vip_same_person_id = first
