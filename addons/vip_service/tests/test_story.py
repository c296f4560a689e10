from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .contact_case import START, ContactCase, minutes


@tagged("post_install", "-at_install")
class TestStory(ContactCase):
    """What happened with a client, from all sources, the newest first, in pages."""

    def of(self, user, client=None):
        client = (client or self.bank).with_user(user)
        return client.with_context(allowed_company_ids=self.company.ids)

    def lines(self, user=None, limit=100):
        return self.of(user or self.users["manager"])._client_story(None, limit)[
            "lines"
        ]

    def kinds(self, user=None):
        return [line["kind"] for line in self.lines(user)]

    def happen(self):
        """Let something of each kind happen; return the ticket."""
        ticket = self.ticket()
        self.post(ticket, minutes(5), self.ann.partner_id)
        self.log(self.bank, 7)
        ticket._at(minutes(30)).stage_id = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_done"
        )
        ticket.closed_date = minutes(30)
        answer = {
            "grade": 3,
            "channel": "phone",
            "source": "A list",
            "answered_at": minutes(40),
            "words": "Slow",
            "dimensions": {},
        }
        answers = self.env["vip.answer"].with_user(self.users["manager"])
        answers._enter(ticket, answer, minutes(41))
        self.promote(self.bank, self.platinum, at=datetime(2024, 3, 2))
        right = self.env["vip.entitlement"].create(
            {"name": "Analyst", "tier_id": self.platinum.id}
        )
        self.env["vip.entitlement.use"].create(
            {
                "entitlement_id": right.id,
                "partner_id": self.bank.id,
                "date": date(2024, 3, 3),
            }
        )
        return ticket

    def test_everything_stands_in_one_line_of_time(self):
        self.happen()
        known = {"answer", "closed", "contact", "opened", "right", "tier"}
        self.assertEqual(
            [kind for kind in self.kinds() if kind in known],
            ["answer", "closed", "contact", "contact", "opened", "right", "tier"],
        )
        times = [line["at"] for line in self.lines()]
        self.assertEqual(times, sorted(times, reverse=True))

    def test_lines_say_what_and_lead_there(self):
        ticket = self.happen()
        lines = {line["kind"]: line for line in self.lines()}
        self.assertEqual(lines["answer"]["text"], "Answered 3 of 5")
        self.assertEqual(lines["answer"]["tone"], "warning")
        self.assertEqual(lines["opened"]["note"], ticket.number)
        self.assertEqual(
            lines["opened"]["link"], {"model": "helpdesk.ticket", "id": ticket.id}
        )
        self.assertEqual(lines["tier"]["text"], "Tier from now on: Platinum")
        self.assertTrue(lines["tier"]["whole_day"])
        self.assertEqual(lines["right"]["text"], "Right used: Analyst")
        self.assertNotIn("Slow", str(lines))

    def test_a_fall_to_the_lowest_tier_is_told(self):
        self.promote(self.bank, self.platinum, at=datetime(2024, 3, 2))
        fall = self.change(self.bank, self.silver, current=self.platinum)
        fall.with_user(self.users["manager"])._approve(at=datetime(2024, 3, 9))
        self.assertEqual(
            [(line["kind"], line["at"][:10]) for line in self.lines()],
            [("tier_ended", "2024-03-09"), ("tier", "2024-03-02")],
        )

    def test_pages_give_each_line_once_and_all(self):
        for number in range(7):
            # Two at each instant: the page may end between them.
            self.ticket(START + timedelta(hours=number // 2))
        self.happen()
        client = self.of(self.users["manager"])
        expected = [line["key"] for line in self.lines()]
        found, after = [], None
        for _page in range(20):
            page = client._client_story(client._story_place(after), 3)
            self.assertLessEqual(len(page["lines"]), 3)
            found += [line["key"] for line in page["lines"]]
            after = page["next"]
            if not after:
                break
        self.assertEqual(found, expected)
        self.assertEqual(len(found), len(set(found)))

    def test_the_page_on_screen_goes_on_where_it_ended(self):
        for number in range(25):
            self.ticket(minutes(number))
        client = self.of(self.users["manager"])
        first = client.client_360_section("story")
        second = client.client_story(first["next"])
        self.assertEqual((len(first["lines"]), len(second["lines"])), (20, 5))
        self.assertFalse(second["next"])

    def test_a_place_that_is_none_is_refused(self):
        client = self.of(self.users["manager"])
        for place in ("x", [1], ["yesterday", "opened", 3], ["2024-03-04", "x", "y"]):
            with self.subTest(place), self.assertRaises(UserError):
                client.client_story(place)

    def test_it_shows_what_the_reader_may_read(self):
        mine = self.ticket(user_id=self.users["agent"].id, team_id=False)
        self.ticket()
        self.post(mine, minutes(5), self.users["agent"].partner_id)
        lines = self.lines(self.users["agent"])
        self.assertEqual(
            [(line["kind"], line["note"]) for line in lines],
            [("contact", mine.number), ("opened", mine.number)],
        )
        with self.assertRaises(AccessError):
            self.of(self.users["internal"]).client_story()

    def test_what_does_not_count_is_no_line(self):
        self.log(self.ticket(), 30, 5)
        self.assertEqual(self.kinds(), ["opened"])

    def test_a_page_costs_few_queries_however_much_there_is(self):
        self.happen()
        for number in range(30):
            self.ticket(minutes(number))
        for role in "agent", "manager", "auditor":
            client = self.of(self.users[role])
            client.client_360_section("story")
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(4):
                client.client_360_section("story")

    # Choosing and searching

    def chosen(self, **asked):
        client = self.of(self.users["manager"])
        return [line["kind"] for line in client.client_story(**asked)["lines"]]

    def test_lines_are_chosen_by_group(self):
        self.happen()
        self.assertEqual(set(self.chosen(groups=["words"])), {"answer", "contact"})
        self.assertEqual(set(self.chosen(groups=["requests"])), {"opened", "closed"})
        self.assertEqual(set(self.chosen(groups=["tier", "rights"])), {"tier", "right"})
        self.assertFalse(self.chosen(groups=["none"]))

    def test_words_are_found_in_what_was_said_and_asked(self):
        ticket = self.happen()
        self.assertEqual(set(self.chosen(words="explained")), {"contact"})
        self.assertEqual(set(self.chosen(words="expl FORM")), {"contact"})
        self.assertFalse(self.chosen(words="plained"))
        self.assertIn("opened", self.chosen(words=ticket.number))
        self.assertFalse(self.chosen(words="explained nothing"))

    def test_chinese_is_found_by_pairs_of_characters(self):
        self.ticket(name="保证金追加通知")
        for words, found in (
            ("保证金", True),
            ("追加", True),
            ("金", True),
            ("证明", False),
            ("保证金 通知", True),
        ):
            with self.subTest(words):
                self.assertEqual(self.chosen(words=words), ["opened"] if found else [])

    def test_signs_of_patterns_find_nothing_else(self):
        self.ticket(name="100%")
        for words in ".*", "%", "(", "\\":
            with self.subTest(words):
                self.assertEqual(self.chosen(words=words), ["opened"])
        self.assertFalse(self.chosen(words="1.0"))
