from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import APRIL, LATER, MARCH, ScoreCase


@tagged("post_install", "-at_install")
class TestScoreAppeal(ScoreCase):
    def appeal(self, entry, user=None, at=LATER, **values):
        return (
            self.env["score.appeal"]
            .with_user(user or self.agent)
            .with_context(**at_context(at))
            .create(
                {
                    "entry_id": entry.id,
                    "reason_code": "wrong_time",
                    "reason": "The client called back at nine",
                    **values,
                }
            )
        )

    def decide(self, appeal, state, user=None, comment="Seen in the log", **values):
        appeal = appeal.with_user(user or self.manager)
        appeal.write({"comment": comment, **values})
        appeal._decide(state, at=LATER)

    def test_the_button_submits_the_appeal(self):
        entry = self.posted().with_user(self.agent).with_context(**at_context(LATER))
        self.assertTrue(entry.can_appeal)
        action = entry.action_appeal()
        form = Form(
            self.env["score.appeal"]
            .with_user(self.agent)
            .with_context(**action["context"], **at_context(LATER)),
            view=action["views"][0][0],
        )
        form.reason = "It was on hold"
        appeal = form.save()
        self.assertEqual((appeal.entry_id, appeal.user_id), (entry, self.agent))
        self.assertEqual(appeal.state, "submitted")
        self.assertFalse(entry.can_appeal)

    def test_upheld_gives_all_points_back(self):
        entry = self.posted()
        appeal = self.appeal(entry)
        self.decide(appeal, "upheld")
        self.assertEqual(appeal.points_returned, 0.5)
        self.assertEqual(entry.reversal_ids.points, 0.5)
        self.assertEqual(entry.reversal_ids.posted_by_id, self.manager)

    def test_the_manager_answers_on_the_form(self):
        appeal = self.appeal(self.posted(900)).with_user(self.manager)
        with Form(appeal) as form:
            form.comment = "Half of it was the line's fault"
            form.points_returned = 0.75
        appeal.action_uphold_partly()
        self.assertEqual((appeal.state, appeal.points_returned), ("partly", 0.75))

    def test_partly_upheld_gives_some_points_back(self):
        entry = self.posted(900)
        appeal = self.appeal(entry)
        for points in (0, 1.5, 2):
            with self.subTest(points), self.assertRaises(UserError):
                self.decide(appeal, "partly", points_returned=points)
        self.decide(appeal, "partly", points_returned=1)
        self.assertEqual(entry.reversal_ids.points, 1)

    def test_rejected_changes_nothing(self):
        entry = self.posted()
        appeal = self.appeal(entry)
        self.decide(appeal, "rejected")
        self.assertFalse(entry.reversal_ids)
        with self.assertRaises(UserError):
            self.decide(appeal, "upheld")

    def test_the_points_come_back_in_an_open_month(self):
        entry = self.posted()
        cards = self.env["score.card"]
        cards._make_drafts(self.company, MARCH)
        cards.search([("user_id", "=", self.agent.id)])._close(LATER.replace(month=4))
        self.decide(self.appeal(entry), "upheld")
        self.assertEqual(entry.reversal_ids.month, APRIL)

    def test_a_draft_under_appeal_is_not_posted_by_the_job(self):
        entry = self.charge(self.breach(60))
        appeal = self.appeal(entry)
        self.assertNotIn(entry, self.entries._due_drafts(LATER))
        with self.assertRaises(UserError):
            entry.with_user(self.manager).action_post()
        self.decide(appeal, "rejected")
        self.assertIn(entry, self.entries._due_drafts(LATER))

    def test_upholding_against_a_draft_leaves_both_lines_in_the_ledger(self):
        entry = self.charge(self.breach(60))
        self.decide(self.appeal(entry), "upheld")
        self.assertEqual((entry.state, entry.reversal_ids.points), ("posted", 0.5))

    def test_the_appellant_does_not_decide(self):
        appeal = self.appeal(self.posted(holds=[(self.manager, 60)]), self.manager)
        with self.assertRaises(AccessError):
            self.decide(appeal, "upheld", self.manager)
        self.decide(appeal, "upheld", self.boss)
        self.assertEqual(appeal.decided_by_id, self.boss)

    def test_who_raised_the_entry_does_not_decide(self):
        entry = self.charge(self.breach(60))
        entry.raised_by_id = self.manager
        entry._post(LATER)
        appeal = self.appeal(entry)
        self.assertFalse(appeal.with_user(self.manager).can_decide)
        with self.assertRaises(AccessError):
            self.decide(appeal, "upheld", self.manager)
        self.decide(appeal, "upheld", self.boss)

    def test_an_agent_does_not_decide(self):
        appeal = self.appeal(self.posted())
        with self.assertRaises(AccessError):
            appeal._decide("upheld", at=LATER)

    def test_the_agent_is_answered(self):
        appeal = self.appeal(self.posted())
        with self.assertRaises(UserError):
            self.decide(appeal, "rejected", comment=" ")
        self.decide(appeal, "rejected")
        self.assertIn("Seen in the log", appeal.message_ids[0].body)

    def test_only_own_charges_are_contested_and_only_once(self):
        entry = self.posted()
        with self.assertRaises(AccessError):
            self.appeal(entry, self.other)
        with self.assertRaises(AccessError):
            self.appeal(entry, self.manager)
        self.appeal(entry)
        with self.assertRaises(UserError):
            self.appeal(entry)
        reversed_entry = self.posted()
        reversed_entry._reverse("Wrong", LATER)
        with self.assertRaises(UserError):
            self.appeal(reversed_entry)

    def test_an_appeal_cannot_decide_itself(self):
        entry = self.posted()
        for values in (
            {"state": "upheld"},
            {"points_returned": 5},
            {"decided_by_id": self.boss.id},
            {"user_id": self.other.id},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self.appeal(entry, **values)
        appeal = self.appeal(entry)
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                appeal.with_user(user).write({"state": "upheld"})

    def test_excusing_the_breach_settles_the_appeal(self):
        entry = self.charge(self.breach(60))
        appeal = self.appeal(entry)
        entry.breach_id.write(
            {"state": "excused", "reason": "Outage", "decided_by_id": self.boss.id}
        )
        self.entries._undo_decided(LATER)
        self.assertEqual((appeal.state, appeal.decided_by_id), ("upheld", self.boss))
        self.assertEqual((entry.state, entry.reversal_ids.points), ("posted", 0.5))

    def test_the_time_to_contest_begins_with_posting_and_ends(self):
        self.company.score_appeal_days = 5
        draft = self.charge(self.breach(60))
        self.assertFalse(draft.appeal_until)
        entry = self.posted()
        self.assertEqual(entry.appeal_until, LATER + timedelta(days=5))
        after = LATER + timedelta(days=5, seconds=1)
        own = entry.with_user(self.agent)
        self.assertTrue(own.with_context(**at_context(LATER)).can_appeal)
        self.assertFalse(own.with_context(**at_context(after)).can_appeal)
        with self.assertRaises(UserError):
            self.appeal(entry, at=after)
        self.appeal(draft, at=after)
        self.appeal(entry, at=entry.appeal_until)

    def test_an_appeal_is_to_be_answered_in_time_and_managers_are_reminded(self):
        self.company.score_answer_days = 4
        self.team.user_id = self.boss
        appeal = self.appeal(self.posted()).sudo()
        due = LATER + timedelta(days=4)
        self.assertEqual((appeal.submitted_at, appeal.due_at), (LATER, due))

        def remind(at):
            self.env["score.appeal"].with_context(**at_context(at))._cron_remind()
            return appeal.activity_ids

        self.assertFalse(remind(due - timedelta(days=2)))
        first = remind(due - timedelta(hours=12))
        self.assertEqual(first.user_id, self.boss)
        self.assertEqual(remind(due - timedelta(hours=1)), first)
        second = remind(due + timedelta(hours=1))
        self.assertEqual(len(second), 1)
        self.assertNotEqual(second, first)
        self.assertEqual(remind(due + timedelta(days=1)), second)
        for minute, overdue in (0, False), (1, True):
            at = at_context(due + timedelta(minutes=minute))
            self.assertEqual(appeal.with_context(**at).is_overdue, overdue)
        self.decide(appeal, "rejected")
        self.assertFalse(appeal.activity_ids.filtered("active"))

    def test_who_raised_the_entry_is_not_reminded(self):
        entry = self.charge(self.breach(60))
        entry.raised_by_id = self.boss
        self.team.user_id = self.boss
        appeal = self.appeal(entry).sudo()
        self.assertNotEqual(appeal._proposed_decider(), self.boss)

    def test_upheld_for_the_wrong_person_proposes_the_entry_for_the_right_one(self):
        entry = self.posted()
        appeal = self.appeal(
            entry, reason_code="wrong_person", right_user_id=self.other.id
        )
        self.decide(appeal, "upheld")
        proposed = self.entries.search([("source_key", "=", f"appeal:{appeal.id}")])
        self.assertEqual(
            (proposed.user_id, proposed.points, proposed.state, proposed.needs_review),
            (self.other, -0.5, "draft", True),
        )
        self.assertEqual(proposed.raised_by_id, self.manager)
        self.assertEqual(proposed.breach_id, entry.breach_id)
        self.assertNotIn(proposed, self.entries._due_drafts(LATER))
        self.assertNotIn(self.agent.name, str(proposed.why_html))
        proposed.with_user(self.boss).action_post()
        again = self.appeal(proposed, self.other)
        self.assertFalse(again.with_user(self.manager).can_decide)

    def test_the_error_of_the_right_person_is_counted_anew(self):
        self.charge(self.breach(900, [(self.other, 900)]))
        entry = self.posted(900)
        appeal = self.appeal(
            entry, reason_code="wrong_person", right_user_id=self.other.id
        )
        self.decide(appeal, "upheld")
        proposed = self.entries.search([("source_key", "=", f"appeal:{appeal.id}")])
        self.assertEqual((proposed.ordinal, proposed.points), (2, -3.0))

    def test_a_rejected_appeal_charges_nobody_else(self):
        appeal = self.appeal(
            self.posted(), reason_code="wrong_person", right_user_id=self.other.id
        )
        self.decide(appeal, "rejected")
        self.assertFalse(self.entries.search([("user_id", "=", self.other.id)]))

    def test_who_would_be_charged_instead_does_not_decide(self):
        appeal = self.appeal(
            self.posted(), reason_code="wrong_person", right_user_id=self.manager.id
        )
        with self.assertRaises(AccessError):
            self.decide(appeal, "rejected")
        self.decide(appeal, "upheld", self.boss)

    def test_evidence_is_read_by_the_decider_and_taken_from_nobody_else(self):
        def upload(user, **values):
            files = self.env["ir.attachment"].with_user(user).sudo()
            return files.create({"name": "call.txt", "raw": b"09:00", **values}).sudo(
                False
            )

        file = upload(self.agent, res_model="score.appeal", res_id=0)
        appeal = self.appeal(self.posted(), attachment_ids=file.ids)
        seen = appeal.with_user(self.manager).attachment_ids
        self.assertEqual((seen.raw, seen.res_id), (b"09:00", appeal.id))
        with self.assertRaises(AccessError):
            file.with_user(self.other).read(["raw"])
        for foreign in (
            upload(self.other),
            upload(
                self.agent, res_model="res.partner", res_id=self.agent.partner_id.id
            ),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.appeal(self.posted(), attachment_ids=foreign.ids)

    def test_appeals_are_counted_by_rule(self):
        self.decide(self.appeal(self.posted()), "upheld")
        self.decide(self.appeal(self.posted()), "rejected")
        rule = self.env.ref("sla_scoring.rule_overtime")
        groups = (
            self.env["score.appeal"]
            .with_user(self.manager)
            ._read_group(
                [("user_id", "=", self.agent.id)],
                ["rule_id", "state"],
                ["__count", "points_returned:sum"],
            )
        )
        self.assertEqual(
            {(r.id, state): rest for r, state, *rest in groups},
            {(rule.id, "upheld"): [1, 0.5], (rule.id, "rejected"): [1, 0.0]},
        )
