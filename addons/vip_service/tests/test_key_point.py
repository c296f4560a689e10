from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .answer_case import AnswerCase


@tagged("post_install", "-at_install")
class TestKeyPoint(AnswerCase):
    """Short hints about a client, from data (C2)."""

    def points(self, role="agent", at=None):
        """Return {kind: point} that hold at an instant."""
        client = self.asked.with_user(self.users[role])
        client = client.with_context(
            allowed_company_ids=self.company.ids, **at_context(at or self.now)
        )
        items = client.client_360_section("key_points")["items"]
        priorities = [item["priority"] for item in items]
        self.assertEqual(priorities, sorted(priorities))
        return {item["key"].split(":")[0]: item for item in items}

    def test_a_quiet_client_has_none(self):
        self.assertEqual(self.points(), {})

    def test_the_adviser_is_named_to_others(self):
        self.asked.adviser_id = self.users["adviser"]
        point = self.points()["adviser"]
        self.assertIn(self.users["adviser"].name, point["text"])
        self.assertNotIn("adviser", self.points("adviser"))

    def test_a_bad_answer_is_remembered_for_a_month(self):
        ticket = self.closed()
        question = self.question(ticket)
        answer = self.give(question, 3, words="Nobody may read this")
        point = self.points()["dissatisfied"]
        self.assertEqual(point["key"], f"dissatisfied:vip.answer,{answer.id}")
        self.assertEqual(point["text"], "Answered 3 of 5")
        self.assertEqual(point["link"], {"model": "helpdesk.ticket", "id": ticket.id})
        self.assertNotIn("Nobody", str(point))
        self.assertIn("dissatisfied", self.points(at=self.now + timedelta(days=29)))
        self.assertNotIn("dissatisfied", self.points(at=self.now + timedelta(days=31)))

    def test_a_good_answer_after_a_bad_one_ends_it(self):
        self.give(self.question(minutes=90), 2, at=self.now - timedelta(minutes=50))
        self.assertIn("dissatisfied", self.points())
        self.give(self.question(minutes=60), 5)
        self.assertNotIn("dissatisfied", self.points())

    def test_who_may_not_read_the_ticket_gets_no_link_to_it(self):
        self.give(self.question(), 1)
        self.users["other"] = self.new_user("agent", login="key_point_other")
        self.assertFalse(self.points("other")["dissatisfied"]["link"])

    def test_a_proposed_fall_is_said_and_leads_to_those_who_may_read_it(self):
        self.promote(self.asked, self.platinum)
        change = self.change(self.asked, self.silver, current=self.platinum)
        point = self.points("manager")["tier_proposed"]
        self.assertEqual(point["text"], "Proposed to fall to Silver")
        self.assertEqual(point["link"], {"model": change._name, "id": change.id})
        self.assertFalse(point["valid_until"])

    def test_a_point_ends_when_it_says_so(self):
        client = self.asked.with_context(**at_context(self.now))
        point = client._key_point("x", "X", 1, valid_until=self.now)
        self.patch(
            type(self.env["res.partner"]), "_client_key_points", lambda self: [point]
        )
        self.assertEqual(client._key_points_now(), [])
        earlier = client.with_context(**at_context(self.now - timedelta(seconds=1)))
        self.assertEqual(len(earlier._key_points_now()), 1)

    def test_a_ticket_shows_those_of_its_client(self):
        ticket = self.closed()
        self.give(self.question(ticket), 3)
        points = ticket.with_user(self.agent).client_panel()["key_points"]
        self.assertIn("Answered 3 of 5", [point["text"] for point in points])
        other = self.new_user("agent", login="key_point_other")
        with self.assertRaises(AccessError):
            ticket.with_user(other).client_panel()
        ticket.partner_id = self.env["res.partner"].create({"name": "Stranger"})
        self.assertFalse(ticket.with_user(self.agent).client_panel())
