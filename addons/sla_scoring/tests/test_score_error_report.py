from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import DUE, LATER, MARCH, ScoreCase


@tagged("post_install", "-at_install")
class TestScoreErrorReport(ScoreCase):
    """Errors that people find (REQUIREMENTS P2)."""

    def report(self, by=None, at=LATER, **values):
        reports = self.env["score.error.report"].with_user(by or self.manager)
        return reports.with_context(**at_context(at)).create(
            {
                "user_id": self.agent.id,
                "category_id": self.env.ref("sla_scoring.error_information").id,
                "evidence": "Told the client the wrong fee",
                "occurred_at": DUE,
                **values,
            }
        )

    def withdraw(self, report, by=None):
        wizard = self.env["score.error.withdrawal"].with_user(by or self.manager)
        return (
            wizard.with_context(**at_context(LATER))
            .create({"report_id": report.id, "reason": "The fee was right"})
            .action_withdraw()
        )

    def test_a_major_error_counts_with_those_of_lateness(self):
        self.charge(self.breach(900))
        entry = self.report().sudo().entry_ids
        self.assertEqual(
            (entry.kind, entry.ordinal, entry.points, entry.state, entry.month),
            ("error", 2, -3.0, "draft", MARCH),
        )
        self.assertEqual(entry.raised_by_id, self.manager)
        why = str(entry.why_html)
        for text in (
            "Wrong information given",
            "Major",
            "the wrong fee",
            "error no. 2",
        ):
            self.assertIn(text, why)

    def test_the_form_reports_an_error(self):
        form = Form(self.env["score.error.report"].with_user(self.manager))
        form.user_id = self.agent
        form.category_id = self.env.ref("sla_scoring.error_entry")
        form.severity = "critical"
        form.evidence = "Account 7 has the name of account 8"
        report = form.save()
        self.assertTrue(report.sudo().entry_ids.needs_review)

    def test_a_minor_error_is_noted_and_costs_nothing(self):
        report = self.report(severity="minor").sudo()
        self.assertFalse(report.entry_ids)
        self.assertEqual(self.report().sudo().entry_ids.ordinal, 1)

    def test_the_review_window_of_a_report_begins_when_it_is_filed(self):
        entry = self.report().sudo().entry_ids
        days = timedelta(days=self.company.score_review_days)
        almost = LATER + days - timedelta(seconds=1)
        self.assertNotIn(entry, self.entries._due_drafts(almost))
        self.assertIn(entry, self.entries._due_drafts(LATER + days))

    def test_a_critical_error_waits_for_a_manager(self):
        entry = self.report(severity="critical").sudo().entry_ids
        self.assertNotIn(entry, self.entries._due_drafts(LATER + timedelta(days=90)))

    def test_a_report_needs_evidence(self):
        with self.assertRaises(ValidationError):
            self.report(evidence=" ")

    def test_a_file_is_evidence(self):
        file = self.env["ir.attachment"].with_user(self.manager)
        file = file.create({"name": "fee.txt", "raw": b"9.90"})
        report = self.report(evidence=False, attachment_ids=file.ids)
        self.assertEqual(report.with_user(self.agent).attachment_ids.raw, b"9.90")

    def test_who_may_report_and_about_whom(self):
        for by, values in (
            (self.agent, {"user_id": self.other.id}),
            (self.manager, {"state": "withdrawn"}),
            (self.manager, {"raised_by_id": self.boss.id}),
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self.report(by=by, **values)
        with self.assertRaises(ValidationError):
            self.report(occurred_at=LATER + timedelta(days=1))

    def test_a_report_is_not_edited(self):
        report = self.report()
        with self.assertRaises(AccessError):
            report.severity = "minor"

    def test_a_withdrawn_report_takes_its_draft_along(self):
        report = self.report().sudo()
        entry = report.entry_ids
        self.withdraw(report)
        self.assertFalse(entry.exists())
        self.assertEqual(report.state, "withdrawn")
        with self.assertRaises(UserError):
            self.withdraw(report)

    def test_a_withdrawn_report_gives_posted_points_back(self):
        report = self.report().sudo()
        entry = report.entry_ids
        entry._post(LATER)
        self.withdraw(report, self.boss)
        self.assertEqual(entry.reversal_ids.points, 1.5)
        self.assertEqual(entry.reversal_ids.posted_by_id, self.boss)

    def test_withdrawing_settles_the_appeal(self):
        report = self.report().sudo()
        appeal = self.env["score.appeal"].with_user(self.agent)
        appeal = appeal.with_context(**at_context(LATER)).create(
            {"entry_id": report.entry_ids.id, "reason": "The fee is right"}
        )
        self.assertFalse(appeal.with_user(self.manager).can_decide)
        self.withdraw(report)
        self.assertEqual(appeal.state, "upheld")

    def test_nobody_withdraws_reports_about_themselves(self):
        report = self.report(user_id=self.boss.id)
        with self.assertRaises(AccessError):
            self.withdraw(report, self.boss)
        with self.assertRaises(AccessError):
            self.withdraw(report, self.other)

    def test_an_agent_sees_own_reports_only(self):
        own, others = self.report(), self.report(user_id=self.other.id)
        seen = self.env["score.error.report"].with_user(self.agent).search([])
        self.assertIn(own, seen)
        self.assertNotIn(others, seen)

    def test_errors_are_capped_as_all_others(self):
        self.env.ref("sla_scoring.rule_error").cap_month = 2
        entries = self.report().sudo().entry_ids | self.report().sudo().entry_ids
        self.assertEqual(entries.sorted("id").mapped("points"), [-1.5, -0.5])
