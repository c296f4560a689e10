import random
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import at_context

from .common import START, SlaCase, minutes

#: Everything that a what-if must leave alone.
TABLES = (
    "sla_clock",
    "sla_span",
    "sla_breach",
    "sla_notice",
    "sla_match",
    "vip_contact",
)
#: When the what-if is run: a week after the tickets.
LATER = minutes(7 * 24 * 60)


@tagged("post_install", "-at_install")
class TestSlaWhatif(SlaCase):
    """The last months under other policies, with nothing written."""

    def setUp(self):
        super().setUp()
        self.manager = new_test_user(
            self.env, "whatif", groups="vip_base.group_vip_manager"
        )

    def whatif(self, drafts=None, at=LATER, **values):
        """Return a what-if, run by a manager as of ``at``."""
        whatif = self.env["sla.whatif"].with_user(self.manager)
        whatif = whatif.with_context(**at_context(at)).create(
            {"months": 1, "draft_ids": [(6, 0, drafts.ids if drafts else [])], **values}
        )
        whatif.action_run()
        return whatif

    def draft(self, resolution, **values):
        """Return a draft version of the policy that promises so many minutes."""
        draft = self.policy.copy(
            {"is_draft": True, "root_id": self.policy.id, **values}
        )
        draft.target_ids.filtered(
            lambda target: target.metric == "resolution"
        ).duration = resolution
        return draft

    def rows(self):
        self.env.flush_all()
        return {
            table: self.env.execute_query(
                SQL("SELECT t.* FROM %s t ORDER BY id", SQL.identifier(table))
            )
            for table in TABLES
        }

    def real(self, tickets):
        """Return {(ticket, metric, round, instant, overrun)} of the breaches."""
        breaches = self.breaches(tickets).filtered(lambda b: b.state != "withdrawn")
        return {
            (
                breach.ticket_id.id,
                breach.metric,
                breach.clock_id.round,
                breach.breached_at,
                breach.overrun_seconds,
            )
            for breach in breaches
        }

    def found(self, whatif, *kinds):
        return {
            (
                line.ticket_id.id,
                line.metric,
                line.round,
                line.due_at,
                line.overrun_seconds,
            )
            for line in whatif.sudo().line_ids
            if line.kind in kinds
        }

    def live_through(self, seed, count=40):
        """Let tickets live through random events; return them."""
        chance = random.Random(seed)
        tickets = self.env["helpdesk.ticket"]
        stages = self.new + self.work + self.awaiting + self.third
        stages += self.solved + self.done + self.cancelled
        for _ticket in range(count):
            at = minutes(chance.randrange(600))
            ticket = self.ticket(at)
            tickets += ticket
            for _event in range(chance.randrange(7)):
                at += timedelta(seconds=chance.randrange(1, 3600))
                own = ticket.with_user(self.ann)._at(at)
                match chance.randrange(6):
                    case 0 | 1:
                        ticket._at(at).stage_id = chance.choice(stages)
                    case 2:
                        ticket._at(at).category_id = chance.choice(
                            self.item + self.urgent_item
                        )
                    case 3:
                        ticket._at(at).user_id = chance.choice((self.ann, self.bob))
                    case 4:
                        ticket._at(at).priority = chance.choice("0123")
                    case 5 if ticket.user_id == self.ann:
                        message = own.message_post(
                            body="Dear client",
                            message_type="comment",
                            subtype_xmlid="mail.mt_comment",
                            **self.reaches(ticket),
                        )
                        self.hand_over(message.sudo().mail_ids)
            if chance.random() < 0.3:
                self.due(at)
        self.due(LATER)
        return tickets

    def test_present_policies_give_the_breaches_that_happened(self):
        self.make_policy(
            "Urgent", resolution=20, category_ids=[(6, 0, self.urgent_item.ids)]
        )
        self.make_policy("High", first_response=5, priority="3")
        tickets = self.live_through(7)
        whatif = self.whatif()
        self.assertEqual(whatif.state, "done")
        real = self.real(tickets)
        self.assertGreater(len(real), 20)
        self.assertEqual(self.found(whatif, "both"), real)
        self.assertFalse(self.found(whatif, "new", "gone"))
        self.assertEqual(whatif.breach_count, len(real))
        self.assertEqual(whatif.promise_count, whatif.actual_promise_count)

    def test_outages_stand_the_clocks_of_a_replay_still_too(self):
        self.policy.target_ids.pause_on_outage = True
        self.declare(30, 90)
        ticket = self.ticket()
        for at in (30, 31, 90, 91):
            while self.env["sla.outage"]._judge_due(minutes(at)):
                pass
            self.due(minutes(at))
        self.move(ticket, minutes(500), self.done)
        self.due(LATER)
        whatif = self.whatif()
        real = self.real(ticket)
        self.assertIn(minutes(120), [row[3] for row in real])
        self.assertEqual(self.found(whatif, "both"), real)
        self.assertFalse(self.found(whatif, "new", "gone"))

    def test_a_replay_knows_a_late_outage_when_it_was_known(self):
        """A breach keeps its instant when an outage is declared after it."""
        self.policy.target_ids.pause_on_outage = True
        ticket = self.ticket()
        self.move(ticket, minutes(500), self.done)
        self.declare(30, 90, at=LATER)
        line = self.whatif().line_ids.filtered(lambda li: li.metric == "resolution")
        self.assertEqual(line.actual_due_at, minutes(60))
        self.assertEqual((line.kind, line.due_at), ("both", minutes(60)))
        self.assertEqual(line.overrun_seconds, line.actual_overrun_seconds)
        shorter = self.whatif(self.draft(40)).line_ids
        line = shorter.filtered(lambda li: li.metric == "resolution")
        self.assertEqual((line.due_at, line.overrun_seconds), (minutes(40), 460 * 60))

    def declare(self, start, stop, at=START):
        """Let the boss declare an outage between these minutes, approved at once."""
        outage = self.env["sla.outage"].with_user(self.boss)
        outage = outage.with_context(**at_context(at)).create(
            {
                "name": "Line down",
                "reason": "The provider said so",
                "date_from": minutes(start),
                "date_to": minutes(stop),
            }
        )
        outage.with_user(self.manager).action_approve()
        while self.env["sla.outage"]._judge_due(at):
            pass

    def test_a_shorter_limit_breaks_more_and_a_longer_one_less(self):
        ticket = self.ticket()
        self.move(ticket, minutes(40), self.done)
        self.due(LATER)
        shorter = self.whatif(self.draft(30))
        [line] = shorter.line_ids.filtered(lambda line: line.metric == "resolution")
        self.assertEqual(
            (line.kind, line.due_at, line.overrun_seconds), ("new", minutes(30), 600)
        )
        self.assertEqual((line.team_id, line.category_id), (self.team, self.item))
        other = self.ticket()
        self.move(other, minutes(70), self.done)
        self.due(LATER)
        longer = self.whatif(self.draft(80))
        lines = longer.line_ids.filtered(lambda line: line.metric == "resolution")
        self.assertEqual(lines.ticket_id, other)
        self.assertEqual((lines.kind, lines.actual_overrun_seconds), ("gone", 600))

    def promote(self, client, at):
        """Give the client the second tier, approved then."""
        ladder = self.env["vip.tier"]._ladder(self.env.company)
        change = self.env["vip.tier.change"].with_user(self.boss)
        change = change.with_context(**at_context(at)).create(
            {"partner_id": client.id, "to_tier_id": ladder[1].id, "reason": "So"}
        )
        change.with_user(self.manager)._approve(at)
        return ladder[1]

    def test_a_tier_counts_from_when_it_took_effect(self):
        """The client is promoted while one ticket is open and another one is closed."""
        self.make_policy("Key", client_scope="key", resolution=58)
        closed, still = self.ticket(), self.ticket()
        self.move(closed, minutes(45), self.done)
        tier = self.promote(self.client, minutes(50))
        self.move(still, minutes(70), self.done)
        self.due(LATER)
        key = self.env["sla.policy"].search([("name", "=", "Key")])
        draft = key.copy({"is_draft": True, "root_id": key.id})
        draft.target_ids.duration = 40
        self.assertFalse(self.whatif().line_ids.filtered(lambda li: li.kind != "both"))
        lines = self.whatif(draft).line_ids
        lines = lines.filtered(lambda line: line.metric == "resolution")
        self.assertEqual(lines.ticket_id, still)
        # It could not be missed before it was promised.
        self.assertEqual((lines.tier_id, lines.due_at), (tier, minutes(50)))
        self.assertEqual(lines.actual_due_at, minutes(58))

    def test_another_client_of_a_ticket_counts_from_when_it_was(self):
        """Its type too; a promise that it would have had before is not missed."""
        other = self.env["res.partner"].create({"name": "O", "client_type": "agent"})
        self.make_policy("Agents", client_type="agent", resolution=50)
        ticket = self.ticket(partner_id=other.id)
        ticket._at(minutes(20)).partner_id = self.client
        self.move(ticket, minutes(55), self.done)
        late = self.ticket()
        late._at(minutes(20)).partner_id = other
        self.move(late, minutes(55), self.done)
        self.due(LATER)
        real = self.real(ticket + late)
        self.assertIn(minutes(50), [row[3] for row in real])
        whatif = self.whatif()
        self.assertEqual(self.found(whatif, "both"), real)
        self.assertFalse(self.found(whatif, "new", "gone"))

    def test_an_open_ticket_is_newly_at_risk(self):
        ticket = self.ticket(LATER - timedelta(minutes=29))
        self.move(ticket, LATER - timedelta(minutes=28), self.work)
        whatif = self.whatif(self.draft(35))
        lines = whatif.line_ids.filtered(lambda line: line.ticket_id == ticket)
        risk = lines.filtered(lambda line: line.metric == "resolution")
        self.assertEqual(risk.kind, "risk")
        self.assertEqual(whatif.risk_count, 1)

    def test_it_writes_nothing_but_its_own_rows(self):
        self.live_through(3, count=10)
        before = self.rows()
        self.whatif(self.draft(10))
        self.assertEqual(self.rows(), before)

    def test_tickets_before_the_months_are_left_out(self):
        self.ticket(LATER - timedelta(days=70))
        self.assertEqual(self.whatif().ticket_count, 0)

    def test_it_goes_on_where_it_was_stopped(self):
        self.live_through(5, count=12)
        whole = self.whatif(self.draft(10))
        parts = self.env["sla.whatif"].with_context(**at_context(LATER))
        parts = parts.create({"months": 1, "draft_ids": [(6, 0, whole.draft_ids.ids)]})
        parts._begin()
        self.assertTrue(parts._run_batch(limit=5))
        parts.with_user(self.manager).action_cancel()
        self.assertFalse(parts._run_batch(limit=5))
        self.assertEqual(parts.done_count, 5)
        parts.state = "running"
        while parts._run_batch(limit=5):
            pass
        kinds = ("new", "both", "gone", "risk")
        self.assertEqual(self.found(parts, *kinds), self.found(whole, *kinds))
        self.assertEqual(parts.breach_count, whole.breach_count)

    def test_many_tickets_are_replayed_by_the_job(self):
        self.live_through(5, count=6)
        whatif = self.env["sla.whatif"].with_context(**at_context(LATER)).create({})
        whatif._begin()
        with self.enter_registry_test_mode():
            self.env.ref("sla_promise.cron_whatif").method_direct_trigger()
        self.assertEqual((whatif.state, whatif.percent), ("done", 100))

    def test_editing_what_was_asked_makes_the_result_void(self):
        self.ticket()
        self.due(LATER)
        whatif = self.whatif()
        self.assertTrue(whatif.line_ids)
        whatif.months = 2
        self.assertEqual(whatif.state, "draft")
        self.assertFalse(whatif.line_ids)

    def test_results_are_not_edited_and_agents_see_none(self):
        whatif = self.whatif()
        with self.assertRaises(AccessError):
            whatif.breach_count = 0
        for user in (
            self.ann,
            new_test_user(self.env, "p", groups="base.group_portal"),
        ):
            with self.subTest(user.login), self.assertRaises(AccessError):
                whatif.with_user(user).read(["breach_count"])

    def test_result_is_summed_by_team_tier_item_and_month(self):
        ticket = self.ticket()
        self.move(ticket, minutes(40), self.done)
        whatif = self.whatif(self.draft(30))
        result = whatif.whatif_result()
        self.assertEqual(result["counts"]["resolution"]["new"], 1)
        by_team = result["groups"]["team"]
        self.assertIn("First line", [row["name"] for row in by_team])
        self.assertEqual(result["months"][-1]["month"][:7], "2024-03")

    def test_outages_stand_the_clocks_of_a_what_if_still(self):
        ticket = self.ticket()
        self.move(ticket, minutes(75), self.solved)
        outage = self.env["sla.outage"].create(
            {
                "name": "Line down",
                "reason": "The provider said so",
                "date_from": minutes(10),
                "date_to": minutes(50),
            }
        )
        outage.with_context(**at_context(minutes(29))).action_approve()
        whatif = self.whatif(self.draft(30))
        late = self.found(whatif, "new", "both")
        self.assertIn((ticket.id, "resolution", 1, minutes(70), 300), late)
