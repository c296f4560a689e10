from datetime import timedelta

from odoo.addons.vip_base.tools.times import at_context

from .common import START, SlaCase, minutes

SOON = minutes(5)


class TestNextAction(SlaCase):
    """What promises make of the next action: until when, and what else they ask for."""

    def actions(self, ticket, at=SOON, user=None):
        ticket = ticket.with_user(user or self.ann)
        ticket.invalidate_recordset(["vip_next_actions"])
        return ticket.with_context(**at_context(at)).vip_next_actions or []

    def first(self, ticket, at=SOON, user=None):
        action = self.actions(ticket, at, user)[0]
        return action["verb"], action["promise"], action["until"]

    def verbs(self, ticket, at=SOON, user=None):
        return [action["verb"] for action in self.actions(ticket, at, user)]

    def answer(self, ticket, at):
        ticket._at(at)._log_contact(at)

    def test_an_answer_is_owed_until_the_first_response_is(self):
        self.assertEqual(
            self.first(self.ticket()),
            ("reply", "First response", "2024-03-04 09:30:00"),
        )

    def test_answered_it_is_to_be_solved(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(3))
        self.assertEqual(
            self.first(ticket), ("solve", "Resolution", "2024-03-04 10:00:00")
        )

    def test_nobody_holds_it_and_what_is_due_first_says_until_when(self):
        ticket = self.ticket(user_id=False)
        self.assertEqual(
            self.first(ticket), ("take", "First response", "2024-03-04 09:30:00")
        )

    def test_a_missed_promise_still_says_until_when_it_was(self):
        ticket = self.ticket()
        self.due(minutes(70))
        self.assertEqual(self.first(ticket, minutes(71))[2], "2024-03-04 09:30:00")

    def test_solved_and_the_result_is_to_be_told(self):
        self.make_policy("Told", feedback=120, category_ids=[(6, 0, self.item.ids)])
        ticket = self.ticket()
        self.answer(ticket, minutes(3))
        self.assertNotIn("tell", self.verbs(ticket))
        self.move(ticket, minutes(20), self.solved)
        verb, promise, until = self.first(ticket, minutes(21))
        self.assertEqual((verb, promise), ("tell", "Feedback"))
        self.assertTrue(until)
        self.answer(ticket, minutes(30))
        self.assertEqual(self.verbs(ticket, minutes(31)), [])

    def test_the_client_is_told_how_it_stands(self):
        self.make_policy("Update", update=60, category_ids=[(6, 0, self.item.ids)])
        ticket = self.ticket()
        self.answer(ticket, minutes(3))
        self.assertEqual(self.first(ticket)[:2], ("update", "Periodic update 2"))

    def test_what_waits_too_long_is_asked_for_again(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(3))
        self.move(ticket, minutes(20), self.awaiting)
        self.assertEqual(self.verbs(ticket, minutes(21)), [])
        later = START + timedelta(days=3, minutes=20)
        self.assertEqual(self.verbs(ticket, later - timedelta(minutes=1)), [])
        [action] = self.actions(ticket, later)
        self.assertEqual(action["verb"], "remind")
        self.assertEqual(action["text"], "Remind the client")
        self.answer(ticket, later)
        self.assertEqual(self.verbs(ticket, later + timedelta(minutes=1)), [])

    def test_a_third_party_is_reminded_too_but_not_by_a_message_to_the_client(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(3))
        self.move(ticket, minutes(20), self.third)
        actions = self.actions(ticket, START + timedelta(days=4))
        [remind] = [action for action in actions if action["verb"] == "remind"]
        self.assertFalse(remind["button"] or remind["method"])

    def test_a_request_to_extend_is_decided_by_a_manager_who_has_no_part(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(3))
        extensions = self.env["sla.extension"].with_user(self.ann)
        extension = extensions.with_context(**at_context(minutes(5))).create(
            {
                "clock_id": self.clock(ticket).id,
                "duration": 1,
                "unit": "hours",
                "reason": "The form is at the printer's",
            }
        )
        action = self.actions(ticket, user=self.boss)[0]
        self.assertEqual((action["verb"], action["mine"]), ("decide", True))
        self.assertEqual(action["link"], {"model": "sla.extension", "id": extension.id})
        self.assertEqual(self.first(ticket)[0], "solve")

    def test_a_request_to_excuse_is_decided_too(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(3))
        self.due(minutes(70))
        breach = self.env["sla.breach"].search([("ticket_id", "=", ticket.id)])
        reason = self.env["sla.breach.reason"].search(
            [("excusable", "=", True)], limit=1
        )
        self.env["sla.excuse"].with_user(self.ann).create(
            {"breach_id": breach.id, "reason_id": reason.id, "evidence": "See the log"}
        )
        self.assertEqual(self.first(ticket, minutes(71), self.boss)[0], "decide")

    def test_the_client_page_begins_with_what_is_due_first(self):
        self.ticket(minutes(10))
        pressing = self.ticket()
        page = (
            self.client.with_user(self.ann)
            .with_context(**at_context(minutes(15)))
            ._client_360_next_action()["items"]
        )
        self.assertEqual(page[0]["ticket"]["id"], pressing.id)
        self.assertEqual([action["verb"] for action in page], ["reply", "reply"])

    # Beside it: story and health

    def test_a_missed_promise_is_told_in_the_story(self):
        ticket = self.ticket()
        self.due(minutes(70))
        client = self.client.with_user(self.boss)
        lines = [
            line for line in client._client_story()["lines"] if line["kind"] == "missed"
        ]
        self.assertEqual(
            [(line["at"], line["text"], line["tone"]) for line in lines],
            [
                ("2024-03-04 10:00:00", "Promise missed: Resolution", "danger"),
                ("2024-03-04 09:30:00", "Promise missed: First response", "danger"),
            ],
        )
        self.assertEqual(lines[0]["note"], ticket.number)

    def test_late_and_missed_are_measures_of_health(self):
        self.ticket()
        self.due(minutes(70))
        client = self.client.with_user(self.boss).with_context(
            **at_context(minutes(71))
        )
        measures = {m["key"]: m for m in client._health_of(client._now())}
        self.assertEqual(
            (measures["late"]["value"], measures["late"]["is_red"]), (1, True)
        )
        self.assertEqual(measures["missed"]["value"], 2)

    def test_key_points_lead_to_exactly_their_rows(self):
        self.tickets(2)
        self.due(minutes(70))
        client = self.client.with_user(self.boss).with_context(
            **at_context(minutes(71))
        )
        points = {
            point["key"].split(":")[0]: point for point in client._key_points_now()
        }
        for kind, count in (("late", 2), ("missed", 4)):
            link = points[kind]["link"]
            rows = self.env[link["model"]].with_user(self.boss)
            self.assertEqual(rows.search_count(link["domain"]), count, kind)
