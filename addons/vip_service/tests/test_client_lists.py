from datetime import date, datetime, timedelta

from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import JANUARY
from .contact_case import START, ContactCase, minutes


@tagged("post_install", "-at_install")
class TestClientLists(ContactCase):
    """Lists of clients say with whom something is to be done (REQUIREMENTS C3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adviser = cls.users["adviser"]
        cls.bank.adviser_id = cls.adviser
        cls.other = cls.client("OTHER", adviser_id=cls.adviser.id)
        cls.foreign = cls.client("FOREIGN")
        for client, deposit in (cls.bank, 600_000), (cls.foreign, 900_000):
            cls.fact(client, JANUARY, deposit=deposit, volume=150)

    def now(self, records, user=None, at=None):
        return records.with_user(user or self.adviser).with_context(
            allowed_company_ids=self.company.ids, **at_context(at or minutes(60))
        )

    def found(self, domain, **options):
        clients = self.bank + self.other + self.foreign
        partners = self.now(self.env["res.partner"], **options)
        return partners.search([("id", "in", clients.ids), *domain], order="id")

    def plan(self, client, day):
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": client.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "date_deadline": day,
            }
        )

    # Contacts

    def test_the_last_and_the_next_contact_stand_in_the_list(self):
        self.log(self.bank, 12, 10)
        self.plan(self.clerk, date(2024, 3, 8))
        bank, other = self.now(self.bank), self.now(self.other)
        self.assertEqual(bank.vip_last_contact_at, minutes(10))
        self.assertEqual(bank.vip_next_contact_on, date(2024, 3, 8))
        self.assertFalse(other.vip_last_contact_at or other.vip_next_contact_on)

    def test_who_was_not_contacted_for_days_is_found_and_who_never_was(self):
        self.log(self.bank, 12, 10)
        later = START + timedelta(days=31)
        silent = [
            "|",
            ("vip_last_contact_at", "=", False),
            ("vip_last_contact_at", "<", later - timedelta(days=30)),
        ]
        self.assertEqual(
            self.found(silent, at=START + timedelta(days=31)),
            self.bank + self.other + self.foreign,
        )
        recent = [("vip_last_contact_at", ">=", later - timedelta(days=40))]
        self.assertEqual(self.found(recent, at=later), self.bank)

    def test_what_is_planned_is_found_also_with_contacts_of_the_client(self):
        self.plan(self.clerk, date(2024, 3, 8))
        self.assertEqual(self.found([("vip_next_contact_on", "!=", False)]), self.bank)
        due = [("vip_next_contact_on", "<=", "2024-03-07")]
        self.assertFalse(self.found(due))

    def test_the_list_is_sorted_by_contacts(self):
        self.log(self.other, 12, 5)
        self.log(self.bank, 12, 10)
        partners = self.now(self.env["res.partner"])
        for order, expected in (
            ("vip_last_contact_at desc nulls last", [self.bank, self.other]),
            ("vip_last_contact_at", [self.other, self.bank]),
        ):
            found = partners.search(
                [("id", "in", (self.bank + self.other).ids)], order=order
            )
            self.assertEqual(list(found.sudo()), [one.sudo() for one in expected])

    # Answers, rights, tiers, value

    def test_who_was_not_satisfied_is_found(self):
        for client, grade in (self.bank, 2), (self.other, 5):
            ticket = self.ticket(partner_id=client.id)
            ticket._at(minutes(30)).stage_id = self.env.ref(
                "helpdesk_mgmt.helpdesk_ticket_stage_done"
            )
            ticket.closed_date = minutes(30)
            answer = {
                "grade": grade,
                "channel": "phone",
                "source": "A list",
                "answered_at": minutes(40),
                "words": "",
                "dimensions": {},
            }
            answers = self.env["vip.answer"].with_user(self.users["manager"])
            answers._enter(ticket, answer, minutes(41))
        bad = [("vip_last_grade", "in", (1, 2, 3))]
        self.assertEqual(self.found(bad), self.bank)
        self.assertEqual(self.now(self.bank).vip_last_grade, 2)
        self.assertFalse(self.found(bad, at=START + timedelta(days=100)))

    def test_a_right_that_was_not_used_is_found(self):
        right = self.env["vip.entitlement"].create(
            {"name": "Analyst", "tier_id": self.platinum.id, "quota": 2}
        )
        unused = [("vip_has_unused_right", "=", True)]
        self.assertFalse(self.found(unused))
        self.promote(self.bank, self.platinum)
        self.assertEqual(self.found(unused), self.bank)
        self.env["vip.entitlement.use"].create(
            {
                "entitlement_id": right.id,
                "partner_id": self.bank.id,
                "date": date(2024, 3, 3),
            }
        )
        self.assertFalse(self.found(unused))
        self.assertEqual(self.found(unused, at=datetime(2025, 1, 2)), self.bank)

    def test_clients_are_grouped_by_the_tier_of_today(self):
        self.promote(self.bank, self.platinum)
        partners = self.now(self.env["res.partner"])
        groups = partners._read_group(
            [("id", "in", (self.bank + self.other + self.clerk).ids)],
            ["vip_tier_id"],
            ["__count"],
        )
        self.assertEqual(
            {tier.code: count for tier, count in groups}, {"platinum": 2, "silver": 1}
        )

    def test_value_is_for_who_may_see_figures(self):
        self.assertEqual(self.now(self.bank).vip_value, 600_000)
        self.assertEqual(self.now(self.foreign).vip_value, 0)
        # What is not measured, or not to be seen, is not zero.
        self.assertTrue(self.now(self.bank).vip_is_valued)
        self.assertFalse(self.now(self.foreign).vip_is_valued)
        manager = self.users["manager"]
        self.assertEqual(self.now(self.foreign, manager).vip_value, 900_000)
        self.assertEqual(self.now(self.bank, self.users["agent"]).vip_value, 0)

    def test_open_requests_are_those_that_one_may_see(self):
        self.ticket()
        agent = self.users["agent"]
        self.ticket(user_id=agent.id)
        self.assertEqual(self.now(self.bank).vip_open_count, 2)
        self.assertEqual(self.now(self.bank, agent).vip_open_count, 1)

    def test_a_page_of_the_list_takes_few_queries(self):
        clients = self.bank + self.other
        for number in range(30):
            clients += self.client(f"N{number}", adviser_id=self.adviser.id)
        fields = (
            "vip_tier_id",
            "vip_value",
            "vip_open_count",
            "vip_last_contact_at",
            "vip_next_contact_on",
        )
        spec = {name: {} for name in fields}
        self.now(clients).web_read(spec)
        self.env.flush_all()
        for rows in clients[:2], clients:
            self.env.invalidate_all()
            with self.assertQueryCount(12):
                self.now(rows).web_read(spec)

    # At risk, close

    def outlook(self, client, user=None):
        lines = self.now(self.env["vip.tier.outlook"], user or self.adviser)
        return lines.search([("partner_id", "=", client.id)])

    def test_who_may_fall_shows_what_lacks_to_stay_and_what_is_at_stake(self):
        self.promote(self.bank, self.platinum)
        self.bank.phone = "+420 1"
        self.log(self.bank, 12, 10)
        line = self.outlook(self.bank)
        self.assertTrue(line.at_risk)
        self.assertEqual(line.stay_gap, "Volume 50")
        self.assertEqual(line.stay_percent, 75)
        self.assertIn("Deposit", line.next_gap)
        self.assertEqual((line.value, line.phone), (600_000, "+420 1"))
        self.assertEqual(line.last_contact_at, minutes(10))
        self.assertFalse(line.change_id)
        change = self.change(self.bank, self.silver, current=self.platinum)
        line.invalidate_recordset()
        self.assertEqual(line.change_id.sudo(), change.sudo())

    def test_the_lists_plan_contacts(self):
        self.promote(self.bank, self.platinum)
        action = self.outlook(self.bank).action_plan_contacts()
        self.assertEqual(
            (action["res_model"], action["context"]["default_partner_ids"]),
            ("vip.contact.plan", self.bank.ids),
        )

    def test_who_moved_where_is_a_matrix(self):
        change = self.promote(self.bank, self.platinum)
        action = self.env.ref("vip_service.vip_tier_moves_action")
        self.assertEqual(action.view_mode.split(",")[0], "pivot")
        changes = self.now(self.env["vip.tier.change"], self.users["manager"])
        groups = changes._read_group(
            [("id", "=", change.id), ("state", "=", "applied")],
            ["from_tier_id", "to_tier_id"],
            ["__count"],
        )
        self.assertEqual(
            [(one.code, two.code, count) for one, two, count in groups],
            [("silver", "platinum", 1)],
        )
