from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import DUE, LATER, MARCH, ScoreCase


@tagged("post_install", "-at_install")
class TestDecisions(ScoreCase):
    """What a second person decides, whatever it is about."""

    def gift(self, by=None, **values):
        """Return a draft offset that a manager enters."""
        return self.entries.with_user(by or self.manager).create(
            {"user_id": self.agent.id, "points": 1, "reason": "Idea", **values}
        )

    def claim(self, by=None):
        return (
            self.env["score.contribution"]
            .with_user(by or self.agent)
            .create(
                {
                    "kind_id": self.env.ref("sla_scoring.contribution_suggestion").id,
                    "description": "A shorter form",
                    "occurred_at": DUE,
                }
            )
        )

    def appeal(self):
        return (
            self.env["score.appeal"]
            .with_user(self.agent)
            .with_context(**at_context(LATER))
            .create({"entry_id": self.posted().id, "reason": "The line was dead"})
        )

    def measure(self):
        self.env["score.measure.rule"].search([]).active = False
        rule = self.env["score.measure.rule"].create({"name": "Limit", "threshold": 1})
        card = self.env["score.card"].create(
            {
                "company_id": self.company.id,
                "user_id": self.agent.id,
                "month": MARCH,
            }
        )
        measures = self.env["score.measure"]
        measures._propose({card: (rule, 2)}, LATER, self.manager)
        return measures.search([("card_id", "=", card.id)])

    def disputed(self):
        ticket, _stop = self.ticket([(self.agent, 60)])
        review = self.env["score.review"].create(
            {
                "card_id": self.env.ref("sla_scoring.review_card").id,
                "ticket_id": ticket.id,
                "user_id": self.agent.id,
                "reviewer_id": self.other.id,
            }
        )
        review.line_ids.with_user(self.other).write({"score": "met"})
        review.with_user(self.other).action_submit()
        own = review.with_user(self.agent)
        own.agent_comment = "Identity was checked by phone"
        own.action_dispute()
        return review

    def lines(self, record):
        return self.env["vip.audit.log"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )

    def test_each_decision_leaves_a_line_in_the_audit_log(self):
        for make, before, words, button, action, reason in (
            (self.gift, "draft", {}, "action_post", "decided", "Idea"),
            (self.claim, "claimed", {}, "action_approve", "approved", False),
            (
                *(self.claim, "claimed", {"comment": "Known"}),
                *("action_reject", "rejected", "Known"),
            ),
            (
                *(self.appeal, "submitted", {"comment": "Seen in the log"}),
                *("action_uphold", "decided", "Seen in the log"),
            ),
            (
                *(self.measure, "proposed", {"decision": "A talk helps"}),
                *("action_agree", "decided", "A talk helps"),
            ),
            (
                *(self.disputed, "disputed", {"settlement": "It was"}),
                *("action_annul", "decided", "It was"),
            ),
        ):
            record = make()
            with self.subTest(record._name, button=button):
                decider = record.with_user(self.boss).with_context(**at_context(LATER))
                decider.write(words)
                self.assertFalse(self.lines(record))
                getattr(decider, button)()
                line = self.lines(record)
                self.assertEqual((line.action, line.reason), (action, reason))
                self.assertEqual((line.user_id, line.at), (self.boss.id, LATER))
                self.assertEqual(line.old_values, {"state": before})
                self.assertEqual(line.new_values, {"state": record.state})
                self.assertEqual(line.record_name, record.display_name)

    def test_what_the_rules_post_is_no_decision(self):
        entry = self.posted()
        self.assertFalse(self.lines(entry))

    def test_an_appeal_that_is_settled_otherwise_leaves_a_line_too(self):
        appeal = self.appeal()
        self.excuse(appeal.sudo().entry_id.breach_id, self.agent, self.boss)
        self.entries._undo_decided(LATER)
        self.assertEqual(appeal.state, "upheld")
        self.assertEqual(self.lines(appeal).reason, "Power cut")

    def test_of_several_those_are_decided_that_can_be(self):
        own, others = self.gift(), self.gift(by=self.boss)
        mine = self.charge(self.breach(60, [(self.manager, 60)]))
        contested = self.charge(self.breach(60))
        self.env["score.appeal"].with_user(self.agent).create(
            {"entry_id": contested.id, "reason": "The line was dead"}
        )
        all_of_them = (own | others | mine | contested).with_user(self.manager)
        action = all_of_them.action_post()
        self.assertEqual(
            all_of_them.mapped("state"), ["draft", "posted", "draft", "draft"]
        )
        self.assertEqual(action["tag"], "display_notification")
        head, *skipped = action["params"]["message"].split("\n")
        self.assertEqual(head, "Decided: 1. Skipped: 3.")
        self.assertEqual(
            skipped,
            [
                f"{own.display_name}: Somebody else posts the points that you entered.",
                f"{mine.display_name}: Another manager decides on your entries.",
                f"{contested.display_name}: Decide the appeal first.",
            ],
        )
        self.assertFalse(self.lines(own) | self.lines(mine) | self.lines(contested))

    def test_nobody_is_told_of_skipped_ones_where_there_are_none(self):
        gifts = self.gift() | self.gift()
        self.assertIs(gifts.with_user(self.boss).action_post(), True)

    def test_where_nothing_can_be_decided_all_reasons_are_told(self):
        claims = self.claim() | self.claim(by=self.manager)
        decider = claims.with_user(self.manager)
        with self.assertRaises(UserError) as caught:
            decider[0].action_reject()
        self.assertNotIn("\n", str(caught.exception))
        with self.assertRaises(UserError) as caught:
            decider.action_reject()
        why, whose = str(caught.exception).split("\n")
        self.assertIn("Answer the agent", why)
        self.assertIn("neither made nor entered it", whose)
        self.assertEqual(set(decider.mapped("state")), {"claimed"})

    def test_a_decision_is_offered_to_whom_it_is_not_refused(self):
        claim = self.claim(by=self.manager)
        for user, offered in (
            (self.boss, True),
            (self.manager, False),
            (self.agent, False),
        ):
            with self.subTest(user.login):
                self.assertEqual(claim.with_user(user).sudo().can_decide, offered)
        claim.with_user(self.boss).action_approve()
        self.assertFalse(claim.with_user(self.boss).can_decide)


@tagged("post_install", "-at_install")
class TestHandsOff(ScoreCase):
    """What the code writes no person writes, not by a default either."""

    def test_no_default_of_the_context_is_taken_over(self):
        close = (
            self.env["score.close"]
            .with_user(self.manager)
            .with_context(default_state="closed", default_closed_by_id=self.boss.id)
            .create({"month": MARCH})
        )
        self.assertEqual((close.state, close.closed_by_id.id), ("draft", False))
        self.assertEqual(close.env.context["default_state"], "closed")

    def test_the_error_names_the_fields(self):
        samples = self.env["score.review.sample"].with_user(self.manager)
        values = {"card_id": self.env.ref("sla_scoring.review_card").id}
        with self.assertRaisesRegex(AccessError, "by hand: Drawn at, State"):
            samples.create({**values, "state": "drawn", "drawn_at": LATER})
        sample = samples.create(values)
        with self.assertRaisesRegex(AccessError, "by hand: Drawn by"):
            sample.drawn_by_id = self.boss

    def test_nobody_adds_a_line_to_a_review(self):
        ticket, _stop = self.ticket([(self.agent, 60)])
        card = self.env.ref("sla_scoring.review_card")
        item = card.item_ids[0].copy()
        review = self.env["score.review"].create(
            {
                "card_id": card.id,
                "ticket_id": ticket.id,
                "user_id": self.agent.id,
                "reviewer_id": self.other.id,
            }
        )
        with self.assertRaises(AccessError):
            review.with_user(self.other).line_ids = [(0, 0, {"item_id": item.id})]
