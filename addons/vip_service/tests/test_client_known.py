from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .contact_case import ContactCase

#: What happens happens in these days.
FIRST, DAYS = datetime(2024, 3, 4, 9, 0), 60
CLIENTS, EVENTS, LOOKS = 8, 16, 50


@tagged("post_install", "-at_install")
class TestClientKnown(ContactCase):
    """The page as it was known on a day is what had been recorded by then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["manager"]
        cls.today = FIRST + timedelta(days=DAYS + 5)
        cls.log_book = defaultdict(list)

    # Each event is written down here as well: the independent log

    def book(self, client, at, month, value):
        """Let a figure become known; another one of the month replaces it."""
        facts = self.env["vip.activity"].with_context(**at_context(at))
        fact = facts.search(
            [
                ("partner_id", "=", client.id),
                ("month", "=", month),
                ("superseded_at", "=", False),
            ]
        )
        if fact:
            fact.write({"value": value, "recorded_at": at})
        else:
            facts.create(
                {
                    "company_id": self.company.id,
                    "partner_id": client.id,
                    "metric_id": self.deposit.id,
                    "month": month,
                    "value": value,
                    "recorded_at": at,
                }
            )
        self.env.flush_all()
        self.log_book[client].append(("figure", at, month, value))

    def say(self, client, at, recorded_at):
        self.env["vip.contact"].with_user(self.ann)._log_without_ticket(
            client, "call", at, "Talked", recorded_at
        )
        self.log_book[client].append(("call", recorded_at, at, None))

    def move(self, client, at, tier):
        current = client.with_context(**at_context(at))
        current.invalidate_recordset(["vip_tier_id"])
        if current.vip_tier_id == tier:
            return
        change = self.change(client, tier, current=current.vip_tier_id)
        change.with_user(self.manager)._approve(at=at)
        self.log_book[client].append(("tier", at, at.date(), tier))

    # What the log says

    def figures_by(self, client, until):
        known = {}
        for kind, recorded_at, month, value in sorted(
            self.log_book[client], key=lambda one: one[1]
        ):
            if kind == "figure" and recorded_at <= until:
                known[month] = value
        return known

    def calls_by(self, client, until):
        return sorted(
            at
            for kind, recorded_at, at, _value in self.log_book[client]
            if kind == "call" and recorded_at <= until and at <= until
        )

    def tier_by(self, client, until):
        tier = self.silver
        for kind, recorded_at, _day, to_tier in sorted(
            self.log_book[client], key=lambda one: one[1]
        ):
            if kind == "tier" and recorded_at <= until:
                tier = to_tier
        return tier

    def page(self, client, day, user=None):
        client = client.with_user(user or self.manager).with_context(
            allowed_company_ids=self.company.ids, **at_context(self.today)
        )
        page = client.client_360_known(day.isoformat())
        return page["partner"], {one["key"]: one["data"] for one in page["sections"]}

    def live(self, dice, clients):
        moments = sorted(
            FIRST + timedelta(minutes=dice.randrange(DAYS * 24 * 60))
            for _number in range(CLIENTS * EVENTS)
        )
        tiers = [self.silver, self.platinum, self.diamond]
        moved = set()
        for moment in moments:
            client = dice.choice(clients)
            kind = dice.choice(["figure", "figure", "call", "tier"])
            if kind == "figure":
                month = date(2024, dice.choice([1, 2]), 1)
                self.book(client, moment, month, dice.randrange(1, 10**6))
            elif kind == "call":
                before = timedelta(minutes=dice.choice([0, 3000, 9000, 20000]))
                self.say(client, max(FIRST, moment - before), moment)
            elif (client, moment.date()) not in moved:
                # One change of tier a day: a second one would replace the first.
                moved.add((client, moment.date()))
                self.move(client, moment, dice.choice(tiers))

    def test_any_day_is_told_as_an_independent_log_has_it(self):
        dice = Random(11)
        clients = [self.client(f"K{number}") for number in range(CLIENTS)]
        self.live(dice, clients)
        seen = defaultdict(int)
        for _look in range(LOOKS):
            client = dice.choice(clients)
            day = (FIRST + timedelta(days=dice.randrange(DAYS))).date()
            until = datetime.combine(day, datetime.max.time())
            header, sections = self.page(client, day)
            with self.subTest(client=client.name, day=day):
                self.assertEqual(header["tier"]["id"], self.tier_by(client, until).id)
                series = sections["activity"]["series"]
                values = dict(
                    zip(
                        sections["activity"]["months"],
                        series[0]["values"] if series else [],
                        strict=False,
                    )
                )
                expected = self.figures_by(client, until)
                self.assertEqual(
                    {month: value for month, value in values.items() if value},
                    {month.isoformat(): value for month, value in expected.items()},
                )
                calls = [
                    line["at"]
                    for line in sections["story"]["lines"]
                    if line["kind"] == "contact"
                ]
                self.assertEqual(
                    sorted(calls), [str(at) for at in self.calls_by(client, until)]
                )
                later = self.later_by(client, day, until)
                told = sections["known_later"]["items"]
                self.assertEqual(
                    {kind: sum(one["kind"] == kind for one in told) for kind in later},
                    later,
                )
                for kind, count in later.items():
                    seen[kind] += count
        # The lives were rich enough to say something.
        self.assertGreater(min(seen["figure"], seen["contact"]), 5)

    def later_by(self, client, day, until):
        """Return how many figures and contacts of that time are known only today."""
        then = self.figures_by(client, until)
        now = self.figures_by(client, datetime.max)
        figures = sum(
            then.get(month) != value for month, value in now.items() if month <= day
        )
        late = sum(
            kind == "call" and recorded_at > until and at <= until
            for kind, recorded_at, at, _value in self.log_book[client]
        )
        return {"figure": figures, "contact": late}

    # What it is not

    def test_today_and_later_are_refused_and_so_is_nonsense(self):
        for day in (self.today.date().isoformat(), "2099-01-01", "yesterday", 5, False):
            client = self.bank.with_user(self.manager).with_context(
                **at_context(self.today)
            )
            with self.subTest(day), self.assertRaises(UserError):
                client.client_360_known(day)

    def test_it_is_for_the_service_staff_and_figures_for_who_may_see_them(self):
        day = FIRST.date()
        with self.assertRaises(AccessError):
            self.page(self.bank, day, self.users["internal"])
        _header, sections = self.page(self.bank, day, self.users["agent"])
        self.assertNotIn("activity", sections)
        _header, sections = self.page(self.bank, day, self.users["auditor"])
        self.assertIn("activity", sections)

    def test_nothing_can_be_done_then(self):
        header, _sections = self.page(self.bank, FIRST.date())
        self.assertEqual(header["buttons"], [])
