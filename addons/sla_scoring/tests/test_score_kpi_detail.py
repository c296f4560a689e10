from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import APRIL, DUE, LATER, MARCH, ScoreCase

#: Statements of the details of a month, whatever they count.
MOST_QUERIES = 40


@tagged("post_install", "-at_install")
class TestScoreKpiDetail(ScoreCase):
    """Promises kept by item and tier, by team, what moved it, what is open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Measured"})
        cls.company.resource_calendar_id.tz = "UTC"
        users = cls.agent | cls.other | cls.manager | cls.boss
        users.company_ids += cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.team.company_id = cls.company
        cls.team.user_id = cls.other
        cls.item, cls.rare = cls.env["helpdesk.ticket.category"].create(
            [{"name": "Opening"}, {"name": "Closing"}]
        )
        cls.tier = cls.env["vip.tier"]._ladder(cls.company)[-1]
        cls.kpis = cls.env["score.kpi"].with_context(**at_context(LATER))

    def kept(self, due=DUE, item=None):
        ticket, stop = self.ticket([(self.agent, 60)], due, self.company)
        self.clock(ticket, due, state="met", stopped_at=due, tier_id=self.tier.id)
        self.env.cr.execute(
            "UPDATE sla_span SET category_id = %s WHERE ticket_id = %s",
            [(item or self.item).id, ticket.id],
        )
        return ticket

    def missed(self, due=DUE, item=None, **values):
        return self.breach(
            60,
            due=due,
            company=self.company,
            tier_id=self.tier.id,
            category_id=(item or self.item).id,
            **values,
        )

    def detail(self, user=None, scope="company", month=MARCH, gross=False):
        kpis = self.kpis.with_user(user or self.manager)
        return kpis.kpi_detail(scope, str(month), gross)

    def test_each_cell_says_how_many_are_kept_of_how_many(self):
        for _time in range(3):
            self.kept()
        self.missed()
        self.missed(item=self.rare)
        detail = self.detail()
        self.assertEqual([tier["id"] for tier in detail["tiers"]], [self.tier.id])
        rows = {row["id"]: row for row in detail["items"]}
        cell = rows[self.item.id]["cells"][0]
        self.assertEqual((cell["value"], cell["of"], cell["id"]), (75, 4, self.tier.id))
        self.assertTrue(cell["is_few"])
        self.assertEqual(rows[self.rare.id]["cells"][-1]["value"], 0)
        self.assertEqual((detail["all"][-1]["value"], detail["all"][-1]["of"]), (60, 5))
        self.assertEqual(detail["target"], 95)

    def test_gross_counts_what_is_excused_and_net_does_not(self):
        self.kept()
        self.excuse(self.missed(), self.agent, self.manager)
        self.assertEqual(self.detail()["all"][-1]["value"], 100)
        gross = self.detail(gross=True)
        self.assertEqual(gross["all"][-1]["value"], 50)
        last = gross["series"][-1]
        self.assertEqual((last["net"]["value"], last["gross"]["value"]), (100, 50))

    def test_a_number_opens_exactly_its_tickets(self):
        kept, missed = self.kept(), self.missed()
        self.kept(item=self.rare)
        cell = {"category_id": self.item.id, "tier_id": self.tier.id}
        kpis = self.kpis.with_user(self.manager)

        def opened(**options):
            action = kpis.kpi_rows("company", str(MARCH), cell, **options)
            self.assertEqual(action["res_model"], "helpdesk.ticket")
            return set(action["domain"][0][2])

        self.assertEqual(opened(), {kept.id, missed.ticket_id.id})
        self.assertEqual(opened(missed=True), {missed.ticket_id.id})
        self.assertEqual(self.detail()["items"][0]["cells"][0]["count"], len(opened()))

    def test_what_moved_it_adds_up_to_the_change(self):
        april = DUE.replace(month=4)
        for due, kept, missed in (DUE, 8, 2), (april, 6, 4):
            for _time in range(kept):
                self.kept(due)
            for number in range(missed):
                self.missed(due, item=self.item if number % 2 else self.rare)
        kpis = self.kpis.with_context(**at_context(april + timedelta(days=1)))
        detail = kpis.with_user(self.manager).kpi_detail("company", str(APRIL))
        self.assertEqual(sum(one["points"] for one in detail["moved"]), -20)
        self.assertEqual(
            {
                (one["category_id"], one["missed"], one["missed_before"])
                for one in detail["moved"]
                if one["missed"]
            },
            {(self.item.id, 2, 1), (self.rare.id, 2, 1)},
        )

    def test_nothing_moved_where_there_is_no_month_before(self):
        self.missed()
        self.assertEqual(self.detail()["moved"], [])

    def test_teams_stand_by_what_they_kept(self):
        self.kept()
        [team] = self.detail()["teams"]
        self.assertEqual((team["id"], team["value"]), (self.team.id, 100))

    def test_what_is_open_stands_by_its_age_in_working_time(self):
        ticket = self.ticket([(self.agent, 60)], LATER, self.company)[0]
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET opened_at = %s WHERE id = %s",
            [LATER - timedelta(hours=2), ticket.id],
        )
        self.env.invalidate_all()
        found = self.detail()["open"]
        self.assertEqual(found["ids"], ticket.ids)
        self.assertEqual([len(age["ids"]) for age in found["ages"]], [0, 1, 0, 0, 0])
        solved = self.env["helpdesk.ticket.stage"].search([("solved", "=", True)])
        ticket.stage_id = solved[:1]
        self.assertFalse(self.detail()["open"]["ids"])

    def test_what_is_late_is_what_the_queue_calls_late(self):
        ticket = self.ticket([(self.agent, 60)], DUE, self.company)[0]
        self.clock(ticket, state="running")
        found = self.detail()["open"]
        self.assertEqual(found["late"], ticket.ids)
        self.assertEqual(found["longest"], str(DUE))

    def test_who_holds_what_is_open_and_late_stands_by_name(self):
        late = self.ticket([(self.agent, 60)], DUE, self.company)[0]
        self.clock(late, state="running")
        fine = self.ticket([(self.agent, 60)], DUE, self.company)[0]
        free = self.ticket([(self.other, 60)], DUE, self.company)[0]
        (late | fine).user_id = self.agent
        free.user_id = False
        people = self.detail()["open"]["people"]
        self.assertEqual(
            [(one["id"], one["ids"], one["late"]) for one in people],
            [
                (self.agent.id, (late | fine).ids, late.ids),
                (0, free.ids, []),
            ],
        )
        self.assertEqual(people[0]["name"], self.agent.name)

    def test_the_details_cost_as_many_queries_however_many_tickets_are_open(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.detail()
            return self.env.cr.sql_log_count - before

        def late():
            ticket = self.ticket([(self.agent, 60)], DUE, self.company)[0]
            self.clock(ticket, state="running")

        self.kept()
        self.missed()
        late()
        queries()
        few = queries()
        for _time in range(12):
            self.kept()
            late()
        self.assertEqual(queries(), few)
        self.assertLessEqual(few, MOST_QUERIES)

    def test_a_version_marks_the_month_in_which_it_began(self):
        policy = self.env["sla.policy"].create(
            {"name": "Spring", "date_from": MARCH, "is_draft": False}
        )
        self.env["sla.policy"].create(
            {"name": "Draft", "date_from": MARCH, "is_draft": True}
        )
        texts = " ".join(
            mark["text"]
            for mark in self.detail()["marks"]
            if mark["month"] == str(MARCH)
        )
        self.assertIn(policy.name, texts)
        self.assertNotIn("Draft", texts)

    def test_nobody_sees_figures_of_others(self):
        own = self.detail(self.agent, "own")
        self.assertEqual(own["items"], [])
        with self.assertRaises(AccessError):
            self.detail(self.agent, "company")
        with self.assertRaises(AccessError):
            self.kpis.with_user(self.agent).kpi_rows("company", str(MARCH), {})
        with self.assertRaises(UserError):
            self.kpis.with_user(self.manager).kpi_rows(
                "company", str(MARCH), {"ticket_id": 1}
            )

    def test_a_leader_sees_the_own_team(self):
        self.kept()
        scope = f"team-{self.team.id}"
        self.assertEqual(self.detail(self.other, scope)["all"][-1]["of"], 1)
