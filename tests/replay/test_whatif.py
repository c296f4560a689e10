"""The what-if of the present policies against the breaches of the replayed log."""

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.sla_promise.tests.replayed_clocks import real_clocks, replayed_clocks
from odoo.addons.vip_base.tools.times import at_context

from .common import ReplayCase


class TestWhatif(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report, cls.found = cls.play(shift=False, tickets=300)
        [[cls.end]] = cls.rows("SELECT max(start) FROM sla_span")

    def test_present_policies_give_the_breaches_that_happened(self):
        before = self.checksums()
        whatif = self.env["sla.whatif"].with_context(**at_context(self.end))
        whatif = whatif.create({"months": 36})
        whatif.action_run()
        self.assertEqual(whatif.state, "done")
        happened = set(
            self.rows(
                """
                SELECT b.ticket_id, b.metric, c.round, b.breached_at, b.overrun_seconds
                  FROM sla_breach b JOIN sla_clock c ON c.id = b.clock_id
                 WHERE b.state <> 'withdrawn' AND b.breached_at < %s
                """,
                self.end,
            )
        )
        self.assertGreater(len(happened), 100)
        replayed = set(
            self.rows(
                """
                SELECT ticket_id, metric, round, due_at, overrun_seconds
                  FROM sla_whatif_line WHERE whatif_id = %s AND kind IN ('new', 'both')
                """,
                whatif.id,
            )
        )
        self.assertEqual(replayed, happened)
        self.assertEqual(self.checksums(), before)

    def test_present_policies_give_the_clocks_that_there_are(self):
        whatif = self.env["sla.whatif"].create({"months": 36})
        ids = [row[0] for row in self.rows("SELECT DISTINCT ticket_id FROM sla_span")]
        ledger = whatif._replay(ids, whatif._ruleset(), to_epoch(self.end))
        self.assertGreater(len(ledger.clocks), 600)
        for ticket_id in ids:
            replayed = replayed_clocks(ledger, ticket_id)
            self.assertEqual(replayed, real_clocks(self.env, ticket_id))
