from datetime import timedelta

from odoo.addons.vip_base.tools.times import EventTime

from .common import START, SlaCase, minutes

FIRST_CALL_QUERIES = 15
SECTION_QUERIES = 4


class TestClient360(SlaCase):
    def page(self, at=START, user=None):
        """Return ``{key: section}`` of the client's page as of ``at``."""
        partner = self.client.with_user(user or self.boss)
        partner = partner.with_context(vip_event_time=EventTime(at))
        return {section["key"]: section for section in partner.client_360()["sections"]}

    def breach_section(self):
        return self.client.with_user(self.boss).client_360_section("breaches")

    def promise_resolution_only(self):
        targets = self.policy.target_ids
        targets.filtered(lambda target: target.metric == "first_response").unlink()

    def row(self, at):
        [row] = self.page(at)["requests"]["data"]["open"]
        return row["columns"]["promise"]

    def points(self, at, user=None):
        partner = self.client.with_user(user or self.boss)
        partner = partner.with_context(vip_event_time=EventTime(at))
        items = partner.client_360_section("key_points")["items"]
        return {
            item["key"].split(":")[0]: item["text"].rsplit(" ", 1)[1] for item in items
        }

    def test_a_request_shows_what_is_due_next(self):
        self.ticket()
        row = self.row(minutes(10))
        self.assertEqual(row["time_left_due_at"], "2024-03-04 09:30:00")
        self.assertFalse(row["late"])
        self.assertEqual(
            {clock["metric"]: clock["state"] for clock in row["clocks"]},
            {"first_response": "running", "resolution": "running"},
        )

    def test_a_request_is_late_before_the_due_job_came_by(self):
        self.ticket()
        self.assertTrue(self.row(minutes(31))["late"])

    def test_a_missed_promise_stays_due_until_the_work_is_done(self):
        self.promise_resolution_only()
        ticket = self.ticket()
        self.due(minutes(90))
        self.assertEqual(
            self.row(minutes(95))["time_left_due_at"], "2024-03-04 10:00:00"
        )
        self.move(ticket, minutes(100), self.solved)
        self.assertFalse(self.row(minutes(101))["time_left_due_at"])

    def test_a_waiting_request_has_no_due_time_and_says_what_is_left(self):
        self.promise_resolution_only()
        ticket = self.ticket()
        self.move(ticket, minutes(20), self.awaiting)
        row = self.row(minutes(50))
        self.assertFalse(row["time_left_due_at"])
        self.assertEqual([clock["state"] for clock in row["clocks"]], ["paused"])
        [info] = self.clock(ticket)._info()
        self.assertEqual(info["left_seconds"], 40 * 60)

    def test_a_running_promise_has_nothing_to_say_about_a_pause(self):
        [info] = self.clock(self.ticket())._info()
        self.assertIs(info["left_seconds"], False)

    def test_breaches_tell_holder_and_lateness(self):
        ticket = self.ticket()
        self.due(minutes(70))
        items = self.breach_section()["items"]
        self.assertEqual(
            [(item["metric_label"], item["overrun_seconds"]) for item in items],
            [("Resolution", False), ("First response", False)],
        )
        self.assertEqual(items[0]["ticket_number"], ticket.number)
        self.assertEqual(items[0]["user"], self.ann.name)
        self.assertEqual(items[0]["breached_at"], "2024-03-04 10:00:00")
        self.move(ticket, minutes(75), self.solved)
        self.due(minutes(76))
        self.assertEqual(self.breach_section()["items"][0]["overrun_seconds"], 15 * 60)

    def test_older_breaches_are_counted_not_listed(self):
        self.tickets(12)
        self.due(minutes(70))
        section = self.breach_section()
        self.assertEqual(len(section["items"]), 10)
        self.assertEqual(section["count"], 24)

    def test_key_points_name_what_presses(self):
        self.tickets(2)
        self.assertEqual(self.points(minutes(1)), {"due_soon": "2"})
        self.due(minutes(70))
        self.assertEqual(self.points(minutes(71)), {"late": "2", "missed": "4"})
        later = START + timedelta(days=31)
        self.assertEqual(self.points(later), {"late": "2"})

    def test_a_quiet_client_has_no_key_points(self):
        self.assertEqual(self.points(START), {})

    def test_colleagues_requests_are_hinted_at_and_not_shown(self):
        self.ticket(team_id=self.other_team.id, user_id=self.bob.id)
        self.due(minutes(70))
        self.assertEqual(self.points(minutes(71), self.ann)["late"], "1")
        page = self.page(minutes(71), self.ann)
        self.assertEqual(page["requests"]["data"]["open"], [])
        breaches = self.client.with_user(self.ann).client_360_section("breaches")
        self.assertEqual(breaches, {"items": [], "count": 0})

    def test_another_companys_requests_are_no_hint(self):
        self.ticket()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.boss.company_ids += elsewhere
        partner = self.client.with_user(self.boss).with_company(elsewhere)
        partner = partner.with_context(allowed_company_ids=elsewhere.ids)
        self.due(minutes(70))
        self.assertEqual(partner._client_360_key_points()["items"], [])

    def test_queries_stay_within_the_budget(self):
        """However much there is; rules and groups are kept between requests."""
        self.tickets(30)
        self.due(minutes(70))
        partner = self.client.with_user(self.boss)
        calls = [
            (partner.client_360, (), FIRST_CALL_QUERIES),
            (partner.client_360_section, ("breaches",), SECTION_QUERIES),
        ]
        self.env.flush_all()
        for call, args, budget in calls:
            for allowed in (1000, budget):
                self.env.invalidate_all()
                with self.assertQueryCount(allowed):
                    call(*args)
