"""Run by ``test_automation`` in a database with Odoo's automation rules installed."""

from odoo import Command

from odoo.addons.sla_promise.tests.common import SlaCase, minutes

COPIED = (
    *("metric", "round", "state", "started_at", "due_at", "warn_at", "stopped_at"),
    *("overrun_seconds", "policy_id", "target_id", "seconds"),
)
SPANS = ("start", "user_id", "team_id", "stage_id", "priority", "waiting_on", "solved")


class TestAutomation(SlaCase):
    """What an automation rule writes on tickets moves their clocks as a user would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(
            "Second line",
            team_ids=[Command.set(cls.other_team.ids)],
            resolution=45,
            first_response=20,
        )
        cls.make_policy("Urgent", priority="3", resolution=15)
        cls.tag = cls.env["helpdesk.ticket.tag"].create({"name": "Automatic"})

    def rule(self, values, trigger="on_create_or_write", **extra):
        """Make a rule that writes ``values`` on tickets that get the tag."""
        model = self.env["ir.model"]._get("helpdesk.ticket")
        action = {
            "name": "Write",
            "model_id": model.id,
            "state": "code",
            "code": f"records.write({values!r})",
        }
        tag = self.env["ir.model.fields"]._get("helpdesk.ticket", "tag_ids")
        return self.env["base.automation"].create(
            {
                "name": "Automatic",
                "model_id": model.id,
                "trigger": trigger,
                "trigger_field_ids": [Command.set(tag.ids)],
                "filter_domain": [("tag_ids", "in", self.tag.ids)],
                "action_server_ids": [Command.create(action)],
                **extra,
            }
        )

    def facts(self, ticket):
        self.env.flush_all()
        self.env.invalidate_all()
        clocks = ticket.clock_ids.sorted(lambda c: (c.metric, c.round, c.id))
        spans = ticket.span_ids.sorted("start")
        return (
            [tuple(clock[name] for name in COPIED) for clock in clocks],
            [tuple(span[name] for name in SPANS) for span in spans],
            sorted(self.breaches(ticket).mapped(lambda b: (b.metric, b.breached_at))),
        )

    def compare(self, values, at=10, asked=None):
        """Return the facts of a ticket that a user moved; an automated one is the same.

        :param asked: the minute at which the client was asked something
        """
        by_user, by_rule = self.tickets(2)
        if asked is not None:
            for ticket in by_user + by_rule:
                ticket._at(minutes(asked))._log_contact(minutes(asked))
        by_user._at(minutes(at)).with_user(self.ann).write(dict(values))
        self.rule(values)
        by_rule._at(minutes(at)).with_user(self.ann).tag_ids = self.tag
        self.assertEqual(by_rule.tag_ids, self.tag)
        for name, value in values.items():
            found = by_rule[name]
            self.assertEqual(found.id if hasattr(found, "id") else found, value)
        expected = self.facts(by_user)
        self.assertEqual(self.facts(by_rule), expected)
        return expected

    def test_a_stage_that_waits_pauses(self):
        clocks, spans, _breaches = self.compare({"stage_id": self.awaiting.id}, asked=5)
        self.assertEqual({clock[2] for clock in clocks}, {"met", "paused"})
        self.assertEqual(len(spans), 2)

    def test_a_stage_that_solves_stops_late_clocks_too(self):
        clocks, _spans, breaches = self.compare({"stage_id": self.solved.id}, at=70)
        missed = {clock[0]: clock[7] for clock in clocks if clock[2] == "missed"}
        self.assertEqual(missed["resolution"], 600)
        self.assertIn(("resolution", minutes(60)), breaches)

    def test_another_team_brings_its_promise(self):
        clocks, _spans, _breaches = self.compare(
            {"team_id": self.other_team.id, "user_id": self.bob.id}
        )
        live = {clock[0]: clock[4] for clock in clocks if clock[2] == "running"}
        self.assertEqual(live["resolution"], minutes(45))
        self.assertIn("cancelled", {clock[2] for clock in clocks})

    def test_a_higher_priority_brings_its_promise(self):
        clocks, _spans, _breaches = self.compare({"priority": "3"})
        live = {clock[0]: clock[4] for clock in clocks if clock[2] == "running"}
        self.assertEqual(live["resolution"], minutes(15))

    def test_closing_by_a_rule_answers_as_closing_by_a_user(self):
        clocks, _spans, _breaches = self.compare({"stage_id": self.done.id})
        self.assertEqual({clock[2] for clock in clocks}, {"met"})

    def test_a_rule_on_a_rule_is_followed_to_the_end(self):
        """The tag raises the priority, and the priority sends the ticket to wait."""
        fields = self.env["ir.model.fields"]
        self.rule({"priority": "3"})
        self.rule(
            {"stage_id": self.awaiting.id},
            trigger="on_priority_set",
            filter_domain=[("priority", "=", "3")],
            trigger_field_ids=[
                Command.set(fields._get("helpdesk.ticket", "priority").ids)
            ],
        )
        ticket = self.ticket()
        ticket._at(minutes(5)).with_user(self.ann).tag_ids = self.tag
        self.facts(ticket)
        self.assertEqual((ticket.priority, ticket.stage_id), ("3", self.awaiting))
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.seconds), ("paused", 15 * 60))
