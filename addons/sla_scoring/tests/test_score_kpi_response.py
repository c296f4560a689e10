from datetime import timedelta

from odoo.tests import new_test_user, tagged

from odoo.addons.sla_promise.tests.common import START, SlaCase, minutes
from odoo.addons.vip_base.tools.times import at_context


@tagged("post_install", "-at_install")
class TestScoreKpiResponse(SlaCase):
    """The average first response is what the clocks counted (REQUIREMENTS S3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpi = cls.env.ref("sla_scoring.kpi_response")
        cls.chief = new_test_user(cls.env, "chief", groups="vip_base.group_vip_manager")

    def answer(self, ticket, at):
        message = (
            ticket._at(minutes(at))
            .with_user(self.ann)
            .message_post(
                body="We are on it",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                **self.reaches(ticket),
            )
        )
        self.hand_over(message.sudo().mail_ids)

    def average(self):
        """Return the team's average of March, and how many tickets."""
        kpi = self.kpi.with_context(**at_context(START + timedelta(days=2)))
        teams = kpi.kpi_teams()["teams"]
        scope = f"team-{self.team.id}"
        cells = [team["cells"][-1] for team in teams if team["scope"] == scope]
        return cells[0]["value"], cells[0]["count"]

    def outage(self, start, stop, at):
        outage = self.env["sla.outage"].create(
            {
                "name": "Line down",
                "reason": "The provider said so",
                "date_from": minutes(start),
                "date_to": stop and minutes(stop),
            }
        )
        outage = outage.with_user(self.chief)
        outage.with_context(**at_context(minutes(at))).action_approve()

    def test_kept_and_missed_responses_are_averaged(self):
        for at in (2, 10, 60):
            self.answer(self.ticket(), at)
        self.assertEqual(self.average(), (24, 3))

    def test_outages_and_waiting_are_not_counted(self):
        self.answer(self.ticket(), 20)
        waited = self.ticket()
        self.move(waited, minutes(1), self.awaiting)
        self.move(waited, minutes(9), self.work)
        self.answer(waited, 20)
        self.assertEqual(self.average(), (16, 2))
        self.outage(10, 14, 30)
        self.assertEqual(self.average(), (12, 2))

    def test_an_answer_given_while_the_clock_stood_still_counts_what_it_took(self):
        ticket = self.ticket()
        self.move(ticket, minutes(6), self.awaiting)
        self.answer(ticket, 20)
        self.outage(40, 0, 40)
        later = self.ticket(minutes(38))
        self.answer(later, 50)
        self.assertFalse(
            any((ticket + later).clock_ids.filtered(self._first).mapped("due_at"))
        )
        self.assertEqual(self.average(), (4, 2))

    def test_what_was_cancelled_unanswered_has_no_response(self):
        ticket = self.ticket()
        self.due(minutes(31))
        self.move(ticket, minutes(45), self.cancelled)
        self.answer(self.ticket(), 2)
        self.assertEqual(self.average(), (2, 1))

    def test_working_hours_that_are_changed_later_make_no_response_longer(self):
        hours = self.env.company.resource_calendar_id.copy({"tz": "UTC"})
        self.policy.target_ids.write(
            {"calendar_mode": "given", "calendar_id": hours.id}
        )
        self.answer(self.ticket(), 2)
        self.assertEqual(self.average(), (2, 1))
        hours.attendance_ids.write({"hour_from": 20, "hour_to": 21})
        # The hours of then are known, as after each commit.
        self.assertEqual(self.average(), (2, 1))

    def _first(self, clock):
        return clock.metric == "first_response"
