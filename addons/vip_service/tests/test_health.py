from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
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
        found = client._health_of(client._now())
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

    # Who says otherwise

    def override(self, role="manager", **values):
        overrides = self.env["vip.health.override"].with_user(self.users[role])
        return overrides.with_context(
            allowed_company_ids=self.company.ids, **at_context(self.now)
        ).create(
            {
                "partner_id": self.asked.id,
                "state": "good",
                "reason": "On holiday, as each year",
                "date_to": self.now.date() + timedelta(days=3),
                **values,
            }
        )

    def later(self, days, role="manager"):
        at = self.now + timedelta(days=days)
        client = self.asked.with_user(self.users[role])
        return client.with_context(
            allowed_company_ids=self.company.ids, **at_context(at)
        )

    def test_a_person_says_otherwise_with_a_reason_until_a_day(self):
        self.give(self.question(minutes=90), 1)
        self.override()
        health = self.health()
        self.assertEqual((health["state"], health["measured"]), ("good", "red"))
        self.assertEqual(health["override"]["by"], self.users["manager"].name)
        states = [
            self.later(days).client_360_section("health")["state"] for days in (3, 4)
        ]
        self.assertEqual(states, ["good", "red"])

    def test_the_measures_say_it_again_once_it_is_ended(self):
        self.give(self.question(minutes=90), 1)
        override = self.override()
        with self.assertRaises(AccessError):
            override.state = "watch"
        override.with_context(**at_context(self.now)).action_end()
        self.assertEqual(self.health()["state"], "red")
        self.assertEqual(override.ended_by_id, self.users["manager"])
        with self.assertRaises(UserError):
            override.action_end()

    def test_only_who_serves_the_client_says_otherwise_and_why(self):
        with self.assertRaises(AccessError):
            self.override("adviser")
        self.asked.adviser_id = self.users["adviser"]
        self.override("adviser")
        for wrong in (
            {"reason": " "},
            {"date_to": self.now.date() - timedelta(days=1)},
        ):
            with self.assertRaises(UserError):
                self.override(**wrong)

    # How it is judged

    def test_weights_and_lines_are_set_and_count(self):
        self.give(self.question(minutes=90), 2)
        self.assertTrue(self.measures()["answers"]["is_red"])
        line = self.env.ref("vip_service.health_answers")
        line.red = 1
        self.assertFalse(self.measures()["answers"]["is_red"])
        line.weight = 0
        self.assertNotIn("answers", self.measures())
        with self.assertRaises(ValidationError):
            line.red = 6

    def test_lists_show_the_number_of_the_page(self):
        self.give(self.question(minutes=90), 5)
        self.env["vip.contact"]._log_without_ticket(
            self.asked.with_user(self.agent),
            "call",
            self.now - timedelta(days=40),
            "Talked",
            self.now - timedelta(days=40),
        )
        unmeasured = self.client("QUIET")
        for role in ("agent", "manager"):
            client = self.later(0, role)
            health = client.client_360_section("health")
            self.assertEqual(client.vip_health, str(health["number"]))
            self.assertEqual(client.vip_health_state, health["state"])
            quiet = unmeasured.with_env(client.env)
            self.assertFalse(quiet.vip_health)
            found = client.search(
                [("id", "in", (client + quiet).ids)], order="vip_health"
            )
            self.assertEqual(found, client + quiet)
