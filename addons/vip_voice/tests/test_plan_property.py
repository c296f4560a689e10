import random
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from tests.proof import seeds

from .plain_rule import Closing, Plan, asked
from .voice_case import VoiceCase

MANY = 10_000


@tagged("post_install", "-at_install")
class TestPlanProperty(VoiceCase):
    """The one statement asks exactly whom the plain rule asks."""

    def test_random_closings(self):
        for seed in seeds("questions"):
            with self.subTest(seed=seed), self.env.cr.savepoint(flush=False) as point:
                self.compare(random.Random(seed), random.Random(seed).randint(1, 40))
                point.rollback()
                self.env.invalidate_all()

    def test_ten_thousand_closings_at_once(self):
        self.compare(random.Random(10_000), MANY)

    def compare(self, dice, count):
        clients = self.clients(dice, max(2, count // dice.choice((1, 2, 5))))
        self.company.vip_question_rest = dice.choice((0, 30, 90))
        plans = self.plans(dice)
        before = self.asked_before(dice, plans, clients)
        closings = self.closings(dice, clients, count)
        expected = asked(
            closings, plans, self.company.vip_question_rest, before, self.now
        )
        self.env["vip.question"].sudo()._plan_closings(self.company, self.now)
        rows = self.env.execute_query(
            SQL(
                "SELECT ticket_id, plan_id, not_asked, state FROM vip_question"
                " WHERE company_id = %s AND ticket_id = ANY(%s)",
                self.company.id,
                [closing.ticket for closing in closings],
            )
        )
        found = {ticket: (plan, bar) for ticket, plan, bar, _state in rows}
        self.assertEqual(found, expected)
        for _ticket, _plan, bar, state in rows:
            self.assertEqual(state, "dropped" if bar else "waiting")

    # The world

    def clients(self, dice, count):
        made = self.env["res.partner"].create(
            [
                {
                    "name": f"C{place}",
                    "client_type": "end",
                    "company_id": self.company.id,
                    "email": f"c{place}@example.com" if dice.random() < 0.9 else False,
                    "vip_no_questions": dice.random() < 0.1,
                }
                for place in range(count)
            ]
        )
        tiers = (self.silver, self.platinum, self.diamond)
        held = {partner.id: dice.choice(tiers) for partner in made}
        self.env["vip.tier.membership"].create(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": partner,
                    "tier_id": tier.id,
                    "date_from": "2020-01-01",
                }
                for partner, tier in held.items()
                if tier != self.silver
            ]
        )
        return [(partner, held[partner.id].id) for partner in made]

    def plans(self, dice):
        teams = [self.team, self.env["helpdesk.ticket.team"]]
        made = []
        for team in teams[: dice.randint(1, 2)] if dice.random() < 0.8 else teams[1:]:
            quotas = {
                tier.id: dice.randint(0, 20)
                for tier in (self.silver, self.diamond)
                if dice.random() < 0.5
            }
            plan = self.plan(
                team_ids=[(6, 0, team.ids)],
                rest_days=dice.choice((0, 10, 90)),
                quota_ids=[
                    (0, 0, {"tier_id": tier, "most": most})
                    for tier, most in quotas.items()
                ],
            )
            made.append(Plan(plan.id, team.id or 0, plan.rest_days, quotas))
        return made

    def asked_before(self, dice, plans, clients):
        """Let some clients have been asked earlier in this month."""
        before = []
        first = self.company._vip_month_limits(self.company._vip_month(self.now))[0]
        for partner, tier in clients:
            if dice.random() > 0.15:
                continue
            plan = dice.choice(plans)
            seconds = int((self.now - first).total_seconds())
            at = first + timedelta(seconds=dice.randint(0, max(seconds, 0)))
            before.append((partner.id, plan.id, tier, at))
            self.env["vip.question"].sudo().create(
                {
                    "purpose": "closing",
                    "asked_partner_id": partner.id,
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "tier_id": tier,
                    "plan_id": plan.id,
                    "closed_at": at,
                    "recorded_at": at,
                    "asked_at": at,
                    "expires_at": at,
                    "state": "asked",
                }
            )
        return before

    def closings(self, dice, clients, count):
        other = self.env["helpdesk.ticket.team"].create({"name": "Other"})
        rows = []
        for place in range(count):
            partner, tier = dice.choice(clients)
            team = dice.choice((self.team, self.team, other, self.voice))
            at = self.now - timedelta(minutes=dice.randint(0, 6 * 24 * 60))
            rows.append((partner, tier, team, at, place))
        self.env.flush_all()
        rated = "rating_status" in self.env["helpdesk.ticket"]._fields
        ids = self.env.execute_query(
            SQL(
                """
            INSERT INTO helpdesk_ticket (number, name, description, company_id,
                   partner_id, commercial_partner_id, team_id, stage_id, priority,
                   active, sequence, create_date, opened_at %s)
            SELECT 'V' || r.place, 'Please', 'Please', %s, r.partner, r.partner, r.team,
                   %s, '1', TRUE, 10, r.at - interval '1 day', r.at - interval '1 day' %s
              FROM unnest(%s, %s, %s::timestamp[], %s) r (partner, team, at, place)
             ORDER BY r.place
         RETURNING id
                """,
                SQL(", rating_status") if rated else SQL(),
                self.company.id,
                self.done.id,
                SQL(", 'no_rating'") if rated else SQL(),
                [row[0].id for row in rows],
                [row[2].id for row in rows],
                [row[3] for row in rows],
                [row[4] for row in rows],
            )
        )
        self.sql(
            """
            INSERT INTO sla_span (ticket_id, start, team_id, stage_id, solved, active)
            SELECT t.id, t.opened_at + n * interval '1 day', t.team_id, t.stage_id,
                   n = 1, TRUE
              FROM helpdesk_ticket t, generate_series(0, 1) n WHERE t.id = ANY(%s)
            """,
            [ticket for (ticket,) in ids],
        )
        return [
            Closing(
                ticket,
                at,
                partner.id,
                team.id,
                tier,
                bool(partner.email),
                partner.vip_no_questions,
            )
            for (ticket,), (partner, tier, team, at, _place) in zip(
                ids, rows, strict=True
            )
            if team != self.voice
        ]
