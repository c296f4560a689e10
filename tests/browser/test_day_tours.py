"""A manager's day from its start to the end of the month, and an auditor's two questions."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command

from .common import EachWay
from .story import StoryCase

DAY = "Day"


class TestDayTours(EachWay, StoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._person("tour.auditor", "vip_base.group_vip_auditor")
        cls.boss = cls._person("tour.boss", "vip_base.group_vip_manager")
        cls.adviser = cls._person("tour.adviser", "vip_base.group_vip_adviser")

    # The story of the day: two of each kind

    def _late(self, number):
        """A request that was answered too late; its breach may be excused."""
        ticket = self._request(f"{DAY} {number}", minutes=100 + number)
        self.env["sla.clock"]._process_due(self.now)
        return ticket

    def _ask_excuses(self):
        reason = self.env.ref("sla_promise.reason_outage")
        for number in range(2):
            breach = self.env["sla.breach"].search(
                [("ticket_id", "=", self._late(number).id)], limit=1
            )
            excuse = self.env["sla.excuse"].with_user(self.agent)
            excuse.create(
                {
                    "breach_id": breach.id,
                    "reason_id": reason.id,
                    "evidence": "The line was cut, see the provider's notice",
                }
            )

    def _log_late_contacts(self):
        for number in range(2):
            ticket = self._request(f"{DAY} call {number}", minutes=40)
            log = self.env["vip.contact.log"].with_user(self.agent)
            log = log.create(
                {
                    "ticket_id": ticket.id,
                    "kind": "call",
                    "at": self.now - timedelta(minutes=30),
                    "note": "Told that it will be done today",
                    "evidence": "Called from the desk, extension 12",
                }
            )
            log.action_log()

    def _contest(self):
        for points in 1.5, 2.5:
            entry = self.env["score.entry"].create(
                {
                    "company_id": self.company.id,
                    "user_id": self.agent.id,
                    "kind": "deduction",
                    "points": -points,
                    "occurred_at": self.now,
                    "source_key": f"day {points}",
                    "reason": "Late",
                }
            )
            entry._post(self.now)
            appeal = self.env["score.appeal"].with_user(self.agent)
            appeal.create(
                {"entry_id": entry.id, "reason": "The client called back at nine"}
            )

    def _report_errors(self):
        """Two critical errors of the month that is over, which a manager posts."""
        kind = self.env["score.error.category"].search([], limit=1)
        for _time in range(2):
            report = self.env["score.error.report"].with_user(self.boss)
            report.create(
                {
                    "user_id": self.agent.id,
                    "category_id": kind.id,
                    "severity": "critical",
                    "occurred_at": f"{self.month:%Y-%m}-15 10:00:00",
                    "evidence": "The wrong account was closed",
                }
            )

    def test_a_managers_day(self):
        metals = self.env["res.partner"].create(
            {"name": "Tour Metals", "client_type": "end", "client_number": "TOUR-3"}
        )
        self._rise(metals, deposit=2000000, volume=900)
        self._ask_excuses()
        self._log_late_contacts()
        self._contest()
        self._report_errors()
        self.env.flush_all()
        closes = self.env["score.close"]
        with patch.object(type(closes), "_commit_batch", lambda _self: None):
            self.start_tour("/odoo", "sla_scoring_managers_day", login="tour.manager")
        self.env.invalidate_all()
        for model, state in (
            ("sla.excuse", "approved"),
            ("vip.late.contact", "approved"),
            ("score.appeal", "upheld"),
            ("vip.tier.change", "approved"),
        ):
            decided = self.env[model].search([("state", "=", state)])
            field = decided._decider_field
            mine = decided.filtered(lambda one, f=field: one[f] == self.manager)
            self.assertGreaterEqual(len(mine), 2, model)
        errors = self.env["score.entry"].search([("kind", "=", "error")])
        self.assertEqual(set(errors.mapped("state")), {"posted"})
        [draft] = self.env["sla.policy"].search([("previous_id.name", "=", POLICY)])
        trial = self.env["sla.whatif"].search([("draft_ids", "in", draft.ids)])
        self.assertEqual((trial.state, trial.create_uid), ("done", self.manager))
        close = closes.search([("month", "=", self.month)])
        self.assertEqual((close.state, close.left_count), ("closed", 0))
        self.assertEqual(close.closed_by_id, self.manager)

    # Two questions

    def test_an_auditor_finds_why_a_client_rose(self):
        review = self.env["vip.tier.review"].create({"month": self.month})
        review._run(at=self.now - timedelta(hours=2), anyway="Tour")
        change = review.change_ids.filtered(lambda c: c.partner_id == self.futures)
        change.with_user(self.manager)._approve()
        self.assertEqual(self.futures.vip_tier_id.code, "diamond")
        self.env.flush_all()
        self.start_tour("/odoo", "sla_scoring_auditor_tier", login="tour.auditor")

    def test_an_auditor_finds_why_an_agent_lost_points(self):
        self.charge(1.5)
        self.env.flush_all()
        self.start_tour("/odoo", "sla_scoring_auditor_points", login="tour.auditor")

    # Show me

    def test_each_role_is_shown_its_work(self):
        people = {
            "agent": "tour.agent",
            "adviser": "tour.adviser",
            "manager": "tour.manager",
            "auditor": "tour.auditor",
        }
        self.agent.group_ids = [
            Command.link(self.env.ref("vip_base.group_vip_agent").id)
        ]
        for role, login in people.items():
            with self.subTest(role=role):
                self.start_tour("/odoo", f"vip_show_{role}", login=login)

    def test_an_administrator_is_shown_the_work(self):
        self._person("tour.admin", "vip_base.group_vip_admin")
        self.start_tour("/odoo", "vip_show_admin", login="tour.admin")


#: The policy of the story that is drafted anew.
POLICY = "Around the clock"
