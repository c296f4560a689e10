from datetime import date, timedelta

from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .answer_case import AnswerCase


@tagged("post_install", "-at_install")
class TestHealth(AnswerCase):
    """Dated measures of how a client stands; what is not measured is not zero."""

    def measures(self, role="manager"):
        client = self.asked.with_user(self.users[role])
        client = client.with_context(
            allowed_company_ids=self.company.ids, **at_context(self.now)
        )
        found = client._client_health_measures()
        for measure in found:
            self.assertGreater(measure["weight"], 0, measure["key"])
        self.assertEqual(len(found), len({measure["key"] for measure in found}))
        return {measure["key"]: measure for measure in found}

    def test_what_is_not_measured_is_none(self):
        measures = self.measures()
        for key in ("answers", "silence", "activity"):
            self.assertIsNone(measures[key]["value"], key)
            self.assertFalse(measures[key]["day"] or measures[key]["is_red"], key)

    def test_satisfaction_is_the_mean_of_answers_and_red_from_three_down(self):
        self.give(self.question(minutes=90), 5, at=self.now - timedelta(minutes=50))
        self.give(self.question(minutes=60), 2)
        answers = self.measures()["answers"]
        self.assertEqual((answers["value"], answers["is_red"]), (3.5, False))
        self.give(self.question(minutes=30), 1)
        answers = self.measures()["answers"]
        self.assertAlmostEqual(answers["value"], 8 / 3)
        self.assertTrue(answers["is_red"])
        self.assertEqual(answers["day"], self.now.date().isoformat())

    def test_silence_is_red_from_sixty_days_on(self):
        for days, red in ((59, False), (60, True)):
            self.asked = self.client(f"SILENT{days}")
            at = self.now - timedelta(days=days)
            self.env["vip.contact"]._log_without_ticket(
                self.asked.with_user(self.agent), "call", at, "Talked", at
            )
            silence = self.measures()["silence"]
            self.assertEqual((silence["value"], silence["is_red"]), (days, red))

    def test_activity_is_compared_with_the_months_before(self):
        for month, deposit in enumerate((100, 100, 100, 60, 60, 60), 1):
            self.fact(self.asked, date(2024, month, 1), deposit)
        activity = self.measures()["activity"]
        self.assertAlmostEqual(activity["value"], -40)
        self.assertTrue(activity["is_red"])
        self.assertEqual(activity["day"], "2024-06-01")

    def test_activity_is_for_who_may_see_the_clients_figures(self):
        self.assertNotIn("activity", self.measures("agent"))
        self.asked.adviser_id = self.users["adviser"]
        self.assertIn("activity", self.measures("adviser"))

    # The whole

    def health(self, role="manager"):
        client = self.asked.with_user(self.users[role])
        client = client.with_context(
            allowed_company_ids=self.company.ids, **at_context(self.now)
        )
        return client.client_360_section("health")

    def test_the_whole_is_the_mean_of_what_is_measured_and_says_why(self):
        health = self.health("agent")
        self.assertEqual((health["number"], health["state"]), (None, None))
        self.give(self.question(minutes=90), 5)
        health = self.health("agent")
        self.assertIn(health["state"], ("good", "watch"))
        self.assertEqual(
            {
                one["key"]: one["score"]
                for one in health["measures"]
                if one["key"] in ("answers", "silence")
            },
            {"answers": 100, "silence": None},
        )

    def test_one_red_measure_makes_the_whole_red(self):
        self.give(self.question(minutes=90), 1)
        health = self.health("agent")
        self.assertEqual(health["state"], "red")
