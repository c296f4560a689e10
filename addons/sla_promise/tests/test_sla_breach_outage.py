from odoo.tests import Form, new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import SlaCase, minutes


class BreachOutageCase(SlaCase):
    """A late ticket, and outages that are declared afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = new_test_user(cls.env, "chief", groups="vip_base.group_vip_manager")

    def late(self, stop=100):
        """Return the breach of a promise due after 60 minutes, solved later."""
        ticket = self.ticket()
        self.due(minutes(61))
        self.move(ticket, minutes(stop), self.solved)
        breach = self.breaches(ticket)
        return breach.filtered(lambda breach: breach.metric == "resolution")

    def outage(self, start, stop, at, name="Line down"):
        outage = self.env["sla.outage"].with_user(self.boss)
        outage = outage.create(
            {
                "name": name,
                "reason": "The provider said so",
                "date_from": minutes(start),
                "date_to": minutes(stop),
            }
        )
        chief = outage.with_user(self.chief)
        chief.with_context(**at_context(minutes(at))).action_approve()
        return outage.with_env(self.env)

    def revoke(self, outage, at):
        outage = outage.with_user(self.chief).with_context(**at_context(minutes(at)))
        outage.revoke_reason = "It was another line"
        outage.action_revoke()

    def overruns(self, breach):
        """Return (gross, net) in minutes."""
        breach.invalidate_recordset()
        return breach.overrun_seconds / 60, breach.net_overrun_seconds / 60


@tagged("post_install", "-at_install")
class TestSlaBreachOutage(BreachOutageCase):
    """A breach keeps its gross overrun; what an outage takes away is net of it."""

    def test_without_an_outage_both_are_the_same(self):
        breach = self.late()
        self.assertEqual(self.overruns(breach), (40, 40))
        self.assertFalse(breach.outage_ids)

    def test_an_outage_declared_late_lessens_the_net_overrun_and_is_named(self):
        breach = self.late()
        outage = self.outage(50, 80, 120)
        self.assertEqual(self.overruns(breach), (40, 10))
        self.assertEqual(breach.outage_ids, outage)
        self.assertEqual((breach.state, breach.gross, breach.net), ("open", 1, 1))
        again = self.outage(90, 95, 130, "Power cut")
        self.assertEqual(self.overruns(breach), (40, 5))
        self.assertEqual(breach.outage_ids, outage + again)

    def test_the_net_overrun_is_what_the_clock_says(self):
        breach = self.late()
        self.outage(50, 80, 120)
        self.assertEqual(breach.net_overrun_seconds, breach.clock_id.overrun_seconds)

    def test_a_revoked_outage_takes_nothing_away(self):
        breach = self.late()
        outage = self.outage(50, 80, 120)
        self.revoke(outage, 130)
        self.assertEqual(self.overruns(breach), (40, 40))
        self.assertFalse(breach.outage_ids)

    def test_a_promise_kept_for_an_outage_is_withdrawn_with_it_as_evidence(self):
        breach = self.late(75)
        self.assertEqual(self.overruns(breach), (15, 15))
        outage = self.outage(10, 30, 100)
        breach.invalidate_recordset()
        self.assertEqual((breach.state, breach.net), ("withdrawn", 0))
        self.assertEqual(self.overruns(breach), (15, 0))
        self.assertEqual(breach.outage_ids, outage)
        self.assertEqual(
            breach.reason,
            "The promise was kept: its clock stood still during the outage Line down.",
        )
        self.assertEqual(breach.decided_at, minutes(100))

    def test_two_outages_that_kept_it_together_are_both_named(self):
        breach = self.late(75)
        one = self.outage(10, 20, 100)
        self.assertEqual(breach.state, "open")
        two = self.outage(65, 72, 110, "Power cut")
        breach.invalidate_recordset()
        self.assertEqual(breach.state, "withdrawn")
        self.assertEqual(breach.outage_ids, one + two)

    def test_what_was_answered_in_time_needs_no_outage(self):
        ticket = self.ticket()
        self.due(minutes(31))
        self.outage(50, 55, 56)
        contacts = self.env["vip.contact"]
        ticket._log_contact(minutes(20))
        self.assertTrue(contacts.search([("ticket_id", "=", ticket.id)]))
        breach = self.breaches(ticket)
        breach = breach.filtered(lambda breach: breach.metric == "first_response")
        self.assertEqual(breach.state, "withdrawn")
        self.assertEqual(breach.reason, "The events show that the promise was kept.")
        self.assertFalse(breach.outage_ids)

    def replaced(self):
        """Return the breach of a promise of 15 minutes that stood for ten."""
        urgent = {"category_ids": [(6, 0, self.urgent_item.ids)]}
        self.make_policy("Urgent", {"pause_on_outage": True}, resolution=15, **urgent)
        ticket = self.ticket()
        ticket._at(minutes(20)).write({"category_id": self.urgent_item.id})
        self.due(minutes(21))
        ticket._at(minutes(30)).write({"category_id": self.item.id})
        [breach] = self.breaches(ticket)
        self.assertTrue(breach.clock_id.replaced_by_id)
        self.assertEqual(
            (breach.breached_at, *self.overruns(breach)), (minutes(20), 10, 10)
        )
        return breach

    def test_what_was_replaced_is_late_by_less_for_an_outage(self):
        breach = self.replaced()
        outage = self.outage(24, 28, 50)
        self.assertEqual(self.overruns(breach), (10, 6))
        self.assertEqual((breach.state, breach.outage_ids), ("open", outage))
        self.assertEqual(breach.clock_id.stopped_at, minutes(30))
        self.revoke(outage, 60)
        self.assertEqual(self.overruns(breach), (10, 10))

    def test_what_was_replaced_was_not_late_at_all_for_an_outage(self):
        breach = self.replaced()
        clock = breach.clock_id
        outage = self.outage(10, 25, 50)
        breach.invalidate_recordset()
        self.assertEqual((breach.state, clock.state), ("withdrawn", "cancelled"))
        self.assertEqual(self.clock(clock.ticket_id).state, "running")
        self.revoke(outage, 55)
        self.assertEqual((clock.state, clock.stopped_at), ("missed", minutes(30)))
        again = self.breaches(clock.ticket_id) - breach
        again = again.filtered(lambda breach: breach.clock_id == clock)
        self.assertEqual((again.state, again.breached_at), ("open", minutes(20)))
        self.assertEqual(self.overruns(again), (10, 10))

    def test_withdrawals_by_the_hundred_cost_a_few_queries(self):
        tickets = self.tickets(6)
        self.due(minutes(61))
        breaches = self.breaches(tickets)
        self.outage(200, 210, 220)  # read once
        self.env["sla.span"]._timelines(tickets.ids)
        self.env.invalidate_all()
        breaches.mapped("clock_id.pause_on_outage")
        breaches.mapped("ticket_id.id")
        with self.assertQueryCount(4):
            breaches._outages()

    def test_the_form_shows_both(self):
        breach = self.late()
        self.outage(50, 80, 120)
        breach.invalidate_recordset()
        with Form(breach.with_user(self.boss)) as form:
            self.assertEqual(form.overrun_seconds, 2400)
            self.assertEqual(form.net_overrun_seconds, 600)
            self.assertEqual(form.outage_ids[:].name, "Line down")
