"""What is promised before a request is sent is what is promised on it."""

from datetime import datetime

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.resource_worktime.engine.worktime import to_datetime
from odoo.addons.vip_base.tools.times import at_context

from .common import START, SlaCase, minutes

#: A working hour, the last quarter of a day, a night, a Saturday.
MOMENTS = (
    datetime(2024, 3, 4, 9, 0),
    datetime(2024, 3, 4, 16, 50),
    datetime(2024, 3, 5, 23, 0),
    datetime(2024, 3, 9, 12, 0),
)


@tagged("post_install", "-at_install")
class TestPromisedBefore(SlaCase):
    """The preview and the clocks agree, for each item and tier, at any hour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sla.policy"].search([]).active = False
        cls.env["sla.policy"].with_context(active_test=False).search([]).active = True
        cls.channel = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
        cls.items = cls.env["helpdesk.ticket.category"].search([])
        cls.key = cls.env["res.partner"].create({"name": "Key", "client_type": "end"})
        ladder = cls.env["vip.tier"]._ladder(cls.env.company)
        cls.env["vip.tier.membership"].create(
            {
                "company_id": cls.env.company.id,
                "partner_id": cls.key.id,
                "tier_id": ladder[-1].id,
                "date_from": "2020-01-01",
            }
        )

    def previewed(self, partner, at):
        """Return {item id: {metric: due}} of what the client is told."""
        policies = self.env["sla.policy"]
        found = policies._would_promise(partner, self.items, self.channel, at)
        return {
            item_id: {metric: due for metric, (_promise, due) in promises.items()}
            for item_id, promises in found.items()
        }

    def promised(self, partner, at):
        """Return the same of tickets that are really made."""
        tickets = (
            self.env["helpdesk.ticket"]
            .sudo()
            ._at(at)
            .create(
                [
                    {
                        "name": "Please",
                        "description": "Please",
                        "partner_id": partner.id,
                        "category_id": item.id,
                        "channel_id": self.channel.id,
                        "user_id": False,
                    }
                    for item in self.items
                ]
            )
        )
        return {
            ticket.category_id.id: {
                clock.metric: clock.due_at for clock in ticket.clock_ids
            }
            for ticket in tickets
        }

    def agrees(self, partner, at):
        before, after = self.previewed(partner, at), self.promised(partner, at)
        for item in self.items:
            for metric, due in after[item.id].items():
                with self.subTest(item=item.name, metric=metric, at=at):
                    self.assertEqual(before[item.id].get(metric), due)

    def test_it_is_what_the_clocks_then_say(self):
        for partner in (self.client, self.key):
            for at in MOMENTS:
                self.agrees(partner, at)

    def test_a_condition_on_what_is_known_counts(self):
        self.make_policy(
            "Web only",
            resolution=7,
            category_ids=[(6, 0, self.item.ids)],
            domain=f"[('channel_id', '=', {self.channel.id})]",
        )
        self.agrees(self.client, START)
        [_metric, due] = [
            pair
            for pair in self.previewed(self.client, START)[self.item.id].items()
            if pair[0] == "resolution"
        ][0]
        self.assertEqual(due, minutes(7))

    def test_where_nothing_is_promised_nothing_is_said(self):
        self.env["sla.policy"].search([]).active = False
        partner = self.client.with_context(**at_context(START))
        [told] = partner._portal_items(self.item, START)
        self.assertEqual((told["promise"], told["by"]), ("", ""))


@tagged("post_install", "-at_install")
class TestItemsInWords(SlaCase):
    """The words in which a limit is promised."""

    def told(self, **target):
        values = {"metric": "resolution", "calendar_mode": "always", **target}
        self.policy.target_ids = [(5, 0, 0), (0, 0, values)]
        [item] = self.client._portal_items(self.item, START)
        return item["promise"]

    def test_limits_in_words(self):
        for target, text in (
            ({"duration": 3}, "done within 3 min"),
            ({"duration": 90}, "done within 1 h 30 min"),
            ({"duration": 4, "unit": "hours"}, "done within 4 h"),
            ({"duration": 1, "unit": "calendar_days"}, "done within 1 day"),
            ({"duration": 2, "unit": "weeks"}, "done within 2 weeks"),
            ({"duration": 3, "metric": "first_response"}, "answered at once"),
            ({"duration": 4, "metric": "first_response"}, "answered within 4 min"),
        ):
            with self.subTest(**target):
                self.assertEqual(self.told(**target), text)
        calendar = self.office()
        days = {"unit": "days", "calendar_mode": "given", "calendar_id": calendar.id}
        self.assertEqual(self.told(duration=1, **days), "done within 1 working day")
        self.assertEqual(self.told(duration=2, **days), "done within 2 working days")

    def test_when_that_is_stands_in_the_zone_of_the_client(self):
        user = new_test_user(
            self.env, "zoned", groups="base.group_portal", tz="Asia/Shanghai"
        )
        user.partner_id.parent_id = self.client
        [item] = user.partner_id.with_user(user)._portal_items(self.item, START)
        self.assertEqual(item["by"], "if sent now: by today 6:00 PM")


@tagged("post_install", "-at_install")
class TestRequestsAtHome(SlaCase, HttpCase):
    """The open requests of a client, what happens with them, and why one is late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, "waiting", groups="base.group_portal", tz="UTC", lang="en_US"
        )
        cls.portal.partner_id.parent_id = cls.client
        cls.ann.name, cls.bob.name = "Ann Owner", "Bob Colleague"

    def told(self, at, *tickets):
        tickets = self.env["helpdesk.ticket"].concat(*tickets)
        return tickets.with_user(self.portal).sudo()._client_told(at)

    def now(self, ticket, at):
        return self.told(at, ticket)[ticket.id]

    def test_what_happens_now_is_said_in_words(self):
        ticket = self.ticket(user_id=False)
        told = self.now(ticket, minutes(1))
        self.assertEqual((told["step"], told["by"]), (0, "answer by today 9:30 AM"))
        self.assertEqual(told["now"], "We have it; it is about to be taken")
        ticket._at(minutes(2)).user_id = self.ann
        told = self.now(ticket, minutes(3))
        self.assertEqual((told["step"], told["now"]), (1, "Ann Owner sees to it"))
        self.move(ticket, minutes(4), self.work)
        self.assertEqual(self.now(ticket, minutes(5))["step"], 2)
        self.move(ticket, minutes(6), self.awaiting)
        self.assertEqual(
            self.now(ticket, minutes(7))["now"], "We wait for your answer."
        )
        self.move(ticket, minutes(8), self.solved)
        told = self.now(ticket, minutes(9))
        self.assertEqual(told["step"], 3)
        self.assertIn("solved", told["now"])

    def test_a_colleague_is_not_named(self):
        ticket = self.ticket()
        ticket._at(minutes(1)).user_id = self.bob
        self.assertEqual(self.now(ticket, minutes(2))["now"], "Ann Owner sees to it")
        nobody = self.ticket(user_id=self.bob.id)
        nobody.sudo().vip_owner_id = False
        self.assertEqual(self.now(nobody, minutes(2))["now"], "One of us works on it")

    def test_late_is_said_with_its_reason_and_what_follows(self):
        lies, slow = self.ticket(user_id=False), self.ticket()
        told = self.told(minutes(40), lies, slow)
        self.assertEqual(told[lies.id]["by"], "answer by today 9:30 AM")
        self.assertEqual(
            told[lies.id]["late"],
            "We are late: nobody was free to take it yet. "
            "Next: done by today 10:00 AM.",
        )
        self.assertIn("it takes longer than we thought", told[slow.id]["late"])
        told = self.told(minutes(70), lies)
        self.assertIn("It comes first with us now.", told[lies.id]["late"])

    def test_who_leads_has_been_told_once_that_is_so(self):
        ticket = self.ticket()
        clock = self.clock(ticket)
        self.env["sla.clock"]._process_due(minutes(70))
        notices = self.env["sla.notice"].search(
            [("clock_id", "in", ticket.clock_ids.ids), ("kind", "=", "breach")]
        )
        told = notices.filtered(lambda one: one.user_id == self.boss)
        self.assertTrue(told and clock)
        told.state = "done"
        told = self.now(ticket, minutes(71))
        self.assertIn("Whoever leads our service has been told.", told["late"])

    def test_requests_stand_by_promised_time(self):
        partner = self.portal.partner_id.with_user(self.portal)
        late = self.ticket(minutes(0), name="First")
        self.ticket(minutes(20), name="Second")
        over = self.ticket(minutes(5), name="Over")
        self.move(over, minutes(6), self.solved)
        self.env.flush_all()
        card = partner.with_context(**at_context(minutes(21)))._portal_requests()
        names = [one["name"] for one in card["requests"]]
        self.assertEqual(names, ["First", "Second"])
        self.assertEqual(card["count"], 2)
        self.assertEqual(card["requests"][0]["link"], f"/my/ticket/{late.id}")

    def test_requests_of_other_clients_are_neither_shown_nor_opened(self):
        other = self.env["res.partner"].create({"name": "Else", "client_type": "end"})
        foreign = self.ticket(partner_id=other.id, name="Foreign request")
        self.authenticate("waiting", "waiting")
        self.assertNotIn("Foreign request", self.url_open("/my").text)
        page = self.url_open(f"/my/ticket/{foreign.id}")
        self.assertNotIn("Foreign request", page.text)

    def test_the_home_shows_them(self):
        ticket = self.ticket(to_datetime(4070908800), name="Transfer to Pudong")
        self.authenticate("waiting", "waiting")
        page = self.url_open("/my").text
        self.assertIn("Transfer to Pudong", page)
        self.assertIn(ticket.number, page)
        self.assertIn("Ann Owner sees to it", page)
