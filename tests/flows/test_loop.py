"""The whole loop, once, by the people who walk it and at the times at which they do."""

import base64
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.vip_base.tests.outbox import Outbox
from odoo.addons.vip_base.tools.times import at_context

#: A Tuesday; working hours are Monday to Friday 8 to 12 and 13 to 17, in UTC.
DAY = datetime(2024, 5, 7)

FACTS = """client_ref,month,deposit,volume
LOOP-1,2024-04,1200000,800
LOOP-2,2024-04,10,1
"""


def at(hour, minute=0):
    """Return that time of the day of the story."""
    return DAY + timedelta(hours=hour, minutes=minute)


class TestLoop(Outbox, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(
                type(cls.env["ir.cron"]),
                "_commit_progress",
                lambda *args, **kwargs: float("inf"),
            )
        )
        cls.company = cls.env.company
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Desk hours", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.manager = cls._person("manager", "vip_base.group_vip_manager")
        cls.other_manager = cls._person("other", "vip_base.group_vip_manager")
        cls.agent = cls._person("agent", "helpdesk_mgmt.group_helpdesk_user_team")
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Accounts",
                "company_id": cls.company.id,
                "resource_calendar_id": cls.company.resource_calendar_id.id,
                "user_ids": [Command.set(cls.agent.ids)],
            }
        )
        cls.key, cls.regular = cls.env["res.partner"].create(
            [
                {"name": "张伟", "client_type": "end", "client_number": "LOOP-1"},
                {"name": "Jan Novák", "client_type": "end", "client_number": "LOOP-2"},
            ]
        )
        cls.key.email = "zhang@example.com"
        cls.item = cls.env.ref("sla_promise.category_opening_ordinary")
        cls.new = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        cls.waiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        cls.working = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        cls.solved = cls.env.ref("sla_promise.stage_solved")

    @classmethod
    def _person(cls, login, group):
        return new_test_user(
            cls.env,
            f"loop.{login}",
            groups=group,
            tz="UTC",
            email=f"{login}@example.com",
        )

    def setUp(self):
        super().setUp()
        self._import()
        self._review()

    def _import(self):
        record = (
            self.env["vip.activity.import"]
            .with_user(self.manager)
            .create(
                {
                    "name": "April",
                    "file": base64.b64encode(FACTS.encode()),
                    "file_name": "april.csv",
                }
            )
        )
        record.action_import()
        self.assertEqual((record.accepted_count, record.rejected_count), (2, 0))

    def _review(self):
        """April is reviewed and its proposal approved on 1 May."""
        review = self.env["vip.tier.review"].create({"month": date(2024, 4, 1)})
        review._run(at=datetime(2024, 5, 1, 2))
        change = review.change_ids
        self.assertEqual((change.partner_id, change.state), (self.key, "proposed"))
        with self.assertRaises(AccessError):
            change.with_user(self.agent)._approve()
        change.with_user(self.manager)._approve(at=datetime(2024, 5, 1, 9))
        self.assertEqual(
            (change.state, change.effective_date), ("applied", date(2024, 5, 1))
        )
        self.tiers = self.key._tier_at(date(2024, 5, 7), self.company)
        self.assertEqual(self.tiers[self.key.id].code, "diamond")

    def _ticket(self, partner, opened):
        return (
            self.env["helpdesk.ticket"]
            .with_user(self.agent)
            ._at(opened)
            .create(
                {
                    "name": "Please open my account",
                    "description": "Please",
                    "partner_id": partner.id,
                    "category_id": self.item.id,
                    "team_id": self.team.id,
                    "user_id": self.agent.id,
                    "stage_id": self.new.id,
                }
            )
        )

    def _resolution(self, ticket):
        clocks = self.env["sla.clock"].search(
            [("ticket_id", "=", ticket.id), ("metric", "=", "resolution")]
        )
        return clocks.filtered(lambda clock: clock.state != "cancelled")

    def _judge(self, now):
        self.env.flush_all()
        self.env["sla.clock"]._process_due(at=now)
        self.env.invalidate_all()

    def _breaches(self, ticket):
        return self.env["sla.breach"].search([("ticket_id", "=", ticket.id)])

    def _late_entry(self, minutes_late=8):
        """A key client's ticket solved too late; return ticket, breach and its charge."""
        ticket = self._ticket(self.key, at(9))
        self._judge(at(9, 16))
        ticket._at(at(9, 15 + minutes_late)).write({"stage_id": self.solved.id})
        self.env["score.entry"]._draft_from_breaches(at=at(10))
        breach = self._breaches(ticket).filtered(lambda b: b.metric == "resolution")
        entry = self.env["score.entry"].search([("breach_id", "=", breach.id)])
        return ticket, breach, entry

    def test_key_and_regular_client_are_promised_different_limits(self):
        due = {
            partner: self._resolution(self._ticket(partner, at(9))).due_at
            for partner in (self.key, self.regular)
        }
        self.assertEqual(due, {self.key: at(9, 15), self.regular: at(9, 30)})

    def _asks(self, ticket, instant):
        """Let the agent ask the client something."""
        message = ticket._at(instant).message_post(
            body="Which account?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            **self.reaches(ticket),
        )
        # As superuser: it is the job of the outbox that sends.
        self.hand_over(message.sudo().mail_ids)

    def test_waiting_for_the_client_moves_the_due_time(self):
        ticket = self._ticket(self.key, at(9))
        self._asks(ticket, at(9, 5))
        ticket._at(at(9, 5)).write({"stage_id": self.waiting.id})
        self.assertEqual(self._resolution(ticket).state, "paused")
        self._judge(at(11))
        self.assertFalse(
            self._breaches(ticket).filtered(lambda b: b.metric == "resolution")
        )
        ticket._at(at(11, 50)).write({"stage_id": self.working.id})
        self.assertEqual(self._resolution(ticket).due_at, at(12))

    def _waits_from_the_last_second(self):
        """Return a key client's ticket that waits from its due second, until eleven."""
        ticket = self._ticket(self.key, at(9))
        self._asks(ticket, at(9, 10))
        ticket._at(at(9, 15)).write({"stage_id": self.waiting.id})
        self._judge(at(9, 15))
        self._judge(at(10, 59))
        self.assertEqual(self._resolution(ticket).state, "paused")
        ticket._at(at(11)).write({"stage_id": self.working.id})
        self.assertEqual(self._resolution(ticket).due_at, at(11))
        return ticket

    def test_what_waits_from_the_very_last_second_is_due_when_it_goes_on(self):
        ticket = self._waits_from_the_last_second()
        self._judge(at(11))
        self.assertEqual(self._resolution(ticket).state, "running")
        self._judge(at(11) + timedelta(seconds=1))
        self.assertEqual(self._resolution(ticket).state, "missed")
        self.assertIn(at(11), self._breaches(ticket).mapped("breached_at"))

    def test_what_is_solved_in_the_second_in_which_it_goes_on_is_in_time(self):
        ticket = self._waits_from_the_last_second()
        ticket._at(at(11)).write({"stage_id": self.solved.id})
        self._judge(at(16))
        clock = self._resolution(ticket)
        self.assertEqual((clock.state, clock.stopped_at), ("met", at(11)))

    def test_waiting_from_the_second_after_saves_nothing(self):
        ticket = self._ticket(self.key, at(9))
        self._asks(ticket, at(9, 10))
        late = at(9, 15) + timedelta(seconds=1)
        ticket._at(late).write({"stage_id": self.waiting.id})
        self._judge(at(11))
        self.assertEqual(self._resolution(ticket).state, "missed")
        self.assertIn(at(9, 15), self._breaches(ticket).mapped("breached_at"))

    def test_late_job_and_early_job_find_the_same_breach(self):
        on_time, late = (self._ticket(self.key, at(9)) for _each in range(2))
        self._judge(at(9, 15) + timedelta(seconds=1))
        self.assertTrue(self._breaches(on_time))
        for ticket in (on_time, late):
            ticket._at(at(9, 40)).write({"stage_id": self.solved.id})
        self._judge(at(16))
        seen = [
            (clock.state, clock.due_at, clock.stopped_at, clock.overrun_seconds)
            for clock in (self._resolution(on_time), self._resolution(late))
        ]
        self.assertEqual(seen, [("missed", at(9, 15), at(9, 40), 25 * 60)] * 2)

    def test_answer_in_time_is_never_charged(self):
        ticket = self._ticket(self.key, at(9))
        ticket._at(at(9, 15)).write({"stage_id": self.solved.id})
        self._judge(at(16))
        self.env["score.entry"]._draft_from_breaches(at=at(16))
        self.assertEqual(self._resolution(ticket).state, "met")
        self.assertFalse(
            self.env["score.entry"].search_count(
                [("ticket_id", "=", ticket.id), ("breach_id.metric", "=", "resolution")]
            )
        )

    def test_lateness_towards_a_regular_client_costs_nothing(self):
        ticket = self._ticket(self.regular, at(9))
        ticket._at(at(11)).write({"stage_id": self.solved.id})
        self._judge(at(12))
        self.env["score.entry"]._draft_from_breaches(at=at(12))
        self.assertTrue(self._breaches(ticket))
        self.assertFalse(
            self.env["score.entry"].search_count([("ticket_id", "=", ticket.id)])
        )

    def test_late_ticket_costs_its_holder_and_an_appeal_gives_it_back(self):
        ticket, breach, entry = self._late_entry()
        self.assertEqual(breach.breached_at, at(9, 15))
        self.assertEqual(breach.overrun_seconds, 8 * 60)
        self.assertEqual(
            (entry.user_id, entry.points, entry.state), (self.agent, -1.0, "draft")
        )
        drafts = self.env["score.entry"]._due_drafts
        self.assertNotIn(entry, drafts(at(12)))
        later = DAY + timedelta(days=4)
        self.assertIn(entry, drafts(later))
        entry._post(later)
        self.assertEqual(entry.state, "posted")
        appeal = (
            self.env["score.appeal"]
            .with_user(self.agent)
            .with_context(**at_context(later))
            .create(
                {
                    "entry_id": entry.id,
                    "reason_code": "excused",
                    "reason": "The bank's system was down",
                }
            )
        )
        with self.assertRaises(AccessError):
            appeal._decide("upheld")
        appeal = appeal.with_user(self.manager)
        with self.assertRaises(UserError):
            appeal._decide("upheld")
        appeal.comment = "It was"
        appeal._decide("upheld", at=later)
        reversal = entry.reversal_ids
        self.assertEqual((reversal.points, reversal.state), (1.0, "posted"))
        self.assertEqual(entry.points, -1.0)
        with self.assertRaises(UserError):
            appeal.with_user(self.other_manager)._decide("upheld")

    def test_jobs_run_twice_change_nothing(self):
        self._late_entry()
        known = self.env["sla.breach"].search([]), self.env["score.entry"].search([])
        self._judge(at(16))
        self.env["score.entry"]._draft_from_breaches(at=at(16))
        again = self.env["sla.breach"].search([]), self.env["score.entry"].search([])
        self.assertEqual(again, known)

    def test_the_client_page_shows_it(self):
        ticket, breach, _entry = self._late_entry()
        late = self._ticket(self.key, at(10))
        partner = self.key.with_user(self.manager).with_context(late.env.context)
        page = partner.client_360()
        header = page["partner"]
        self.assertEqual(
            (header["tier"]["code"], header["number"]), ("diamond", "LOOP-1")
        )
        data = {
            section["key"]: partner.client_360_section(section["key"])
            for section in page["sections"]
        }
        self.assertEqual(data["requests"]["total_count"], 2)
        states = {
            row["id"]: {
                clock["metric"]: clock["state"]
                for clock in row["columns"]["promise"]["clocks"]
            }
            for row in data["requests"]["open"]
        }
        self.assertEqual(states[late.id]["resolution"], "running")
        self.assertEqual(states[ticket.id]["resolution"], "missed")
        self.assertIn(breach.ticket_number, str(data["breaches"]))
        self.assertIn("1200000", str(data["activity"]))
        self.assertTrue(data["tiers"] and data["road"])
        self.assertEqual(ticket.vip_tier_id.code, "diamond")
